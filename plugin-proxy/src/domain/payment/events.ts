// What can happen to an effect. Answers, looks, people and clocks all arrive as one of these words (contract §4).
import type { EffectId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Evidence, TransactionFacts } from "./effect.ts";

export type EventKind =
  | "read_ok" | "done" | "refused_by_rule" | "expired" | "withdrawn" | "foreign_claim"
  | "approval_needed" | "approval_given" | "approval_refused" | "turn"
  | "send" | "deal_off" | "owner_gone"
  | "not_sent_proved" | "approved" | "partial" | "review" | "declined" | "refused" | "refused_transient" | "refused_pending_look" | "no_answer" | "unreadable" | "crash"
  | "found_approved" | "found_partial" | "found_review" | "found_declined" | "found_refused" | "found_nothing" | "retry_undo"
  | "undone_proved" | "absent_proved" | "operator_decided" | "not_in_report" | "escalated" | "window_closed" | "not_executed" | "lapsed"
  | "accepted" | "rejected" | "released" | "decision_late" | "settled" | "settlement_rejected" | "hold_found" | "found_live";

/** Is a capture (or sale, or refund) still in an open batch? `voided`: taken back by somebody. Read from its detail, never assumed. */
export interface CaptureSettlement {
  readonly effectId: EffectId;
  readonly state: "open" | "closed" | "voided";
}

export interface EffectEvent {
  readonly kind: EventKind;
  readonly effectId: EffectId;
  readonly attempt: number;
  readonly evidence: Evidence;
  readonly at: Instant;
  readonly facts?: TransactionFacts | undefined;
  /** Stable reason code: Cybersource's own (INSUFFICIENT_FUND), or ours for rules (amount_above_open). */
  readonly reason?: string | undefined;
  /** For declines: the cardholder's money is held although the payment is declined (risk). */
  readonly holds?: boolean | undefined;
  readonly retryAfterMs?: number | undefined;
  /** Of a refusal: the member that Cybersource could not read. */
  readonly field?: string | undefined;
  /** A command's approval_needed: what stands in its way, for the row. */
  readonly why?: string | undefined;
  /** A command's read_ok and approval_given, and a refund found refused: what was just verified of the payment's captures. Undefined: not asked, so nothing is voided. */
  readonly settlement?: readonly CaptureSettlement[] | undefined;
  /** Of a capture found refused: the authorization holds nothing any more. */
  readonly isHoldOver?: true | undefined;
  /** Of a day's report: the end of that day. */
  readonly reportUntil?: Instant | undefined;
  readonly decidedState?: "approved" | "absent" | "undone" | undefined;
  /** Send: when the signature dies, on the wire clock. */
  readonly signatureExpiresAt?: Instant | undefined;
}
