// How long an authorization lives, when somebody is warned, when it is let go, and what a capture that comes too late may do.
import { describe, expect, test } from "@jest/globals";
import { expirySteps } from "../../plugin-proxy/src/domain/expiry/expiry-steps.ts";
import { chooseReauthorization, type ReauthorizeFacts } from "../../plugin-proxy/src/domain/expiry/reauthorize.ts";
import { authorizationDaysOf } from "../../plugin-proxy/src/domain/payment/authorization-life.ts";
import { DAY_MS, HOUR_MS } from "../../plugin-proxy/src/domain/time.ts";
import { account, command } from "../support/intents.ts";

const life = { authorizationDays: 7, authorizationDaysByBrand: { "001": 10, "003": 5 }, mailDays: 6 };

describe("days by brand and channel", () => {
  test.each([
    ["Visa on the phone", "001", "phone", 10], ["Visa by mail", "001", "mail", 6], ["Visa, customer absent", "001", "absent_as_agreed", 6],
    ["American Express by mail keeps its shorter life", "003", "mail", 5], ["a brand without days of its own", "002", "phone", 7], ["an unknown card", undefined, "phone", 7],
  ] as const)("%s", (_name, cardTypeCode, channel, days) => {
    expect(authorizationDaysOf(command({ channel, merchantAccount: account(life) }), cardTypeCode)).toBe(days);
  });
});

describe("before it lapses", () => {
  const expiresAt = 10 * DAY_MS;
  const query = { expiresAt, capturableMinor: 1n, isWarned: false, policy: "reverse" } as const;
  test("somebody is warned 48 hours before, then what is left is let go", () => {
    expect(expirySteps(query)).toEqual([{ kind: "warn", dueAt: expiresAt - 48 * HOUR_MS }, { kind: "release", dueAt: expiresAt - 6 * HOUR_MS }]);
  });
  test("by the other policy a person is asked instead", () => {
    expect(expirySteps({ ...query, policy: "task", isWarned: true })).toEqual([{ kind: "ask", dueAt: expiresAt - 6 * HOUR_MS }]);
  });
  test.each([{ capturableMinor: 0n }, { expiresAt: undefined }])("nothing when there is nothing left (%o)", (more) => { expect(expirySteps({ ...query, ...more })).toEqual([]); });
});

describe("a capture after the end", () => {
  const facts = (more: Partial<ReauthorizeFacts> = {}): ReauthorizeFacts => ({ policy: "with_consent", hasMerchantInitiatedConsent: true, isCardUsable: true, previousTransactionId: "016153570198200", previousAt: 0, now: 20 * DAY_MS, ...more });
  test.each<[string, Partial<ReauthorizeFacts>, ReturnType<typeof chooseReauthorization>]>([
    ["authorizes again with the scheme's transaction id", {}, { kind: "reauthorize", previousTransactionId: "016153570198200" }],
    ["without it once it is older than 30 days", { now: 31 * DAY_MS }, { kind: "reauthorize", previousTransactionId: undefined }],
    ["is a task by policy", { policy: "ask" }, { kind: "task", why: "policy_asks" }],
    ["is a task without consent", { hasMerchantInitiatedConsent: false }, { kind: "task", why: "no_consent" }],
    ["is a task without a card", { isCardUsable: false }, { kind: "task", why: "no_card" }],
  ])("%s", (_name, more, expected) => { expect(chooseReauthorization(facts(more))).toEqual(expected); });
});
