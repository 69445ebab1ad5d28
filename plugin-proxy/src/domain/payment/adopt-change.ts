// What a look proves of a capture, increment, refund or credit without an answer (recovery rules §5, laws 5, 6 and 8). An increment has no
// transaction of its own: the authorization has grown by exactly it, or it has not.
import { DAY_MS, type Instant } from "../time.ts";
import { acceptable, type Found, type LookVerdict } from "./adopt.ts";
import { amountOf } from "./derive-sums.ts";
import type { Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { findEffect, firstSentAt, mainEffect, type Intent } from "./intent.ts";
import { mayBeUnseen } from "./may-be-unseen.ts";
import type { RecoverySettings } from "./settings.ts";
import { isSameMoney } from "../money.ts";

interface Look { readonly found: readonly Found[]; readonly isComplete: boolean; readonly at: Instant }

/** The event; `nothing` when the look could not see everything, so that not even emptiness is known. */
export function judgeChangeLook(intent: Intent, effect: Effect, look: Look, settings: RecoverySettings): LookVerdict | { readonly kind: "nothing" } {
  if (effect.kind === "incremental_authorization") return judgeIncrement(intent, effect, look, settings);
  const references = new Set<string>(effect.attempts.map((attempt) => attempt.merchantReference));
  const ours = look.found.filter((one) => references.has(one.merchantReference));
  const base = { effectId: effect.effectId, attempt: effect.attempts.length, evidence: "search", at: look.at } as const;
  if (ours.length === 0) return look.isComplete ? voidedParent(intent, effect, look, base) ?? endedHold(intent, effect, look, { base, settings }) ?? empty(effect, base, settings) : { kind: "nothing" };
  if (ours.some((one) => contradicts(intent, effect, one))) return { kind: "incident", why: "contradicts_intent", shown: acceptable(ours, (one) => isSameKind(intent, effect, one)) };
  const live = ours.filter((one) => one.verdict === "approved" && !one.isUndone).sort((left, right) => (left.requestId < right.requestId ? -1 : 1));
  const kept = live[0];
  if (kept !== undefined) return { kind: "event", event: { ...base, kind: "found_approved", facts: kept.facts }, surplus: live.slice(1) };
  const undone = ours.find((one) => one.isUndone);
  if (undone !== undefined) return { kind: "event", event: { ...base, kind: "undone_proved", facts: undone.facts }, surplus: [] };
  const ended = ours[0];
  if (ended === undefined || ended.verdict === "unreadable") return { kind: "incident", why: "unreadable_transaction" };
  return { kind: "event", event: { ...base, kind: ended.verdict === "declined" ? "found_declined" : "found_refused", facts: { ...ended.facts, amount: undefined } }, surplus: [] };
}

/** A credit shows as a refund in search: both are `ics_credit`. */
const isSameKind = (intent: Intent, effect: Effect, found: Found): boolean =>
  found.merchantId === intent.command?.merchantAccount.merchantId && found.kind === (effect.kind === "credit" ? "refund" : effect.kind);

function contradicts(intent: Intent, effect: Effect, found: Found): boolean {
  if (!isSameKind(intent, effect, found)) return true;
  return found.amount !== undefined && effect.amount !== undefined && !isSameMoney(found.amount, effect.amount);
}

type Base = Pick<EffectEvent, "effectId" | "attempt" | "evidence" | "at">;

/** Refused because what was to be given back is voided, and there it stands voided (recovery rules §3 row 10: read the parent, fold). */
function voidedParent(intent: Intent, effect: Effect, { found }: Look, base: Base): LookVerdict | undefined {
  const parent = effect.refusal?.reason !== "CAPTURE_ALREADY_VOIDED" || effect.parentId === undefined ? undefined : findEffect(intent, effect.parentId);
  const shown = parent === undefined ? undefined : found.find((one) => one.requestId === parent.facts?.requestId);
  if (parent === undefined || shown?.settlement !== "voided") return undefined;
  return { kind: "event", event: { ...base, kind: "found_refused", reason: effect.refusal?.reason, settlement: [{ effectId: parent.effectId, state: "voided" }] }, surplus: [] };
}

/** Within this time a bank lets go of nothing by itself. */
const HOLD_MS_MIN = DAY_MS;

/**
 * Refused because there is nothing to capture, and what is shown was neither captured nor released by anybody: its bank has let go of it, earlier than
 * the account says (recovery rules §3 row 10, §4 capture). Said once the lag is over: somebody may have captured it outside a moment ago.
 */
function endedHold(intent: Intent, effect: Effect, { found }: Look, { base, settings }: { readonly base: Base; readonly settings: RecoverySettings }): LookVerdict | undefined {
  if (effect.kind !== "capture" || effect.refusal?.reason !== "MISSING_AUTH" || effect.attempts.length > 1) return undefined;
  const main = mainEffect(intent);
  const shown = found.find((one) => one.requestId === main.facts?.requestId);
  const isUntouched = shown?.verdict === "approved" && !shown.isUndone && !shown.isReversed && found.every((one) => one.kind !== "capture")
    && intent.effects.every((other) => other === effect || other.kind !== "capture" || other.attempts.every((attempt) => attempt.sentAt === undefined));
  if (!isUntouched || base.at < firstSentAt(intent, main) + HOLD_MS_MIN) return undefined;
  const isSure = base.at >= firstSentAt(intent, effect) + settings.lagMs;
  return { kind: "event", event: isSure ? { ...base, kind: "found_refused", reason: "authorization_expired", isHoldOver: true } : { ...base, kind: "found_nothing" }, surplus: [] };
}

/** Nothing there. After a refusal that settles it; after one that may have been executed only when two looks after the lag agree. */
function empty(effect: Effect, base: Base, settings: RecoverySettings): LookVerdict {
  const of = (kind: EffectEvent["kind"], reason?: string): LookVerdict => ({ kind: "event", event: { ...base, kind, reason }, surplus: [] });
  if (effect.refusal === undefined) return of("found_nothing");
  if (!effect.refusal.isTransient) return of(mayBeUnseen(effect, base.at, settings) ? "found_nothing" : "found_refused", effect.refusal.reason);
  const { firstEmptyAt } = effect.looks;
  return firstEmptyAt !== undefined && base.at - firstEmptyAt >= settings.emptyLooksApartMs ? of("not_executed") : of("found_nothing");
}

function judgeIncrement(intent: Intent, effect: Effect, look: Look, settings: RecoverySettings): LookVerdict | { readonly kind: "nothing" } {
  const main = mainEffect(intent);
  const parent = look.found.find((one) => one.requestId === main.facts?.requestId);
  const base = { effectId: effect.effectId, attempt: effect.attempts.length, evidence: "detail", at: look.at } as const;
  if (parent?.authorized === undefined) return { kind: "nothing" };
  const before = amountOf(main);
  if (parent.authorized.minor === before) return empty(effect, base, settings);
  if (parent.authorized.minor !== before + amountOf(effect)) return { kind: "incident", why: "contradicts_intent" };
  return { kind: "event", event: { ...base, kind: "found_approved", facts: { requestId: parent.facts.requestId, amount: parent.authorized } }, surplus: [] };
}
