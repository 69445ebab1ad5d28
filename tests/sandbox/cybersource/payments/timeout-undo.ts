// Timeout void and timeout reversal: the original is named by clientReferenceInformation.transactionId, the merchant's own. Unknown ids are
// refused. Source: payments guide, timeout voids and reversals.
import type { Reply } from "../../kit/faults.ts";
import { badRequest } from "../errors.ts";
import type { State } from "../state.ts";
import { transactionIdOf, type Body } from "./follow-up.ts";
import { completeAfterRefusal } from "./late.ts";
import { findByTransactionId } from "./record.ts";
import { voidNothing, voidTransaction } from "./void.ts";

export function undoByTransactionId(state: State, body: Body, undo: typeof voidTransaction): Reply {
  const transactionId = transactionIdOf(body);
  if (transactionId === undefined) return badRequest(state, "MISSING_FIELD", ["clientReferenceInformation.transactionId"]);
  if (!state.settings.timeoutUndo) return badRequest(state, "NOT_SUPPORTED");
  const parent = findByTransactionId(state, transactionId);
  if (parent === undefined) {
    completeAfterRefusal(state, transactionId);
    return badRequest(state, "INVALID_DATA", ["clientReferenceInformation.transactionId"]);
  }
  return undo === voidTransaction && !parent.isLive && state.settings.voidsFailedOriginals ? voidNothing(state, parent, body) : undo(state, parent, body);
}
