// A Dataverse step fired. Delivered at most twice and unsigned, so only a hint: deduplicated, then the sweep reads the truth.
import { asOrganizationId } from "../domain/ids.ts";
import type { FlowDeps } from "./deps.ts";

export interface WebhookHint {
  readonly organizationId: string;
  /** Anything that is the same for a repeated delivery: operation id, row and message. */
  readonly deliveryKey: string;
}

/** Commits to the inbox before it is answered. Unknown organizations are ignored. */
export async function receiveDataverseWebhook(deps: FlowDeps, input: WebhookHint): Promise<"accepted" | "duplicate" | "ignored"> {
  const organizationId = asOrganizationId(input.organizationId);
  if (!deps.organizations.has(organizationId)) return "ignored";
  const at = deps.clocks.business();
  const isNew = await deps.ledger.alone((ledger) => ledger.takeDelivery({ organizationId, source: "dataverse", key: input.deliveryKey, at, work: { kind: "sweep", key: organizationId, dueAt: at, trace: deps.trace.current() } }));
  deps.reporter.count("pokes", { source: "webhook" });
  deps.wake();
  return isNew ? "accepted" : "duplicate";
}
