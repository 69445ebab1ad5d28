// Which way money goes back, as the form says it before anybody presses the button: the relay's table, mirrored, and laws over any amount.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { mostToGiveBack, nextCutOff, planGiveBack, type CaptureFacts, type GiveBackFacts } from "../../pcf-controls/shared/src/index.ts";

const NOW = "2026-11-25T18:00:00Z";
const abilities = { partialReversal: false, reversalAfterVoid: false, cutOff: "17:00", timeZone: "America/Los_Angeles" };
const capture = (change: Partial<CaptureFacts> = {}): CaptureFacts => ({ id: "c1", amount: 10_000n, returned: 0n, at: "2026-11-25T16:00:00Z", ...change });
const facts = (change: Partial<GiveBackFacts> = {}): GiveBackFacts => ({ held: 0n, pending: 0n, captures: [], abilities, isUnknown: false, isInReview: false, ...change });
const paths = (of: GiveBackFacts, amount: bigint): unknown => { const plan = planGiveBack(of, amount, NOW); return plan.ok ? plan.slices.map((slice) => `${slice.path} ${slice.amount}`) : plan.code; };

describe("one row of the relay's table, one row here", () => {
  test.each<[string, GiveBackFacts, bigint, unknown]>([
    ["nothing captured, the whole hold", facts({ held: 10_000n }), 10_000n, ["reversal 10000"]],
    ["nothing captured, a part, the processor cannot", facts({ held: 10_000n }), 4_000n, "partial_reversal"],
    ["nothing captured, a part, the processor can", facts({ held: 10_000n, abilities: { ...abilities, partialReversal: true } }), 4_000n, ["reversal 4000"]],
    ["a whole capture, batch open", facts({ captures: [capture()] }), 10_000n, ["void 10000"]],
    ["a part of a capture, batch open", facts({ captures: [capture()] }), 4_000n, ["refund_later 4000"]],
    ["a whole capture of which something went back", facts({ captures: [capture({ returned: 1_000n })] }), 9_000n, ["refund_later 9000"]],
    ["settled", facts({ captures: [capture({ settledOn: "2026-11-24T00:00:00Z" })] }), 10_000n, ["refund 10000"]],
    ["cut-off passed, settlement not yet read", facts({ captures: [capture({ at: "2026-11-24T16:00:00Z" })] }), 10_000n, ["refund 10000"]],
    ["the smallest capture that holds the amount", facts({ captures: [capture({ id: "big", amount: 20_000n, settledOn: NOW }), capture({ id: "small", amount: 6_000n, settledOn: NOW })] }), 5_000n, ["refund 5000"]],
    ["a split, newest first", facts({ captures: [capture({ id: "old", amount: 6_000n, at: "2026-11-20T16:00:00Z", settledOn: NOW }), capture({ id: "new", amount: 8_000n })] }), 12_000n, ["void 8000", "refund 4000"]],
    ["older than 180 days", facts({ captures: [capture({ at: "2026-05-01T00:00:00Z" })] }), 1n, "too_old"],
    ["more than was captured", facts({ captures: [capture()] }), 10_001n, "above"],
    ["a request that waits reserves its amount", facts({ captures: [capture()], pending: 4_000n }), 7_000n, "above"],
    ["on an invoice, what it holds of the capture", facts({ captures: [capture()], invoiceShare: 6_000n }), 6_000n, ["refund_later 6000"]],
    ["on an invoice, also what others hold of it", facts({ captures: [capture()], invoiceShare: 6_000n }), 6_001n, "above_invoice"],
    ["on an invoice, more than the payment has", facts({ captures: [capture()], invoiceShare: 6_000n }), 10_001n, "above"],
    ["on an invoice that holds nothing of it any more", facts({ captures: [capture()], invoiceShare: 0n }), 1n, "invoice_nothing"],
    ["nothing", facts(), 1n, "nothing"],
    ["unknown", facts({ captures: [capture()], isUnknown: true }), 1n, "unknown"],
    ["in review", facts({ held: 1n, isInReview: true }), 1n, "in_review"],
  ])("%s", (_name, of, amount, expected) => { expect(paths(of, amount)).toEqual(expected); });

  test("the smallest fitting capture is named, so that the relay and the form mean the same one", () => {
    const plan = planGiveBack(facts({ captures: [capture({ id: "big", amount: 20_000n }), capture({ id: "small", amount: 6_000n })] }), 5_000n, NOW);
    expect(plan.ok && plan.slices[0]?.captureId).toBe("small");
  });

  test("a void releases the hold only where the account can", () => {
    const released = (can: boolean): unknown => { const plan = planGiveBack(facts({ captures: [capture()], abilities: { ...abilities, reversalAfterVoid: can } }), 10_000n, NOW); return plan.ok && plan.slices[0]?.releasesHold; };
    expect([released(true), released(false)]).toEqual([true, false]);
  });
});

describe("laws", () => {
  const captures = fc.array(fc.record({ id: fc.uuid(), amount: fc.bigInt({ min: 1n, max: 1_000_000n }), returned: fc.bigInt({ min: 0n, max: 1_000_000n }), at: fc.date({ min: new Date("2026-08-01"), max: new Date("2026-11-25"), noInvalidDate: true }).map((date) => date.toISOString()), settledOn: fc.option(fc.constant("2026-11-24T00:00:00Z"), { nil: undefined }) }), { maxLength: 6 });
  test("a plan adds up to what was asked, and takes from no capture more than is left of it", () => {
    fc.assert(fc.property(captures, fc.bigInt({ min: 1n, max: 4_000_000n }), fc.bigInt({ min: 0n, max: 500_000n }), (list, amount, pending) => {
      const of = facts({ captures: list, pending });
      const plan = planGiveBack(of, amount, NOW);
      if (!plan.ok) { expect(amount > mostToGiveBack(of, NOW) || mostToGiveBack(of, NOW) === 0n).toBe(true); return; }
      expect(plan.slices.reduce((sum, slice) => sum + slice.amount, 0n)).toBe(amount);
      for (const slice of plan.slices) { const from = list.find((one) => one.id === slice.captureId); expect(slice.amount <= (from?.amount ?? 0n) - (from?.returned ?? 0n)).toBe(true); }
    }));
  });
});

describe("when a batch closes", () => {
  test.each([
    ["before the cut-off of the day", "2026-11-25T16:00:00Z", "17:00", "America/Los_Angeles", "2026-11-26T01:00:00.000Z"],
    ["after it: the next day's", "2026-11-26T02:00:00Z", "17:00", "America/Los_Angeles", "2026-11-27T01:00:00.000Z"],
    ["across the end of summer time", "2026-10-31T22:00:00Z", "03:30", "Europe/Berlin", "2026-11-01T02:30:00.000Z"],
    ["in summer time", "2026-07-01T10:00:00Z", "18:00", "Europe/Berlin", "2026-07-01T16:00:00.000Z"],
  ])("%s", (_name, at, cutOff, zone, expected) => { expect(nextCutOff(at, cutOff, zone)).toBe(expected); });

  test("an account that names none closes at midnight UTC", () => { expect(nextCutOff("2026-11-25T16:00:00Z")).toBe("2026-11-26T00:00:00.000Z"); });
  test.each([["25:00", "UTC"], ["17:00", "Mars/Olympus"]])("%s in %s is no cut-off", (cutOff, zone) => { expect(nextCutOff(NOW, cutOff, zone)).toBeUndefined(); });
});
