// Moves of an attempt that are the same for every kind of effect: sent, not sent, tried again, looked for, watched.
import { spread } from "../spread.ts";
import { DAY_MS, type Instant } from "../time.ts";
import { changed, type Change, type DecideContext } from "./change.ts";
import { ATTEMPTS_MAX, currentAttempt, isUndo, type Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { firstSentAt, type Intent } from "./intent.ts";
import { planAttempt, type EffectIds } from "./plan-effect.ts";
import { lookDelayMs, type RecoverySettings } from "./settings.ts";

/** The moves that every effect makes alike, or undefined when the kind has its own. */
export function commonMove(intent: Intent, next: Effect, event: EffectEvent, { settings, ids }: DecideContext): readonly Change[] | undefined {
  if (hasOutlivedItsOwner(next, event, settings)) return [changed(distrusted(intent, next, event, { settings, ids }))];
  switch (event.kind) {
    case "send": return [changed(sent(next, event))];
    case "not_sent_proved": return [changed({ ...next, retryAt: event.at + retryDelayMs(next, event, settings) })];
    case "no_answer": case "unreadable": case "crash": case "owner_gone": case "found_nothing": return [changed(looking(intent, next, event, settings))];
    case "refused_pending_look": return [changed(pendingLook(next, event, false))];
    case "escalated": return [changed({ ...next, isEscalated: true, nextLookAt: event.at + DAY_MS }), { type: "incident", kind: "operator_needed" }];
    case "not_in_report": return notInReport(next, event);
    default: return undefined;
  }
}

/** A day counts once, however often its report is read. Looked for at once: what a report leaves out may stand there all the same (recovery rules §5). */
function notInReport(next: Effect, event: EffectEvent): readonly Change[] {
  const { looks } = next;
  if (event.reportUntil !== undefined && event.reportUntil <= (looks.reportedUntil ?? 0)) return [];
  return [changed({ ...next, nextLookAt: event.at, looks: { ...looks, reportsWithout: (looks.reportsWithout ?? 0) + 1, reportedUntil: event.reportUntil } })];
}

const sent = (effect: Effect, event: EffectEvent): Effect => ({
  ...effect, refusal: undefined,
  attempts: [...effect.attempts.slice(0, -1), ...effect.attempts.slice(-1).map((attempt) => ({ ...attempt, sentAt: event.at, signatureExpiresAt: event.signatureExpiresAt }))],
});

/** Refused, but our picture is wrong or it may have been executed all the same: the look comes first (recovery rules §3 rows 5, 9, 10). */
export const pendingLook = (effect: Effect, event: EffectEvent, isTransient: boolean): Effect =>
  ({ ...effect, state: "unknown", refusal: { reason: event.reason ?? "refused", isTransient }, nextLookAt: event.at + (isTransient ? event.retryAfterMs ?? 0 : 0) });

/** A lost ledger may have used any attempt: all five ids are derived, so that the look finds whichever it was. What waited for a batch went when that closed. */
export const foreignAttempts = (intent: Intent, effect: Effect, ids: EffectIds) =>
  Array.from({ length: ATTEMPTS_MAX }, (_, index) => ({ ...planAttempt(intent, effect, index + 1, ids), sentAt: effect.notBefore ?? firstSentAt(intent, effect) }));

/**
 * Long overdue: whoever was to do it is gone, and so may be what this ledger knew; it may be a backup, and the lost one may have gone on to
 * further attempts (recovery rules §3 row 2, §6). An undo is resolved by its parent instead (law 10).
 */
function hasOutlivedItsOwner(effect: Effect, event: EffectEvent, settings: RecoverySettings): boolean {
  if (isUndo(effect)) return false;
  switch (event.kind) {
    case "owner_gone": return true;
    case "crash": return event.at - (currentAttempt(effect)?.sentAt ?? event.at) > settings.responseDeadlineMs + settings.signatureLifeMs;
    case "found_nothing": case "not_executed": return effect.refusal?.isTransient === true && event.at - (effect.nextLookAt ?? event.at) > settings.signatureLifeMs;
    default: return false;
  }
}

/** Looked for by every id that it may have had, from the beginning, and not sent again: the next attempt may have been on the wire already. */
function distrusted(intent: Intent, effect: Effect, event: EffectEvent, { settings, ids }: DecideContext): Effect {
  const attempts = foreignAttempts(intent, effect, ids).map((attempt, index) => (effect.attempts[index]?.sentAt === undefined ? attempt : effect.attempts[index]));
  return looking(intent, { ...effect, state: "unknown", attempts, refusal: undefined, looks: { count: 0, emptyCount: 0 } }, { ...event, kind: "owner_gone" }, settings);
}

function looking(intent: Intent, effect: Effect, event: EffectEvent, settings: RecoverySettings): Effect {
  const isEmpty = event.kind === "found_nothing";
  const first = firstSentAt(intent, effect);
  const looks = !isEmpty ? effect.looks : {
    ...effect.looks, count: effect.looks.count + 1, emptyCount: effect.looks.emptyCount + 1,
    firstEmptyAt: effect.looks.firstEmptyAt ?? (event.at >= first + settings.lagMs ? event.at : undefined),
    lastEmptyAt: event.at,
  };
  return { ...effect, looks, nextLookAt: Math.max(first + lookDelayMs(looks.count), event.at + settings.retryDelayMsBase) };
}

/** Doubled with each attempt, or what the answer named; spread, so that what was refused together does not come back together. */
export const retryDelayMs = (effect: Effect, event: EffectEvent, settings: RecoverySettings): number =>
  spread(event.retryAfterMs ?? settings.retryDelayMsBase * 2 ** Math.min(Math.max(effect.attempts.length - 1, 0), 6), `${effect.effectId} ${effect.attempts.length}`);

/** The same step once more, with new ids; its looks start anew. */
export const withNextAttempt = (intent: Intent, effect: Effect, event: EffectEvent, { ids, settings }: DecideContext): Effect => ({
  ...effect, state: "planned", refusal: undefined, nextLookAt: undefined, looks: { count: 0, emptyCount: 0 },
  attempts: [...effect.attempts, planAttempt(intent, effect, effect.attempts.length + 1, ids)], retryAt: event.at + retryDelayMs(effect, event, settings),
});

/** Only what was on the wire can turn up again. */
export const watching = (effect: Effect, at: Instant, settings: RecoverySettings): { watchUntil?: Instant } =>
  currentAttempt(effect)?.sentAt === undefined ? {} : { watchUntil: at + settings.watchMs };
