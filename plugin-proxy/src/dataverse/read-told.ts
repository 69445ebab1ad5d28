// One row, one question: have people read that this was approved? Asked before a ledger that lost its memory takes anything back.
import type { Dataverse } from "../ports/dataverse.ts";
import { partOf, refusedPart } from "./read-request.ts";
import { toTransactionGuard, transactionGuardPath } from "./rows/payment-transaction.ts";
import type { Transport } from "./transport.ts";

export const readTold = (transport: Transport): Dataverse["readTold"] => async ({ organizationId, effectId }) => {
  const answer = await transport.batch(organizationId, [{ kind: "read", path: transactionGuardPath(effectId) }]);
  if (answer.kind === "unavailable") return answer;
  const standing = toTransactionGuard(partOf(answer.results[0])?.body);
  if (standing === undefined) return refusedPart("transaction row", partOf(answer.results[0]));
  return standing === "none" ? { kind: "read", isApproved: false, isRefused: false, hasMovedOn: false } : { kind: "read", isApproved: standing.isApproved, isRefused: standing.isRefused, hasMovedOn: standing.hasMovedOn };
};
