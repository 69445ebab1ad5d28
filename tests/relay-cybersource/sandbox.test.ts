// The client against the Cybersource stand-in over TLS: both signatures verified there byte by byte, one call once, looked for afterwards.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { SignJWT } from "jose";
import { createGateway, type GatewayOptions } from "../../plugin-proxy/src/cybersource/create-gateway.ts";
import { asMerchantReference, asRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Gateway, PayCall } from "../../plugin-proxy/src/ports/gateway.ts";
import { startCybersource, type CybersourceSandbox } from "../sandbox/cybersource/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import { binding, payCall, usd } from "./calls.ts";

const dir = mkdtempSync(join(tmpdir(), "cybs-gateway-"));
let sandbox: CybersourceSandbox;
let ca = "";
const opened: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  const tls = await issueCertificates(dir);
  ca = readFileSync(tls.caFile, "utf8");
  sandbox = await startCybersource({ port: 0, browserPort: 0, tls, clock: createClock(), seed: 7, say: () => undefined });
});
afterEach(async () => {
  await Promise.all(opened.splice(0).map((gateway) => gateway.close()));
  await control("reset", {});
});
afterAll(async () => { await sandbox.close(); rmSync(dir, { recursive: true }); });

const control = async (path: string, body: unknown): Promise<void> => { await fetch(`${sandbox.browserUrl}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) }); };
const told = async (path: string): Promise<readonly Record<string, unknown>[]> => (await fetch(`${sandbox.browserUrl}/_sandbox/${path}`)).json() as Promise<readonly Record<string, unknown>[]>;

function gatewayOf(scheme: "jwt" | "http_signature" = "jwt", more: Partial<GatewayOptions> = {}): Gateway {
  const { id, keyId, sharedSecret } = sandbox.merchant;
  const gateway = createGateway({ credentials: () => ({ merchantId: id, scheme, keyId, sharedSecret }), host: new URL(sandbox.url).host, flexHosts: [sandbox.browserUrl], wireClock: Date.now, signatureLifeMs: 60_000, deadlineMs: 3_000, ca, ...more });
  opened.push(gateway);
  return gateway;
}
async function token(gateway: Gateway): Promise<{ jwt: string; tokenKey: string }> {
  const minted = await gateway.mintCaptureContext({ binding, targetOrigins: ["http://localhost:7071"] });
  if (minted.kind !== "minted") throw new Error(minted.cause);
  const { flx } = JSON.parse(Buffer.from(minted.context.captureContext.split(".")[1] ?? "", "base64url").toString("utf8")) as { flx: { data: string } };
  const answer = await fetch(`${sandbox.browserUrl}/flex/v2/tokens`, { method: "POST", body: JSON.stringify({ data: flx.data, number: "4111111111111111", securityCode: "123", expirationMonth: "12", expirationYear: "2031" }) });
  return { jwt: await answer.text(), tokenKey: minted.context.tokenKey };
}
let count = 0;
async function newCard(gateway: Gateway, more: Partial<PayCall> = {}): Promise<PayCall> {
  const number = ++count;
  return payCall({ merchantReference: asMerchantReference(`PR-${number}-1`), transactionId: asTransactionId(`T${number}`), flags: { commerceIndicator: "MOTO" }, instrument: { kind: "transient_token", jwt: (await token(gateway)).jwt }, ...more });
}
const pay = async (gateway: Gateway, call: PayCall) => (await gateway.sign(call)).send();

describe.each(["jwt", "http_signature"] as const)("Signed with %s", (scheme) => {
  test("a sale is taken once, with the query and reference asked for", async () => {
    const gateway = gatewayOf(scheme);
    const call = await newCard(gateway, { kind: "sale", saveCard: true });
    expect(await pay(gateway, call)).toMatchObject({ kind: "approved", facts: { isCaptured: true, amount: usd(124_000n), token: { customerId: expect.any(String), paymentInstrumentId: expect.any(String) } } });
    expect(await told("ledger")).toMatchObject([{ kind: "sale", amount: "1240.00", merchantReference: call.merchantReference, transactionId: call.transactionId }]);
  });
  test("a wrong secret pauses the account", async () => {
    const wrong = gatewayOf(scheme, { credentials: () => ({ merchantId: sandbox.merchant.id, scheme, keyId: sandbox.merchant.keyId, sharedSecret: "d3Jvbmc=" }) });
    expect(await pay(wrong, payCall())).toMatchObject({ kind: "refused", pauses: "account" });
  });
});

describe("One call, once", () => {
  test("without credentials nothing is sent", async () => { expect(await pay(gatewayOf("jwt", { credentials: () => undefined }), payCall())).toEqual({ kind: "not_sent", cause: "no credentials" }); });
  test("a signing failure is not sent", async () => {
    const gateway = gatewayOf("jwt", { credentials: () => { throw new Error("vault sealed"); } });
    expect(await pay(gateway, payCall())).toMatchObject({ kind: "not_sent" });
  });
  test("after the signature's end nothing is sent", async () => {
    let now = Date.now();
    const gateway = gatewayOf("jwt", { wireClock: () => now });
    const signed = await gateway.sign(payCall());
    now = signed.signatureExpiresAt;
    expect(await signed.send()).toMatchObject({ kind: "not_sent" });
    expect(await told("requests")).toEqual([]);
  });
  test("a signed call goes out once, however often it is sent", async () => {
    const gateway = gatewayOf();
    const signed = await gateway.sign(await newCard(gateway));
    expect(await signed.send()).toMatchObject({ kind: "approved" });
    expect(await signed.send()).toMatchObject({ kind: "unknown", isAlarming: true });
    expect(await told("ledger")).toHaveLength(1);
  });
  test.each([["drop-before", 0], ["drop-after", 1]] as const)("an answer lost by %s is unknown, and nothing is sent again", async (fault, effects) => {
    const gateway = gatewayOf();
    const call = await newCard(gateway);
    await control("faults", { match: { path: "/pts/v2/payments" }, fault });
    expect(await pay(gateway, call)).toMatchObject({ kind: "unknown", event: "no_answer" });
    expect(await told("ledger")).toHaveLength(effects);
  });
});

describe("The look", () => {
  const query = (call: PayCall) => ({ binding, merchantReferences: [call.merchantReference], around: Date.now(), requestIds: [] });
  test("finds by reference what was approved although the answer was lost, and sees it taken back", async () => {
    await control("settings", { searchLagMs: 0 });
    const gateway = gatewayOf();
    const call = await newCard(gateway);
    await control("faults", { match: { path: "/pts/v2/payments" }, fault: "drop-after" });
    await pay(gateway, call);
    const seen = await gateway.look(query(call));
    expect(seen).toMatchObject({ kind: "looked", found: [{ merchantReference: call.merchantReference, kind: "authorization", verdict: "approved", amount: usd(124_000n), isUndone: false, lastFour: "1111" }] });
    const requestId = asRequestId(seen.kind === "looked" ? seen.found[0]?.requestId ?? "" : "");
    const undo = await gateway.sign({ kind: "authorization_reversal", binding, merchantReference: asMerchantReference("PR-U-1"), transactionId: asTransactionId("TU"), parentRequestId: requestId, amount: usd(124_000n) });
    expect(await undo.send()).toMatchObject({ kind: "approved" });
    expect(await gateway.look(query(call))).toMatchObject({ found: [{ isUndone: true }, { kind: "authorization_reversal", merchantReference: "PR-U-1", verdict: "approved", isUndone: false }], isComplete: true });
  });
  test("shows nothing while the search lags, and says so without an error", async () => {
    await control("settings", { searchLagMs: 60_000 });
    const gateway = gatewayOf();
    const call = await newCard(gateway);
    await pay(gateway, call);
    expect(await gateway.look(query(call))).toEqual({ kind: "looked", found: [], isComplete: true });
  });
  test("a failing search is unavailable, never an empty answer", async () => {
    await control("faults", { match: { path: "/tss/v2/searches" }, fault: "status", value: { status: 503 }, times: 9 });
    expect(await gatewayOf().look(query(payCall()))).toMatchObject({ kind: "unavailable" });
  });
  test("a related transaction that cannot be read makes the look unavailable: it may be the reversal", async () => {
    await control("settings", { searchLagMs: 0 });
    const gateway = gatewayOf();
    const call = await newCard(gateway);
    const paid = await pay(gateway, call);
    const requestId = paid.kind === "approved" ? paid.facts.requestId : asRequestId("");
    await (await gateway.sign({ kind: "authorization_reversal", binding, merchantReference: asMerchantReference("PR-W-1"), transactionId: asTransactionId("TW"), parentRequestId: requestId, amount: usd(124_000n) })).send();
    await control("faults", { match: { method: "GET", path: `/tss/v2/transactions/(?!${requestId})` }, fault: "status", value: { status: 503 }, times: 9 });
    expect(await gateway.look(query(call))).toMatchObject({ kind: "unavailable" });
  });
  test("a read that was lost is read again", async () => {
    await control("faults", { match: { path: "/tss/v2/searches" }, fault: "drop-before", times: 2 });
    expect(await gatewayOf().look(query(payCall()))).toEqual({ kind: "looked", found: [], isComplete: true });
  });
  test("sees a sale undone by its transactionId", async () => {
    await control("settings", { searchLagMs: 0 });
    const gateway = gatewayOf();
    const call = await newCard(gateway, { kind: "sale" });
    await pay(gateway, call);
    const undo = await gateway.sign({ kind: "timeout_void", binding, merchantReference: asMerchantReference("PR-V-1"), transactionId: asTransactionId("TV"), originalTransactionId: call.transactionId });
    expect(await undo.send()).toMatchObject({ kind: "approved" });
    await delay(5);
    expect(await gateway.look(query(call))).toMatchObject({ found: [{ isUndone: true, settlement: "voided" }, { kind: "void", merchantReference: "PR-V-1" }] });
  });
});

describe("Card entry", () => {
  test("a capture context names library, hash, end and key", async () => {
    expect(await gatewayOf().mintCaptureContext({ binding, targetOrigins: ["http://localhost:7071"] })).toMatchObject({ kind: "minted", context: { libraryUrl: expect.stringContaining(sandbox.browserUrl), integrity: expect.stringMatching(/^sha256-/) } });
  });
  test("a library from a host that is not listed is refused", async () => {
    expect(await gatewayOf("jwt", { flexHosts: ["https://flex.cybersource.com"] }).mintCaptureContext({ binding, targetOrigins: ["http://localhost:7071"] })).toMatchObject({ kind: "refused" });
  });
  test("a context signed by somebody else is refused", async () => {
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    const forged = await new SignJWT({ flx: { jwk: {} }, ctx: [] }).setProtectedHeader({ alg: "RS256", kid: "3g" }).setExpirationTime("15m").sign(privateKey);
    await control("faults", { match: { path: "/microform/v2/sessions" }, fault: "status", value: { status: 201, body: forged } });
    expect(await gatewayOf().mintCaptureContext({ binding, targetOrigins: ["http://localhost:7071"] })).toMatchObject({ kind: "refused" });
  });
  test("a token is good with its own context's key only, until its end, and only whole", async () => {
    const gateway = gatewayOf();
    const [mine, other] = [await token(gateway), await token(gateway)];
    const at = Date.now();
    expect(gateway.verifyTransientToken({ jwt: mine.jwt, tokenKey: mine.tokenKey, at })).toMatchObject({ lastFour: "1111", typeCode: "001" });
    expect(gateway.verifyTransientToken({ jwt: mine.jwt, tokenKey: other.tokenKey, at })).toEqual({ problem: "token_of_other_context" });
    expect(gateway.verifyTransientToken({ jwt: mine.jwt, tokenKey: mine.tokenKey, at: at + 16 * 60_000 })).toEqual({ problem: "token_expired" });
    expect(gateway.verifyTransientToken({ jwt: `${mine.jwt.slice(0, -8)}AAAAAAAA`, tokenKey: mine.tokenKey, at })).toEqual({ problem: "token_of_other_context" });
    expect(gateway.verifyTransientToken({ jwt: "4111111111111111", tokenKey: mine.tokenKey, at })).toEqual({ problem: "not_a_token" });
  });
});
