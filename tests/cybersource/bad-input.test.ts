// Property: whatever a merchant signs and sends, the stand-in answers with a documented 4xx (or did what was asked), never with a crash.
import { beforeAll, expect, test } from "@jest/globals";
import fc from "fast-check";
import { generateFlexKeys } from "../sandbox/cybersource/flex/sign-jws.ts";
import { openMerchant, type OpenMerchant } from "./in-process.ts";
import { amount, payment, reversal, voiding } from "./merchant.ts";

let merchant: OpenMerchant;
let known = "";
let webhookId = "";
beforeAll(async () => {
  // Each good session would cost a key pair.
  const pair = await generateFlexKeys();
  merchant = await openMerchant({ flexKeyPair: () => Promise.resolve(pair), outside: { later: () => undefined, post: () => Promise.resolve(200) } });
  known = String((await merchant.call("POST", "/pts/v2/payments", payment())).body["id"]);
  const sender = { "v-c-sender-organization-id": merchant.open.merchant.id, "v-c-permissions": "x" };
  await merchant.call("POST", "/kms/egress/v2/keys-sym", KEY(merchant.open.merchant.id), sender);
  webhookId = String((await merchant.call("POST", "/notification-subscriptions/v2/webhooks", SUBSCRIPTION)).body["webhookId"]);
});

const KEY = (id: string): Record<string, unknown> => ({ clientRequestAction: "CREATE", keyInformation: { provider: "nrtd", tenant: id, organizationId: id, keyType: "sharedSecret", expiryDuration: "365" } });
const SUBSCRIPTION = { name: "n", products: [{ productId: "decisionManager", eventTypes: ["risk.casemanagement.addnote"] }], webhookUrl: "https://shop.example/hook" };
const RUNS = 10_000;
const names = fc.constantFrom("clientReferenceInformation", "orderInformation", "amountDetails", "totalAmount", "currency", "code", "transactionId", "paymentInformation", "card", "number", "customer", "id", "tokenInformation", "transientTokenJwt", "query", "limit", "offset", "targetOrigins", "clientVersion", "__proto__", "constructor");
const { tree } = fc.letrec((tie) => ({
  tree: fc.oneof({ depthSize: "small" }, fc.string(), fc.integer(), fc.boolean(), fc.constant(null), fc.constantFrom("10.00", "USD", "4111111111111111", "v2", "-1", "1e9", "９９"), fc.array(tie("tree"), { maxLength: 3 }), fc.dictionary(fc.oneof(names, fc.string()), tie("tree"), { maxKeys: 4 })),
}));
/** Good bodies with one member somewhere replaced. */
const bent = fc.tuple(fc.constantFrom(payment(), { ...payment("2.00", { actionList: ["TOKEN_CREATE"] }) }, { buyerInformation: { merchantCustomerID: "c" } }, { card: { number: "4111111111111111" } }, amount("1.00"), reversal("1.00"), voiding({ transactionId: "T" }), { query: "id:1", limit: 1 }, KEY("fabrikam_sandbox"), SUBSCRIPTION, { byDeliveryStatus: { status: "FAILED", hoursBack: 1 } }, { default: "true", card: { expirationMonth: "12", expirationYear: "2031" }, instrumentIdentifier: { id: "1" } }, { shipTo: { locality: "x" } },
  { decisionInformation: { decision: "ACCEPT" }, processingInformation: { actionList: ["CAPTURE"] } }, { clientVersion: "v2", targetOrigins: ["https://example.com"] }), fc.nat(), tree).map(([body, which, value]) => {
  let index = 0;
  const size = JSON.stringify(body).split(":").length;
  return JSON.stringify(body, (key, old: unknown) => (key !== "" && index++ === which % size ? value : old));
});
const body = fc.oneof(bent, tree.map((value) => JSON.stringify(value)), fc.string());
const operation = fc.constantFrom(
  ["POST", "/pts/v2/payments"], ["POST", "/pts/v2/credits"], ["POST", "/pts/v2/voids"], ["POST", "/pts/v2/reversals/"], ["POST", "/pts/v2/payments/ID/captures"], ["POST", "/pts/v2/payments/ID/refunds"], ["POST", "/pts/v2/payments/ID/voids"],
  ["POST", "/pts/v2/payments/ID/reversals"], ["POST", "/pts/v2/captures/ID/refunds"], ["PATCH", "/pts/v2/payments/ID"], ["POST", "/tss/v2/searches"], ["POST", "/microform/v2/sessions"], ["POST", "/risk/v1/decisions/ID/actions"],
  ["POST", "/tms/v2/customers"], ["PATCH", "/tms/v2/customers/ID"], ["POST", "/tms/v2/customers/ID/payment-instruments"], ["POST", "/tms/v1/instrumentidentifiers"], ["PUT", "/pts/v2/payments/ID"], ["DELETE", "/pts/v2/payments/ID"],
  ["POST", "/tms/v2/customers/ID/shipping-addresses"], ["POST", "/tms/v1/paymentinstruments"], ["POST", "/tms/v1/instrumentidentifiers/ID/enrollment"], ["POST", "/tms/v2/tokenized-cards"], ["POST", "/tms/v2/tokenize"], ["GET", "/tms/v2/customers/ID/payment-instruments?offset=ID"],
  ["POST", "/risk/v1/decisions"], ["POST", "/risk/v1/decisions/ID/comments"], ["POST", "/risk/v1/decisions/ID/marking"], ["POST", "/risk/v1/lists/ID/entries"], ["GET", "/reporting/v3/conversion-details?startTime=ID&endTime=ID"], ["POST", "/pts/v2/refresh-payment-status/ID"],
  ["POST", "/kms/egress/v2/keys-sym"], ["POST", "/kms/egress/v2/keys-asym"], ["POST", "/notification-subscriptions/v2/webhooks"], ["POST", "/notification-subscriptions/v1/webhooks"], ["PATCH", "/notification-subscriptions/v2/webhooks/HOOK"], ["PUT", "/notification-subscriptions/v2/webhooks/HOOK/status"],
  ["POST", "/nrtf/v1/webhooks/HOOK/replays"], ["GET", "/notification-subscriptions/v2/webhooks/ID"], ["GET", "/flex/v2/payment-details/ID"], ["GET", "/up/v1/payment-details/ID"],
) as fc.Arbitrary<[string, string]>;

/** Everything that a refused call might have left behind. */
const sizes = (): readonly number[] => { const { state } = merchant.open; return [state.transactions, state.customers, state.instruments, state.addresses, state.identifiers, state.identifierIds, state.tokenizedCards, state.webhooks.subscriptions].map((map) => map.size).concat(state.webhooks.keys.length, state.conversions.length); };

test("a signed call with any body is answered 2xx or with a 4xx that has a body of one of the three families and has left nothing behind", async () => {
  await fc.assert(fc.asyncProperty(operation, body, fc.constantFrom("0", "known", "%00", "__proto__"), async ([method, path], text, id) => {
    const before = sizes();
    const { status, body: answer, headers } = await merchant.call(method, path.replaceAll("ID", id === "known" ? known : id).replace("HOOK", webhookId), text);
    if (status < 300) return;
    expect(sizes()).toEqual(before);
    expect(status).toBeLessThan(500);
    expect(headers["content-type"] ?? "").toContain("application/json");
    expect(typeof answer["reason"] === "string" || Array.isArray(answer["errors"]) || typeof answer["message"] === "string").toBe(true);
  }), { numRuns: RUNS });
}, 300_000);

test("an unsigned call with any path and header is a 401, 404 or 405", async () => {
  await fc.assert(fc.asyncProperty(fc.constantFrom("GET", "POST", "PUT", "PATCH", "DELETE"), fc.webPath(), fc.base64String(), async (method, path, token) => {
    expect([401, 404, 405]).toContain((await merchant.open.answer({ method, url: `/pts${path}`, headers: { authorization: `Bearer ${token}` }, body: Buffer.from("{}") })).status);
  }), { numRuns: RUNS });
}, 300_000);

test("the token endpoint refuses what is no card of an open context", async () => {
  await fc.assert(fc.asyncProperty(body, async (text) => {
    const { status } = await merchant.open.answerBrowser({ method: "POST", url: "/flex/v2/tokens", headers: {}, body: Buffer.from(text) });
    expect([400, 404]).toContain(status);
  }), { numRuns: RUNS });
}, 300_000);

test("no amount that was refused has moved money", async () => {
  await fc.assert(fc.asyncProperty(fc.oneof(fc.string({ maxLength: 12 }), fc.float().map(String), fc.bigInt({ min: -1000n, max: 10n ** 14n }).map(String)), async (totalAmount) => {
    const before = merchant.open.state.transactions.size;
    const { status } = await merchant.call("POST", "/pts/v2/payments", payment(totalAmount));
    expect(merchant.open.state.transactions.size - before).toBe(status === 201 ? 1 : 0);
  }), { numRuns: RUNS, examples: [["10.005"], ["0"], ["0x10"], ["1,000.00"], [" 1.00"]] });
}, 300_000);
