// Captures, increments, refunds and credits: what an answer or a look changes (recovery rules §4), once the row's wish was decided.
import { commonMove, pendingLook, retryDelayMs, watching, withNextAttempt } from "./attempt-moves.ts";
import { changed, type Change, type DecideContext } from "./change.ts";
import { undoOfChange } from "./choose-undo.ts";
import { amountOf, deriveSums } from "./derive-sums.ts";
import { ATTEMPTS_MAX, isMoneyOut, type Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { commandOf, findEffect, isBusy, mainEffect, openUndoOf, type Intent } from "./intent.ts";
import { isWanted } from "./deal.ts";
import { freeToRefund } from "./free-amounts.ts";
import { planAttempt, planUndoEffect } from "./plan-effect.ts";
import { voidedAsVerified } from "./voided-elsewhere.ts";

interface Moved { readonly before: Effect; readonly next: Effect }

/** What an event changes of an effect that a later row asked for and that is no undo. */
export function decideChange(intent: Intent, { before, next }: Moved, event: EffectEvent, context: DecideContext): readonly Change[] {
  const common = commonMove(intent, next, event, context);
  if (common !== undefined) return common;
  const { settings } = context;
  const closed: Effect = { ...next, nextLookAt: undefined, refusal: undefined, ...watching(next, event.at, settings) };
  switch (event.kind) {
    case "turn": return takeTurn(intent, { before, next }, event, context);
    case "refused_transient": return transient(intent, { before, next }, event, context);
    case "not_executed": return isWanted(intent, next, event.at, settings) && next.attempts.length < ATTEMPTS_MAX
      ? [changed(withNextAttempt(intent, next, event, context))] : [changed({ ...closed, state: "refused", reason: before.refusal?.reason ?? next.reason })];
    case "approved": case "found_approved": case "accepted": return succeeded(intent, next, event, context);
    case "absent_proved": return wasAbsent(intent, closed, event, context);
    case "withdrawn": case "deal_off": return [changed(next), ...endDeal(intent, next)];
    case "operator_decided": return operatorDecided(intent, next, event, context);
    // When it went out and how that is known stay as they are.
    case "settled": return before.isSettled === true ? [] : [changed({ ...before, isSettled: true })];
    case "settlement_rejected": return isMoneyOut(before) ? [changed({ ...closed, isSettled: undefined, reason: event.reason ?? "settlement_rejected" }), { type: "incident", kind: "refund_rejected_by_bank" }] : turnedDown(closed);
    case "found_live": return foundLive(intent, closed, event, context);
    case "released": case "undone_proved": return [changed({ ...closed, holds: false })];
    case "found_refused": return [changed({ ...closed, reason: event.reason ?? before.refusal?.reason ?? next.reason }), ...voidedAsVerified(intent, before, event, context), ...(event.isHoldOver === true ? [changed({ ...mainEffect(intent), isLapsed: true })] : [])];
    default: return [changed({ ...closed, holds: false })];
  }
}

/** Taken, and turned down at settlement: it is out of the sums, its bank holds nothing for it any more, and finance has to know (docs/adr/0083). */
export const turnedDown = (taken: Effect): readonly Change[] =>
  [changed({ ...taken, holds: false, nextLookAt: undefined, reason: "turned_down_at_settlement" }), { type: "incident", kind: "capture_rejected_by_bank" }];

const endDeal = (intent: Intent, effect: Effect): readonly Change[] =>
  (effect.commandId !== undefined && commandOf(intent, effect)?.deal === "on" ? [{ type: "command_ended", commandId: effect.commandId, deal: "withdrawn" }] : []);

/** Its turn has come when nothing else of the payment is on its way; what it wanted to give back may be gone by then. */
function takeTurn(intent: Intent, { before, next }: Moved, event: EffectEvent, context: DecideContext): readonly Change[] {
  if (isBusy(intent, before.effectId)) return [];
  if (isMoneyOut(next) && intent.isDisputed === true) return [changed({ ...next, state: "refused", reason: "payment_disputed" })];
  const capture = next.parentId === undefined ? undefined : findEffect(intent, next.parentId);
  const isGone = next.kind === "refund" && (capture?.state !== "approved" || freeToRefund({ ...intent, effects: intent.effects.filter((effect) => effect !== before) }, capture) < amountOf(next));
  if (isGone) return [changed({ ...next, state: "refused", reason: "nothing_to_give_back" })];
  return [changed({ ...next, attempts: [planAttempt(intent, next, 1, context.ids)] })];
}

/** Money out, an increment and a partial capture may have been executed all the same: they are looked for before they are sent again (rows 5, 9). */
function transient(intent: Intent, { before, next }: Moved, event: EffectEvent, context: DecideContext): readonly Change[] {
  const isAdditive = next.kind !== "capture" || !isWholeCapture(intent, next);
  if (before.state === "unknown") return [];
  if (isAdditive) return [changed(pendingLook(next, event, true))];
  if (next.attempts.length >= ATTEMPTS_MAX || !isWanted(intent, next, event.at, context.settings)) return [changed({ ...next, state: "refused", ...watching(next, event.at, context.settings) })];
  return [changed({ ...withNextAttempt(intent, next, event, context), retryAt: event.at + retryDelayMs(next, event, context.settings) })];
}

/** A capture of everything that is left can by its nature not happen twice. */
export function isWholeCapture(intent: Intent, capture: Effect): boolean {
  const others: Intent = { ...intent, effects: intent.effects.filter((effect) => effect.effectId !== capture.effectId) };
  return capture.kind === "capture" && amountOf(capture) >= deriveSums(others).capturable;
}

function succeeded(intent: Intent, next: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const main = mainEffect(intent);
  const { settings } = context;
  const isIncrement = next.kind === "incremental_authorization";
  // The answer's figure is the whole authorization; the effect's own amount is what was added (recovery rules §4: never a sum of ours).
  const figure = isIncrement ? event.facts?.amount : undefined;
  const facts = next.facts === undefined || !isIncrement ? next.facts : { ...next.facts, amount: next.amount };
  const live: Effect = { ...next, state: "approved", facts, reason: undefined, refusal: undefined, nextLookAt: undefined, holds: false };
  const grown: readonly Change[] = figure === undefined || main.facts === undefined ? [] : [changed({ ...main, facts: { ...main.facts, amount: figure } })];
  if (isWanted(intent, live, event.at, settings)) return [changed(live), ...grown];
  // A person cancelled it while nobody knew: what is found is voided. An increment is part of its authorization and goes with it.
  if (isIncrement || openUndoOf(intent, live.effectId) !== undefined) return [changed(live), ...grown];
  return [changed(live), { type: "undo_planned", effect: planUndoEffect(intent, undoOfChange(live, "deal_off"), event.at, context.ids) }];
}

/** Only a full capture is sent again by machine (recovery rules §5). */
function wasAbsent(intent: Intent, closed: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const mayRepeat = isWholeCapture(intent, { ...closed, state: "unknown" }) && isWanted(intent, closed, event.at, context.settings) && closed.attempts.length < ATTEMPTS_MAX;
  return mayRepeat ? [changed(withNextAttempt(intent, closed, event, context))] : [changed(closed)];
}

function operatorDecided(intent: Intent, next: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const state = event.decidedState ?? "absent";
  if (state === "approved") return succeeded(intent, { ...next, shown: undefined }, event, context);
  return [changed({ ...next, state, nextLookAt: undefined, refusal: undefined, ...watching(next, event.at, context.settings) })];
}

/** Declared gone, and there after all: it counts. A capture is voided; a refund is undone only by a person's click (law 7). */
function foundLive(intent: Intent, closed: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  if (closed.holds) return [];
  const live: Effect = { ...closed, holds: true };
  const incident: Change = { type: "incident", kind: "found_live" };
  if (closed.kind !== "capture" || openUndoOf(intent, closed.effectId) !== undefined) return [changed(live), incident];
  return [changed(live), incident, { type: "undo_planned", effect: planUndoEffect(intent, undoOfChange(live, "found_live"), event.at, context.ids) }];
}
