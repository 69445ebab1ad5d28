// What each capture of a payment has captured, and how much of it is given back or reserved for it: the figures under the database's own guard.
import type { EffectId } from "../ids.ts";
import { amountOf, liveCaptures } from "./derive-sums.ts";
import { givenBackMinor } from "./free-amounts.ts";
import type { Intent } from "./intent.ts";

export interface CaptureReservation {
  readonly effectId: EffectId;
  readonly capturedMinor: bigint;
  /** Against what stood there before. */
  readonly deltaMinor: bigint;
}

const sumsOf = (intent: Intent): ReadonlyMap<EffectId, { readonly captured: bigint; readonly given: bigint }> =>
  new Map(liveCaptures(intent).map((capture) => [capture.effectId, { captured: amountOf(capture), given: givenBackMinor(intent, capture) }]));

/** What moved between two states of a payment; nothing for captures that stayed as they were. One that was voided has nothing left to give. */
export function captureReservations(before: Intent, after: Intent): readonly CaptureReservation[] {
  // Most payments are never changed: nothing to compare.
  if (after.commands.length === 0) return [];
  const [old, now] = [sumsOf(before), sumsOf(after)];
  return [...new Set([...old.keys(), ...now.keys()])].flatMap((effectId) => {
    const [was, is] = [old.get(effectId), now.get(effectId)];
    const capturedMinor = is?.captured ?? 0n;
    const deltaMinor = (is?.given ?? 0n) - (was?.given ?? 0n);
    return deltaMinor === 0n && was?.captured === is?.captured && old.has(effectId) ? [] : [{ effectId, capturedMinor, deltaMinor }];
  });
}
