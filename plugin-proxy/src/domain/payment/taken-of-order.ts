// What an order and its invoices come to together, and what a payment has taken of it: cash on the order, or a card on one invoice, pays for all of them.
import { amountOf, deriveSums } from "./derive-sums.ts";
import { isRunning } from "./effect.ts";
import { mainEffect, type Intent } from "./intent.ts";

/** The larger of the two: not all of an order may be invoiced yet, and invoices may come to more than their order. */
export function togetherMinor(orderMinor: bigint, invoicesMinor: readonly bigint[]): bigint {
  const invoiced = invoicesMinor.reduce((sum, minor) => sum + minor, 0n);
  return invoiced > orderMinor ? invoiced : orderMinor;
}

/** Captured, or being captured, and not given back. A hold takes nothing: it is captured only for what nobody else has paid. */
export function takenMinor(intent: Intent): bigint {
  const sums = deriveSums(intent);
  const capturing = intent.effects.filter((effect) => effect.kind === "capture" && isRunning(effect)).reduce((sum, effect) => sum + amountOf(effect), 0n);
  const selling = mainEffect(intent).kind === "sale" ? sums.unknown + sums.inFlight : 0n;
  const taken = sums.captured + capturing + selling - sums.refunded;
  return taken < 0n ? 0n : taken;
}
