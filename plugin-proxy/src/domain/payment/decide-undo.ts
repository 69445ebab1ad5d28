// Reversals, voids and case decisions, a person's and the relay's own. One that succeeded changes its parent; one that failed stays
// visible and is never dropped. Its own unknown is resolved by the parent's state, never by assuming (recovery rules, law 10).
import { commonMove, pendingLook, retryDelayMs, watching } from "./attempt-moves.ts";
import { changed, type Change, type DecideContext } from "./change.ts";
import { isKnownThere, leavesHold } from "./choose-undo.ts";
import { amountOf, deriveSums, liveCaptures } from "./derive-sums.ts";
import { ATTEMPTS_MAX, isMoneyOut, isOpen, type Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { freeToRefund } from "./free-amounts.ts";
import { commandOf, effectsOf, findEffect, isBusy, mainEffect, type Intent } from "./intent.ts";
import { isPartOfWish, planAttempt, planPart, undoAttemptNumber } from "./plan-effect.ts";
import { isToBeCapturedAgain, releaseHold } from "./release-hold.ts";
import { nextState } from "./transitions.ts";

/** What an event changes of an undo and of what it takes back. */
export function decideUndo(intent: Intent, { before, next }: { readonly before: Effect; readonly next: Effect }, event: EffectEvent, context: DecideContext): readonly Change[] {
  // It has done its work: told again it changes nothing, and plans nothing twice.
  if (before.state === "approved") return [];
  const common = commonMove(intent, next, event, context);
  if (common !== undefined) return common;
  switch (event.kind) {
    case "turn": return isBusy(intent, before.effectId) ? [] : [changed({ ...next, attempts: [planAttempt(intent, next, 1, context.ids)] })];
    case "refused_transient": return isPartialReversal(intent, next) ? [changed(pendingLook(next, event, true))] : again(intent, next, event, context);
    case "retry_undo": case "not_executed": return again(intent, next, event, context);
    case "approved": case "found_approved": case "undone_proved": return undoSucceeded(intent, succeededUndo(next), event, context);
    case "operator_decided": return event.decidedState === "absent" ? failed(intent, { ...next, state: "absent" }, event, context) : undoSucceeded(intent, succeededUndo(next), event, context);
    case "withdrawn": case "deal_off": return next.commandId !== undefined && commandOf(intent, next)?.deal === "on" ? [{ type: "command_ended", commandId: next.commandId, deal: "withdrawn" }] : [];
    default: return failed(intent, next, event, context);
  }
}

function again(intent: Intent, next: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const attempts = next.attempts.length;
  if (attempts >= ATTEMPTS_MAX) return failed(intent, { ...next, state: "refused" }, event, context);
  return [changed({ ...next, state: "planned", refusal: undefined, nextLookAt: undefined, attempts: [...next.attempts, planAttempt(intent, next, undoAttemptNumber(intent, next.attempts, event.at), context.ids)], retryAt: event.at + retryDelayMs(next, event, context.settings) })];
}

const succeededUndo = (effect: Effect): Effect => ({ ...effect, state: "approved", nextLookAt: undefined, refusal: undefined, reason: effect.kind === "case_decision" ? "case_rejected" : undefined });
/** A timeout reversal that Cybersource refuses although it knows the transaction: nothing else is left to try. */
const isLastWord = (undo: Effect): boolean => undo.kind === "timeout_reversal" && isKnownThere(undo);
const isTimeoutUndo = (effect: Effect): boolean => effect.kind === "timeout_reversal" || effect.kind === "timeout_void";

/** Of an authorization that stays, because something of it is captured or wanted. */
export function isPartialReversal(intent: Intent, undo: Effect): boolean {
  const main = mainEffect(intent);
  if (undo.kind !== "authorization_reversal" || undo.undoes !== main.effectId || undo.targetRequestId !== undefined || main.state !== "approved") return false;
  const sums = deriveSums(intent);
  return sums.captured > 0n || amountOf(undo) < sums.authorized - sums.reversed;
}

/** A person's own void or reversal is answered to that person; one of the relay's that fails leaves money where it should not be. */
function failed(intent: Intent, undo: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const ended: Effect = { ...undo, nextLookAt: undefined, refusal: undefined, reason: event.reason ?? undo.refusal?.reason ?? undo.reason };
  if (isPartOfWish(undo)) return [changed(ended), ...refundInstead(intent, ended, event, context), ...reversalInstead(intent, ended, event, context)];
  // Decided by somebody else: the payment is taken back the ordinary way, in the same breath.
  if (isDecidedElsewhere(event)) return [changed(ended)];
  return [changed(ended), ...(isTimeoutUndo(undo) && !isLastWord(ended) ? [] : [{ type: "incident", kind: "undo_failed" } as const])];
}

/** The void came too late, and the person's preview said "void or refund". */
function refundInstead(intent: Intent, undo: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const capture = undo.undoes === undefined ? undefined : findEffect(intent, undo.undoes);
  const isTooLate = event.kind === "window_closed" && undo.isRefundAccepted === true;
  const others: Intent = { ...intent, effects: intent.effects.filter((effect) => effect.effectId !== undo.effectId) };
  if (!isTooLate || undo.commandId === undefined || capture === undefined || isMoneyOut(capture) || freeToRefund(others, capture) < amountOf(undo)) return [];
  const parts = effectsOf(intent, undo.commandId).filter(isPartOfWish).length;
  const part = planPart(intent, undo.commandId, parts + 1, event.at, context.ids);
  return [{ type: "part_planned", effect: { ...part, kind: "refund", parentId: capture.effectId, amount: undo.amount, reason: "void_came_too_late" } }];
}

const isDecidedElsewhere = (event: EffectEvent): boolean => event.reason === "case_was_accepted" || event.reason === "case_was_rejected";

/** The case that was to be rejected had been accepted: what is only authorized is released all the same. What was captured with it is money to give back, which has rules of its own. */
function reversalInstead(intent: Intent, undo: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  if (event.reason !== "case_was_accepted" || undo.commandId === undefined || liveCaptures(intent).length > 0) return [];
  const part = planPart(intent, undo.commandId, effectsOf(intent, undo.commandId).filter(isPartOfWish).length + 1, event.at, context.ids);
  return [{ type: "part_planned", effect: { ...part, kind: "authorization_reversal", undoes: undo.undoes, amount: undo.amount, reason: "nothing_captured" } }];
}

function undoSucceeded(intent: Intent, undo: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const parent = undo.undoes === undefined ? undefined : findEffect(intent, undo.undoes);
  if (parent === undefined || (undo.targetRequestId !== undefined && undo.targetRequestId !== parent.facts?.requestId)) return [changed(undo)];
  if (isPartialReversal(intent, undo)) return [changed(undo), ...holdsReleased(intent, undo)];
  // A timeout void of a failed original is answered, too (payments guide): what was declined holds no more than it did.
  const isDeclined = parent.state === "declined" || parent.state === "refused";
  const keepsHold = leavesHold(undo) && !isMoneyOut(parent) && (!isDeclined || parent.holds);
  const kind = isDeclined ? "released" : "undone_proved";
  const state = nextState(parent.state, kind) ?? parent.state;
  const after: Effect = { ...parent, state, holds: keepsHold, nextLookAt: undefined, changedAt: event.at, decisionDueAt: undefined, ...watching(parent, event.at, context.settings) };
  const release = keepsHold ? releaseHold(intent, { undo, parent, at: event.at }, context) : [];
  // What nobody releases is said: the bank does it by itself, in days (recovery rules §4, void).
  const isLeft = keepsHold && release.length === 0 && !isToBeCapturedAgain(intent, undo, parent) && intent.effects.every((other) => other.effectId === undo.effectId || other.undoes !== mainEffect(intent).effectId || !isOpen(other));
  return [changed(isLeft ? { ...undo, reason: "hold_left_to_bank" } : undo), changed(after), ...holdsReleased(intent, undo), ...release];
}

/** The authorization's hold is gone, and with it what voids of its captures had left. */
const holdsReleased = (intent: Intent, undo: Effect): readonly Change[] => (undo.kind !== "authorization_reversal" ? [] :
  intent.effects.filter((effect) => effect.kind === "capture" && effect.state === "undone" && effect.holds).map((effect) => changed({ ...effect, holds: false })));
