// Cybersource's webhooks: keys, subscriptions, what is delivered when, signed and encrypted how, tried again, held back and asked for again.
import { createHmac, createPrivateKey, generateKeyPairSync } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { compactDecrypt } from "jose";
import { startEndpoint, type Endpoint, type Received } from "./endpoint.ts";
import { amount, payment, reversal, startMerchant, voiding, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
let endpoint: Endpoint;
beforeAll(async () => { [merchant, endpoint] = await Promise.all([startMerchant(), startEndpoint()]); });
beforeEach(async () => { await merchant.control("reset", {}); endpoint.received.length = 0; endpoint.answer = 200; });
afterAll(async () => { await Promise.all([merchant.close(), endpoint.close()]); });

const pair = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "der" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
const id = (): string => merchant.sandbox.merchant.id;
const SENDER = { "v-c-sender-organization-id": "fabrikam_sandbox", "v-c-permissions": "KeyManagementPermission" };
const SUBSCRIPTIONS = "/notification-subscriptions/v2/webhooks";
const keyInformation = (more: Json): Json => ({ provider: "nrtd", tenant: id(), organizationId: id(), expiryDuration: "365", ...more });
const makeKey = (more: Json = {}, headers: Record<string, string> = SENDER): Promise<Answered> => merchant.call("POST", "/kms/egress/v2/keys-sym", { clientRequestAction: "CREATE", keyInformation: keyInformation({ keyType: "sharedSecret", ...more }) }, headers);
const storeKey = (more: Json = {}): Promise<Answered> => merchant.call("POST", "/kms/egress/v2/keys-asym", { clientRequestAction: "STORE", keyInformation: keyInformation({ keyType: "publickey", pub: pair.publicKey.toString("base64"), ...more }) }, SENDER);
const DECISIONS = ["risk.casemanagement.decision.accept", "risk.casemanagement.decision.reject", "risk.casemanagement.addnote", "risk.profile.decision.reject"];
const subscribe = (more: Json = {}, path = SUBSCRIPTIONS): Promise<Answered> => merchant.call("POST", path, { name: "n", description: "d", organizationId: id(), products: [{ productId: "decisionManager", eventTypes: DECISIONS }], webhookUrl: `${endpoint.url}/hook`, notificationScope: "SELF", securityPolicy: { securityType: "KEY" }, ...more });
async function subscribed(more: Json = {}): Promise<{ readonly webhookId: string; readonly secret: string; readonly keyId: string }> {
  const { keyId, key } = (await makeKey()).body["keyInformation"] as { keyId: string; key: string };
  const answer = await subscribe(more);
  if (answer.status !== 201) throw new Error(answer.text);
  return { webhookId: String(answer.body["webhookId"]), secret: key, keyId };
}
const set = (settings: Json): Promise<unknown> => merchant.control("settings", settings);
const advance = (duration: string): Promise<unknown> => merchant.control("clock", { advance: duration });
const deliver = (): Promise<unknown> => merchant.control("deliver", {});
const post = (path: string, body: unknown): Promise<Answered> => merchant.call("POST", `/pts/v2/${path}`, body);
const pay = async (...input: Parameters<typeof payment>): Promise<string> => String((await post("payments", payment(...input))).body["id"]);
const decide = (of: string, decision = "ACCEPT", actionList: readonly string[] = []): Promise<Answered> => merchant.call("POST", `/risk/v1/decisions/${of}/actions`, { decisionInformation: { decision, comments: "looked at" }, processingInformation: { actionList } });
/** One accepted case is one notification. */
const cause = async (): Promise<string> => { const one = await pay("6022.00"); await decide(one); return one; };
const status = async (webhookId: string): Promise<unknown> => (await merchant.call("GET", `${SUBSCRIPTIONS}/${webhookId}`)).body["status"];
const types = (posts: readonly Received[]): readonly unknown[] => posts.map((one) => one.headers["v-c-event-type"]);

function signatureOf(one: Received | undefined): { readonly t: string; readonly keyId: string; readonly sig: string } {
  const match = /^t=(\d{13});keyId=([\w-]+);sig=(.+)$/.exec(String(one?.headers["v-c-signature"]));
  return { t: match?.[1] ?? "", keyId: match?.[2] ?? "", sig: match?.[3] ?? "" };
}
const isSigned = (one: Received | undefined, secret: string, text: string): boolean => createHmac("sha256", Buffer.from(secret, "base64")).update(`${signatureOf(one).t}.${text}`).digest("base64") === signatureOf(one).sig;

describe("A key", () => {
  test("is made here and shown once, for a year", async () => {
    expect(await makeKey()).toMatchObject({ status: 201, body: { status: "SUCCESS", submitTimeUtc: expect.stringMatching(/\+0000$/), keyInformation: { keyId: expect.stringMatching(/^[\w-]{36}$/), key: expect.stringMatching(/^[\w+/]{43}=$/), status: "Active", keyType: "sharedSecret" } } });
  });
  test.each<[string, Json, Record<string, string>]>([["another provider", { provider: "x" }, SENDER], ["another organization", { organizationId: "x" }, SENDER], ["another tenant", { tenant: "x" }, SENDER], ["another kind", { keyType: "publickey" }, SENDER], ["no life", { expiryDuration: "0" }, SENDER], ["no sender", {}, {}]])("for %s is refused", async (_, more, headers) => {
    expect(await makeKey(more, headers)).toMatchObject({ status: 400, body: { reason: "INVALID_DATA" } });
  });
  test("to encrypt with is handed in, and must be one", async () => {
    expect(await storeKey()).toMatchObject({ status: 201, body: { status: "SUCCESS" } });
    expect((await storeKey({ pub: "bm8ga2V5" })).status).toBe(400);
  });
  test("that is newer signs from then on", async () => {
    await subscribed();
    const { keyId } = (await makeKey()).body["keyInformation"] as { keyId: string };
    await cause();
    await deliver();
    expect(signatureOf(endpoint.posts()[0]).keyId).toBe(keyId);
  });
});

describe("A subscription", () => {
  test("is created, listed, read, changed, switched and deleted", async () => {
    const { webhookId } = await subscribed();
    const path = `${SUBSCRIPTIONS}/${webhookId}`;
    expect((await merchant.call("GET", `${SUBSCRIPTIONS}?organizationId=${id()}&productId=decisionManager&eventType=${DECISIONS[0] ?? ""}`)).text).toContain(webhookId);
    expect((await merchant.call("GET", path)).body).toMatchObject({ webhookId, status: "ACTIVE", version: "3", retryPolicy: { algorithm: "ARITHMETIC", firstRetry: 1, interval: 1, numberOfRetries: 3, deactivateFlag: "false" }, securityPolicy: { digitalSignatureEnabled: "yes" } });
    expect((await merchant.call("PATCH", path, { name: "other", retryPolicy: { numberOfRetries: 5 } })).body).toMatchObject({ name: "other", description: "d", retryPolicy: { numberOfRetries: 5 } });
    expect((await merchant.call("PUT", `${path}/status`, { status: "INACTIVE" })).body).toMatchObject({ status: "INACTIVE" });
    expect((await merchant.call("PUT", `${path}/status`, { status: "SUSPENDED" })).status).toBe(400);
    expect(await merchant.call("DELETE", path)).toMatchObject({ status: 200, body: { status: "successfully deleted" } });
    expect((await merchant.call("GET", path)).status).toBe(404);
    expect((await merchant.call("GET", SUBSCRIPTIONS)).status).toBe(404);
  });
  test("in the first version has its product at the top", async () => {
    await makeKey();
    expect(await subscribe({ products: undefined, productId: "decisionManager", eventTypes: DECISIONS }, "/notification-subscriptions/v1/webhooks")).toMatchObject({ status: 201, body: { productId: "decisionManager", eventTypes: DECISIONS } });
  });
  test("is one a product", async () => {
    await subscribed();
    expect(await subscribe()).toMatchObject({ status: 400, body: { message: expect.stringContaining("already exist") } });
  });
  test.each<[string, Json]>([
    ["plain http", { webhookUrl: "http://shop.example/hook" }], ["another port", { webhookUrl: "https://shop.example:9000/hook" }], ["no URL", { webhookUrl: undefined }], ["a health check over http", { healthCheckUrl: "http://shop.example/" }], ["an unknown product", { products: [{ productId: "x", eventTypes: ["y"] }] }],
    ["an event of another product", { products: [{ productId: "decisionManager", eventTypes: ["payments.void.status.accepted"] }] }], ["no events", { products: [{ productId: "decisionManager", eventTypes: [] }] }], ["another organization", { organizationId: "x" }], ["a retry policy that is none", { retryPolicy: { algorithm: "FIBONACCI" } }],
  ])("with %s is refused", async (_, more) => { await makeKey(); expect(await subscribe(more)).toMatchObject({ status: 400, body: { reason: "INVALID_DATA" } }); });
  test("needs a key, and one to payments a certificate too", async () => {
    expect((await subscribe()).status).toBe(400);
    await makeKey();
    const products = [{ productId: "payments", eventTypes: ["payments.capture.status.accepted"] }];
    expect((await subscribe({ products })).status).toBe(400);
    await storeKey();
    expect((await subscribe({ products })).status).toBe(201);
  });
  test("can be had for what the list of products names", async () => {
    const products = JSON.parse((await merchant.call("GET", `/notification-subscriptions/v2/products/${id()}`)).text) as { productId: string; eventTypes: { payloadEncryption: boolean }[] }[];
    expect(products.map((one) => one.productId)).toEqual(expect.arrayContaining(["payments", "decisionManager", "recurringBilling", "payByLink", "tokenManagement"]));
    expect(products.filter((one) => one.eventTypes.every((event) => event.payloadEncryption)).map((one) => one.productId)).toEqual(["payments", "unifiedCheckout"]);
  });
  test.each([["ACTIVE", 1], ["BLOCKED", 0]])("waits for the review of its URL and is %s then", async (webhookApproval, count) => {
    await set({ webhookApprovalMs: 86_400_000, webhookApproval });
    const { webhookId } = await subscribed();
    await cause();
    await deliver();
    expect([await status(webhookId), endpoint.posts().length]).toEqual(["PENDING_REVIEW", 0]);
    await advance("P1D");
    expect([await status(webhookId), endpoint.posts().length]).toEqual([webhookApproval, count]);
  });
});

describe("A notification", () => {
  test("names its event, its subscription and what happened, and a header says each", async () => {
    const { webhookId } = await subscribed();
    const paymentId = await cause();
    await deliver();
    const [one] = endpoint.posts();
    expect(one?.headers).toMatchObject({ "content-type": "application/json", "v-c-event-type": DECISIONS[0], "v-c-organization-id": id(), "v-c-product-name": "decisionManager", "v-c-request-type": "NEW", "v-c-retry-count": "0", "v-c-webhook-id": webhookId });
    const body = JSON.parse(one?.body ?? "{}") as Json;
    expect(body).toMatchObject({ eventType: DECISIONS[0], webhookId, productId: "decisionManager", organizationId: id(), eventDate: expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/), retryNumber: 0, requestType: "NEW", transactionTraceId: one?.headers["v-c-transaction-trace-id"] });
    expect(body["payload"]).toMatchObject({ organizationId: id(), data: { id: paymentId, referenceNumber: expect.any(String), notes: [{ comment: "looked at" }] } });
  });

  test.each<[string, Json, (body: string) => string]>([
    ["the whole body", { webhookSigns: "raw_body" }, (body) => body],
    ["the bytes of its payload", { webhookSigns: "payload_bytes", webhookHasBlanks: true }, (body) => /"payload": (\{.*\}), "requestType"/s.exec(body)?.[1] ?? ""],
    ["its payload as JSON.stringify writes it", { webhookSigns: "payload_json", webhookHasBlanks: true }, (body) => JSON.stringify((JSON.parse(body) as Json)["payload"])],
    ["its payload, which is a list", { webhookSigns: "payload_json", webhookPayload: "array" }, (body) => JSON.stringify((JSON.parse(body) as { payload: [Json] }).payload)],
  ])("is signed over %s", async (_, settings, signed) => {
    const { secret, keyId } = await subscribed();
    await set(settings);
    await cause();
    await deliver();
    const [one] = endpoint.posts();
    expect(signatureOf(one).keyId).toBe(keyId);
    expect(isSigned(one, secret, signed(one?.body ?? ""))).toBe(true);
    expect(isSigned(one, secret, `${signed(one?.body ?? "")} `)).toBe(false);
  });

  test.each<[string, (body: string) => string]>([["bare", (body) => body], ["encData", (body) => (JSON.parse(body) as { encData: string }).encData], ["encryptedRequest", (body) => (JSON.parse(body) as { encryptedRequest: string }).encryptedRequest]])("of a payment is encrypted (%s), and its signature is over what it says or what travels", async (webhookEncryptedBody, jweOf) => {
    await storeKey();
    const { secret } = await subscribed({ products: [{ productId: "payments", eventTypes: ["payments.authorization.status.accepted"] }] });
    await set({ webhookEncryptedBody });
    const paymentId = await pay("12.00");
    await deliver();
    await set({ webhookSignsEncrypted: "sent" });
    await pay("13.00");
    await deliver();
    const [clear, sent] = endpoint.posts();
    const { plaintext, protectedHeader } = await compactDecrypt(jweOf(clear?.body ?? ""), createPrivateKey(pair.privateKey));
    const text = Buffer.from(plaintext).toString("utf8");
    expect([protectedHeader.alg, protectedHeader.enc]).toEqual(["RSA-OAEP-256", "A256GCM"]);
    expect(JSON.parse(text)).toMatchObject({ payload: { data: { id: paymentId, status: "AUTHORIZED", orderInformation: { amountDetails: { totalAmount: "12.00" } } } } });
    expect([isSigned(clear, secret, text), isSigned(sent, secret, sent?.body ?? "")]).toEqual([true, true]);
  });

  test("comes after the delay that is set", async () => {
    await subscribed();
    await set({ webhookDelayMs: 600_000 });
    await cause();
    await advance("PT9M");
    const before = endpoint.posts().length;
    await advance("PT1M");
    expect([before, endpoint.posts().length]).toEqual([0, 1]);
  });

  test("can be sent as a test, which is answered with what was sent", async () => {
    const { webhookId, secret } = await subscribed();
    const answer = await merchant.call("POST", `/notification-subscriptions/v1/webhooks/${webhookId}`);
    const [one] = endpoint.posts();
    expect([answer.status, JSON.parse(one?.body ?? "{}")]).toEqual([201, answer.body]);
    expect(answer.body).toMatchObject({ payloads: { testPayload: { message: expect.any(String) } } });
    expect(isSigned(one, secret, one?.body ?? "")).toBe(true);
    endpoint.answer = 500;
    expect((await merchant.call("POST", `/notification-subscriptions/v1/webhooks/${webhookId}`)).status).toBe(400);
  });
});

describe("An event follows", () => {
  const ALL = ["authorization.status.accepted", "authorization.status.reviewed", "authorization.status.rejected", "authorization.status.partiallyApproved", "capture.status.accepted", "capture.status.updated", "refund.status.accepted", "refund.status.updated", "credit.status.accepted", "credit.status.updated", "void.status.accepted", "void.status.rejected", "reversal.status.accepted", "reversal.status.rejected"].map((one) => `payments.${one}`);
  const payments = async (): Promise<void> => { await storeKey(); await subscribed({ products: [{ productId: "payments", eventTypes: ALL }] }); };
  test.each<[string, () => Promise<unknown>, readonly string[]]>([
    ["an authorization", () => pay("10.00"), ["authorization.status.accepted"]], ["a decline", () => pay("6010.00"), ["authorization.status.rejected"]], ["a review", () => pay("6022.00"), ["authorization.status.reviewed"]],
    ["a partial approval", () => pay("6003.00"), ["authorization.status.partiallyApproved"]], ["a sale", () => pay("10.00", { capture: true }), ["authorization.status.accepted", "capture.status.accepted"]],
    ["a capture", async () => post(`payments/${await pay("10.00")}/captures`, amount("10.00")), ["authorization.status.accepted", "capture.status.accepted"]],
    ["a refund", async () => post(`payments/${await pay("10.00", { capture: true })}/refunds`, amount("4.00")), ["authorization.status.accepted", "capture.status.accepted", "refund.status.accepted"]],
    ["a credit", () => post("credits", payment("10.00")), ["credit.status.accepted"]],
    ["a void", async () => post(`payments/${await pay("10.00", { capture: true })}/voids`, voiding()), ["authorization.status.accepted", "capture.status.accepted", "void.status.accepted"]],
    ["a void that is refused", async () => post(`payments/${await pay("10.00")}/voids`, voiding()), ["authorization.status.accepted", "void.status.rejected"]],
    ["a reversal", async () => post(`payments/${await pay("10.00")}/reversals`, reversal("10.00")), ["authorization.status.accepted", "reversal.status.accepted"]],
    ["a reversal that is refused", async () => post(`payments/${await pay("10.00")}/reversals`, reversal("11.00")), ["authorization.status.accepted", "reversal.status.rejected"]],
  ])("from %s", async (_, act, expected) => {
    await payments();
    await act();
    await deliver();
    expect([...types(endpoint.posts())].sort()).toEqual(expected.map((one) => `payments.${one}`).sort());
  });
  test("when a batch closes, for what was in it and not voided", async () => {
    await payments();
    const [kept, voided] = [await pay("10.00", { capture: true }), await pay("11.00", { capture: true })];
    await post(`payments/${voided}/voids`, voiding());
    await post(`payments/${kept}/refunds`, amount("4.00"));
    await deliver();
    endpoint.received.length = 0;
    await advance("P1D");
    expect([...types(endpoint.posts())].sort()).toEqual(["payments.capture.status.updated", "payments.refund.status.updated"]);
  });
  test("from a decision by hand, which conversion details tell too", async () => {
    await subscribed();
    const paymentId = await pay("6022.00", { code: "CASE-1" });
    expect(await merchant.control("cases", { id: paymentId, decision: "ACCEPT", action: "CAPTURE", comments: "known customer", reviewer: "rita" })).toMatchObject({ capture: { status: "PENDING" } });
    await deliver();
    const { payload } = JSON.parse(endpoint.posts()[0]?.body ?? "{}") as { payload: { data: { _embedded: { capture: { _links: { self: { href: string } } } } } } };
    const captureId = payload.data._embedded.capture._links.self.href.split("/").at(-1) ?? "";
    expect((await merchant.ledger()).find((one) => one["id"] === captureId)).toMatchObject({ kind: "capture", amount: "6022.00", parentId: paymentId });
    const now = merchant.clock.now().getTime();
    const window = (hours: number): string => `startTime=${new Date(now - hours * 3_600_000).toISOString()}&endTime=${new Date(now + 1_000).toISOString()}`;
    expect((await merchant.call("GET", `/reporting/v3/conversion-details?${window(23)}&organizationId=${id()}`)).body["conversionDetails"]).toMatchObject([{ merchantReferenceNumber: "CASE-1", requestId: paymentId, originalDecision: "REVIEW", newDecision: "ACCEPT", reviewer: "rita", reviewerComments: "known customer" }]);
    expect(await merchant.call("GET", `/reporting/v3/conversion-details?${window(30)}`)).toMatchObject({ status: 400, body: { reason: "INVALID_DATA" } });
  });
  test("from Decision Manager's own rejection, a case rejected, and a note", async () => {
    await subscribed();
    await pay("6020.00");
    const reviewed = await pay("6022.00");
    await merchant.call("POST", `/risk/v1/decisions/${reviewed}/comments`, { comments: "asked the customer" });
    await decide(reviewed, "REJECT", ["REVERSE"]);
    await deliver();
    expect([...types(endpoint.posts())].sort()).toEqual(["risk.casemanagement.addnote", "risk.casemanagement.decision.reject", "risk.profile.decision.reject"]);
  });
});

describe("A delivery that fails", () => {
  test("is tried again after one minute, three times, and then the subscription is suspended and the notification lost", async () => {
    const { webhookId } = await subscribed();
    endpoint.answer = 500;
    await cause();
    await deliver();
    for (let minute = 0; minute < 5; minute++) await advance("PT1M");
    const posts = endpoint.posts();
    expect(posts.map((one) => [one.headers["v-c-request-type"], one.headers["v-c-retry-count"]])).toEqual([["NEW", "0"], ["RETRY", "1"], ["RETRY", "2"], ["RETRY", "3"]]);
    expect(new Set(posts.map((one) => one.headers["v-c-transaction-trace-id"])).size).toBe(4);
    expect([await status(webhookId), (await merchant.control("notifications") as Json[])[0]?.["state"]]).toEqual(["SUSPENDED", "failed"]);
  });
  test("keeps to the policy: first retry, interval, doubling, and the whole sequence again", async () => {
    await subscribed({ retryPolicy: { algorithm: "GEOMETRIC", firstRetry: 2, interval: 3, numberOfRetries: 2, deactivateFlag: "true", repeatSequenceCount: 1, repeatSequenceWaitTime: 10 } });
    endpoint.answer = 0;
    await cause();
    await deliver();
    const counts: number[] = [];
    for (let minute = 0; minute < 22; minute++) { await advance("PT1M"); counts.push(endpoint.posts().length); }
    const at = (count: number): number => counts.findIndex((one) => one >= count) + 1;
    expect([2, 3, 4, 5, 6].map(at)).toEqual([2, 5, 15, 17, 20]);
  });
  test("is held when the policy says so, and comes when the health check is answered again", async () => {
    const { webhookId } = await subscribed({ healthCheckUrl: `${endpoint.url}/health`, retryPolicy: { numberOfRetries: 0, deactivateFlag: "true" } });
    endpoint.answer = 503;
    await cause();
    await deliver(); // else the health check may be asked first, and there is no attempt
    await advance("PT5M");
    expect(await status(webhookId)).toBe("SUSPENDED");
    endpoint.answer = 200;
    await advance("PT5M");
    expect([await status(webhookId), endpoint.posts().length, endpoint.received.filter((one) => one.path === "/health").map((one) => one.method)]).toEqual(["ACTIVE", 2, ["GET", "GET", "POST"]]);
  });
  test("for a while is a health check without an answer: what happens meanwhile is held", async () => {
    const { webhookId } = await subscribed({ healthCheckUrl: `${endpoint.url}/health` });
    endpoint.answer = 404;
    await advance("PT5M");
    await cause();
    await deliver();
    const [suspended, held] = [await status(webhookId), endpoint.posts().length];
    endpoint.answer = 200;
    await advance("PT5M");
    expect([suspended, held, endpoint.posts().length]).toEqual(["SUSPENDED", 0, 1]);
  });
  test("can be asked for again, by state or by trace", async () => {
    const { webhookId } = await subscribed({ retryPolicy: { numberOfRetries: 0 } });
    endpoint.answer = 500;
    await cause();
    await deliver();
    endpoint.answer = 200;
    await merchant.call("PUT", `${SUBSCRIPTIONS}/${webhookId}/status`, { status: "ACTIVE" });
    const replay = (body: Json): Promise<Answered> => merchant.call("POST", `/nrtf/v1/webhooks/${webhookId}/replays`, body);
    expect((await replay({ byDeliveryStatus: { status: "FAILED", hoursBack: 24 } })).body).toMatchObject({ totalCount: 1 });
    await deliver();
    const [, again] = endpoint.posts();
    expect(again?.headers["v-c-request-type"]).toBe("REPLAY");
    expect((await replay({ byTransactionTraceIdentifiers: [String(again?.headers["v-c-transaction-trace-id"])] })).body).toMatchObject({ totalCount: 1 });
    await deliver();
    expect(endpoint.posts()).toHaveLength(3);
    expect(await Promise.all([{}, { byDeliveryStatus: { status: "MAYBE" } }, { byDeliveryStatus: { status: "ALL", startTime: "2026-01-01T00:00:00Z", endTime: "2026-01-03T00:00:00Z" } }].map(async (body) => (await replay(body)).status))).toEqual([400, 400, 400]);
  });
});

describe("The network", () => {
  test.each([[{ webhookLoss: 1 }, 0], [{ webhookDuplication: 1 }, 2], [{}, 1]])("with %j brings a notification %i times", async (settings, times) => {
    await subscribed();
    await set(settings);
    await cause();
    await deliver();
    await advance("PT10M");
    const posts = endpoint.posts();
    expect([posts.length, new Set(posts.map((one) => one.body)).size]).toEqual([times, Math.min(times, 1)]);
  });
});
