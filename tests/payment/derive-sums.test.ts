// What an intent adds up to, where it is not plain.
import { expect, test } from "@jest/globals";
import { deriveSums } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import { effect, facts, intent } from "../support/intents.ts";

test.each([
  ["before_authorization", "review", 0n, 0n], ["before_authorization", "undone", 0n, 0n], ["case", "review", 12_400n, 0n], ["case", "undone", 12_400n, 12_400n],
] as const)("a review of kind %s that is in state %s", (reviewKind, state, authorized, reversed) => {
  const main = effect(state, { kind: "sale", facts: facts({ reviewKind }), holds: state === "review" });
  expect(deriveSums(intent(main))).toMatchObject({ authorized, reversed, captured: 0n, capturable: 0n });
});
