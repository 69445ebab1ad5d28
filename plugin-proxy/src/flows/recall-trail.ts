// What a lost ledger told of a payment stands on its row in Dataverse, and is read there once, before this ledger tells it anew.
import type { Intent } from "../domain/payment/intent.ts";
import { buildTimeline } from "../domain/timeline/build-timeline.ts";
import { lostLines } from "../domain/timeline/lost-lines.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { FlowDeps } from "./deps.ts";

/** Takes over what this ledger does not know, and notes that it did. */
export async function recallTrail(deps: Pick<FlowDeps, "dataverse" | "ledger" | "clocks">, intent: Intent): Promise<"recalled" | Unavailable> {
  const { organizationId, paymentRequestId, paymentId } = intent;
  const standing = await deps.dataverse.readTrail({ organizationId, paymentId });
  if (standing.kind === "unavailable") return standing;
  await deps.ledger.transaction(async (tx) => {
    const happenings = await tx.surroundings.happeningsOf(intent);
    for (const line of lostLines(intent, buildTimeline({ intent, ...happenings }).lines, standing.lines)) await tx.surroundings.appendTrail(line);
    await tx.surroundings.appendTrail({ organizationId, paymentRequestId, at: deps.clocks.business(), source: "relay", what: "recalled" });
  });
  return "recalled";
}
