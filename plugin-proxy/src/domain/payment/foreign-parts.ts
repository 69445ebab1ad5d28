// A lost ledger may have carried out a row in parts: a refund of each of several captures, a refund where a void came too late. Parts have references of
// their own, derived like everything, so that a look can ask for them (recovery rules §6).
import type { MerchantReference } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { Found } from "./adopt.ts";
import { amountOf } from "./derive-sums.ts";
import type { Effect } from "./effect.ts";
import { commandOf, effectsOf, type Intent } from "./intent.ts";
import { CLAIM_STEP, planAttempt, planPart, type EffectIds } from "./plan-effect.ts";

const POSITIONS = [2, 3, 4];
/** Parts are refunds: they are not sent again by machine, only after a refusal. */
const ATTEMPTS = [1, 2];

const isForeignWish = (intent: Intent, effect: Effect): boolean =>
  effect.step === CLAIM_STEP && effect.kind === "refund" && effect.state === "unknown" && effect.commandId !== undefined && commandOf(intent, effect)?.isForeign === true;

const referencesOf = (intent: Intent, effect: Effect, position: number, ids: EffectIds): readonly MerchantReference[] =>
  ATTEMPTS.map((attempt) => planAttempt(intent, { step: `part-${position}`, commandId: effect.commandId }, attempt, ids).merchantReference);

/** What else to search for, where `effect` is a row's wish that a lost ledger may have carried out. */
export const partReferences = (intent: Intent, effect: Effect, ids: EffectIds): readonly MerchantReference[] =>
  (isForeignWish(intent, effect) ? POSITIONS.flatMap((position) => referencesOf(intent, effect, position, ids)) : []);

/**
 * The payment with the parts that stand there and that it does not know, and with what is left for the wish's own effect: nothing, where they are all
 * of it. Undefined when there are none. They wait for their turn and are then looked for, never sent (take-turn.ts).
 */
export function withForeignParts(intent: Intent, effect: Effect, { found, at, ids }: { readonly found: readonly Found[]; readonly at: Instant; readonly ids: EffectIds }): { readonly intent: Intent; readonly isAll: boolean } | undefined {
  if (!isForeignWish(intent, effect) || effect.commandId === undefined) return undefined;
  const { commandId } = effect;
  const known = new Set(effectsOf(intent, commandId).map((one) => one.step));
  const parts = POSITIONS.flatMap((position): readonly Effect[] => {
    const references = new Set<string>(referencesOf(intent, effect, position, ids));
    const shown = found.find((one) => references.has(one.merchantReference) && one.kind === "refund" && one.verdict === "approved");
    const part = planPart(intent, commandId, position, at, ids);
    return shown?.amount === undefined || known.has(part.step) ? [] : [{ ...part, kind: "refund", amount: shown.amount, reason: "found_of_lost_ledger" }];
  });
  const { amount } = effect;
  if (parts.length === 0 || amount === undefined) return undefined;
  const left = parts.reduce((sum, part) => sum - amountOf(part), amount.minor);
  if (left < 0n) return undefined;
  const effects = intent.effects.map((other) => (other.effectId === effect.effectId && left > 0n ? { ...other, amount: { ...amount, minor: left } } : other));
  return { intent: { ...intent, effects: [...effects, ...parts], revision: intent.revision + 1 }, isAll: left === 0n };
}
