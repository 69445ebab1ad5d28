// What an intent needs next, and when. One pure answer for the worker after every change, every restart and every look:
// there is no separate path for crashes. Business-clock instants, except where the fence (wire clock) is named.
import type { Instant } from "../time.ts";
import { DAY_MS, SECOND_MS } from "../time.ts";
import { isHeldBack } from "./decide-command.ts";
import { isInCase, nextCaseLookAt } from "./decided-case.ts";
import { deriveSums } from "./derive-sums.ts";
import { currentAttempt, isRunning, isUndo, type Effect } from "./effect.ts";
import { bringsMoneyIn, claimOf, commandOf, isBusy, isHeldByDispute, mainEffect, openUndoOf, type Intent } from "./intent.ts";
import type { RecoverySettings } from "./settings.ts";
import type { DueStep, EffectStep, Now } from "./step.ts";
import { isTokenLeft } from "./token-creation.ts";
import { unknownStep } from "./unknown-step.ts";

const ANSWER_GRACE_MS = 5 * SECOND_MS;

/** Every step of the intent with its due time, earliest first. Empty when nothing will ever be due by itself. */
export function nextSteps(intent: Intent, now: Now, settings: RecoverySettings): readonly DueStep[] {
  const steps = intent.effects.flatMap((effect) => stepsOf(intent, effect, now, settings));
  return steps.sort((left, right) => left.dueAt - right.dueAt);
}

/** Asked again under the lock: whoever slept since it decided on the step may find that another has taken it, or the attempt after it. */
export const isStillDue = (intent: Intent, wanted: EffectStep, now: Now, settings: RecoverySettings): boolean =>
  nextSteps(intent, now, settings).some(({ step, dueAt }) =>
    dueAt <= now.business && step.kind === wanted.kind && step.effect.effectId === wanted.effect.effectId && step.effect.attempts.length === wanted.effect.attempts.length);

function stepsOf(intent: Intent, effect: Effect, now: Now, settings: RecoverySettings): readonly DueStep[] {
  switch (effect.state) {
    case "claiming": return effect.commandId === undefined ? [{ step: { kind: "claim" }, dueAt: now.business }] : commandSteps(intent, effect, now);
    case "awaiting_approval": return commandSteps(intent, effect, now);
    case "queued": return isHeldBack(intent, effect) || isBusy(intent, effect.effectId) ? [] : [{ step: { kind: "take_turn", effect }, dueAt: effect.notBefore ?? now.business }];
    case "planned": return [plannedStep(intent, effect, now, settings)];
    case "sent": return [{ step: { kind: "note_crash", effect }, dueAt: (currentAttempt(effect)?.sentAt ?? effect.changedAt) + settings.responseDeadlineMs + ANSWER_GRACE_MS }];
    case "unknown": return [unknownStep(intent, effect, now, settings)];
    case "review": case "partial": return waitingSteps(intent, effect);
    case "approved": return isTokenLeft(intent, effect) ? [{ step: { kind: "delete_token", effect }, dueAt: now.business }] : [...lapseSteps(intent, effect), ...closedSteps(effect)];
    default: return closedSteps(effect);
  }
}

/** Decided when the payment is free; until then, and until an approval comes, only its validity runs. */
function commandSteps(intent: Intent, effect: Effect, now: { readonly business: Instant }): readonly DueStep[] {
  const command = commandOf(intent, effect);
  if (command?.isForeign === true) return isBusy(intent, effect.effectId) ? [] : [{ step: { kind: "adopt_command", effect }, dueAt: now.business }];
  const validUntil = command?.validUntil ?? now.business;
  const expiry: DueStep = { step: { kind: "expire_command", effect }, dueAt: validUntil };
  if (effect.state === "awaiting_approval" || now.business > validUntil || isBusy(intent, effect.effectId) || waitsForForeign(intent)) return [expiry];
  return [{ step: { kind: "decide_command", effect }, dueAt: effect.retryAt ?? now.business }, expiry];
}

const waitsForForeign = (intent: Intent): boolean =>
  intent.commands.some((command) => command.isForeign === true && claimOf(intent, command.commandId)?.state === "claiming");

/** Not while something of it is on its way or unknown: that may still take what is left. */
function lapseSteps(intent: Intent, effect: Effect): readonly DueStep[] {
  const isLapsing = effect === mainEffect(intent) && effect.isLapsed !== true && effect.authorizationExpiresAt !== undefined && deriveSums(intent).capturable > 0n;
  if (!isLapsing || intent.effects.some(isRunning)) return [];
  return [{ step: { kind: "lapse", effect }, dueAt: effect.authorizationExpiresAt }];
}

/** An attempt whose owner vanished when it was due is not trusted, of an undo neither: in a restored ledger it may have been sent (recovery rules §3 row 2). One that waits its turn is. */
function plannedStep(intent: Intent, effect: Effect, now: Now, settings: RecoverySettings): DueStep {
  const dueAt = effect.retryAt ?? effect.changedAt;
  const isStale = now.business - dueAt > settings.signatureLifeMs;
  return { step: { kind: isStale ? "give_up_owner" : isHeldByDispute(intent, effect) ? "refuse_disputed" : "send", effect }, dueAt };
}

function waitingSteps(intent: Intent, effect: Effect): readonly DueStep[] {
  if (openUndoOf(intent, effect.effectId) !== undefined) return [];
  if (isInCase(effect) && bringsMoneyIn(intent, effect)) return [{ step: { kind: "look", effect }, dueAt: nextCaseLookAt(effect) }];
  if (effect.decisionDueAt === undefined) return [];
  return [{ step: { kind: "release_undecided", effect }, dueAt: effect.decisionDueAt }];
}

const LAST_WATCH_GAP_MS = DAY_MS;

function closedSteps(effect: Effect): readonly DueStep[] {
  const steps: DueStep[] = [];
  if (effect.holds && effect.authorizationExpiresAt !== undefined) steps.push({ step: { kind: "hold_ended", effect }, dueAt: effect.authorizationExpiresAt });
  const isWatched = !isUndo(effect) && effect.watchUntil !== undefined && (effect.state === "absent" || effect.state === "undone" || effect.state === "withdrawn" || effect.state === "expired");
  if (isWatched) {
    const dueAt = effect.nextLookAt ?? effect.changedAt + LAST_WATCH_GAP_MS;
    if (dueAt <= effect.watchUntil) steps.push({ step: { kind: "watch", effect }, dueAt });
  }
  return steps;
}

/** Undone, watched or finished: nothing more of the cardholder's details is needed. */
export const isClosed = (intent: Intent): boolean => {
  const { state } = mainEffect(intent);
  return ["approved", "declined", "refused", "absent", "undone", "expired", "withdrawn"].includes(state) && intent.effects.every((effect) => !["claiming", "planned", "sent", "unknown"].includes(effect.state));
};
