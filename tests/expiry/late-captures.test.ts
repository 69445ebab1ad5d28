// Captures that came after the end of their authorization: how much of it they may still take, and what the second one may refer to.
import { describe, expect, test } from "@jest/globals";
import { capturableBeforeEnd, lateCapturesOf } from "../../plugin-proxy/src/domain/expiry/late-captures.ts";
import type { ChangeCommand } from "../../plugin-proxy/src/domain/payment/command.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { DAY_MS } from "../../plugin-proxy/src/domain/time.ts";
import { able, authorized, claimEffect, decided, done, effectNow, happens, on, partsOf, row } from "../support/changes.ts";
import { facts, T0 } from "../support/intents.ts";

const lapsed = (of: Intent): Intent => happens(of, on(mainEffect(of).effectId, "lapsed", { evidence: "rule", at: T0 + 8 * DAY_MS }));
/** Agreed to, and with the network's id. */
function withConsent(days: number): Intent {
  const of = authorized(12_400n, able({}, { reauthorizePolicy: "with_consent", authorizationDays: days }));
  const [main, ...others] = of.effects;
  const { command } = of;
  if (main === undefined || command?.savedCard === undefined) throw new Error("no payment");
  const expiresAt = T0 + days * DAY_MS;
  return { ...of, command: { ...command, savedCard: { ...command.savedCard, hasMerchantInitiatedConsent: true } }, effects: [{ ...main, facts: facts({ networkTransactionId: "NET-1" }), authorizationExpiresAt: expiresAt }, ...others] };
}
const released = (of: Intent, at: number, more: Partial<ChangeCommand>): Intent => done(of, row("authorization_reversal", 12_400n, { reasonCode: "other", ...more }), { at });

describe("what may still be captured is what could have been had it not ended", () => {
  test("all of it, once it has lapsed or the relay let go of it", () => {
    expect(capturableBeforeEnd(lapsed(authorized()))).toBe(12_400n);
    expect(capturableBeforeEnd(released(authorized(), T0 + DAY_MS, { isByRelay: true }))).toBe(12_400n);
  });
  test("less what was captured, also when that was given back", () => {
    const part = done(authorized(), row("capture", 8_000n));
    const back = done(part, row("refund", 8_000n), { settlement: "closed", at: T0 + 2 * DAY_MS });
    expect([capturableBeforeEnd(lapsed(part)), capturableBeforeEnd(lapsed(back))]).toEqual([4_400n, 4_400n]);
  });
  test("nothing of what a person let go of, or what the processor gave up with the only capture that it does", () => {
    expect(capturableBeforeEnd(released(authorized(), T0 + DAY_MS, {}))).toBe(0n);
    expect(capturableBeforeEnd(lapsed(done(authorized(12_400n, able({ multiCapture: false })), row("capture", 8_000n))))).toBe(0n);
  });
});

test("the network's id is good for 30 days from the authorization, not from its release by rule", () => {
  const at = (days: number) => {
    const let_go = released(withConsent(29), T0 + 28 * DAY_MS, { isByRelay: true });
    const wish = row("capture", 12_400n);
    const late = decided(let_go, wish, { at: T0 + days * DAY_MS });
    expect(effectNow(late, claimEffect(late, wish).effectId)).toMatchObject({ state: "refused", reason: "payment_not_live" });
    expect(partsOf(late, wish)).toHaveLength(1);
    return lateCapturesOf(late).map(({ choice }) => choice);
  };
  expect(at(30)).toEqual([{ kind: "reauthorize", previousTransactionId: "NET-1" }]);
  expect(at(31)).toEqual([{ kind: "reauthorize", previousTransactionId: undefined }]);
});
