// Token management (customers, payment instruments, instrument identifiers), capture contexts and transient tokens.
import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createLocalJWKSet, decodeJwt, decodeProtectedHeader, importJWK, jwtVerify, type JWK } from "jose";
import { payment, startMerchant, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
beforeEach(async () => { await merchant.control("reset", {}); });
afterAll(async () => { await merchant.close(); });

const CARD = { number: "4111111111111111", securityCode: "123", expirationMonth: "12", expirationYear: "2031" };

describe("Token management", () => {
  async function customer(cards = 1): Promise<{ path: string; instruments: readonly string[] }> {
    const made = await merchant.call("POST", "/tms/v2/customers", { buyerInformation: { merchantCustomerID: "C-1", email: "test@example.com" } });
    const path = String(made.headers["location"]);
    const instruments: string[] = [];
    for (let count = 0; count < cards; count++) {
      const identifier = await merchant.call("POST", "/tms/v1/instrumentidentifiers", { card: { number: count === 0 ? "4111111111111111" : "5555555555554444" } });
      const added = await merchant.call("POST", `${path}/payment-instruments`, { card: { expirationMonth: "12", expirationYear: "2031", type: "001" }, billTo: { firstName: "John" }, instrumentIdentifier: { id: identifier.body["id"] } });
      instruments.push(String(added.headers["location"]));
    }
    return { path, instruments };
  }

  test("gives a customer an id of 32 upper-case hex digits, a place and a tag", async () => {
    const { status, body, headers } = await merchant.call("POST", "/tms/v2/customers", { buyerInformation: { merchantCustomerID: "C-1" } });
    expect([status, headers["location"], headers["etag"]]).toEqual([201, `/tms/v2/customers/${String(body["id"])}`, '"1"']);
    expect(body["id"]).toMatch(/^[0-9A-F]{32}$/);
  });
  test("gives a number that it knows the same identifier again", async () => {
    const [first, second] = [await merchant.call("POST", "/tms/v1/instrumentidentifiers", { card: { number: CARD.number } }), await merchant.call("POST", "/tms/v1/instrumentidentifiers", { card: { number: CARD.number } })];
    expect([first.status, second.status, second.body["id"]]).toEqual([201, 200, first.body["id"]]);
    expect(second.body).toMatchObject({ card: { number: "411111XXXXXX1111" } });
  });
  test("makes the first card the default, and changes it from either side", async () => {
    const { path, instruments: [first = "", second = ""] } = await customer(2);
    expect((await merchant.call("GET", path)).body["defaultPaymentInstrument"]).toEqual({ id: first.split("/").at(-1) });
    expect((await merchant.call("PATCH", second, { default: "true" })).body).toMatchObject({ default: true });
    expect((await merchant.call("GET", path)).body["defaultPaymentInstrument"]).toEqual({ id: second.split("/").at(-1) });
    await merchant.call("PATCH", path, { defaultPaymentInstrument: { id: first.split("/").at(-1) } });
    expect((await merchant.call("GET", first)).body).toMatchObject({ default: true, _embedded: { instrumentIdentifier: { card: { number: "411111XXXXXX1111" } } } });
  });
  test("lists a customer's cards in pages", async () => {
    const { path } = await customer(2);
    expect((await merchant.call("GET", `${path}/payment-instruments?offset=1&limit=1`)).body).toMatchObject({ offset: 1, limit: 1, count: 1, total: 2 });
    expect((await merchant.call("GET", `${path}/payment-instruments?limit=101`)).status).toBe(400);
  });

  test.each<[string, number, (where: { path: string; instruments: readonly string[] }) => Promise<Answered>]>([
    ["an unknown customer", 404, () => merchant.call("GET", `/tms/v2/customers/${"0".repeat(32)}`)],
    ["a card of another customer", 404, async ({ instruments: [first = ""] }) => merchant.call("GET", first.replace(/customers\/\w+/, `customers/${(await customer()).path.split("/").at(-1) ?? ""}`))],
    ["a deleted card", 410, async ({ instruments }) => { await merchant.call("DELETE", instruments[1] ?? ""); return merchant.call("GET", instruments[1] ?? ""); }],
    ["a deleted customer", 410, async ({ path }) => { await merchant.call("DELETE", path); return merchant.call("GET", path); }],
    ["the default while there are others", 409, ({ instruments }) => merchant.call("DELETE", instruments[0] ?? "")],
    ["a stale tag of a card", 412, ({ instruments }) => merchant.call("PATCH", instruments[0] ?? "", { card: { expirationMonth: "01" } }, { "if-match": '"9"' })],
    ["a stale tag of a customer", 412, ({ path }) => merchant.call("PATCH", path, {}, { "if-match": '"9"' })],
    ["no JSON", 400, () => merchant.call("POST", "/tms/v2/customers", "{")],
  ])("answers %s with %i in its own family of errors", async (_, status, act) => {
    expect(await act(await customer(2))).toMatchObject({ status, body: { errors: [{ type: expect.any(String), message: expect.any(String) }] } });
  });
  test("does not delete an identifier that a card still uses", async () => {
    const { instruments: [first = ""] } = await customer();
    const { id } = (await merchant.call("GET", first)).body["instrumentIdentifier"] as { id: string };
    expect((await merchant.call("DELETE", `/tms/v1/instrumentidentifiers/${id}`)).status).toBe(409);
    expect((await merchant.call("DELETE", first)).status).toBe(204);
    // The last card of a number takes its identifier along.
    expect((await merchant.call("GET", `/tms/v1/instrumentidentifiers/${id}`)).status).toBe(410);
    const unused = (await merchant.call("POST", "/tms/v1/instrumentidentifiers", { card: { number: "5555555555554444" } })).body["id"];
    expect((await merchant.call("DELETE", `/tms/v1/instrumentidentifiers/${String(unused)}`)).status).toBe(204);
  });
});

const open = (targetOrigins: unknown, more: Json = {}): Promise<Answered> => merchant.call("POST", "/microform/v2/sessions", { clientVersion: "v2", targetOrigins, ...more });
const tokenize = async (body: Json): Promise<{ status: number; text: string }> => {
  const answer = await fetch(`${merchant.sandbox.browserUrl}/flex/v2/tokens`, { method: "POST", body: JSON.stringify(body) });
  return { status: answer.status, text: await answer.text() };
};
interface Context { flx: { data: string; jwk: JWK }; ctx: [{ data: { clientLibrary: string; clientLibraryIntegrity: string; targetOrigins: string[] } }] }

describe("A capture context", () => {
  test("is signed by a published key and carries the library's address and hash", async () => {
    const { status, text } = await open(["https://pay.example.com", "http://localhost:7071"]);
    const { kid = "", alg } = decodeProtectedHeader(text);
    const jwk = (await merchant.raw("GET", `/flex/v2/public-keys/${kid}`, {})).body as JWK;
    const { payload } = await jwtVerify<Context>(text, await importJWK(jwk, "RS256"));
    const { clientLibrary, clientLibraryIntegrity } = payload.ctx[0].data;
    const library = Buffer.from(await (await fetch(clientLibrary)).arrayBuffer());
    expect([status, alg, clientLibraryIntegrity]).toEqual([201, "RS256", `sha256-${createHash("sha256").update(library).digest("base64")}`]);
    expect((payload.exp ?? 0) - (payload.iat ?? 0)).toBe(900);
  });
  test.each([[[]], [undefined], ["https://a.example"], [["http://a.example"]], [["https://*.example"]], [["https://a.example/path"]], [["ftp://a.example"]], [Array.from({ length: 10 }, (_, index) => `https://a${index}.example`)]])("for origins %j is refused", async (origins) => {
    expect(await open(origins)).toMatchObject({ status: 400, body: { status: "INVALID_REQUEST" } });
  });
  test("of an unknown version of the library is refused", async () => { expect((await open(["https://a.example"], { clientVersion: "v9" })).status).toBe(400); });
});

describe("A transient token", () => {
  test("is signed by its context's own key, shows no number, lives 15 minutes, and pays", async () => {
    const { flx } = decodeJwt<Context>((await open(["http://localhost:7071"])).text);
    const { status, text } = await tokenize({ data: flx.data, ...CARD });
    const { payload } = await jwtVerify(text, createLocalJWKSet({ keys: [{ ...flx.jwk, use: "sig" }] }));
    expect([status, (payload.exp ?? 0) - (payload.iat ?? 0)]).toEqual([201, 900]);
    expect(JSON.stringify(payload)).not.toContain(CARD.number);
    const rest = { ...payment("10.00"), paymentInformation: undefined };
    expect((await merchant.call("POST", "/pts/v2/payments", { ...rest, tokenInformation: { transientTokenJwt: text } })).body).toMatchObject({ status: "AUTHORIZED", paymentInformation: { card: { type: "001" } }, processorInformation: { approvalCode: "888888" } });
    expect((await merchant.call("POST", "/pts/v2/payments", { ...rest, tokenInformation: { jti: payload.jti } })).status).toBe(201);
    const forged = `${text.split(".").slice(0, 2).join(".")}.${Buffer.from("another signature").toString("base64url")}`;
    expect(await merchant.call("POST", "/pts/v2/payments", { ...rest, tokenInformation: { transientTokenJwt: forged } })).toMatchObject({ status: 400, body: { reason: "INVALID_DATA" } });
  });
  test.each<[string, Json]>([["a wrong check digit", { number: "4111111111111112" }], ["no number", { number: "" }], ["a month 13", { expirationMonth: "13" }], ["a year of two digits", { expirationYear: "31" }]])("for %s is refused", async (_, more) => {
    const { flx } = decodeJwt<Context>((await open(["http://localhost:7071"])).text);
    expect((await tokenize({ data: flx.data, ...CARD, ...more })).status).toBe(400);
  });
  test("of no context is refused", async () => { expect((await tokenize({ data: "other", ...CARD })).status).toBe(404); });
});
