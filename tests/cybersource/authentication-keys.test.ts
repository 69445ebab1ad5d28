// Signing with the key of a P12 file: JWT v2 by its key id, JWT v1 with the certificate in the header. What is off by one thing is refused.
import { createHash, sign, type KeyObject, createPrivateKey } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import forge from "node-forge";
import { payment, startMerchant, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
let key: KeyObject;
let certificate: string;
let keyId: string;

beforeAll(async () => {
  merchant = await startMerchant();
  const file = Buffer.from(await (await fetch(`${merchant.sandbox.browserUrl}/_sandbox/p12`)).arrayBuffer());
  const p12 = forge.pkcs12.pkcs12FromAsn1(forge.asn1.fromDer(file.toString("binary")), merchant.sandbox.merchant.id);
  const bag = (type: string): forge.pkcs12.Bag | undefined => p12.getBags({ bagType: type })[type]?.[0];
  const shrouded = bag(forge.pki.oids["pkcs8ShroudedKeyBag"] ?? "")?.key;
  const own = bag(forge.pki.oids["certBag"] ?? "")?.cert;
  if (!shrouded || own === undefined) throw new Error("no key or certificate in the P12 file");
  key = createPrivateKey(forge.pki.privateKeyToPem(shrouded));
  certificate = forge.util.encode64(forge.asn1.toDer(forge.pki.certificateToAsn1(own)).getBytes());
  keyId = String((own.subject.getField({ type: "2.5.4.5" }) as { value: unknown }).value);
});
afterAll(async () => { await merchant.close(); });

const PATH = "/pts/v2/payments";
const body = JSON.stringify(payment());
const encode = (value: Json): string => Buffer.from(JSON.stringify(value)).toString("base64url");
function send(header: Json, claims: Json): Promise<Answered> {
  const text = `${encode(header)}.${encode(claims)}`;
  const token = `${text}.${sign("sha256", Buffer.from(text), key).toString("base64url")}`;
  return merchant.raw("POST", PATH, { host: new URL(merchant.sandbox.url).host, authorization: `Bearer ${token}`, "content-type": "application/json" }, body);
}

describe("Version 2", () => {
  const header = (): Json => ({ alg: "RS256", kid: keyId, typ: "JWT" });
  test("names the serial number of the certificate's subject as its key", async () => { expect((await send(header(), merchant.claims("POST", PATH, body))).status).toBe(201); });
  test.each<[string, Json]>([["another key id", { kid: "1" }], ["another algorithm", { alg: "HS256" }]])("with %s is refused", async (_, change) => {
    expect((await send({ ...header(), ...change }, merchant.claims("POST", PATH, body))).status).toBe(401);
  });
});

describe("Version 1", () => {
  const header = (): Json => ({ "v-c-merchant-id": merchant.sandbox.merchant.id, x5c: [certificate], alg: "RS256", typ: "JWT" });
  const claims = (): Json => ({ digest: createHash("sha256").update(body).digest("base64"), digestAlgorithm: "SHA-256", iat: new Date().toUTCString() });
  test("carries the certificate and an HTTP date", async () => { expect((await send(header(), claims())).status).toBe(201); });
  test.each<[string, Json, Json]>([
    ["another merchant", { "v-c-merchant-id": "somebody" }, {}], ["another certificate", { x5c: [Buffer.from("x").toString("base64")] }, {}], ["no certificate", { x5c: [] }, {}],
    ["the digest of another body", {}, { digest: "AA==" }], ["a date of an hour ago", {}, { iat: new Date(Date.now() - 3_600_000).toUTCString() }],
  ])("with %s is refused", async (_, head, change) => { expect((await send({ ...header(), ...head }, { ...claims(), ...change })).status).toBe(401); });
});
