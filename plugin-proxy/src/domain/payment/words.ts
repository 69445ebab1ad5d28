// Two sentences for each refusal: one for the agent (why, what to do), one that may be read to the customer, which never
// names a reason that the bank keeps to itself. Keys are Cybersource's reasons and our own rules' codes (docs/reference/errors.md).
import { REFUND_WORDS } from "../refund-governance/refund-words.ts";
import { CHANGE_WORDS, unansweredWords } from "./change-words.ts";
import { inputWords } from "./input-words.ts";
import { isMoneyOut, isUndo, type Effect } from "./effect.ts";

export interface Words {
  readonly agent: string;
  readonly customer?: string | undefined;
}

const NEUTRAL = "Your bank did not approve this amount. Would you like to use another card?";
const OTHER_CARD = "I cannot take this card. Would you like to use another one?";

const funds: Words = { agent: "The bank declined for funds or limit. Another card or a smaller amount may work.", customer: NEUTRAL };
const general: Words = { agent: "The bank declined and gives no reason. Do not try the same card again and again.", customer: "Your bank did not approve the payment. Please contact them, or use another card." };
const risk: Words = { agent: "Declined for risk. Do not say so, do not retry. A hold on the card is released at once.", customer: OTHER_CARD };
const cardNumber: Words = { agent: "The card number is not valid at the bank. Check it.", customer: "Could you read me the number again?" };
const securityCode: Words = { agent: "The security code did not match.", customer: "Could you read me the code again?" };
const down: Words = { agent: "The bank cannot be reached. Nothing was charged. Try again in some minutes.", customer: "The bank's system is not answering. Shall we try again shortly?" };
const setup: Words = { agent: "Nothing was charged: Cybersource refused our set-up. Your administrator has been alerted." };
const inputs: Words = { agent: "Nothing was charged: Cybersource could not read a detail of this payment. Correct it and try again." };

const WORDS: Readonly<Record<string, Words>> = {
  ...REFUND_WORDS, ...CHANGE_WORDS,
  INSUFFICIENT_FUND: funds, EXCEEDS_CREDIT_LIMIT: funds,
  PROCESSOR_DECLINED: general, GENERAL_DECLINE: general, PAYMENT_REFUSED: general, UNAUTHORIZED_CARD: general, SUSPENDED_ACCOUNT: general, BLOCKED_BY_CARDHOLDER: general,
  CONTACT_PROCESSOR: { agent: "The bank wants to be called.", customer: "Your bank would like you to call them before this payment." },
  EXPIRED_CARD: { agent: "The expiry date is wrong or has passed. Ask for it again.", customer: "Could you read me the expiry date again?" },
  INVALID_ACCOUNT: cardNumber, INVALID_CARD: cardNumber,
  CVN_NOT_MATCH: securityCode, INVALID_CVN: securityCode,
  CV_FAILED: { agent: "The bank approved, the security code did not match. The amount is held until somebody decides.", customer: "Could you read me the code again?" },
  AVS_FAILED: { agent: "The bank approved, the billing address did not match. The amount is held until somebody decides.", customer: "I need to check the billing address of the card." },
  STOLEN_LOST_CARD: risk, BLACKLISTED_CUSTOMER: risk, DECISION_PROFILE_REJECT: risk, SCORE_EXCEEDS_THRESHOLD: risk, CUSTOMER_WATCHLIST_MATCH: risk,
  ISSUER_UNAVAILABLE: down, PROCESSOR_UNAVAILABLE: down,
  DECISION_PROFILE_REVIEW: { agent: "Held for review, usually answered within a day. Do not ship.", customer: "Your payment is being checked. We will get back to you." },
  INVALID_MERCHANT_CONFIGURATION: setup, AUTHENTICATION_FAILED: setup, NOT_SUPPORTED: setup,
  MISSING_FIELD: inputs, INVALID_DATA: inputs, INVALID_AMOUNT: inputs,
  CARD_TYPE_NOT_ACCEPTED: { agent: "This brand of card is not accepted. Ask for another card.", customer: OTHER_CARD },

  partly_paid: { agent: "Nothing was captured: a part of this has been paid in another way meanwhile. Capture what is still open instead." },
  amount_above_open: { agent: "Nothing was charged: the amount is more than what is open on the order. Take the open amount instead." },
  document_changed: { agent: "Nothing was charged: the order changed after this payment was prepared. Look at the new amount and try again." },
  document_closed: { agent: "Nothing was charged: the order is closed, so no payment can be taken on it." },
  payment_in_progress: { agent: "Nothing was charged: another payment for this order is not finished. Wait for its outcome." },
  request_expired: { agent: "The request was not carried out in time. No money moved. Start again if the customer still wants to pay." },
  request_withdrawn: { agent: "The request was withdrawn before anything was sent. No money moved." },
  not_author: { agent: "Nothing was charged: the request was not made and last changed by its own author." },
  saved_card_of_other_customer: { agent: "Nothing was charged: the saved card belongs to another customer." },
  saved_card_unusable: { agent: "Nothing was charged: the saved card has expired or was removed. Choose another card.", customer: "The card we have on file has expired. Would you like to use another one?" },
  saved_card_to_confirm: { agent: "Nothing was charged: this card came to the customer when customers were merged, and nobody has confirmed yet that it is theirs. Ask an operator to confirm it, or take another card.", customer: OTHER_CARD },
  saved_card_not_agreed: { agent: "Nothing was charged: the customer has not agreed that this card is charged while they are not there. Call them and take the payment on the phone, or take a card whose owner has agreed.", customer: OTHER_CARD },
  no_merchant_account: { agent: "Nothing was charged: no merchant account serves this business unit in this currency. Ask your administrator." },
  amount_not_valid: { agent: "Nothing was charged: the amount is missing, zero, or has more digits than the currency." },
  instrument_blocked: { agent: "Nothing was charged: the bank asked not to try this card again. Ask for another one.", customer: OTHER_CARD },
  too_many_declines: { agent: "Nothing was charged: too many declined payments in the last hour. Wait, or ask your administrator." },
  older_than_ledger: { agent: "Not executed, no money moved: the request is older than this connection. Start again if the customer still wants to pay." },
  currency_mismatch: { agent: "Nothing was charged: the request and the order have different currencies." },
  action_unsupported: { agent: "Nothing was charged: this action is not available yet." },
  card_entry_lost: { agent: "Nothing was charged: the card details were not received in time. Ask for the card again.", customer: "Could you read me the card again?" },
  account_paused: { agent: "Nothing was charged: Cybersource refused our credentials. Your administrator has been alerted." },
  cybersource_away: { agent: "Cybersource does not answer at the moment. Nothing was charged yet. The payment is tried again by itself until it expires; do not take another one." },
  card_not_saved: { agent: "The payment went through, but the card could not be saved. It can be saved with the customer's next payment." },
  card_not_shown: { agent: "Cybersource does not show whether the card was saved, so it is not on file here. It can be saved with the customer's next payment. An operator looks for what was left in token management." },
  not_reached: { agent: "Cybersource could not be reached in time. Nothing was charged." },
  foreign_organization: { agent: "Nothing was charged: this environment is not the one the payment service is connected to." },
};

const UNKNOWN: Words = { agent: "No answer from Cybersource yet. Do not take another payment for this order." };

/** The two sentences for an effect's state and reason; none where there is nothing to say. */
export function wordsFor(effect: Effect): Words | undefined {
  if (effect.state === "unknown" && effect.refusal?.isTransient === true) return { agent: "The bank's system cannot be reached. It is looked for and tried again in some minutes. Do not take another payment.", customer: down.customer };
  if (effect.state === "unknown") return unansweredWords(effect.kind) ?? UNKNOWN;
  if (effect.state === "absent") return { agent: isMoneyOut(effect) || isUndo(effect) ? "Cybersource never carried this out. No money moved." : "Cybersource never carried this out. Nothing was charged." };
  if (effect.state === "undone" && isMoneyOut(effect)) return { agent: "This was taken back before it was paid out. The customer got no money." };
  if (effect.state === "undone" && effect.kind === "capture") return { agent: effect.holds ? "This capture was voided. The hold on the card stays until it is released." : "This capture was voided." };
  if (effect.state === "undone" && effect.kind === "token_creation") return { agent: "The card was deleted again, because its payment came to nothing." };
  if (effect.state === "undone") return { agent: "The payment was taken back. Nothing was charged." };
  if (effect.state === "partial" && effect.decisionDueAt === undefined) return { agent: "The bank approved only a part of the amount. It is released again; nothing is charged.", customer: "Your bank approved only a part of the amount." };
  if (effect.state === "partial") return { agent: "The bank approved only a part of the amount. It is released unless somebody accepts it.", customer: "Your bank approved only a part of the amount." };
  if (effect.reason === undefined) return undefined;
  const input = effect.state === "refused" ? inputWords(effect.field) : undefined;
  if (input !== undefined) return input;
  const known = WORDS[effect.reason];
  if (known !== undefined) return known;
  if (effect.state === "declined") return general;
  return effect.state === "refused" ? inputs : undefined;
}

/** Every reason that has words of its own: for the document and its test. */
export const reasonsWithWords = (): readonly string[] => Object.keys(WORDS);
