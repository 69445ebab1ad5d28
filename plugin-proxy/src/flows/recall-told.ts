// Law 9 after a lost ledger: what people have been told is approved is never undone by recovery, and what they were told stands in Dataverse. Read
// before a payment that another ledger had is looked for or taken back.
import { mainEffect, wasAnothers, type Intent } from "../domain/payment/intent.ts";
import type { FlowDeps } from "./deps.ts";

/** "unavailable" where Dataverse cannot say: nothing is taken back until it can. */
export async function recallTold(deps: Pick<FlowDeps, "dataverse">, intent: Intent): Promise<boolean | "unavailable"> {
  if (intent.isToldApproved || !wasAnothers(intent)) return false;
  const answer = await deps.dataverse.readTold({ organizationId: intent.organizationId, effectId: mainEffect(intent).effectId });
  return answer.kind === "unavailable" ? "unavailable" : answer.isApproved;
}
