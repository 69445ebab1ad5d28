// Of a payment's captures, refunds and voids: how much each is, and which invoice the row that asked for it names.
import type { RefundShare } from "./plan-allocations.ts";
import { amountOf, deriveSums } from "../payment/derive-sums.ts";
import { isTurnedDown, type Effect } from "../payment/effect.ts";
import { commandOf, type Intent } from "../payment/intent.ts";

/** An amount, with the invoice that its request names. */
export function shareOf(intent: Intent, effect: Effect): RefundShare {
  const named = commandOf(intent, effect)?.document;
  return { minor: amountOf(effect), invoiceId: named?.kind === "invoice" ? named.id : undefined };
}

/** Captures that were asked for on an invoice, each with that invoice. */
export const capturesOf = (intent: Intent): readonly RefundShare[] => intent.effects.filter((effect) => effect.kind === "capture" && effect.state === "approved")
  .map((effect) => shareOf(intent, effect));

/** Applied once, and turned down at settlement since: taken away from the invoices again, which shows that it had been there (docs/adr/0083). */
export const turnedDownOf = (intent: Intent): readonly Effect[] => intent.effects.filter(isTurnedDown);

/** What was there to apply, in minor units: captured, or turned down since. */
export const everCapturedMinor = (intent: Intent): bigint => turnedDownOf(intent).reduce((sum, effect) => sum + amountOf(effect), deriveSums(intent).captured);

/** Refunds that went out, oldest first, each with the invoice that its request names. */
export const refundsOf = (intent: Intent): readonly RefundShare[] => intent.effects.filter((effect) => (effect.kind === "refund" || effect.kind === "credit") && effect.state === "approved")
  .toSorted((left, right) => left.changedAt - right.changedAt)
  .map((effect) => shareOf(intent, effect));

/** Captures that were voided: for the invoice that the void names, else for the one that the capture was asked for on. */
export const voidsOf = (intent: Intent): readonly RefundShare[] => intent.effects.filter((effect) => (effect.kind === "capture" || effect.kind === "sale") && effect.state === "undone").map((capture) => {
  const undo = intent.effects.find((effect) => effect.kind === "void" && effect.undoes === capture.effectId && effect.state === "approved");
  return { minor: amountOf(capture), invoiceId: (undo === undefined ? undefined : shareOf(intent, undo).invoiceId) ?? shareOf(intent, capture).invoiceId };
});
