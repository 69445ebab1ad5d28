// How an effect without an answer is brought on: recovery rules §5, one branch for each operation. Nothing in here writes anything off by
// itself: it says when to look, what to undo, what is proved absent, and when a person must be asked.
import { DAY_MS, HOUR_MS, type Instant } from "../time.ts";
import { canTryUndo, isKnownThere } from "./choose-undo.ts";
import { isDealOn } from "./deal.ts";
import { isWholeCapture } from "./decide-change.ts";
import { isPartialReversal } from "./decide-undo.ts";
import { isMoneyOut, isUndo, type Effect } from "./effect.ts";
import { batchDayOf } from "./batch-window.ts";
import { bringsMoneyIn, commandOf, firstSentAt, mainEffect, openUndoOf, type Intent } from "./intent.ts";
import type { RecoverySettings } from "./settings.ts";
import type { DueStep, Now } from "./step.ts";

/** Until this wire instant the bytes of the last attempt could still be accepted by Cybersource. */
export function fenceOf(effect: Effect, settings: RecoverySettings): Instant {
  return Math.max(0, ...effect.attempts.map((attempt) => (attempt.signatureExpiresAt ?? 0) + settings.fenceSkewMs));
}

/** The next step of an unknown effect. */
export function unknownStep(intent: Intent, effect: Effect, now: Now, settings: RecoverySettings): DueStep {
  const look: DueStep = { step: { kind: "look", effect }, dueAt: effect.nextLookAt ?? now.business };
  if (isUndo(effect)) return undoStep(intent, effect, now, { look, settings });
  if (bringsMoneyIn(intent, effect)) return moneyInStep(intent, effect, now, { look, settings });
  return earlier(changeStep(intent, effect, now, { look, settings }), escalation(intent, effect));
}

interface Looking { readonly look: DueStep; readonly settings: RecoverySettings }

/** A void or a full reversal is resolved by the parent alone (flows/recover-effect.ts); of a partial one two looks after the lag prove absence. */
function undoStep(intent: Intent, undo: Effect, now: Now, { look, settings }: Looking): DueStep {
  if (!isPartialReversal(intent, undo) || undo.refusal !== undefined || !isProvedAbsent(intent, undo, now, settings)) return look;
  return { step: { kind: "prove_absent", effect: undo }, dueAt: now.business };
}

/**
 * Authorization and sale. While the deal is on: look, by the schedule. Once it is off and the fence is past: a timeout undo for each
 * attempt; when all are refused as unknown and two empty looks lie far enough apart after the lag: absent.
 */
function moneyInStep(intent: Intent, effect: Effect, now: Now, { look, settings }: Looking): DueStep {
  if (effect.refusal !== undefined) return look;
  const waits = earlier(look, escalation(intent, effect));
  if (isDealOn(intent, now.business, settings) || openUndoOf(intent, effect.effectId) !== undefined) return waits;
  if (effect.looks.emptyCount === 0 || now.wire < fenceOf(effect, settings)) return waits;
  const canUndo = intent.command?.merchantAccount.abilities.timeoutVoid !== false || effect.kind === "authorization";
  if (canUndo && canTryUndo(intent, effect)) return { step: { kind: "plan_timeout_undo", effect }, dueAt: now.business };
  return isProvedAbsent(intent, effect, now, canUndo && !wasUnsupported(intent, effect) ? settings : { ...settings, lagMs: DAY_MS }) ? { step: { kind: "prove_absent", effect }, dueAt: now.business } : waits;
}

/** The processor has no timeout undo, whatever the account's settings say: its refusal says nothing of the transaction. */
const wasUnsupported = (intent: Intent, effect: Effect): boolean =>
  intent.effects.some((undo) => undo.undoes === effect.effectId && undo.targetTransactionId !== undefined && undo.state === "refused" && undo.reason === "NOT_SUPPORTED");

/** Capture, increment, refund, credit. */
function changeStep(intent: Intent, effect: Effect, now: Now, { look, settings }: Looking): DueStep {
  if (effect.refusal !== undefined || openUndoOf(intent, effect.effectId) !== undefined) return look;
  if (mayVoidByTransactionId(intent, effect, now, settings)) return { step: { kind: "plan_timeout_undo", effect }, dueAt: now.business };
  const isAbsent = effect.kind === "capture" ? isCaptureAbsent(intent, effect, now, settings) : effect.kind === "incremental_authorization" && isProvedAbsent(intent, effect, now, settings);
  return isAbsent ? { step: { kind: "prove_absent", effect }, dueAt: now.business } : look;
}

/** A person cancelled it, its bytes can no longer arrive, no look has found it, and its batch is still open: taken back by its transactionId. Never by machine alone. */
function mayVoidByTransactionId(intent: Intent, effect: Effect, now: Now, settings: RecoverySettings): boolean {
  const account = intent.command?.merchantAccount;
  if (account?.abilities.timeoutVoid !== true || effect.kind === "incremental_authorization" || commandOf(intent, effect)?.deal !== "withdrawn") return false;
  const isBatchOpen = batchDayOf(account, now.business) <= batchDayOf(account, firstSentAt(intent, effect));
  return isBatchOpen && effect.looks.emptyCount > 0 && now.wire >= fenceOf(effect, settings) && intent.effects.every((other) => other.undoes !== effect.effectId);
}

/** Everything that is left: an hour and two empty looks at the parent. A part, which could be there twice: a day and that day's batch report. */
function isCaptureAbsent(intent: Intent, capture: Effect, now: Now, settings: RecoverySettings): boolean {
  if (isWholeCapture(intent, capture)) return isProvedAbsent(intent, capture, now, { ...settings, lagMs: HOUR_MS });
  return (capture.looks.reportsWithout ?? 0) >= 1 && isProvedAbsent(intent, capture, now, { ...settings, lagMs: DAY_MS });
}

function isProvedAbsent(intent: Intent, effect: Effect, now: Now, settings: Pick<RecoverySettings, "lagMs" | "emptyLooksApartMs">): boolean {
  const { firstEmptyAt, lastEmptyAt } = effect.looks;
  if (firstEmptyAt === undefined || lastEmptyAt === undefined || effect.reportedAs !== undefined) return false;
  // A timeout undo refused for another reason than "no such transaction": it is there, whatever search says.
  if (intent.effects.some((undo) => undo.undoes === effect.effectId && undo.targetTransactionId !== undefined && isKnownThere(undo))) return false;
  return now.business >= firstSentAt(intent, effect) + settings.lagMs && lastEmptyAt - firstEmptyAt >= settings.emptyLooksApartMs;
}

const OPERATOR_AFTER_MS = 7 * DAY_MS;

/** Day 7, or day 1 where money goes out; and a capture whose authorization ends within a day. */
function escalation(intent: Intent, effect: Effect): DueStep | undefined {
  if (effect.isEscalated === true) return undefined;
  const expiresAt = effect.kind === "capture" ? mainEffect(intent).authorizationExpiresAt : undefined;
  const first = firstSentAt(intent, effect);
  const dueAt = Math.min(first + (isMoneyOut(effect) ? DAY_MS : OPERATOR_AFTER_MS), expiresAt === undefined ? Infinity : Math.max(first, expiresAt - DAY_MS));
  return { step: { kind: "ask_operator", effect }, dueAt: dueAt };
}

const earlier = (left: DueStep, right: DueStep | undefined): DueStep => (right !== undefined && right.dueAt < left.dueAt ? right : left);
