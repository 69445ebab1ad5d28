// Cybersource's own client, unchanged but for host and certificate authority, in a process of its own: Node reads NODE_EXTRA_CA_CERTS at start.
import { execFile } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { startEndpoint } from "./endpoint.ts";
import { startMerchant, type Merchant } from "./merchant.ts";

const run = promisify(execFile);
const folder = mkdtempSync(join(tmpdir(), "cybs-client-"));
let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
afterAll(async () => { await merchant.close(); rmSync(folder, { recursive: true }); });

interface Way { readonly authentication: "jwt" | "http_signature"; readonly keyId: string; readonly secret: string; readonly more: Readonly<Record<string, unknown>> }
const META = { portfolioId: "fabrikam_portfolio", keyId: "meta-key-1", sharedSecret: Buffer.from("a meta key of the sandbox").toString("base64") };

const fetched = async (path: string): Promise<Buffer> => Buffer.from(await (await fetch(`${merchant.sandbox.browserUrl}/_sandbox/${path}`)).arrayBuffer());
const shared = (authentication: Way["authentication"]): Way => ({ authentication, keyId: merchant.sandbox.merchant.keyId, secret: merchant.sandbox.merchant.sharedSecret, more: {} });
async function p12(more: Readonly<Record<string, unknown>> = {}): Promise<Way> {
  const { id } = merchant.sandbox.merchant;
  writeFileSync(join(folder, `${id}.p12`), await fetched("p12"));
  return { ...shared("jwt"), more: { jwtKeyType: "P12", keysDirectory: folder, keyFileName: id, keyAlias: id, keyPass: id, ...more } };
}
async function meta(authentication: Way["authentication"]): Promise<Way> {
  await merchant.control("meta-keys", META);
  return { authentication, keyId: META.keyId, secret: META.sharedSecret, more: { useMetaKey: true, portfolioID: META.portfolioId } };
}
async function encrypted(): Promise<Way> {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "pem" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } });
  await merchant.control("response-keys", { keyId: "answer-key-1", publicKey });
  return p12({ enableRequestMLEForOptionalApisGlobally: true, enableResponseMleGlobally: true, responseMleKID: "answer-key-1", responseMlePrivateKey: privateKey });
}

const WAYS: readonly (readonly [string, () => Way | Promise<Way>])[] = [
  ["JWT and a shared secret", () => shared("jwt")], ["HTTP Signature", () => shared("http_signature")], ["JWT and a P12 file", () => p12()],
  ["JWT and a meta key", () => meta("jwt")], ["HTTP Signature and a meta key", () => meta("http_signature")], ["JWT, with requests encrypted", () => p12({ enableRequestMLEForOptionalApisGlobally: true })],
  ["JWT, with requests and answers encrypted", encrypted],
];

test.each(WAYS)("cybersource-rest-client with %s pays, captures, refunds, voids, reverses, credits, searches, reads tokens", async (_name, way) => {
  await merchant.control("reset", {});
  await merchant.control("settings", { searchLagMs: 0 });
  const { authentication, keyId, secret, more } = await way();
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, "fixtures", "cybersource-rest-client.mjs"), new URL(merchant.sandbox.url).host, merchant.sandbox.merchant.id, keyId, secret, authentication, JSON.stringify(more)], { env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: merchant.caFile } });
  expect(JSON.parse(stdout.split("\n").findLast((line) => line.startsWith("{")) ?? "{}")).toEqual({
    statuses: ["AUTHORIZED", "AUTHORIZED", "PENDING", "PENDING", "PENDING", "VOIDED", "VOIDED", "AUTHORIZED", "REVERSED", "DECLINED", "PENDING", "VOIDED"],
    declined: "PROCESSOR_DECLINED", refused: 400, found: [true], total: 1, detail: "PENDING", isCustomer: true, instruments: 1, missing: 404,
  });
  const payments = (await merchant.control("requests") as readonly { readonly path: string; readonly isEncrypted: boolean }[]).filter((call) => call.path === "/pts/v2/payments");
  expect(new Set(payments.map((call) => call.isEncrypted))).toEqual(new Set([more["enableRequestMLEForOptionalApisGlobally"] === true]));
}, 60_000);

test("cybersource-rest-client works through every method of every API class that has an operation here", async () => {
  await merchant.control("reset", {});
  await merchant.control("settings", { searchLagMs: 0 });
  const endpoint = await startEndpoint();
  const { more } = await p12();
  const certificate = generateKeyPairSync("rsa", { modulusLength: 2048, publicKeyEncoding: { type: "spki", format: "der" }, privateKeyEncoding: { type: "pkcs8", format: "pem" } }).publicKey.toString("base64");
  try {
    const { stdout } = await run(process.execPath, [join(import.meta.dirname, "fixtures", "every-class.mjs"), new URL(merchant.sandbox.url).host, merchant.sandbox.merchant.id, JSON.stringify(more), `${endpoint.url}/hook`, certificate], { env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: merchant.caFile }, maxBuffer: 16 * 1024 * 1024 });
    // A card payment has no status to refresh.
    expect(JSON.parse(stdout.split("\n").findLast((line) => line.startsWith("{")) ?? "{}")).toEqual({ wrong: [["PaymentsApi.refreshPaymentStatus", 400]], calls: expect.any(Number), missed: [], conversions: 1 });
  } finally {
    await endpoint.close();
  }
}, 120_000);
