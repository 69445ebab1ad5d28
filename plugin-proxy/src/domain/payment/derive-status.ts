// A payment's status is derived from its effects each time; it is never kept, so it cannot disagree with them.
import { deriveSums } from "./derive-sums.ts";
import { isLive, isTurnedDown, isUndo, type Effect } from "./effect.ts";
import { commandOf, mainEffect, openUndoOf, type Intent } from "./intent.ts";

export type PaymentStatus =
  | "in_progress" | "authorized" | "partly_captured" | "captured" | "partly_refunded" | "refunded" | "awaiting_decision"
  | "in_review" | "declined" | "not_executed" | "released" | "expired" | "unknown";
export type RiskStatus = "none" | "review" | "accepted" | "rejected";

/** Found live after the deal was off, or released on a decision: while it is being taken back, nobody is told "approved". Where that failed for good, what stands is shown. */
export const isBeingUndone = (intent: Intent): boolean =>
  intent.deal !== "on" && !intent.isToldApproved && isLive(mainEffect(intent)) && openUndoOf(intent, mainEffect(intent).effectId) !== undefined;

function statusOfApproved(intent: Intent): PaymentStatus {
  if (mainEffect(intent).kind === "credit") return "refunded";
  const sums = deriveSums(intent);
  if (sums.captured === 0n) {
    if (mainEffect(intent).isLapsed === true) return "expired";
    return sums.capturable === 0n && sums.reversed > 0n ? "released" : "authorized";
  }
  if (sums.refunded > 0n) return sums.refunded >= sums.captured ? "refunded" : "partly_refunded";
  return sums.capturable > 0n ? "partly_captured" : "captured";
}

/** Something of this payment has no answer: the payment itself, or a capture, increment, refund or credit of it. */
export const isUnknown = (intent: Intent): boolean => intent.effects.some((effect) => effect.state === "unknown" && !isUndo(effect));

/** The one word for the whole payment. */
export function derivePaymentStatus(intent: Intent): PaymentStatus {
  const main = mainEffect(intent);
  if (isUnknown(intent)) return "unknown";
  switch (main.state) {
    case "claiming": case "awaiting_approval": case "queued": case "planned": case "sent": return "in_progress";
    case "unknown": return "unknown";
    case "review":
      if (openUndoOf(intent, main.effectId) !== undefined) return "in_progress";
      return main.facts?.reviewKind === "soft_decline" ? "awaiting_decision" : "in_review";
    case "partial": return openUndoOf(intent, main.effectId) === undefined ? "awaiting_decision" : "in_progress";
    case "approved": return isBeingUndone(intent) ? "in_progress" : statusOfApproved(intent);
    case "declined": return "declined";
    case "undone": return "released";
    case "refused": return isTurnedDown(main) ? "declined" : "not_executed";
    case "absent": case "expired": case "withdrawn": return "not_executed";
  }
}

/** Risk words only where a risk decision was seen. */
export function deriveRiskStatus(intent: Intent): RiskStatus {
  const main = mainEffect(intent);
  const isCase = main.facts?.reviewKind === "case" || main.facts?.reviewKind === "before_authorization";
  if (main.state === "review" && isCase) return "review";
  if (isCase && main.state === "approved") return "accepted";
  if (isCase && (main.state === "undone" || main.state === "declined")) return "rejected";
  const isRiskDecline = main.state === "declined" && (main.reason === "DECISION_PROFILE_REJECT" || main.reason === "SCORE_EXCEEDS_THRESHOLD");
  return isRiskDecline ? "rejected" : "none";
}

/** Somebody must act: a soft decline or partial waits, or an undo failed for good. */
export const needsAttention = (intent: Intent): boolean =>
  ["awaiting_decision", "in_review"].includes(derivePaymentStatus(intent))
  || intent.effects.some((effect) => (effect.isEscalated === true && effect.state === "unknown") || isFailedUndo(intent, effect));

/** A person's own void or reversal that was refused was told to that person; one of the relay's leaves money where it should not be, until another goes through. */
export const isFailedUndo = (intent: Intent, effect: Effect): boolean =>
  isUndo(effect) && effect.state === "refused" && !wentThroughLater(intent, effect) && effect.kind !== "timeout_reversal" && effect.kind !== "timeout_void" && (commandOf(intent, effect) === undefined || isReleaseByRule(intent, effect)) && mainEffect(intent).state !== "undone";

/** Asked for by a rule or a flow, so that nobody waits for its answer: the hold stays until it lapses. */
const isReleaseByRule = (intent: Intent, effect: Effect): boolean =>
  effect.kind === "authorization_reversal" && commandOf(intent, effect)?.author.isInteractivePerson === false && deriveSums(intent).capturable > 0n;

const wentThroughLater = (intent: Intent, undo: Effect): boolean =>
  intent.effects.slice(intent.effects.indexOf(undo) + 1).some((other) => other.undoes === undo.undoes && other.targetRequestId === undo.targetRequestId && other.state === "approved");
