// What payments have taken of an order and its invoices together: money, not holds.
import { expect, test } from "@jest/globals";
import { asEffectId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { takenMinor, togetherMinor } from "../../plugin-proxy/src/domain/payment/taken-of-order.ts";
import { effect, facts, intent, usd } from "../support/intents.ts";

const held = effect("approved", { facts: facts() });
const of = (kind: Effect["kind"], state: Effect["state"], minor: bigint): Effect => effect(state, { effectId: asEffectId(`${kind}-1`), step: `${kind}-1`, kind, amount: usd(minor) });
const beside = (...more: readonly Effect[]): bigint => takenMinor(intent(held, { effects: [held, ...more] }));

test.each<[string, bigint, bigint]>([
  ["a hold", beside(), 0n],
  ["a capture", beside(of("capture", "approved", 5_000n)), 5_000n],
  ["a capture without an answer", beside(of("capture", "unknown", 5_000n)), 5_000n],
  ["a capture that was declined", beside(of("capture", "declined", 5_000n)), 0n],
  ["a capture, given back in part", beside(of("capture", "approved", 5_000n), of("refund", "approved", 2_000n)), 3_000n],
  ["a capture that is being given back", beside(of("capture", "approved", 5_000n), of("refund", "sent", 2_000n)), 5_000n],
  ["a sale without an answer", takenMinor(intent(effect("unknown", { kind: "sale" }))), 12_400n],
  ["an authorization without an answer", takenMinor(intent(effect("unknown"))), 0n],
  ["a credit beside it", takenMinor(intent(effect("approved", { kind: "credit", facts: facts() }))), 0n],
])("%s", (_name, taken, expected) => { expect(taken).toBe(expected); });

test.each([[100n, [60n], 100n], [100n, [60n, 60n], 120n], [100n, [], 100n]])("an order of %p with invoices of %p comes to %p", (order, invoices, together) => { expect(togetherMinor(order, invoices)).toBe(together); });
