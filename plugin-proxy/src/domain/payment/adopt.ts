// Is a transaction that a look found ours, and what does it prove? Adopted only when reference, amount, currency, merchant, kind and
// last four equal the frozen intent (recovery rules, law 6); anything else is an incident and is not touched.
import type { EffectEvent, EventKind } from "./events.ts";
import type { Effect, EffectKind, TransactionFacts } from "./effect.ts";
import type { Intent } from "./intent.ts";
import { isSameMoney, type Money } from "../money.ts";
import type { Instant } from "../time.ts";

export interface Found {
  readonly requestId: string;
  readonly merchantReference: string;
  readonly merchantId: string;
  readonly kind: EffectKind;
  readonly amount: Money | undefined;
  readonly lastFour?: string | undefined;
  readonly verdict: "approved" | "partial" | "review" | "declined" | "refused" | "unreadable";
  readonly authorized?: Money | undefined;
  readonly settlement: "open" | "closed" | "voided";
  readonly holds: boolean;
  readonly isUndone: boolean;
  /** Wholly reversed: the cardholder's hold is gone too, which a void leaves. */
  readonly isReversed: boolean;
  readonly facts: TransactionFacts;
}

const FOUND_EVENT: Readonly<Record<Exclude<Found["verdict"], "unreadable">, EventKind>> = {
  approved: "found_approved", partial: "found_partial", review: "found_review", declined: "found_declined", refused: "found_refused",
};

const isLiveVerdict = (found: Found): boolean => found.verdict === "approved" || found.verdict === "partial" || found.verdict === "review";

/**
 * A sale that was not captured, because it waits in review or failed a check, is shown with its authorization alone (recovery rules §4, sale:
 * captured 0); what is reviewed before it is authorized, with its risk decision alone.
 */
const isKindOf = (found: Found, effect: Effect): boolean =>
  found.kind === effect.kind || (effect.kind === "sale" && found.kind === "authorization") || found.facts.reviewKind === "before_authorization";

function contradicts(found: Found, effect: Effect, intent: Intent): boolean {
  const command = intent.command;
  if (command === undefined) return true;
  if (found.merchantId !== command.merchantAccount.merchantId || !isKindOf(found, effect)) return true;
  if (found.verdict === "partial") return false;
  if (found.amount !== undefined && effect.amount !== undefined && !isSameMoney(found.amount, effect.amount)) return true;
  const lastFour = command.savedCard?.lastFour;
  return lastFour !== undefined && found.lastFour !== undefined && found.lastFour !== lastFour;
}

export type LookVerdict =
  | { readonly kind: "event"; readonly event: EffectEvent; readonly surplus: readonly Found[] }
  | { readonly kind: "incident"; readonly why: "contradicts_intent" | "unreadable_transaction"; /** What an operator may accept instead. */ readonly shown?: TransactionFacts | undefined };

/**
 * What a look at all of an effect's references proves. Of several live successes the earliest is kept and the others are surplus
 * (law 8). Undone ones prove `undone`. Nothing found is `found_nothing`, which by itself proves nothing.
 */
export function judgeLook(intent: Intent, effect: Effect, found: readonly Found[], at: Instant): LookVerdict {
  const references = new Set<string>(effect.attempts.map((attempt) => attempt.merchantReference));
  const ours = found.filter((transaction) => references.has(transaction.merchantReference) && isMainKind(transaction.kind));
  const base = { effectId: effect.effectId, attempt: effect.attempts.at(-1)?.attempt ?? 0, evidence: "search", at } as const;
  if (ours.length === 0) return { kind: "event", event: { ...base, kind: effect.refusal?.isTransient === true ? "not_executed" : "found_nothing" }, surplus: [] };
  if (ours.some((transaction) => contradicts(transaction, effect, intent))) return { kind: "incident", why: "contradicts_intent", shown: acceptable(ours, (one) => one.merchantId === intent.command?.merchantAccount.merchantId && isKindOf(one, effect)) };
  const live = ours.filter((transaction) => isLiveVerdict(transaction) && !transaction.isUndone).sort(byRequestId);
  const kept = live[0];
  if (kept !== undefined) return { kind: "event", event: { ...base, kind: foundEvent(kept), facts: kept.facts }, surplus: live.slice(1) };
  // A timeout void of what was declined is answered, too (payments guide): it took nothing back, because nothing was there.
  const undone = ours.find((transaction) => transaction.isUndone && isLiveVerdict(transaction));
  if (undone !== undefined) return { kind: "event", event: { ...base, kind: "undone_proved", facts: undone.facts, holds: !undone.isReversed }, surplus: [] };
  const ended = ours[0];
  if (ended === undefined || ended.verdict === "unreadable") return { kind: "incident", why: "unreadable_transaction" };
  return { kind: "event", event: { ...base, kind: foundEvent(ended), facts: ended.facts, holds: ended.holds }, surplus: [] };
}

/** Nothing was found, and another attempt was made since the look asked: of that one it says nothing. */
export const wasOvertaken = (asked: Effect, now: Effect, verdict: LookVerdict): boolean =>
  verdict.kind === "event" && (verdict.event.kind === "found_nothing" || verdict.event.kind === "not_executed") && now.attempts.length !== asked.attempts.length;

/** One transaction, of this account and kind, that went through and stands: a person may say that it is the one. */
export const acceptable = (ours: readonly Found[], isOfKind: (found: Found) => boolean): TransactionFacts | undefined =>
  ours.length === 1 && ours.every((one) => isOfKind(one) && one.verdict === "approved" && !one.isUndone) ? ours[0]?.facts : undefined;

const isMainKind = (kind: EffectKind): boolean => kind === "authorization" || kind === "sale" || kind === "undetermined";
const foundEvent = (found: Found): EventKind => (found.verdict === "unreadable" ? "found_nothing" : FOUND_EVENT[found.verdict]);
/** Cybersource's ids grow with time and have one length. */
const byRequestId = (left: Found, right: Found): number => (left.requestId < right.requestId ? -1 : 1);

/** Does our own undo stand there, or does the parent, as the look shows it, prove that this undo has happened? That it was voided proves no reversal: a void leaves the hold. */
export function provesUndo(undo: Effect, parent: { readonly requestId: string | undefined; readonly references: readonly string[] }, found: readonly Found[]): boolean {
  const own = new Set<string>(undo.attempts.map((attempt) => attempt.merchantReference));
  const isOwn = (one: Found): boolean => own.has(one.merchantReference) && one.verdict === "approved" && one.kind === undoKind(undo.kind);
  const isProof = (one: Found): boolean => (undoKind(undo.kind) === "authorization_reversal" ? one.isReversed : one.isUndone);
  return found.some((one) => isOwn(one) || ((one.requestId === parent.requestId || parent.references.includes(one.merchantReference)) && isProof(one)));
}

const undoKind = (kind: EffectKind): EffectKind => (kind === "timeout_void" ? "void" : kind === "timeout_reversal" ? "authorization_reversal" : kind);
