// Answers that say success and something else besides: another currency, an amount that nobody can read, a number too large to be exact, a word that
// is the name of something in the language. Each is unknown and alarming, never taken for what was asked (recovery rules §3 row 13, law 11).
import { describe, expect, test } from "@jest/globals";
import { toChangeAnswer } from "../../plugin-proxy/src/cybersource/operations/change.ts";
import { toFound } from "../../plugin-proxy/src/cybersource/operations/look.ts";
import { toPayAnswer } from "../../plugin-proxy/src/cybersource/operations/pay.ts";
import { toUndoAnswer } from "../../plugin-proxy/src/cybersource/operations/undo.ts";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import type { ChangeCall } from "../../plugin-proxy/src/ports/gateway.ts";
import { because, paid, payCall, replied, undoCalls, usd } from "./calls.ts";

const { binding, merchantReference, transactionId } = payCall();
const ids = { binding, merchantReference, transactionId };
const parentRequestId = asRequestId("6750124114786780104953");
const ID = "6750124114786780104954";
const UNREADABLE = { kind: "unknown", event: "unreadable", isAlarming: true };

const CHANGES: readonly { readonly call: ChangeCall; readonly status: string; readonly amounts: (amount: unknown, currency?: unknown) => Record<string, unknown> }[] = [
  { call: { ...ids, kind: "capture", parentRequestId, amount: usd(124_000n), lines: [], documentNumber: "ORD-1", hasLevelThree: false }, status: "PENDING", amounts: (totalAmount, currency) => ({ orderInformation: { amountDetails: { totalAmount, currency } } }) },
  { call: { ...ids, kind: "refund", parentRequestId, parentKind: "capture", amount: usd(124_000n), documentNumber: "ORD-1" }, status: "PENDING", amounts: (refundAmount, currency) => ({ refundAmountDetails: { refundAmount, currency } }) },
  { call: { ...ids, kind: "credit", amount: usd(124_000n), instrument: { kind: "saved_card", paymentInstrumentId: "A1", tmsCustomerId: "C1" }, billTo: {}, documentNumber: "ORD-1" }, status: "PENDING", amounts: (creditAmount, currency) => ({ creditAmountDetails: { creditAmount, currency } }) },
  { call: { ...ids, kind: "incremental_authorization", parentRequestId, additionalAmount: usd(124_000n) }, status: "AUTHORIZED", amounts: (authorizedAmount, currency) => ({ orderInformation: { amountDetails: { authorizedAmount, currency } } }) },
];

describe.each(CHANGES)("$call.kind", ({ call, status, amounts }) => {
  const id = call.kind === "incremental_authorization" ? parentRequestId : ID;
  const answer = (more: Record<string, unknown>) => toChangeAnswer(call, replied(201, { id, status, ...more }));
  test("as asked, in whatever case the currency is written: approved", () => {
    for (const more of [amounts("1240.00", "USD"), amounts("1240.00", "usd"), amounts(1240, "USD"), amounts("1240.00")]) expect(answer(more)).toMatchObject({ kind: "approved" });
  });
  test.each([
    ["in another currency", amounts("1240.00", "EUR")], ["in a currency that is none", amounts("1240.00", 978)], ["that is no number", amounts("many", "USD")],
    ["with more digits than its currency has", amounts("1240.005", "USD")], ["too large to be exact", amounts(1e30, "USD")], ["that is a list", amounts(["1240.00"], "USD")],
  ])("an amount %s is unreadable", (_what, more) => { expect(answer(more)).toMatchObject(UNREADABLE); });
  test("an id that is a number beyond what numbers hold is no id", () => {
    expect(toChangeAnswer(call, { kind: "replied", status: 201, headers: {}, text: `{"id":6750124114786780104954,"status":"${status}"}` })).toMatchObject(UNREADABLE);
  });
  test("INVALID_REQUEST is refused for what is known to be bad data, and unknown for a word nobody knows or an attempt that may live", () => {
    expect(answer({ status: "INVALID_REQUEST", ...because("MISSING_FIELD") })).toMatchObject({ kind: "refused", reason: "MISSING_FIELD" });
    expect(answer({ status: "INVALID_REQUEST" })).toMatchObject({ kind: "refused", reason: "INVALID_DATA" });
    expect(answer({ status: "INVALID_REQUEST", ...because("SOMETHING_NEW") })).toMatchObject(UNREADABLE);
    expect(answer({ status: "INVALID_REQUEST", ...because("DUPLICATE_REQUEST") })).toMatchObject({ kind: "unknown" });
  });
});

describe("authorization and sale", () => {
  test.each(["AUTHORIZED", "PARTIAL_AUTHORIZED", "AUTHORIZED_PENDING_REVIEW", "AUTHORIZED_RISK_DECLINED"])("%s with an amount that nobody can read is unreadable", (status) => {
    for (const authorizedAmount of ["many", "1240.005", 1e30, {}]) expect(toPayAnswer(payCall(), paid(status, { orderInformation: { amountDetails: { authorizedAmount, currency: "USD" } } }))).toMatchObject(UNREADABLE);
  });
  test("a sale that took another total than it authorized is unreadable", () => {
    const amountDetails = { authorizedAmount: "1240.00", totalAmount: "124.00", currency: "USD" };
    expect(toPayAnswer(payCall({ kind: "sale" }), paid("AUTHORIZED", { _links: { void: { href: "/v" } }, orderInformation: { amountDetails } }))).toMatchObject(UNREADABLE);
  });
  test("INVALID_REQUEST for an attempt that may live, or for a word nobody knows, is unknown", () => {
    for (const reason of ["DUPLICATE_REQUEST", "SOMETHING_NEW"]) expect(toPayAnswer(payCall(), paid("INVALID_REQUEST", because(reason)))).toMatchObject({ kind: "unknown" });
  });
  test("members with names of the language's own are members like others", () => {
    expect(toPayAnswer(payCall(), { kind: "replied", status: 201, headers: {}, text: `{"__proto__":{"id":"${ID}","status":"AUTHORIZED"}}` })).toMatchObject({ kind: "unknown" });
    expect(toPayAnswer(payCall(), paid("constructor"))).toMatchObject(UNREADABLE);
  });
});

test("a reversal of an amount that nobody can read is unreadable", () => {
  for (const reversedAmount of ["all", 1e30]) expect(toUndoAnswer(undoCalls.authorization_reversal, replied(201, { id: ID, status: "REVERSED", reversalAmountDetails: { reversedAmount, currency: "USD" } }))).toMatchObject(UNREADABLE);
});

test("a reason code that is a word of the language is no soft decline", () => {
  const detail = { id: ID, merchantId: "m", applicationInformation: { applications: [{ name: "ics_auth", reasonCode: "constructor", rCode: "9", rFlag: "?" }] }, clientReferenceInformation: { code: "PR-000001-1" } };
  expect(toFound(detail, [])).toMatchObject({ verdict: "unreadable" });
});
