// A void takes the money back and leaves the bank's hold on it; where the processor can, that is released as a second step (recovery rules §4, void).
import type { Instant } from "../time.ts";
import type { Change, DecideContext } from "./change.ts";
import { liveCaptures } from "./derive-sums.ts";
import type { Effect } from "./effect.ts";
import { commandOf, mainEffect, openUndoOf, type Intent } from "./intent.ts";
import { planUndoEffect } from "./plan-effect.ts";

/** What voided it, or would have: for whom it was, and how it named what it took back. */
type By = Pick<Effect, "commandId" | "targetTransactionId">;
interface Voided { readonly undo: By; readonly parent: Effect; readonly at: Instant }

/** A person voids a capture, and keeps the authorization to capture it anew. */
export const isToBeCapturedAgain = (intent: Intent, undo: By, parent: Effect): boolean =>
  commandOf(intent, undo)?.action === "void" && intent.command?.merchantAccount.abilities.captureAfterVoid === true && parent.kind === "capture";

/** The reversal of what the void of `parent` has left; none where the processor cannot, or the hold is wanted or about to be released anyway. */
export function releaseHold(intent: Intent, { undo, parent, at }: Voided, context: DecideContext): readonly Change[] {
  const main = mainEffect(intent);
  const abilities = intent.command?.merchantAccount.abilities;
  const others = liveCaptures(intent).some((capture) => capture.effectId !== parent.effectId);
  const mayRelease = abilities?.reversalAfterVoid === true && !isToBeCapturedAgain(intent, undo, parent) && (!others || abilities.partialReversal);
  if (!mayRelease || (parent.effectId !== main.effectId && openUndoOf(intent, main.effectId) !== undefined)) return [];
  const amount = others ? parent.facts?.amount ?? parent.amount : main.facts?.amount ?? main.amount;
  // Named by its id where that is known, else as its void named it.
  const how = main.facts?.requestId === undefined ? { kind: "timeout_reversal", targetTransactionId: undo.targetTransactionId } as const : { kind: "authorization_reversal" } as const;
  return [{ type: "undo_planned", effect: planUndoEffect(intent, { ...how, undoes: main.effectId, amount, reason: "hold_after_void", commandId: undo.commandId }, at, context.ids) }];
}
