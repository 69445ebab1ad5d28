// The plan of a bulk run: the relay's canonical text to the letter, its hash, what is left out and why.
import { createHash } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { parsePlan, toPlanText as relayPlanText } from "../../plugin-proxy/src/domain/bulk/plan.ts";
import { commonCurrency, hashOf, inCurrency, parseSelection, previewOf, toPlanText } from "../../pcf-controls/bulk-run/BulkRun/plan.ts";
import { otherEnds, type RunLine } from "../../pcf-controls/bulk-run/BulkRun/state.ts";
import type { PaymentFacts } from "../../pcf-controls/shared/src/index.ts";

const ID = "AAAAAAAA-BBBB-4CCC-8DDD-EEEEEEEEEEEE";
const payment = (change: Partial<PaymentFacts> = {}): PaymentFacts => ({
  id: ID.toLowerCase(), name: "P-1", status: 1, currency: "USD", currencyId: undefined, card: "", salesOrderId: undefined, invoiceId: undefined, customerId: undefined, documentName: "", authorized: 10_000n, captured: 0n, refunded: 0n, reversed: 0n, held: 10_000n, pending: 0n,
  expiresOn: undefined, revision: 7, canCaptureOften: false, canIncrement: false, nextText: undefined, nextOn: undefined, askedOn: new Map(), captures: [], abilities: { partialReversal: false, reversalAfterVoid: false }, isUnknown: false, isInReview: false, ...change,
});

test("the text is the relay's, and the relay reads it back", () => {
  const text = toPlanText([{ paymentId: ID, revision: 7, amount: 12_345n, currency: "USD" }]);
  expect(text).toBe(relayPlanText([{ paymentId: ID, revision: 7, minor: 12_345n, currency: "USD" }]));
  expect(parsePlan(text)).toEqual([{ paymentId: ID.toLowerCase(), revision: 7, minor: 12_345n, currency: "USD" }]);
});

test("the hash is SHA-256 in lower-case hex", async () => {
  expect(await hashOf("[]")).toBe(createHash("sha256").update("[]").digest("hex"));
});

describe("the preview", () => {
  test.each<[string, Partial<PaymentFacts>, "capture" | "refund", bigint, string | undefined]>([
    ["captures all that is held", {}, "capture", 10_000n, undefined],
    ["leaves out what holds nothing", { held: 0n }, "capture", 0n, "Out_NothingHeld"],
    ["leaves out what is unknown", { isUnknown: true }, "capture", 10_000n, "Out_Unknown"],
    ["leaves out what waits for a decision", { isInReview: true }, "capture", 10_000n, "Out_Review"],
    ["gives back what was captured", { held: 0n, captures: [{ id: "c", amount: 8_000n, returned: 500n, at: "2026-11-24T00:00:00Z" }] }, "refund", 7_500n, undefined],
    ["has nothing to give back", { held: 0n }, "refund", 0n, "Out_NothingBack"],
  ])("%s", (_name, change, action, amount, outKey) => { expect(previewOf(payment(change), action, "2026-11-25T00:00:00Z")).toMatchObject({ amount, outKey }); });

  test("one run has one currency: the one of most lines; the others are left out", () => {
    const lines = [payment(), payment({ currency: "EUR" }), payment()].map((one) => previewOf(one, "capture", "2026-11-25T00:00:00Z"));
    expect(commonCurrency(lines)).toBe("USD");
    expect(inCurrency(lines, "USD").map(({ outKey }) => outKey)).toEqual([undefined, "Out_Currency", undefined]);
  });
});

test.each([["nonsense", undefined], [null, undefined], [JSON.stringify({ action: "delete", paymentIds: [ID] }), undefined], [JSON.stringify({ action: "capture", paymentIds: [ID, "x' or 1 eq 1"] }), { action: "capture", paymentIds: [ID] }]])("the selection %p is read as %p", (raw, expected) => { expect(parseSelection(raw)).toEqual(expected); });

test("what did not go through is counted by how it ended, the commonest first", () => {
  const ended = (kind: string, reason?: string): RunLine => ({ outcome: { kind, isFinal: true, effects: reason === undefined ? [] : [{ reason }] } }) as unknown as RunLine;
  const lines = [ended("approved"), ended("waiting"), ended("declined", "changed_since_preview"), ended("approved"), ended("waiting"), { failedKey: "SendUnknown" } as unknown as RunLine];
  expect(otherEnds(lines)).toEqual([{ result: "waiting", count: 2 }, { result: "changed", count: 1 }, { result: "failed", count: 1 }]);
  expect(otherEnds([ended("approved")])).toEqual([]);
});
