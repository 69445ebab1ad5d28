// POST /pts/v2/{payments|captures|refunds|credits}/{id}/voids, and POST /pts/v2/voids by the merchant's own transaction id. What was submitted to
// the processor can no longer be voided; a void leaves the cardholder's hold. Source: payments guide, voids; timeout voids.
import type { Reply } from "../../kit/faults.ts";
import { formatAmount } from "../amounts.ts";
import { badRequest } from "../errors.ts";
import type { State, Transaction } from "../state.ts";
import { isPicked } from "../strictness.ts";
import { announceRefusal } from "../webhooks/events.ts";
import { isBatched } from "./batch-day.ts";
import { carryOut, child, hal, link, utc, type Body } from "./follow-up.ts";

const isMoneyOut = (one: Transaction): boolean => one.kind === "refund" || one.kind === "credit";

function undo(state: State, parent: Transaction, amount: bigint): void {
  parent.isVoided = true;
  const origin = parent.parentId === undefined ? undefined : state.transactions.get(parent.parentId);
  if (origin !== undefined && parent.kind === "capture") { origin.captured -= amount; origin.isCaptureVoided = true; }
  if (origin !== undefined && parent.kind === "refund") origin.refunded -= amount;
  if (!state.settings.holdAfterVoid && !isMoneyOut(parent)) (origin ?? parent).isReversed = true;
  parent.captured = parent.kind === "sale" || parent.kind === "capture" ? 0n : parent.captured;
}

/** `parent` is what is voided. A void that FAILED was answered 201 all the same and undid nothing. */
export function voidTransaction(state: State, parent: Transaction, body: Body): Reply {
  return carryOut(state, "voids", parent.amount, ({ status = "VOIDED" }) => {
    if (isPicked(state, "batchedBeforeVoid", parent.code)) parent.isSettled = true;
    const isVoidable = parent.isLive && (isMoneyOut(parent) || parent.captured > 0n);
    if (!isVoidable || parent.isVoided || isBatched(state, parent)) {
      announceRefusal(state, "void", parent);
      return badRequest(state, "NOT_VOIDABLE", [], parent.id);
    }
    const amount = isMoneyOut(parent) ? parent.amount : parent.captured;
    if (status !== "FAILED") undo(state, parent, amount);
    const done = child(state, parent, body, { kind: "void", amount, status, isLive: false });
    const currency = parent.currency.toLowerCase();
    return hal({
      _links: { self: link("GET", `/pts/v2/voids/${done.id}`) }, clientReferenceInformation: { code: done.code }, id: done.id, orderInformation: { amountDetails: { currency } },
      status, submitTimeUtc: utc(done.at), voidAmountDetails: { currency, voidAmount: formatAmount(amount, parent.currency), originalTransactionAmount: formatAmount(parent.amount, parent.currency) },
    });
  });
}

/** The timeout void guide: a void of an original that failed is answered too, with the original's amount and its response code. */
export function voidNothing(state: State, parent: Transaction, body: Body): Reply {
  const currency = parent.currency.toLowerCase();
  const done = child(state, parent, body, { kind: "void", amount: 0n, status: "VOIDED", isLive: false });
  return hal({
    _links: { self: link("GET", `/pts/v2/voids/${done.id}`) }, clientReferenceInformation: { code: done.code }, id: done.id, status: "VOIDED", submitTimeUtc: utc(done.at),
    processorInformation: { responseCode: "005" }, voidAmountDetails: { currency, originalTransactionAmount: formatAmount(parent.amount, parent.currency) },
  });
}
