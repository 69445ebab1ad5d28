// Which call takes a transaction back. A captured sale is voided, and the void leaves the cardholder's hold; an authorization is
// reversed; what waits in case review can only be rejected there; what we have no id of is taken back by its transactionId.
// Sources: Cybersource payments guide (void, authorization reversal, timeout void and reversal), Decision Manager case actions.
import type { TransactionId } from "../ids.ts";
import { liveCaptures } from "./derive-sums.ts";
import { currentAttempt, type Effect, type EffectKind } from "./effect.ts";
import { mainEffect, type Intent } from "./intent.ts";
import type { UndoPlan } from "./plan-effect.ts";

/** The undo for the intent's money-in effect as it stands now. */
export function chooseUndo(intent: Intent, reason: string): UndoPlan {
  const main = mainEffect(intent);
  const base = { undoes: main.effectId, amount: main.facts?.amount ?? main.amount, reason };
  if (main.facts?.requestId === undefined) return { ...base, ...nextTimeoutUndo(intent, main) };
  if (main.state === "review" && main.facts.reviewKind === "case") return { ...base, kind: "case_decision" };
  // Captured by whoever accepted its case: voided first, and the hold released after it.
  const taken = liveCaptures(intent).find((capture) => capture.effectId !== main.effectId);
  if (taken !== undefined) return undoOfChange(taken, reason);
  const isCaptured = main.kind === "sale" && main.facts.isCaptured === true;
  return { ...base, kind: isCaptured && !wasVoided(intent, main) ? "void" : "authorization_reversal" };
}

/**
 * Any attempt of an unknown may have arrived, most likely the latest; after a lost ledger it may be any of five. Each has an undo of its own.
 * A sale is voided, and its hold reversed: after the void, and also when there was nothing to void, because a failed check kept it from being captured.
 */
function nextTimeoutUndo(intent: Intent, main: Effect): { readonly kind: "timeout_void" | "timeout_reversal"; readonly targetTransactionId: TransactionId | undefined } {
  const wasTried = (id: TransactionId, kind: EffectKind): boolean => intent.effects.some((effect) => effect.targetTransactionId === id && effect.kind === kind);
  const held = intent.effects.findLast((effect) => effect.kind === "timeout_void" && isKnownThere(effect) && effect.targetTransactionId !== undefined && !wasTried(effect.targetTransactionId, "timeout_reversal"));
  if (held !== undefined) return { kind: "timeout_reversal", targetTransactionId: held.targetTransactionId };
  const kind = main.kind === "sale" ? "timeout_void" : "timeout_reversal";
  return { kind, targetTransactionId: main.attempts.map((attempt) => attempt.transactionId).findLast((id) => !wasTried(id, kind)) };
}

/** Cybersource knows what this timeout undo named: it did it, or said why not. Only "no such transaction" says otherwise. */
export const isKnownThere = (undo: Effect): boolean => undo.state === "approved" || (undo.state === "refused" && !REFUSED_AS_UNKNOWN.has(undo.reason ?? ""));
const REFUSED_AS_UNKNOWN: ReadonlySet<string> = new Set(["INVALID_DATA", "NOT_SUPPORTED"]);

/** Is there an attempt that no undo was tried for? With the id known, one undo is for all. */
export function canTryUndo(intent: Intent, main: Effect): boolean {
  if (main.facts?.requestId === undefined) return nextTimeoutUndo(intent, main).targetTransactionId !== undefined;
  return intent.effects.every((effect) => effect.undoes !== main.effectId);
}

const wasVoided = (intent: Intent, main: Effect): boolean =>
  intent.effects.some((effect) => effect.undoes === main.effectId && (effect.kind === "void" || effect.kind === "timeout_void") && effect.state === "approved");

/** Does this undo leave the hold, so that a reversal has to follow? */
export const leavesHold = (undo: Effect): boolean => undo.kind === "void" || undo.kind === "timeout_void";

/** A capture, refund or credit that is to be taken back: voided by its id, or by its transactionId when we have none. */
export function undoOfChange(effect: Effect, reason: string): UndoPlan {
  const base = { undoes: effect.effectId, amount: effect.facts?.amount ?? effect.amount, commandId: effect.commandId, reason };
  return effect.facts?.requestId === undefined ? { ...base, kind: "timeout_void", targetTransactionId: currentAttempt(effect)?.transactionId } : { ...base, kind: "void" };
}
