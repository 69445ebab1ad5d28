// What may still be captured, and what may still be given back: the guards' sums in one place (recovery rules, law 4).
// Whatever is live, planned, sent, unknown, queued or waiting for an approval counts as gone.
import { amountOf, deriveSums, liveCaptures } from "./derive-sums.ts";
import { isMoneyOut, isRunning, isWaiting, type Effect } from "./effect.ts";
import type { Intent } from "./intent.ts";

const isReserved = (effect: Effect): boolean => isRunning(effect) || isWaiting(effect);
/** Found live although it was declared gone: it counts, whatever its state says. */
const counts = (effect: Effect): boolean => effect.state === "approved" || effect.state === "review" || isReserved(effect) || (effect.state === "absent" && effect.holds);
const sum = (effects: readonly Effect[]): bigint => effects.reduce((total, effect) => total + amountOf(effect), 0n);

/** What `captureId` has given back, is giving back or may have given back; minor units. `except`: the command that asks. */
export function givenBackMinor(intent: Intent, capture: Effect, except?: Effect["commandId"]): bigint {
  const others = intent.effects.filter((effect) => except === undefined || effect.commandId !== except);
  const refunds = sum(others.filter((effect) => isMoneyOut(effect) && effect.parentId === capture.effectId && counts(effect)));
  const isBeingVoided = others.some((effect) => effect.undoes === capture.effectId && (effect.kind === "void" || effect.kind === "timeout_void") && isReserved(effect));
  return isBeingVoided ? amountOf(capture) : refunds + shareOfUntold(intent, others, capture);
}

/** The effects that give money of captures back, or may: done, on their way, or waiting. `except`: the command that asks. */
export const goingBack = (intent: Intent, except?: Effect["commandId"]): readonly Effect[] => intent.effects.filter((effect) => (except === undefined || effect.commandId !== except)
  && ((isMoneyOut(effect) && counts(effect)) || ((effect.kind === "void" || effect.kind === "timeout_void") && isReserved(effect) && liveCaptures(intent).some((capture) => capture.effectId === effect.undoes))));

/** A refund that a lost ledger made names no capture of ours: it counts against them in their order, as far as each has room. */
function shareOfUntold(intent: Intent, others: readonly Effect[], capture: Effect): bigint {
  const told = (of: Effect): bigint => sum(others.filter((effect) => isMoneyOut(effect) && effect.parentId === of.effectId && counts(effect)));
  let left = sum(others.filter((effect) => effect.kind === "refund" && effect.parentId === undefined && counts(effect)));
  for (const one of left === 0n ? [] : liveCaptures(intent)) {
    const room = amountOf(one) - told(one);
    const share = room < 0n ? 0n : room < left ? room : left;
    if (one.effectId === capture.effectId) return share;
    left -= share;
  }
  return 0n;
}

/** Free refund of one capture or captured sale. */
export function freeToRefund(intent: Intent, capture: Effect, except?: Effect["commandId"]): bigint {
  const free = amountOf(capture) - givenBackMinor(intent, capture, except);
  return free < 0n ? 0n : free;
}

/** Everything that this payment may still give back of what it captured. */
export const freeToGiveBack = (intent: Intent): bigint => liveCaptures(intent).reduce((total, capture) => total + freeToRefund(intent, capture), 0n);

/** What may still be captured or released of the authorization. */
export function freeToCapture(intent: Intent, except?: Effect["commandId"]): bigint {
  const others = intent.effects.filter((effect) => except === undefined || effect.commandId !== except);
  const main = intent.effects[0];
  const captures = sum(others.filter((effect) => effect.kind === "capture" && (isReserved(effect) || (effect.state === "absent" && effect.holds))));
  const reversals = sum(others.filter((effect) => effect.undoes !== undefined && effect.undoes === main?.effectId && isReserved(effect)));
  const free = deriveSums(intent).capturable - captures - reversals;
  return free < 0n ? 0n : free;
}
