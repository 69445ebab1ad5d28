// What Cybersource's documentation says of payments and of what follows them, as tables against the stand-in.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { amount, payment, reversal, startMerchant, voiding, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
beforeEach(async () => { await merchant.control("reset", {}); });
afterAll(async () => { await merchant.close(); });

const post = (path: string, body: unknown): Promise<Answered> => merchant.call("POST", `/pts/v2/${path}`, body);
async function pay(...input: Parameters<typeof payment>): Promise<string> {
  const { status, body } = await post("payments", payment(...input));
  if (status !== 201) throw new Error(JSON.stringify(body));
  return String(body["id"]);
}
async function captured(total = "102.21", part = total): Promise<{ id: string; captureId: string }> {
  const id = await pay(total);
  return { id, captureId: String((await post(`payments/${id}/captures`, amount(part))).body["id"]) };
}
const refused = (reason: string): Json => ({ status: 400, body: { status: "INVALID_REQUEST", reason, message: expect.any(String), submitTimeUtc: expect.any(String) } });

describe("An answer to a payment", () => {
  test("to an authorization links to capture and reversal, to a sale to its void", async () => {
    expect(await post("payments", payment())).toMatchObject({ status: 201, body: {
      status: "AUTHORIZED", id: expect.stringMatching(/^\d{22}$/), orderInformation: { amountDetails: { authorizedAmount: "102.21", currency: "USD" } },
      _links: { capture: { href: expect.stringMatching(/\/captures$/) }, authReversal: { href: expect.stringMatching(/\/reversals$/) } }, processorInformation: { approvalCode: "888888", responseCode: "100" } } });
    const sale = await post("payments", payment("102.21", { capture: true }));
    expect(sale.body).toMatchObject({ _links: { void: { href: expect.stringMatching(/\/voids$/) } }, orderInformation: { amountDetails: { totalAmount: "102.21" } } });
    expect(sale.headers["content-type"]).toBe("application/hal+json");
  });

  test.each([
    ["6001.00", "AUTHORIZED_PENDING_REVIEW", "AVS_FAILED", "review"], ["6002.00", "AUTHORIZED_PENDING_REVIEW", "CV_FAILED", "review"], ["6003.00", "PARTIAL_AUTHORIZED", undefined, "live"],
    ["6010.00", "DECLINED", "PROCESSOR_DECLINED", undefined], ["6011.00", "DECLINED", "INSUFFICIENT_FUND", undefined], ["6013.00", "DECLINED", "STOLEN_LOST_CARD", undefined],
    ["6020.00", "AUTHORIZED_RISK_DECLINED", "DECISION_PROFILE_REJECT", "held"], ["6022.00", "AUTHORIZED_PENDING_REVIEW", "DECISION_PROFILE_REVIEW", "review"], ["6023.00", "PENDING_REVIEW", "DECISION_PROFILE_REVIEW", undefined],
    ["6037.00", "PENDING_AUTHENTICATION", "CONSUMER_AUTHENTICATION_REQUIRED", undefined], ["6038.00", "INVALID_REQUEST", undefined, undefined],
  ])("over %s is 201 %s for %s, and the cardholder's money is %s", async (total, status, reason, held) => {
    const { status: http, body } = await post("payments", payment(total, { capture: true }));
    expect([http, body["status"], (body["errorInformation"] as Json | undefined)?.["reason"]]).toEqual([201, status, reason]);
    expect((await merchant.ledger()).map((one) => one["state"])).toEqual(held === undefined ? [] : [held]);
  });

  test.each([["6031.00", 502, 0], ["6032.00", 502, 1], ["6039.00", 429, 0], ["6033.00", 400, 0]])("over %s is %i, and %i payments happened", async (total, status, happened) => {
    expect((await post("payments", payment(total))).status).toBe(status);
    expect(await merchant.ledger()).toHaveLength(happened);
  });

  test("with a number that is none is declined as an account that is none, not refused", async () => {
    expect(await post("payments", payment("10.00", { card: { number: "4111111111111112" } }))).toMatchObject({ status: 201, body: { status: "DECLINED", errorInformation: { reason: "INVALID_ACCOUNT", message: "Decline - Invalid account number" } } });
    expect(await merchant.ledger()).toEqual([]);
  });
  test("has the gateway's headers; an address that is none has the edge's words", async () => {
    const { headers } = await post("payments", payment());
    expect(headers).toMatchObject({ "v-c-correlation-id": expect.stringMatching(/^[\w-]{36}$/), "x-response-time": expect.stringMatching(/^\d+ms$/), "x-opnet-transaction-trace": expect.any(String), "cache-control": "no-cache, no-store, must-revalidate", "strict-transport-security": expect.any(String) });
    expect(await merchant.call("GET", "/pts/v3/payments")).toMatchObject({ status: 404, text: "Resource not found" });
    expect((await merchant.call("POST", "/tms/v2/customers", {})).headers).toMatchObject({ location: expect.any(String), etag: '"1"', uniquetransactionid: expect.any(String) });
  });

  test.each<[string, Json, string, string]>([
    ["no code", { clientReferenceInformation: {} }, "MISSING_FIELD", "clientReferenceInformation.code"],
    ["no amount", { orderInformation: { amountDetails: { currency: "USD" } } }, "MISSING_FIELD", "orderInformation.amountDetails.totalAmount"],
    ["a negative amount", { orderInformation: { amountDetails: { totalAmount: "-1.00", currency: "USD" } } }, "INVALID_DATA", "orderInformation.amountDetails.totalAmount"],
    ["too large an amount", { orderInformation: { amountDetails: { totalAmount: "100000000000", currency: "USD" } } }, "INVALID_DATA", "orderInformation.amountDetails.totalAmount"],
    ["no currency of three letters", { orderInformation: { amountDetails: { totalAmount: "1.00", currency: "dollar" } } }, "INVALID_DATA", "orderInformation.amountDetails.currency"],
    ["no card", { paymentInformation: {} }, "MISSING_FIELD", "paymentInformation.card.number"],
    ["a month 13", { paymentInformation: { card: { number: "4111111111111111", expirationMonth: "13", expirationYear: "2031" } } }, "INVALID_DATA", "paymentInformation.card.expirationMonth"],
    ["an unknown token", { paymentInformation: { paymentInstrument: { id: "0".repeat(32) } } }, "INVALID_DATA", "paymentInformation.paymentInstrument.id"],
    ["a forged transient token", { tokenInformation: { transientTokenJwt: "e30.e30.e30" } }, "INVALID_DATA", "tokenInformation.transientTokenJwt"],
  ])("with %s is a 400 that names the field", async (_, change, reason, field) => {
    expect(await post("payments", { ...payment(), ...change })).toMatchObject({ ...refused(reason), body: { reason, details: [{ field }] } });
  });

  test("takes a tokenised customer, instrument and instrument identifier", async () => {
    const created = (await post("payments", payment("5.00", { actionList: ["TOKEN_CREATE"] }))).body["tokenInformation"] as Record<string, { id: string }>;
    const expiry = { card: { expirationMonth: "12", expirationYear: "2031" } };
    for (const paymentInformation of [{ customer: created["customer"] }, { paymentInstrument: created["paymentInstrument"] }, { instrumentIdentifier: created["instrumentIdentifier"], ...expiry }]) {
      expect((await post("payments", payment("5.00", { paymentInformation }))).body).toMatchObject({ status: "AUTHORIZED", paymentInformation: { card: { type: "001" } } });
    }
  });

  test("repeated with the same code is accepted, unless the merchant asked for the check", async () => {
    const same = payment("5.00", { code: "TWICE" });
    expect([(await post("payments", same)).status, (await post("payments", same)).status]).toEqual([201, 201]);
    await merchant.control("settings", { checkDuplicates: true });
    expect(await post("payments", same)).toMatchObject(refused("DUPLICATE_REQUEST"));
  });
});

describe("A capture", () => {
  test("above the authorization is refused", async () => { expect(await post(`payments/${await pay()}/captures`, amount("102.22"))).toMatchObject(refused("EXCEEDS_AUTH_AMOUNT")); });
  test("of a part releases the rest, so that a second one is refused", async () => {
    const { id } = await captured("100.00", "40.00");
    expect((await post(`payments/${id}/captures`, amount("60.00"))).body["status"]).toBe("INVALID_REQUEST");
  });
  test("may come in parts where the merchant is set up for it", async () => {
    await merchant.control("settings", { multiCapture: true });
    const { id } = await captured("100.00", "40.00");
    expect((await post(`payments/${id}/captures`, amount("60.00"))).status).toBe(201);
    expect(await post(`payments/${id}/captures`, amount("0.01"))).toMatchObject(refused("EXCEEDS_AUTH_AMOUNT"));
  });
  test.each([["6010.00", "MISSING_AUTH"], ["6022.00", "MISSING_AUTH"]])("of a payment over %s is refused", async (total, reason) => { expect(await post(`payments/${await pay(total)}/captures`, amount(total))).toMatchObject(refused(reason)); });
  test("of a sale whose address check failed is accepted once: the sale itself took nothing", async () => {
    const id = await pay("6001.00", { capture: true });
    expect((await post(`payments/${id}/captures`, amount("6001.00"))).status).toBe(201);
    expect((await post(`payments/${id}/captures`, amount("6001.00"))).status).toBe(400);
  });
  test("of a sale that took the money is refused", async () => { expect(await post(`payments/${await pay("5.00", { capture: true })}/captures`, amount("5.00"))).toMatchObject(refused("TRANSACTION_ALREADY_SETTLED")); });
  test("of an expired authorization is refused", async () => {
    const id = await pay();
    await merchant.control("clock", { advance: "P8D" });
    expect(await post(`payments/${id}/captures`, amount("102.21"))).toMatchObject(refused("MISSING_AUTH"));
  });
  test("after its void is refused, unless the processor allows it", async () => {
    const { id, captureId } = await captured();
    await post(`captures/${captureId}/voids`, voiding());
    expect(await post(`payments/${id}/captures`, amount("102.21"))).toMatchObject(refused("MISSING_AUTH"));
    await merchant.control("settings", { captureAfterVoid: true });
    expect((await post(`payments/${id}/captures`, amount("102.21"))).status).toBe(201);
  });
});

describe("A void", () => {
  test.each(["payments", "captures"])("of %s is possible until the batch closes, once", async (resource) => {
    const id = resource === "payments" ? await pay("5.00", { capture: true }) : (await captured()).captureId;
    expect((await post(`${resource}/${id}/voids`, voiding())).body).toMatchObject({ status: "VOIDED", _links: { self: { href: expect.stringMatching(/^\/pts\/v2\/voids\//) } } });
    expect(await post(`${resource}/${id}/voids`, voiding())).toMatchObject({ ...refused("NOT_VOIDABLE"), body: { id } });
  });
  test("after the batch has closed is refused", async () => {
    const id = await pay("5.00", { capture: true });
    await merchant.control("clock", { advance: "P1D" });
    expect(await post(`payments/${id}/voids`, voiding())).toMatchObject(refused("NOT_VOIDABLE"));
  });
  test("leaves the hold, which a reversal then releases", async () => {
    const id = await pay("5.00", { capture: true });
    await post(`payments/${id}/voids`, voiding());
    expect((await post(`payments/${id}/reversals`, reversal("5.00"))).body["status"]).toBe("REVERSED");
  });
  test("of an authorization is refused: it is reversed", async () => { expect(await post(`payments/${await pay()}/voids`, voiding())).toMatchObject(refused("NOT_VOIDABLE")); });
});

describe("A refund", () => {
  test("of part after part is accepted", async () => {
    const id = await pay("100.00", { capture: true });
    for (const part of ["60.00", "40.00"]) expect((await post(`payments/${id}/refunds`, amount(part))).body).toMatchObject({ status: "PENDING", refundAmountDetails: { refundAmount: part, currency: "USD" } });
  });
  test("of what was voided is refused", async () => {
    const { captureId } = await captured();
    await post(`captures/${captureId}/voids`, voiding());
    expect(await post(`captures/${captureId}/refunds`, amount("1.00"))).toMatchObject(refused("CAPTURE_ALREADY_VOIDED"));
  });
  test("of an authorization that took nothing is refused", async () => { expect(await post(`payments/${await pay()}/refunds`, amount("1.00"))).toMatchObject(refused("INVALID_PAYMENT_ID")); });
});

describe("A reversal", () => {
  test("happens once", async () => {
    const id = await pay();
    expect((await post(`payments/${id}/reversals`, reversal("102.21"))).body).toMatchObject({ status: "REVERSED", reversalAmountDetails: { reversedAmount: "102.21", currency: "USD" } });
    expect(await post(`payments/${id}/reversals`, reversal("102.21"))).toMatchObject(refused("AUTH_ALREADY_REVERSED"));
  });
  test("without an amount is refused", async () => { expect(await post(`payments/${await pay()}/reversals`, voiding())).toMatchObject(refused("MISSING_FIELD")); });
  test("of what was captured is refused", async () => { const { id } = await captured(); expect(await post(`payments/${id}/reversals`, reversal("102.21"))).toMatchObject(refused("TRANSACTION_ALREADY_SETTLED")); });
  test("is refused while a person has to decide; rejecting the case releases the hold", async () => {
    const id = await pay("6022.00");
    expect((await post(`payments/${id}/reversals`, reversal("6022.00"))).status).toBe(400);
    const rejected = await merchant.call("POST", `/risk/v1/decisions/${id}/actions`, { decisionInformation: { decision: "REJECT" }, processingInformation: { actionList: ["REVERSE"] } });
    expect(rejected.body).toMatchObject({ status: "REJECTED", _embedded: { reversal: { status: "REVERSED" } } });
    expect(await merchant.ledger()).toMatchObject([{ id, state: "reversed" }, { kind: "reversal", parentId: id }]);
  });
  test.each(["AVS soft decline 6001.00", "risk decline 6020.00", "partial approval 6003.00"])("releases the hold of an %s", async (text) => {
    const total = text.split(" ").at(-1) ?? "";
    expect((await post(`payments/${await pay(total)}/reversals`, reversal(total === "6003.00" ? "3001.50" : total))).body["status"]).toBe("REVERSED");
  });
});

describe("After a timeout, by the merchant's own transaction id", () => {
  test.each(["voids", "voids/"])("a sale is voided at /pts/v2/%s", async (path) => {
    await pay("5.00", { capture: true, transactionId: "MTI-1" });
    expect((await post(path, voiding({ transactionId: "MTI-1" }))).body["status"]).toBe("VOIDED");
  });
  test.each(["reversals", "reversals/"])("an authorization is reversed at /pts/v2/%s", async (path) => {
    await pay("5.00", { transactionId: "MTI-2" });
    expect((await post(path, reversal("5.00", { transactionId: "MTI-2" }))).body["status"]).toBe("REVERSED");
  });
  test("what never arrived is refused", async () => {
    expect((await post("reversals", reversal("5.00", { transactionId: "MTI-3" }))).status).toBe(400);
    expect(await post("voids", voiding())).toMatchObject(refused("MISSING_FIELD"));
  });
  test("of a sale that was declined the void is refused, or answered although there was nothing to void", async () => {
    await pay("6010.00", { capture: true, transactionId: "MTI-6" });
    expect(await post("voids", voiding({ transactionId: "MTI-6" }))).toMatchObject(refused("NOT_VOIDABLE"));
    await merchant.control("settings", { voidsFailedOriginals: true });
    expect((await post("voids", voiding({ transactionId: "MTI-6" }))).body).toMatchObject({ status: "VOIDED", voidAmountDetails: { originalTransactionAmount: "6010.00" }, processorInformation: { responseCode: "005" } });
  });
  test("sixty days later the id means nothing", async () => {
    await pay("5.00", { transactionId: "MTI-4" });
    await merchant.control("clock", { advance: "P61D" });
    expect((await post("reversals", reversal("5.00", { transactionId: "MTI-4" }))).status).toBe(400);
  });
  test("it is not supported by every processor", async () => {
    await merchant.control("settings", { timeoutUndo: false });
    await pay("5.00", { transactionId: "MTI-5" });
    expect(await post("reversals", reversal("5.00", { transactionId: "MTI-5" }))).toMatchObject(refused("NOT_SUPPORTED"));
  });
});

test("an incremental authorization answers with the first one's id and the new total", async () => {
  const id = await pay("100.00");
  const answer = await merchant.call("PATCH", `/pts/v2/payments/${id}`, { clientReferenceInformation: { code: "more" }, orderInformation: { amountDetails: { additionalAmount: "20.00", currency: "USD" } } });
  expect(answer.body).toMatchObject({ id, status: "AUTHORIZED", orderInformation: { amountDetails: { authorizedAmount: "120.00" } } });
  expect((await post(`payments/${id}/captures`, amount("120.00"))).status).toBe(201);
});
