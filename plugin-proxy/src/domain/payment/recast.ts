// A lost ledger chose how money goes back (reversal, void or refund); this one only knows that it was asked for. Cybersource shows which way it went,
// under a reference that is this row's alone (recovery rules §5, §6).
import type { Found } from "./adopt.ts";
import { liveCaptures } from "./derive-sums.ts";
import type { Effect } from "./effect.ts";
import { mainEffect, type Intent } from "./intent.ts";

/** The effect as the void or reversal that stands there; undefined when it is none, or when what it took back cannot be told. */
export function recast(intent: Intent, effect: Effect, found: readonly Found[]): Effect | undefined {
  if (effect.state !== "unknown" || effect.kind !== "refund" || !isAssumed(effect)) return undefined;
  const references = new Set<string>(effect.attempts.map((attempt) => attempt.merchantReference));
  const own = found.filter((one) => references.has(one.merchantReference) && one.verdict === "approved");
  const [undo] = own;
  if (undo === undefined || own.length > 1 || undo.merchantId !== intent.command?.merchantAccount.merchantId) return undefined;
  const target = targetOf(intent, undo, found);
  return target === undefined ? undefined : { ...effect, kind: undo.kind, undoes: target.effectId, parentId: undefined, amount: undo.amount ?? effect.amount };
}

/** Its attempts were never sent from here: they stand for whatever the lost ledger did. */
const isAssumed = (effect: Effect): boolean => effect.attempts.some((attempt) => attempt.sentAt !== undefined && attempt.signatureExpiresAt === undefined);

/** A reversal takes back the authorization; a void the one capture, refund or sale that stands there as voided and counts here. */
function targetOf(intent: Intent, undo: Found, found: readonly Found[]): Effect | undefined {
  if (undo.kind === "authorization_reversal") return mainEffect(intent);
  if (undo.kind !== "void") return undefined;
  const voided = new Set<string>(found.filter((one) => one.isUndone).map((one) => one.requestId));
  const candidates = liveCaptures(intent).filter((capture) => capture.facts !== undefined && voided.has(capture.facts.requestId));
  return candidates.length === 1 ? candidates[0] : undefined;
}
