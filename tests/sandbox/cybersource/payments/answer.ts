// The payment services' paths (/pts/v2): payments, what follows them, credits, undoing by the merchant's own transaction id.
import type { Reply } from "../../kit/faults.ts";
import { badRequest, notFound, serverError, tooManyRequests } from "../errors.ts";
import type { State, Transaction } from "../state.ts";
import { failsAs429, isPicked } from "../strictness.ts";
import { capture } from "./capture.ts";
import { codeOf, hal, utc, type Body } from "./follow-up.ts";
import { increment } from "./increment.ts";
import { pay } from "./pay.ts";
import { credit, refund } from "./refund.ts";
import { reverse } from "./reverse.ts";
import { undoByTransactionId } from "./timeout-undo.ts";
import { voidTransaction } from "./void.ts";

type FollowUp = (state: State, parent: Transaction, body: Body) => Reply;
const FOLLOW_UPS: Readonly<Record<string, FollowUp>> = {
  "POST payments captures": capture, "POST payments refunds": refund, "POST captures refunds": refund, "POST payments reversals": reverse, "PATCH payments ": increment,
  "POST payments voids": voidTransaction, "POST captures voids": voidTransaction, "POST refunds voids": voidTransaction, "POST credits voids": voidTransaction,
};

export function answerPayments(state: State, path: string, body: Body, method: string): Reply {
  const reply = carryOut(state, { path, body, method });
  return reply.status === 201 ? afterExecution(state, reply, codeOf(body)) : reply;
}

/** The money has moved; whether the client is told so is another matter. */
function afterExecution(state: State, reply: Reply, code: string): Reply {
  if (!isPicked(state, "failsAfterExecution", code)) return reply;
  return failsAs429(state, code) ? tooManyRequests(state) : serverError(state, "SERVER_TIMEOUT");
}

function carryOut(state: State, { path, body, method }: { readonly path: string; readonly body: Body; readonly method: string }): Reply {
  switch (`${method} ${path}`) {
    case "POST /pts/v2/payments": return pay(state, body);
    case "POST /pts/v2/credits": return credit(state, body);
    case "POST /pts/v2/voids": return undoByTransactionId(state, body, voidTransaction);
    case "POST /pts/v2/reversals": return undoByTransactionId(state, body, reverse);
    default:
  }
  const [, , resource = "", id = "", verb = ""] = path.split("/").filter(Boolean);
  const parent = state.transactions.get(id);
  if (method === "POST" && resource === "refresh-payment-status" && verb === "") return parent === undefined ? badRequest(state, "INVALID_PAYMENT_ID") : refresh(state, parent);
  const followUp = FOLLOW_UPS[`${method} ${resource} ${verb}`];
  if (followUp === undefined) return notFound();
  return parent === undefined ? badRequest(state, "INVALID_PAYMENT_ID") : followUp(state, parent, body);
}

/** POST /pts/v2/refresh-payment-status/{id} is for alternative payments; a card payment has nothing to refresh (payments guide). */
const refresh = (state: State, parent: Transaction): Reply => (parent.card === undefined ? hal({ id: parent.id, status: parent.status, submitTimeUtc: utc(state.clock.now()) }) : badRequest(state, "NOT_SUPPORTED"));
