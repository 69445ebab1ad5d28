// POST /pts/v2/payments/{id}/reversals, and POST /pts/v2/reversals by the merchant's own transaction id: the hold goes back to the cardholder.
// A review cannot be reversed, nor what was captured; the amount is the whole one but on some processors. Source: payments guide, reversals.
import type { Reply } from "../../kit/faults.ts";
import { formatAmount, parseAmountIn } from "../amounts.ts";
import { badRequest } from "../errors.ts";
import { path } from "../shape.ts";
import type { State, Transaction } from "../state.ts";
import { announceRefusal } from "../webhooks/events.ts";
import { carryOut, child, hal, link, utc, type Body } from "./follow-up.ts";

const AMOUNT = "reversalInformation.amountDetails.totalAmount";

function whyNot(state: State, parent: Transaction, amount: bigint): string | undefined {
  const { reversesReviews, reversalAfterVoid, partialReversal } = state.settings;
  if (parent.isReversed) return "AUTH_ALREADY_REVERSED";
  if (!parent.isLive || (parent.review === "case" && !reversesReviews)) return "MISSING_AUTH";
  if (parent.captured > 0n) return "TRANSACTION_ALREADY_SETTLED";
  if ((parent.isVoided || parent.isCaptureVoided) && !reversalAfterVoid) return "TRANSACTION_ALREADY_REVERSED_OR_SETTLED";
  const isWhole = amount === parent.authorized;
  return isWhole || (partialReversal && amount > 0n && amount < parent.authorized) ? undefined : "INVALID_AMOUNT";
}

/** Releases the hold, or a part of it; a transaction of its own. */
export function release(state: State, parent: Transaction, amount: bigint, body: Body): Transaction {
  if (amount < parent.authorized) parent.authorized -= amount;
  else parent.isReversed = true;
  return child(state, parent, body, { kind: "reversal", amount, status: "REVERSED", isLive: false });
}

export function reverse(state: State, parent: Transaction, body: Body): Reply {
  const amount = parseAmountIn(path(body, "reversalInformation", "amountDetails", "totalAmount"), parent.currency, state.settings.truncatesAmounts);
  if (amount === undefined) return badRequest(state, "MISSING_FIELD", [AMOUNT]);
  if (parent.kind !== "authorization" && parent.kind !== "sale") return badRequest(state, "INVALID_PAYMENT_ID");
  return carryOut(state, "reversals", amount, () => {
    const why = whyNot(state, parent, amount);
    if (why !== undefined) {
      announceRefusal(state, "reversal", parent);
      return badRequest(state, why, why === "INVALID_AMOUNT" ? [AMOUNT] : []);
    }
    const before = parent.authorized;
    const done = release(state, parent, amount, body);
    return hal({
      _links: { self: link("GET", `/pts/v2/reversals/${done.id}`) }, clientReferenceInformation: { code: done.code }, id: done.id, orderInformation: { amountDetails: { currency: parent.currency } }, processorInformation: { responseCode: "100" }, reconciliationId: done.reconciliationId,
      reversalAmountDetails: { reversedAmount: formatAmount(amount, parent.currency), originalTransactionAmount: formatAmount(before, parent.currency), currency: parent.currency }, status: "REVERSED", submitTimeUtc: utc(done.at),
    });
  });
}
