// Who may give money back alone, who needs a second person, and what is refused: each rule by itself, and laws over all of them.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { judgeRefund, type RefundFacts } from "../../plugin-proxy/src/domain/refund-governance/judge-refund.ts";
import { limitFor, type RefundLimit } from "../../plugin-proxy/src/domain/refund-governance/refund-limit.ts";
import { REFUND_WORDS } from "../../plugin-proxy/src/domain/refund-governance/refund-words.ts";
import { startOfDay } from "../../plugin-proxy/src/domain/refund-governance/spent.ts";

const usd = (minor: bigint) => ({ minor, currency: "USD" });
const person = { userId: "carla", fullName: "Carla Mendes", isInteractivePerson: true };
const facts = (more: Partial<RefundFacts> = {}): RefundFacts => ({
  request: { amount: usd(5_000n), reasonCode: "goodwill", author: person }, kind: "give_back", limit: { perRefundMinor: 10_000n, perDayMinor: 20_000n, perCustomerMinor: 30_000n },
  spent: { byAuthorTodayMinor: 0n, toCustomerMinor: 0n }, freeMinor: 100_000n, isUnderDispute: false, isOwnBusinessEvent: false, ...more,
});
const request = (more: Partial<RefundFacts["request"]>) => ({ request: { ...facts().request, ...more } });

describe("what a person may do alone", () => {
  test.each<[string, Partial<RefundFacts>, ReturnType<typeof judgeRefund>]>([
    ["below every limit", {}, { kind: "go" }],
    ["exactly the limit per refund", request({ amount: usd(10_000n) }), { kind: "go" }],
    ["one cent above the limit per refund", request({ amount: usd(10_001n) }), { kind: "needs_approval", why: "above_limit_per_refund" }],
    ["with what he gave back today", { spent: { byAuthorTodayMinor: 15_001n, toCustomerMinor: 0n } }, { kind: "needs_approval", why: "above_limit_per_day" }],
    ["with what this customer got in 30 days", { spent: { byAuthorTodayMinor: 0n, toCustomerMinor: 25_001n } }, { kind: "needs_approval", why: "above_limit_per_customer" }],
    ["without any limit set", { limit: undefined }, { kind: "needs_approval", why: "no_limit_set" }],
    ["with a row whose numbers are all empty", { limit: {}, ...request({ amount: usd(99_999n) }) }, { kind: "go" }],
    ["letting go of a hold, whatever the limit", { kind: "release", limit: undefined }, { kind: "go" }],
  ])("%s", (_name, more, expected) => {
    expect(judgeRefund(facts(more))).toEqual(expected);
  });
});

describe("who is not an interactive person", () => {
  test.each(["give_back", "release"] as const)("always needs one for %s", (kind) => {
    expect(judgeRefund(facts({ kind, ...request({ author: { ...person, isInteractivePerson: false } }) }))).toEqual({ kind: "needs_approval", why: "author_not_a_person" });
  });

  test("the relay's own row for a business event does not", () => {
    expect(judgeRefund(facts({ kind: "release", isOwnBusinessEvent: true, ...request({ author: { ...person, isInteractivePerson: false } }) }))).toEqual({ kind: "go" });
  });
});

describe("what is refused, with the way out", () => {
  test.each<[string, Partial<RefundFacts>, string]>([
    ["no reason", request({ reasonCode: undefined }), "reason_missing"],
    ["no amount", request({ amount: undefined }), "amount_not_valid"],
    ["zero", request({ amount: usd(0n) }), "amount_not_valid"],
    ["less than zero", request({ amount: usd(-1n) }), "amount_not_valid"],
    ["more than is free", { freeMinor: 4_999n }, "refund_above_captured"],
    ["under dispute", { isUnderDispute: true }, "refund_under_dispute"],
    ["a credit while credits are off", { kind: "credit", credit: { isAllowed: false, isAble: true, hasPaidWith: true } }, "credit_not_allowed"],
    ["a credit that the processor cannot give", { kind: "credit", credit: { isAllowed: true, isAble: false, hasPaidWith: true } }, "credit_unsupported"],
    ["a credit to a card this customer never paid with", { kind: "credit", credit: { isAllowed: true, isAble: true, hasPaidWith: false } }, "credit_instrument_not_used"],
  ])("%s", (_name, more, reason) => {
    expect(judgeRefund(facts(more))).toEqual({ kind: "refused", reason });
    if (reason !== "amount_not_valid") expect(REFUND_WORDS[reason]?.agent).toMatch(/^No money moved: .+\. .+\.$/);
  });

  test("a credit that is allowed always needs a second person", () => {
    expect(judgeRefund(facts({ kind: "credit", freeMinor: undefined, credit: { isAllowed: true, isAble: true, hasPaidWith: true } }))).toEqual({ kind: "needs_approval", why: "credit_needs_second_person" });
  });
});

test("no amount above what is free, and none above a limit, ever goes alone", () => {
  const minor = fc.bigInt({ min: 1n, max: 100_000n });
  fc.assert(fc.property(minor, minor, minor, minor, (amount, free, perRefund, today) => {
    const verdict = judgeRefund(facts({ ...request({ amount: usd(amount) }), freeMinor: free, limit: { perRefundMinor: perRefund, perDayMinor: 50_000n }, spent: { byAuthorTodayMinor: today, toCustomerMinor: 0n } }));
    const mayGo = amount <= free && amount <= perRefund && amount + today <= 50_000n;
    expect(verdict.kind === "go").toBe(mayGo);
  }));
});

describe("which limit holds", () => {
  const units = [{ id: "west", parentId: "group" }, { id: "group" }];
  const limit = (more: Partial<RefundLimit>): RefundLimit => ({ currency: "USD", ...more });
  const of = (limits: readonly RefundLimit[], more: { userId?: string; currency?: string } = {}) => limitFor({ limits, userId: more.userId ?? "carla", businessUnitId: "west", businessUnits: units, currency: more.currency ?? "USD" })?.perRefundMinor;
  const everybody = limit({ perRefundMinor: 1n });
  const group = limit({ businessUnitId: "group", perRefundMinor: 2n });
  const west = limit({ businessUnitId: "west", perRefundMinor: 3n });
  const carla = limit({ userId: "carla", perRefundMinor: 4n });

  test.each<[string, readonly RefundLimit[], bigint | undefined]>([
    ["the person's own", [everybody, group, west, carla], 4n], ["else the unit's", [everybody, group, west], 3n], ["else the parent unit's", [everybody, group], 2n],
    ["else everybody's", [everybody], 1n], ["another person's never", [limit({ userId: "bob", perRefundMinor: 9n })], undefined], ["of two alike the smaller", [limit({ userId: "carla", perRefundMinor: 8n }), carla], 4n],
  ])("%s", (_name, limits, expected) => { expect(of(limits)).toBe(expected); });

  test("of another currency never", () => { expect(of([carla], { currency: "EUR" })).toBeUndefined(); });
});

describe("a day is the merchant account's own", () => {
  test.each([
    ["UTC", undefined, Date.UTC(2026, 2, 8, 23, 30), Date.UTC(2026, 2, 8)],
    ["New York on the day the clocks go forward", "America/New_York", Date.UTC(2026, 2, 8, 23, 30), Date.UTC(2026, 2, 8, 5)],
    ["Berlin after midnight", "Europe/Berlin", Date.UTC(2026, 6, 1, 22, 30), Date.UTC(2026, 6, 1, 22)],
    ["a zone nobody knows counts as UTC", "Mars/Olympus", Date.UTC(2026, 6, 1, 22, 30), Date.UTC(2026, 6, 1)],
  ])("%s", (_name, zone, at, expected) => { expect(startOfDay(at, zone)).toBe(expected); });
});
