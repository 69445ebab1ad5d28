// What happened to an effect, in words for people. Every event has some: the type sees to it.
import type { EventKind } from "../payment/events.ts";

export const EVENT_TEXT: Readonly<Record<EventKind, string>> = {
  read_ok: "the row was read and is in order", done: "carried out", refused_by_rule: "refused by a rule", expired: "its time ran out", withdrawn: "withdrawn", foreign_claim: "another ledger had claimed it",
  approval_needed: "waits for a second person", approval_given: "a second person agreed", approval_refused: "a second person did not agree", turn: "its turn came",
  send: "sent to Cybersource", deal_off: "called off", owner_gone: "another ledger may have sent it",
  not_sent_proved: "proved not to have been sent", approved: "approved", partial: "approved for less", review: "held for review", declined: "declined", refused: "refused by Cybersource",
  refused_transient: "turned away for now", refused_pending_look: "refused; the payment is looked at first", no_answer: "no answer came", unreadable: "the answer could not be read", crash: "the relay stopped before an answer was kept",
  found_approved: "found approved", found_partial: "found approved for less", found_review: "found held for review", found_declined: "found declined", found_refused: "found refused", found_nothing: "looked for and not found",
  retry_undo: "to be undone once more", undone_proved: "proved to be undone", absent_proved: "proved never to have happened", operator_decided: "decided by an operator", not_in_report: "not in the reports of its day",
  escalated: "given to an operator", window_closed: "too late: the batch was closed", not_executed: "not carried out", lapsed: "the authorization lapsed",
  accepted: "accepted", rejected: "rejected", released: "the hold was released", decision_late: "nobody decided in time", settled: "settled", settlement_rejected: "turned down at settlement",
  hold_found: "found to hold money still", found_live: "found to be live after all",
};
