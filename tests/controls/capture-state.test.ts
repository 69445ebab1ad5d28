// What the capture panel lets through, what it says will be released, and when it warns of the expiry; what an operator may decide on what.
import { describe, expect, test } from "@jest/globals";
import { checkInput, initialState, isExpired, isExpiring, releasedBy, type CaptureState } from "../../pcf-controls/capture-panel/CapturePanel/state.ts";
import type { PaymentFacts } from "../../pcf-controls/shared/src/index.ts";

const payment: PaymentFacts = {
  id: "p", name: "P-1", status: 727000001, currency: "USD", currencyId: undefined, card: "", salesOrderId: undefined, invoiceId: undefined, customerId: undefined, documentName: "", authorized: 124_000n, captured: 0n, refunded: 0n, reversed: 0n, held: 124_000n, pending: 0n,
  expiresOn: "2026-12-01T00:00:00Z", revision: 1, canCaptureOften: false, canIncrement: true, nextText: undefined, nextOn: undefined, askedOn: new Map(), captures: [], abilities: { partialReversal: false, reversalAfterVoid: false }, isUnknown: false, isInReview: false,
};
const state = (change: Partial<CaptureState>): CaptureState => ({ ...initialState, payment, gap: 5_000n, ...change });

describe("capture", () => {
  test.each<[string, Partial<CaptureState>, unknown]>([
    ["all of it", { amountText: "1,240.00" }, { ok: true, amount: 124_000n }],
    ["a part", { amountText: "800" }, { ok: true, amount: 80_000n }],
    ["more than is held", { amountText: "1,240.01" }, { ok: false, key: "AboveHeld" }],
    ["nothing", { amountText: "0" }, { ok: false, key: "AmountWrong" }],
    ["an increase by what the order grew", { step: "increase", amountText: "50.00" }, { ok: true, amount: 5_000n }],
    ["an increase beyond it", { step: "increase", amountText: "50.01" }, { ok: false, key: "AboveGap" }],
    ["a release needs no amount", { step: "release", amountText: "" }, { ok: true, amount: 124_000n }],
  ])("%s", (_name, change, expected) => { expect(checkInput(state(change), "en-US")).toEqual(expected); });

  test("an account that captures once releases the rest; one that can often does not", () => {
    expect([releasedBy(state({}), 80_000n), releasedBy(state({}), 124_000n), releasedBy(state({ payment: { ...payment, canCaptureOften: true } }), 80_000n)]).toEqual([44_000n, 0n, 0n]);
  });

  test.each([["2026-11-28T00:00:00Z", false, false], ["2026-11-29T12:00:00Z", true, false], ["2026-12-01T00:00:00Z", false, true]])("at %s: expiring %p, expired %p", (now, expiring, expired) => {
    expect([isExpiring(payment, now), isExpired(payment, now)]).toEqual([expiring, expired]);
  });
});
