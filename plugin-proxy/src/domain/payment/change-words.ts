// Sentences for what changes a payment: captures, increments, reversals, voids, refunds, credits. By reason, and by what an effect without an
// answer was. Each refusal names the way out.
import type { EffectKind } from "./effect.ts";

export interface ChangeWords {
  readonly agent: string;
  readonly customer?: string | undefined;
}

const none = (text: string): ChangeWords => ({ agent: `No money moved: ${text}` });

export const CHANGE_WORDS: Readonly<Record<string, ChangeWords>> = {
  no_payment: none("the request names no payment that can be changed."),
  payment_not_live: none("the payment is not authorized or captured (any more). Look at its status; take a new payment if the customer still wants to pay."),
  payment_in_review: none("the payment is being reviewed. Wait for the decision, or cancel the whole payment, which rejects the case."),
  payment_disputed: none("the customer's bank has opened a dispute for this payment. Answer the dispute; giving the money back now would pay the customer twice."),
  authorization_expired: none("the authorization has ended. Authorize again on the saved card if the customer agreed to that, or take a new payment."),
  capture_after_void: none("a capture of this payment was voided, and its processor cannot capture again after that. Take a new payment."),
  already_captured: none("this payment was captured already, and its processor captures once. Take a new payment for the rest."),
  amount_above_capturable: none("the amount is more than what is still authorized. Capture less, or authorize the difference first."),
  incremental_unsupported: none("the processor cannot raise an authorization. Reverse this one and authorize the new amount."),
  not_incrementable: none("only an authorization that is still good and not yet captured can be raised. Take another payment for the difference."),
  credit_not_allowed: none("credits are switched off for this merchant account. Refund the payment itself, or pay back by bank transfer."),
  no_instrument: none("this payment left no card on file to give a credit to. Pay back by bank transfer."),
  not_reauthorizable: none("it can be authorized again only on a saved card, with the customer's consent to that, where the merchant account allows it, and after the first authorization has ended. Otherwise take a new payment."),
  reason_missing: none("giving money back needs a reason. Create the request again with one."),
  payment_applied: { agent: "Applied to the invoice. No money moved." },
  nothing_to_apply: none("nothing of this payment is captured yet. Capture it, then apply it."),
  payment_of_other_document: none("this payment belongs to another order or invoice, or the invoice is paid already. Choose a payment of this invoice's order."),
  nothing_to_give_back: none("everything that was captured is given back already, or asked for."),
  amount_above_given: none("the amount is more than what was captured and not yet given back or asked for. Lower the amount."),
  amount_above_invoice: none("the amount is more than this invoice holds of the payment; the rest pays other invoices. Lower the amount, or give money back from the order."),
  partial_reversal_unsupported: none("the processor can only release the whole hold. Release all of it, or capture less than was authorized."),
  partial_void: none("only a whole capture can be voided. Give the whole amount back, or refund a part after the batch."),
  void_too_late: none("the batch has closed, so the capture can no longer be voided. Refund it instead."),
  settlement_not_verified: none("Cybersource does not show yet whether this was settled. Try again in some minutes."),
  refund_too_old: none("it was captured more than 180 days ago. Give a credit if your account allows it, or pay back by bank transfer."),
  request_busy: { agent: "Waits until another step of this payment is finished." },
  awaiting_approval: { agent: "Waiting for a second person to approve. The amount is reserved until then." },
  author_not_a_person: { agent: "Not written by a person in Dynamics 365: a second person has to approve. The amount is reserved until then." },
  partial_waits_for_batch: { agent: "Refunded after today's batch has closed. The amount is reserved until then." },
  part_not_needed: none("the whole amount goes back in another part of this request."),
  void_came_too_late: { agent: "The batch had closed, so this is refunded instead of voided." },
  nothing_captured: { agent: "The hold on the card is released." },
  not_yet_settled: { agent: "Not settled yet, so it is voided. The bank releases the hold on the card, which can take up to 7 days." },
  settled: { agent: "Settled already, so it is refunded to the card." },
  case_rejected: { agent: "The review is rejected and the hold released." },
  case_was_accepted: { agent: "The review had been accepted at Cybersource meanwhile, so there was nothing to reject. What is only authorized is released; what was captured with it has to be given back with a request of its own." },
  case_was_rejected: { agent: "The review had been rejected at Cybersource meanwhile. The hold is released." },
  captured_with_case: { agent: "Captured at Cybersource together with accepting the review." },
  hold_released: { agent: "The hold on the card is released." },
  hold_left_to_bank: { agent: "Voided. The bank releases the hold on the card by itself, which can take up to 7 days." },
  hold_after_void: { agent: "Releases the hold that the void left on the card." },
  AUTH_ALREADY_REVERSED: none("the authorization was released already."),
  MISSING_AUTH: none("Cybersource has no authorization (any more) to do this with. It has ended or was released."),
  EXCEEDS_AUTH_AMOUNT: none("the amount is more than what Cybersource holds as authorized. Look at the payment in Business Center."),
  TRANSACTION_ALREADY_SETTLED: none("it was settled already, so it cannot be released or captured again. Refund it instead."),
  TRANSACTION_ALREADY_REVERSED_OR_SETTLED: none("it was released or settled already. Look at the payment's status."),
  settlement_rejected: { agent: "The bank turned this down at settlement, so the customer has not got the money. It can be given back again, to another card or by bank transfer." },
  turned_down_at_settlement: { agent: "The bank turned this down at settlement: the money never came. Take another payment, and correct the invoice that it was applied to." },
  CAPTURE_ALREADY_VOIDED: none("the capture was voided, so there is nothing to give back."),
  NOT_VOIDABLE: none("the batch has closed, so it can no longer be voided. Refund it instead."),
  ACCOUNT_NOT_ALLOWED_CREDIT: none("the bank takes no money back for this card. Pay back by bank transfer."),
};

const UNANSWERED: Partial<Readonly<Record<EffectKind, string>>> = {
  capture: "No answer from Cybersource yet on this capture. Do not capture again.",
  incremental_authorization: "No answer from Cybersource yet on this increase. Do not authorize the difference another way.",
  refund: "No answer from Cybersource yet on this refund. Do not give the money back another way.",
  credit: "No answer from Cybersource yet on this credit. Do not give the money back another way.",
  void: "No answer from Cybersource yet on this void. Do not give the money back another way.",
  authorization_reversal: "No answer from Cybersource yet on this release. It is looked for.",
  case_decision: "No answer from Cybersource yet on this rejection. It is looked for.",
};

/** What is said of an effect without an answer, by its kind; none: the founding payment's own sentence. */
export const unansweredWords = (kind: EffectKind): ChangeWords | undefined => {
  const agent = UNANSWERED[kind];
  return agent === undefined ? undefined : { agent };
};
