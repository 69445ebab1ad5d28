// POST /pts/v2/payments|captures/{id}/refunds and POST /pts/v2/credits. Whether a refund above what is left is checked depends on the
// processor; 180 days after the money moved a refund is too late; standalone credits not every processor has. Source: payments guide, refunds.
import type { Reply } from "../../kit/faults.ts";
import { formatAmount, parseAmount, parseAmountIn } from "../amounts.ts";
import { badRequest } from "../errors.ts";
import { path, text } from "../shape.ts";
import type { State, Transaction } from "../state.ts";
import { carryOut, child, codeOf, hal, link, transactionIdOf, utc, type Body } from "./follow-up.ts";
import { resolveCard } from "./instrument.ts";
import { messageFor } from "./messages.ts";
import { record } from "./record.ts";
import { outcomeFor } from "./triggers.ts";

const AMOUNT = "orderInformation.amountDetails.totalAmount";
const DAY_MS = 86_400_000;
const errorOf = (reason: string | undefined): Body => (reason === undefined ? {} : { errorInformation: { reason, message: messageFor(reason) } });

export function refund(state: State, parent: Transaction, body: Body): Reply {
  const amount = parseAmountIn(path(body, "orderInformation", "amountDetails", "totalAmount"), parent.currency, state.settings.truncatesAmounts);
  if (amount === undefined || amount === 0n) return badRequest(state, "MISSING_FIELD", [AMOUNT]);
  return carryOut(state, "refunds", amount, ({ status = "PENDING", reason }) => {
    if (parent.isVoided) return badRequest(state, "CAPTURE_ALREADY_VOIDED");
    if (parent.captured === 0n) return badRequest(state, "INVALID_PAYMENT_ID");
    if (state.clock.now().getTime() - parent.at.getTime() > state.settings.refundDays * DAY_MS) return badRequest(state, "INVALID_DATA", ["id"]);
    if (!state.settings.acceptsSecondRefund && parent.refunded + amount > parent.captured) return badRequest(state, "INVALID_AMOUNT", [AMOUNT]);
    const isTaken = status === "PENDING" || status === "TRANSMITTED";
    if (isTaken) parent.refunded += amount;
    const done = child(state, parent, body, { kind: "refund", amount, status, reason, isLive: isTaken });
    return hal({
      _links: { ...(isTaken ? { void: link("POST", `/pts/v2/refunds/${done.id}/voids`) } : {}), self: link("GET", `/pts/v2/refunds/${done.id}`) }, clientReferenceInformation: { code: done.code }, id: done.id,
      orderInformation: { amountDetails: { currency: parent.currency } }, processorInformation: { ...(isTaken ? { approvalCode: done.approvalCode } : {}), responseCode: isTaken ? "100" : "005" }, reconciliationId: done.reconciliationId,
      refundAmountDetails: { refundAmount: formatAmount(amount, parent.currency), currency: parent.currency }, status, submitTimeUtc: utc(done.at), ...errorOf(reason),
    });
  });
}

const TAKEN = new Set(["PENDING", "AUTHORIZED", "COMPLETED", "TRANSMITTED"]);

/** Nothing to follow: a card or token gets money. */
export function credit(state: State, body: Body): Reply {
  const amount = parseAmount(path(body, "orderInformation", "amountDetails", "totalAmount"));
  const currency = text(path(body, "orderInformation", "amountDetails", "currency"));
  if (amount === undefined || amount === 0n || currency === undefined) return badRequest(state, "MISSING_FIELD", [AMOUNT]);
  if (!state.settings.standaloneCredits) return badRequest(state, "ACCOUNT_NOT_ALLOWED_CREDIT");
  const card = resolveCard(state, body);
  if ("refusal" in card) return card.refusal;
  const outcome = outcomeFor(state, { amount, ...card.card, number: card.number });
  return carryOut(state, "credits", amount, (provoked) => {
    const verdict = outcome.kind === "decline" ? { status: "DECLINED", reason: outcome.reason } : provoked;
    const { status = "PENDING", reason } = verdict;
    const isTaken = TAKEN.has(status);
    const done = record(state, { kind: "credit", code: codeOf(body), transactionId: transactionIdOf(body), amount, authorized: amount, currency, card: card.card, status, reason, isLive: isTaken });
    return hal({
      _links: { ...(isTaken ? { void: link("POST", `/pts/v2/credits/${done.id}/voids`) } : {}), self: link("GET", `/pts/v2/credits/${done.id}`) }, clientReferenceInformation: { code: done.code }, id: done.id,
      creditAmountDetails: { creditAmount: formatAmount(amount, currency), currency: currency.toLowerCase() }, status, submitTimeUtc: utc(done.at), reconciliationId: done.reconciliationId, ...errorOf(reason),
    });
  });
}
