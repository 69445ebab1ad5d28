// POST /pts/v2/payments/{id}/captures. A review cannot be captured; a partial capture gives up the rest unless the merchant is set up for
// several; after a void most processors have nothing left to capture. Source: payments guide, capturing an authorization.
import type { Reply } from "../../kit/faults.ts";
import { formatAmount, parseAmountIn } from "../amounts.ts";
import { badRequest } from "../errors.ts";
import { path } from "../shape.ts";
import type { State, Transaction } from "../state.ts";
import { carryOut, child, hal, link, utc, type Body, type Verdict } from "./follow-up.ts";
import { isExpired } from "./record.ts";

const AMOUNT = "orderInformation.amountDetails.totalAmount";

/** A sale that failed a check took nothing: it is captured like an authorization. */
function whyNotCapturable(state: State, parent: Transaction): string | undefined {
  const { multiCapture, captureAfterVoid } = state.settings;
  const isPayment = parent.kind === "authorization" || parent.kind === "sale";
  if (!isPayment || !parent.isLive || parent.review === "case" || isExpired(state, parent)) return "MISSING_AUTH";
  if (parent.isReversed) return "AUTH_ALREADY_REVERSED";
  if ((parent.isVoided || parent.isCaptureVoided) && !captureAfterVoid && !multiCapture) return "MISSING_AUTH";
  return parent.captured > 0n && !multiCapture ? "TRANSACTION_ALREADY_SETTLED" : undefined;
}

/** Takes an amount that may be taken; the capture is a transaction of its own. */
export function take(state: State, parent: Transaction, input: { readonly amount: bigint; readonly body: Body } & Verdict): Transaction {
  const { amount, body, status = "PENDING" } = input;
  parent.captured += amount;
  if (!state.settings.multiCapture && parent.captured < parent.authorized) parent.isReversed = true;
  return child(state, parent, body, { kind: "capture", amount, status, isLive: true, captured: amount });
}

export function capture(state: State, parent: Transaction, body: Body): Reply {
  const amount = parseAmountIn(path(body, "orderInformation", "amountDetails", "totalAmount"), parent.currency, state.settings.truncatesAmounts);
  if (amount === undefined || amount === 0n) return badRequest(state, "MISSING_FIELD", [AMOUNT]);
  return carryOut(state, "captures", amount, (verdict) => {
    const why = whyNotCapturable(state, parent);
    if (why !== undefined) return badRequest(state, why);
    if (parent.captured + amount > parent.authorized) return badRequest(state, "EXCEEDS_AUTH_AMOUNT", [AMOUNT]);
    const done = take(state, parent, { amount, body, ...verdict });
    return hal({
      _links: { void: link("POST", `/pts/v2/captures/${done.id}/voids`), self: link("GET", `/pts/v2/captures/${done.id}`) }, clientReferenceInformation: { code: done.code },
      id: done.id, orderInformation: { amountDetails: { totalAmount: formatAmount(amount, parent.currency), currency: parent.currency } }, reconciliationId: done.reconciliationId, status: done.status, submitTimeUtc: utc(done.at),
    });
  });
}
