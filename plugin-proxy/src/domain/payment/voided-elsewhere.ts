// A capture or sale that somebody voided outside, in the Business Center say: known when its settlement is verified, or when Cybersource refuses a refund
// for it. It counts as taken no longer, and who wanted the money back has the bank's hold released (recovery rules §3 row 10, §4 refund and void).
import { changed, type Change, type DecideContext } from "./change.ts";
import { isTaken, type Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { findEffect, type Intent } from "./intent.ts";
import { watching } from "./attempt-moves.ts";
import { releaseHold } from "./release-hold.ts";

/** What follows for the capture; nothing where it counts no more. `wish` is the effect of the row that wanted its money given back. */
function voided(intent: Intent, { capture, wish }: { readonly capture: Effect; readonly wish: Effect }, event: EffectEvent, context: DecideContext): readonly Change[] {
  if (!isTaken(capture)) return [];
  const after: Effect = { ...capture, state: "undone", holds: true, reason: "voided_elsewhere", nextLookAt: undefined, changedAt: event.at, ...watching(capture, event.at, context.settings) };
  const undo = { commandId: wish.commandId, targetTransactionId: undefined };
  return [changed(after), { type: "incident", kind: "voided_elsewhere" }, ...releaseHold(intent, { undo, parent: capture, at: event.at }, context)];
}

/** What was verified just now of the captures says so. `wish`: the effect whose row wants their money given back. */
export const voidedAsVerified = (intent: Intent, wish: Effect, event: EffectEvent, context: DecideContext): readonly Change[] =>
  (event.settlement ?? []).flatMap(({ effectId, state }) => {
    const capture = state === "voided" ? findEffect(intent, effectId) : undefined;
    return capture === undefined ? [] : voided(intent, { capture, wish }, event, context);
  });
