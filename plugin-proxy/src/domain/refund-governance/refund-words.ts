// What a refund agent is told, by reason. Each refusal names the way out.
export interface RefundWords {
  readonly agent: string;
  readonly customer?: string;
}

export const REFUND_WORDS: Readonly<Record<string, RefundWords>> = {
  reason_missing: { agent: "No money moved: a refund needs a reason. Create the request again with a reason code." },
  credit_not_allowed: { agent: "No money moved: credits without a payment are switched off for this merchant account. Refund the payment itself, or ask your administrator." },
  credit_unsupported: { agent: "No money moved: the processor of this merchant account cannot give credits. Pay the customer back by bank transfer." },
  credit_instrument_not_used: { agent: "No money moved: this customer never paid with that card. Choose a card that this customer paid with, or pay back by bank transfer." },
  refund_under_dispute: { agent: "No money moved: the customer's bank has opened a dispute for this payment. Answer the dispute; a refund now would pay the customer twice." },
  refund_above_captured: { agent: "No money moved: the amount is more than what was captured and not yet given back or requested. Lower the amount." },
  refund_rejected: { agent: "No money moved: the refund was rejected. See the note of the person who decided." },
  awaiting_approval: { agent: "Waiting for a second person to approve. The amount is reserved until then." },
  no_limit_set: { agent: "No limit is set for who asked, so a second person has to approve. The amount is reserved until then." },
  above_limit_per_refund: { agent: "Above the limit for one refund of who asked: a second person has to approve. The amount is reserved until then." },
  above_limit_per_day: { agent: "Above the limit for a day of who asked: a second person has to approve. The amount is reserved until then." },
  above_limit_per_customer: { agent: "Above the limit for this customer: a second person has to approve. The amount is reserved until then." },
  credit_needs_second_person: { agent: "A credit always needs a second person to approve. The amount is reserved until then." },
  card_removed: { agent: "The card was removed. Payments that it has authorized can still be captured." },
  card_renamed: { agent: "The card has its new name." },
  card_made_default: { agent: "The card is the customer's default now." },
  card_is_default: { agent: "The card was not removed: it is the customer's default. Make another card the default first." },
  card_not_removed: { agent: "Cybersource did not remove the card. Try again, or ask your administrator." },
  card_name_missing: { agent: "The card was not renamed: the request names no new name." },
  bulk_plan_changed: { agent: "No money moved: the plan of the bulk run is not the one that was previewed. Start a new run." },
  bulk_line_differs: { agent: "No money moved: this is not what the bulk run's plan says for this line. Start a new run." },
  changed_since_preview: { agent: "No money moved: this payment changed after the preview. Preview it again." },
};
