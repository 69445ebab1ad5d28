// The founding effect of a payment: authorization, sale (or a standalone credit). Recovery rules §4, first two operations.
import { DAY_MS, SECOND_MS, type Instant } from "../time.ts";
import { commonMove, foreignAttempts, pendingLook, retryDelayMs, watching, withNextAttempt } from "./attempt-moves.ts";
import { authorizationDaysOf } from "./authorization-life.ts";
import { changed, type Change, type DecideContext } from "./change.ts";
import { chooseUndo } from "./choose-undo.ts";
import { turnedDown } from "./decide-change.ts";
import { isDealOn } from "./deal.ts";
import { ATTEMPTS_MAX, type Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { firstSentAt, openUndoOf, type Intent } from "./intent.ts";
import { planAttempt, planUndoEffect } from "./plan-effect.ts";
import { tokenCreation } from "./token-creation.ts";

/** Plans the undo of the money-in effect unless one is already open. `current` is the effect as it will be. */
function planUndo(intent: Intent, current: Effect, reason: string, at: Instant, context: DecideContext): Change[] {
  if (openUndoOf(intent, current.effectId) !== undefined) return [];
  const seen: Intent = { ...intent, effects: [current, ...intent.effects.slice(1)] };
  const plan = chooseUndo(seen, reason);
  return openUndoOf(intent, plan.undoes) === undefined ? [{ type: "undo_planned", effect: planUndoEffect(intent, plan, at, context.ids) }] : [];
}

/** What an event changes of a payment's founding effect. `before` is the effect as it was, `next` as it will be at least. */
export function decideMoneyIn(intent: Intent, moved: { readonly before: Effect; readonly next: Effect }, event: EffectEvent, context: DecideContext): readonly Change[] {
  const changes = moveMoneyIn(intent, moved, event, context);
  const main = changes.findLast((change) => change.type === "effect_changed" && change.effect.effectId === moved.next.effectId);
  return main?.type === "effect_changed" ? [...changes, ...tokenCreation(intent, main.effect, event, context.ids)] : changes;
}

function moveMoneyIn(intent: Intent, { before, next }: { readonly before: Effect; readonly next: Effect }, event: EffectEvent, context: DecideContext): readonly Change[] {
  const { settings } = context;
  const common = commonMove(intent, next, event, context);
  if (common !== undefined) return common;
  switch (event.kind) {
    case "read_ok": return intent.deal !== "on" ? [changed({ ...next, state: "withdrawn", reason: "request_withdrawn" })] : [changed({ ...next, attempts: [planAttempt(intent, next, 1, context.ids)] })];
    case "foreign_claim": return [changed({ ...next, attempts: foreignAttempts(intent, next, context.ids), nextLookAt: event.at })];
    case "not_executed": return notExecuted(intent, { before, next }, event, context);
    case "refused_transient": return decideTransient(intent, { before, next }, event, context);
    case "withdrawn": case "deal_off": case "decision_late": case "expired": return decideDealOff(intent, { before, next }, event, context);
    case "approved": case "found_approved": case "accepted": case "partial": case "found_partial": case "review": case "found_review":
      return decideLive(intent, next, event, context);
    case "declined": case "found_declined": case "rejected": case "hold_found": return decideDeclined(intent, next, event, context);
    case "found_live": return [changed({ ...next, holds: true }), { type: "incident", kind: "found_live" }, { type: "deal_ended", deal: "incident" }, ...planUndo(intent, next, "found_live", event.at, context)];
    case "undone_proved": case "released": return foundUndone(intent, { ...next, holds: event.holds === true, nextLookAt: undefined, ...watching(next, event.at, settings) }, event, context);
    case "settlement_rejected": return turnedDown(next);
    case "lapsed": return (before.authorizationExpiresAt ?? Infinity) > event.at ? [] : [changed({ ...next, changedAt: before.changedAt, isLapsed: true })];
    case "operator_decided": return event.decidedState === "approved" ? decideLive(intent, { ...next, state: "approved", shown: undefined }, event, context) : [changed({ ...next, state: event.decidedState ?? "absent", nextLookAt: undefined, ...watching(next, event.at, settings) })];
    default: return [changed({ ...next, nextLookAt: undefined, ...watching(next, event.at, settings) })];
  }
}

/** Found voided, and the hold is still there: released as a second step, where the processor can and no undo of ours is about to do it. */
function foundUndone(intent: Intent, undone: Effect, event: EffectEvent, { ids }: DecideContext): readonly Change[] {
  if (!undone.holds || intent.command?.merchantAccount.abilities.reversalAfterVoid !== true || openUndoOf(intent, undone.effectId) !== undefined) return [changed(undone)];
  const plan = { kind: "authorization_reversal", undoes: undone.effectId, amount: undone.facts?.amount ?? undone.amount, reason: "hold_after_void" } as const;
  return [changed(undone), { type: "undo_planned", effect: planUndoEffect(intent, plan, event.at, ids) }];
}

const LOOKED_FOR_FIRST: ReadonlySet<string> = new Set(["PROCESSOR_UNAVAILABLE", "TOO_MANY_REQUESTS"]);
/** Search shows a payment after some seconds; a person on the phone waits no longer than that. */
const LOOK_FIRST_MS = 10 * SECOND_MS;

function decideTransient(intent: Intent, { before, next }: { readonly before: Effect; readonly next: Effect }, event: EffectEvent, context: DecideContext): readonly Change[] {
  const attempts = next.attempts.length;
  // It may have been executed all the same: a search comes before the next try, after a 429 too (recovery rules §3 rows 5 and 9, ADR 0071); also where a
  // notification or another process has called it unknown while the answer was on its way.
  if (LOOKED_FOR_FIRST.has(event.reason ?? "")) return [changed(pendingLook(next, { ...event, retryAfterMs: Math.max(event.retryAfterMs ?? 0, LOOK_FIRST_MS) }, true))];
  if (before.state !== "sent" || attempts >= ATTEMPTS_MAX || !isDealOn(intent, event.at, context.settings)) {
    return [changed({ ...next, state: "refused", ...watching(next, event.at, context.settings) })];
  }
  return [changed({ ...next, attempts: [...next.attempts, planAttempt(intent, next, attempts + 1, context.ids)], retryAt: event.at + retryDelayMs(next, event, context.settings) })];
}

/** Looked for after a refusal that may have been executed, and not there. */
function notExecuted(intent: Intent, { before, next }: { readonly before: Effect; readonly next: Effect }, event: EffectEvent, context: DecideContext): readonly Change[] {
  const mayTryAgain = next.attempts.length < ATTEMPTS_MAX && isDealOn(intent, event.at, context.settings);
  return [changed(mayTryAgain ? { ...withNextAttempt(intent, next, event, context), retryAt: event.at } : { ...next, state: "refused", refusal: undefined, reason: before.refusal?.reason, nextLookAt: undefined, ...watching(next, event.at, context.settings) })];
}

/** Withdrawn, too late or the document moved on: nothing sent ends here, something live is taken back, an unknown stays unknown. */
function decideDealOff(intent: Intent, { before, next }: { readonly before: Effect; readonly next: Effect }, event: EffectEvent, context: DecideContext): readonly Change[] {
  const deal = event.kind === "withdrawn" ? "withdrawn" : event.kind === "expired" || event.kind === "decision_late" ? "expired" : "document_changed";
  if (intent.isToldApproved && (next.state === "approved" || next.state === "unknown")) return [];
  const ended: Change[] = intent.deal === "on" ? [{ type: "deal_ended", deal }] : [];
  // Until its row was read nobody knows whose claim stands on it: a lost ledger may have taken the money. A person's word waits for that.
  if (before.state === "claiming" && event.evidence === "person") return ended;
  const mustUndo = next.state === "approved" || next.state === "review" || next.state === "partial";
  return [changed(next), ...ended, ...(mustUndo ? planUndo(intent, next, event.reason ?? event.kind, event.at, context) : [])];
}

function decideLive(intent: Intent, next: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const { settings } = context;
  const days = authorizationDaysOf(intent.command, next.facts?.card?.typeCode);
  // Found days later, by a ledger that was made new say, it lives no longer than from when it was sent.
  const authorizedAt = event.evidence === "answer" ? event.at : Math.min(event.at, firstSentAt(intent, next));
  const live: Effect = { ...next, nextLookAt: undefined, authorizationExpiresAt: next.authorizationExpiresAt ?? authorizedAt + days * DAY_MS, reason: next.state === "approved" ? undefined : next.reason };
  if (next.state === "absent") return [changed({ ...live, holds: true }), { type: "incident", kind: "found_live" }, { type: "deal_ended", deal: "incident" }, ...planUndo(intent, live, "found_live", event.at, context)];
  if (!isDealOn(intent, event.at, settings) && event.kind !== "accepted" && event.kind !== "operator_decided") {
    const ended: Change[] = intent.deal === "on" ? [{ type: "deal_ended", deal: "expired" }] : [];
    return [changed(live), ...ended, ...planUndo(intent, live, "deal_off", event.at, context)];
  }
  if (next.state === "approved") return [changed({ ...live, decisionDueAt: undefined }), { type: "told_approved" }];
  return decideWaiting(intent, live, event, context);
}

/** Review and partial: policy decides at once, or a person within a limit. */
function decideWaiting(intent: Intent, live: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const { settings } = context;
  const account = intent.command?.merchantAccount;
  if (live.state === "partial") {
    if (account?.partialPolicy !== "ask") return [changed(live), { type: "deal_ended", deal: "expired" }, ...planUndo(intent, live, "partial", event.at, context)];
    return [changed({ ...live, decisionDueAt: event.at + settings.partialDecisionMs })];
  }
  if (live.facts?.reviewKind !== "soft_decline") return [changed(live)];
  switch (account?.softDeclinePolicy ?? "ask") {
    case "accept": return [changed({ ...live, state: "approved" }), { type: "told_approved" }];
    case "reverse": return [changed(live), { type: "deal_ended", deal: "expired" }, ...planUndo(intent, live, live.reason ?? "soft_decline", event.at, context)];
    case "ask": return [changed({ ...live, decisionDueAt: event.at + settings.softDeclineDecisionMs })];
  }
}

function decideDeclined(intent: Intent, next: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const holds = event.holds === true || event.kind === "hold_found";
  // A hold that nobody can release ends with the authorization.
  const endsAt = event.at + authorizationDaysOf(intent.command, next.facts?.card?.typeCode) * DAY_MS;
  const declined: Effect = { ...next, holds, nextLookAt: undefined, ...(holds ? { authorizationExpiresAt: next.authorizationExpiresAt ?? endsAt } : {}), ...watching(next, event.at, context.settings) };
  return [changed(declined), ...(holds ? planUndo(intent, declined, next.reason ?? "declined", event.at, context) : [])];
}
