// What differs by processor and merchant: partial reversals, increments, credits, late refunds; and token management to its edges.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { amount, payment, reversal, startMerchant, voiding, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
beforeEach(async () => { await merchant.control("reset", {}); await merchant.control("settings", { searchLagMs: 0 }); });
afterAll(async () => { await merchant.close(); });

const set = (settings: Json): Promise<unknown> => merchant.control("settings", settings);
const post = (path: string, body: unknown): Promise<Answered> => merchant.call("POST", `/pts/v2/${path}`, body);
const pay = async (...input: Parameters<typeof payment>): Promise<string> => String((await post("payments", payment(...input))).body["id"]);
const reasonOf = ({ status, body }: Answered): unknown => (status === 201 ? body["status"] : body["reason"]);
const increment = (id: string, details: Json): Promise<Answered> => merchant.call("PATCH", `/pts/v2/payments/${id}`, { clientReferenceInformation: { code: "I" }, orderInformation: { amountDetails: { currency: "USD", ...details } } });

describe("What a processor cannot do", () => {
  test.each<[Json, string, () => Promise<Answered>]>([
    [{ incremental: false }, "NOT_SUPPORTED", async () => increment(await pay("10.00"), { additionalAmount: "1.00" })],
    [{ standaloneCredits: false }, "ACCOUNT_NOT_ALLOWED_CREDIT", () => post("credits", payment("10.00"))],
    [{ partialReversal: false }, "INVALID_AMOUNT", async () => post(`payments/${await pay("10.00")}/reversals`, reversal("4.00"))],
    [{ reversalAfterVoid: false }, "TRANSACTION_ALREADY_REVERSED_OR_SETTLED", async () => { const id = await pay("10.00", { capture: true }); await post(`payments/${id}/voids`, voiding()); return post(`payments/${id}/reversals`, reversal("10.00")); }],
    [{ timeoutUndo: false }, "NOT_SUPPORTED", () => post("voids", voiding({ transactionId: "T" }))],
    [{ checkDuplicates: true }, "DUPLICATE_REQUEST", async () => { await pay("10.00", { code: "SAME" }); return post("payments", payment("10.00", { code: "SAME" })); }],
    [{ authorizationDays: 0 }, "MISSING_AUTH", async () => { const id = await pay("10.00"); await merchant.control("clock", { advance: "PT1S" }); return post(`payments/${id}/captures`, amount("10.00")); }],
    [{ captureAfterVoid: false }, "MISSING_AUTH", async () => { const id = await pay("10.00"); const done = (await post(`payments/${id}/captures`, amount("10.00"))).body["id"]; await post(`captures/${String(done)}/voids`, voiding()); return post(`payments/${id}/captures`, amount("10.00")); }],
  ])("%j is %s", async (settings, reason, act) => { await set(settings); expect(reasonOf(await act())).toBe(reason); });

  test("a setting that is none is refused", async () => { expect(await set({ teleport: true })).toMatchObject({ message: "no setting teleport" }); });
});

describe("What no official description settles", () => {
  test.each([[false, 2], [true, 1]])("a write repeated under its v-c-idempotency-id: with honoursIdempotencyId %p there are %d payments", async (honoursIdempotencyId, count) => {
    await set({ honoursIdempotencyId });
    const send = (): Promise<Answered> => merchant.call("POST", "/pts/v2/payments", payment("10.00", { code: "IDEM" }), { "v-c-idempotency-id": "one" });
    const [first, second] = [await send(), await send()];
    expect([first.status, second.status, second.body["id"] === first.body["id"], (await merchant.ledger()).length]).toEqual([201, 201, honoursIdempotencyId, count]);
  });
  test("Accept: application/json is the edge's 404 once strictAccept is on, for payments and risk alone", async () => {
    await set({ strictAccept: true });
    const send = (path: string, body: unknown, accept: string): Promise<Answered> => merchant.call("POST", path, body, { accept });
    expect(await send("/pts/v2/payments", payment("10.00"), "application/json")).toMatchObject({ status: 404, text: "Resource not found" });
    expect([(await send("/pts/v2/payments", payment("10.00"), "application/hal+json;charset=utf-8")).status, (await send("/tss/v2/searches", { query: "id:1" }, "application/json")).status]).toEqual([201, 201]);
  });
  test("the field that a bad transient token is refused by, and the body of a 429, can be named", async () => {
    await set({ transientTokenField: "tokenInformation", tooManyRequestsBody: "none" });
    expect((await post("payments", { ...payment("10.00", { paymentInformation: {} }), tokenInformation: { transientTokenJwt: "e30.e30.e30" } })).body).toMatchObject({ reason: "INVALID_DATA", details: [{ field: "tokenInformation" }] });
    expect(await post("payments", payment("6039.00"))).toMatchObject({ status: 429, text: "" });
  });
});

test("a partial reversal, where it is allowed, leaves the rest to capture", async () => {
  await set({ partialReversal: true });
  const id = await pay("10.00");
  expect((await post(`payments/${id}/reversals`, reversal("4.00"))).body).toMatchObject({ status: "REVERSED", reversalAmountDetails: { reversedAmount: "4.00", originalTransactionAmount: "10.00" } });
  expect(reasonOf(await post(`payments/${id}/captures`, amount("10.00")))).toBe("EXCEEDS_AUTH_AMOUNT");
  expect(reasonOf(await post(`payments/${id}/captures`, amount("6.00")))).toBe("PENDING");
});

test("an increment by its new total, one that is declined, and one in another currency", async () => {
  const id = await pay("100.00");
  expect((await increment(id, { totalAmount: "130.00" })).body).toMatchObject({ id, status: "AUTHORIZED", orderInformation: { amountDetails: { authorizedAmount: "130.00" } } });
  expect((await increment(id, { additionalAmount: "6010.00" })).body).toMatchObject({ id, status: "DECLINED", errorInformation: { reason: "PROCESSOR_DECLINED" } });
  expect((await increment(id, { additionalAmount: "6001.00" })).body).toMatchObject({ id, status: "AUTHORIZED_PENDING_REVIEW" });
  expect(reasonOf(await increment(id, { additionalAmount: "1.00", currency: "EUR" }))).toBe("INVALID_DATA");
  expect(reasonOf(await increment(id, { totalAmount: "1.00" }))).toBe("MISSING_FIELD");
});

test("a refund is too late after 180 days", async () => {
  const id = await pay("10.00", { capture: true });
  await merchant.control("clock", { advance: "P179D" });
  expect(reasonOf(await post(`payments/${id}/refunds`, amount("1.00")))).toBe("PENDING");
  await merchant.control("clock", { advance: "P2D" });
  expect(reasonOf(await post(`payments/${id}/refunds`, amount("1.00")))).toBe("INVALID_DATA");
});

test("detail says TRANSMITTED once the batch has closed", async () => {
  const id = await pay("10.00", { capture: true });
  const status = async (): Promise<unknown> => ((await merchant.call("GET", `/tss/v2/transactions/${id}`)).body["applicationInformation"] as Json)["status"];
  const before = await status();
  await merchant.control("clock", { advance: "P1D" });
  expect([before, await status()]).toEqual(["PENDING", "TRANSMITTED"]);
});

describe("Token management", () => {
  const created = async (path: string, body: Json): Promise<string> => {
    const { status, headers } = await merchant.call("POST", path, body);
    if (status !== 201) throw new Error(`${path}: ${status}`);
    return String(headers["location"]);
  };
  const identifier = async (number = "4111111111111111"): Promise<string> => String((await merchant.call("POST", "/tms/v1/instrumentidentifiers", { card: { number } })).body["id"]);
  const card = async (): Promise<Json> => ({ card: { expirationMonth: "12", expirationYear: "2031" }, instrumentIdentifier: { id: await identifier() }, billTo: { locality: "SF" } });

  test("a stale tag is 412 on every kind of token, for changes and deletions", async () => {
    const customer = await created("/tms/v2/customers", { buyerInformation: { merchantCustomerID: "c" } });
    const paths = [customer, await created(`${customer}/payment-instruments`, await card()), await created(`${customer}/shipping-addresses`, { shipTo: { locality: "SF" } }), await created("/tms/v1/paymentinstruments", await card()), `/tms/v1/instrumentidentifiers/${await identifier()}`];
    for (const path of paths) {
      const etag = String((await merchant.call("GET", path)).headers["etag"]);
      for (const method of ["PATCH", "DELETE"]) expect([path, method, (await merchant.call(method, path, method === "PATCH" ? {} : undefined, { "if-match": '"99"' })).status]).toEqual([path, method, 412]);
      expect((await merchant.call("PATCH", path, {}, { "if-match": etag })).status).toBe(200);
      expect((await merchant.call("PATCH", path, {}, { "if-match": etag })).status).toBe(412);
    }
  });
  test("a customer's first address is the default, which changes from either side and cannot go while there are others", async () => {
    const customer = await created("/tms/v2/customers", {});
    const [first, second] = [await created(`${customer}/shipping-addresses`, { shipTo: { locality: "SF" } }), await created(`${customer}/shipping-addresses`, { shipTo: { locality: "LA" } })];
    expect((await merchant.call("DELETE", first)).status).toBe(409);
    expect((await merchant.call("PATCH", second, { default: "true", shipTo: { postalCode: "90001" } })).body).toMatchObject({ default: true, shipTo: { locality: "LA", postalCode: "90001" } });
    expect((await merchant.call("GET", customer)).body).toMatchObject({ defaultShippingAddress: { id: second.split("/").at(-1) } });
    expect((await merchant.call("PATCH", customer, { defaultShippingAddress: { id: first.split("/").at(-1) } })).status).toBe(200);
    expect((await merchant.call("GET", `${customer}/shipping-addresses`)).body).toMatchObject({ total: 2, object: "collection" });
    expect([(await merchant.call("DELETE", second)).status, (await merchant.call("GET", second)).status, (await merchant.call("DELETE", first)).status]).toEqual([204, 410, 204]);
  });
  test("a closed card and a deleted one pay no more; a number cannot be changed", async () => {
    const path = await created("/tms/v1/paymentinstruments", await card());
    const id = path.split("/").at(-1) ?? "";
    const use = (): Promise<Answered> => post("payments", payment("1.00", { paymentInformation: { paymentInstrument: { id } } }));
    expect(reasonOf(await use())).toBe("AUTHORIZED");
    expect((await merchant.call("PATCH", path, { card: { number: "5555555555554444" } })).status).toBe(400);
    await merchant.call("PATCH", path, { state: "CLOSED" });
    expect(reasonOf(await use())).toBe("INVALID_DATA");
  });
  test("a network token is made, suspended, paid with and deleted", async () => {
    const path = await created("/tms/v2/tokenized-cards", { source: "ONFILE", card: { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031" } });
    await merchant.call("POST", `${path}/issuer-life-cycle-event-simulations`, { state: "SUSPENDED" });
    expect((await merchant.call("GET", path)).body).toMatchObject({ tokenizedCard: { state: "SUSPENDED", card: { suffix: "1111" } } });
    const credentials = await merchant.call("POST", `/tms/v2/tokens/${path.split("/").at(-1) ?? ""}/payment-credentials`, {});
    expect([credentials.status, credentials.text.split(".").length, credentials.text.includes("4111")]).toEqual([201, 5, false]);
    expect([(await merchant.call("POST", `${path}/delete`)).status, (await merchant.call("GET", path)).status]).toEqual([204, 410]);
  });
  test("a merchant without token management is 403, another profile 424", async () => {
    expect(await merchant.call("POST", "/tms/v2/customers", {}, { "profile-id": "another" })).toMatchObject({ status: 424, body: { errors: [{ type: "notFound", message: "Profile not found" }] } });
    await set({ hasTokenManagement: false });
    expect(await merchant.call("POST", "/tms/v2/customers", {})).toMatchObject({ status: 403, body: { errors: [{ type: "403ForbiddenResponse", message: "Request not permitted" }] } });
  });
  test("tokens beside a payment are those that were asked for", async () => {
    const { body } = await post("payments", { ...payment("1.00", { actionList: ["TOKEN_CREATE"] }), processingInformation: { actionList: ["TOKEN_CREATE"], actionTokenTypes: ["customer", "shippingAddress"] }, orderInformation: { amountDetails: { totalAmount: "1.00", currency: "USD" }, shipTo: { locality: "SF" } } });
    expect(Object.keys(body["tokenInformation"] as Json).sort()).toEqual(["customer", "instrumentIdentifier", "instrumentidentifierNew", "shippingAddress"]);
    await set({ tokensBesidePayments: false });
    expect(await post("payments", payment("2.00", { actionList: ["TOKEN_CREATE"] }))).toMatchObject({ status: 201, body: { status: "AUTHORIZED" } });
    expect((await post("payments", payment("2.00", { actionList: ["TOKEN_CREATE"] }))).body).not.toHaveProperty("tokenInformation");
  });
});
