// What a lost ledger told of a payment stands on its row in Dataverse, and is read there before this ledger tells it anew.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { buildTimeline } from "../domain/timeline/build-timeline.ts";
import { lostLines } from "../domain/timeline/lost-lines.ts";
import type { TrailEntry } from "../domain/timeline/trail.ts";
import type { FlowDeps } from "./deps.ts";

/** Nothing, where Dataverse cannot say: a story is not worth keeping money waiting. */
export async function recallTrail(deps: Pick<FlowDeps, "dataverse" | "ledger">, of: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId }): Promise<readonly TrailEntry[]> {
  const [read, events, trail] = await deps.ledger.alone((ledger) => Promise.all([ledger.loadWithClaims(of.organizationId, of.paymentRequestId), ledger.surroundings.eventsOf(of), ledger.surroundings.trailOf(of)]));
  if (read === undefined) return [];
  const standing = await deps.dataverse.readTrail({ organizationId: of.organizationId, paymentId: read.intent.paymentId });
  return standing.kind === "read" ? lostLines(of, buildTimeline({ intent: read.intent, events, trail }).lines, standing.lines) : [];
}
