// Which event moves an effect from which state to which. The tests walk this table; nothing else decides on states.
// An event that is not named for a state is late, weaker or repeated: it is recorded and changes nothing.
import type { EffectState } from "./effect.ts";
import type { EventKind } from "./events.ts";

type Row = Partial<Record<EventKind, EffectState>>;

export const TRANSITIONS = {
  claiming: { read_ok: "planned", done: "approved", approval_needed: "awaiting_approval", refused_by_rule: "refused", expired: "expired", withdrawn: "withdrawn", foreign_claim: "unknown" },
  awaiting_approval: { approval_given: "planned", approval_refused: "refused", refused_by_rule: "refused", withdrawn: "withdrawn", expired: "expired", foreign_claim: "unknown" },
  queued: { turn: "planned", approval_needed: "awaiting_approval", owner_gone: "unknown", withdrawn: "withdrawn", expired: "expired", refused_by_rule: "refused", approval_refused: "refused" },
  planned: { send: "sent", withdrawn: "withdrawn", expired: "expired", deal_off: "withdrawn", refused_by_rule: "refused", owner_gone: "unknown" },
  sent: {
    not_sent_proved: "planned", approved: "approved", partial: "partial", review: "review", declined: "declined", refused: "refused",
    refused_transient: "planned", refused_pending_look: "unknown", settlement_rejected: "refused", owner_gone: "unknown", no_answer: "unknown", unreadable: "unknown", crash: "unknown",
  },
  unknown: {
    // The sender's own late answer is the strongest evidence there is.
    approved: "approved", partial: "partial", review: "review", declined: "declined", refused: "refused", refused_transient: "refused",
    found_approved: "approved", found_partial: "partial", found_review: "review", found_declined: "declined", found_refused: "refused",
    owner_gone: "unknown", found_nothing: "unknown", retry_undo: "planned", undone_proved: "undone", absent_proved: "absent", operator_decided: "absent", withdrawn: "unknown", deal_off: "unknown", not_in_report: "unknown", escalated: "unknown", window_closed: "refused", not_executed: "planned", settlement_rejected: "refused",
  },
  review: { accepted: "approved", rejected: "declined", released: "undone", undone_proved: "undone", decision_late: "review", deal_off: "review", found_approved: "approved", found_declined: "declined" },
  partial: { accepted: "approved", released: "undone", undone_proved: "undone", decision_late: "partial", deal_off: "partial" },
  approved: { undone_proved: "undone", released: "undone", settled: "approved", settlement_rejected: "refused", deal_off: "approved", lapsed: "approved" },
  declined: { hold_found: "declined", released: "declined", undone_proved: "declined", found_live: "declined" },
  refused: { found_live: "refused", released: "refused", undone_proved: "refused" },
  absent: { found_live: "absent", released: "absent", undone_proved: "absent", approved: "absent" },
  undone: { found_live: "undone", released: "undone", undone_proved: "undone" },
  expired: { found_live: "expired", released: "expired", undone_proved: "expired" },
  withdrawn: { found_live: "withdrawn", released: "withdrawn", undone_proved: "withdrawn" },
} as const satisfies Record<EffectState, Row>;

/** The state after an event, or undefined when the event means nothing in this state. */
export const nextState = (state: EffectState, event: EventKind): EffectState | undefined => (TRANSITIONS[state] as Row)[event];
