// Keys of a merchant account: from a P12 file, for message-level encryption, and every mistake in a sentence that quotes no secret.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { sign, verify, createPublicKey, generateKeyPairSync } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { openMerchantKeys, type MerchantKeys } from "../../plugin-proxy/src/merchant-keys.ts";
import type { RawMerchant } from "../../plugin-proxy/src/settings.ts";
import { makeP12 } from "../sandbox/cybersource/authentication/p12.ts";

const folder = mkdtempSync(join(tmpdir(), "cybs-keys-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
const fileOf = (name: string, content: string | Buffer): string => { const file = join(folder, name); writeFileSync(file, content); return file; };

const PASSWORD = "p12-password-of-the-test";
const p12 = makeP12({ merchantId: "contoso_usd", keyId: "5001", password: PASSWORD, encryptionKeyId: "77001" });
const p12File = fileOf("contoso.p12", p12.file);
const bareP12File = fileOf("bare.p12", makeP12({ merchantId: "contoso_usd", keyId: "5002", password: PASSWORD }).file);
const certificateFile = fileOf("cybersource.pem", p12.encryptionCertificate);
const responseKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ type: "pkcs8", format: "pem" }).toString();

const base: RawMerchant = { merchantId: "contoso_usd", environment: "test", authentication: "jwt", keyId: "key-1", sharedSecret: "a-shared-secret", messageEncryption: "off" };
const withP12: RawMerchant = { merchantId: "contoso_usd", environment: "test", authentication: "jwt_certificate", p12File, p12Password: PASSWORD, messageEncryption: "off" };

function open(merchant: RawMerchant): { readonly keys: MerchantKeys; readonly mistakes: readonly string[] } {
  const mistakes: string[] = [];
  return { keys: openMerchantKeys(merchant, (reference) => reference, mistakes), mistakes };
}

describe("a P12 file", () => {
  test("gives the key, and the key id from the subject's serialNumber", () => {
    const { keys, mistakes } = open(withP12);
    expect(mistakes).toEqual([]);
    expect(keys).toMatchObject({ scheme: "jwt_certificate", keyId: "5001" });
    if (keys.privateKey === undefined) throw new Error("no key");
    const text = Buffer.from("signed");
    expect(verify("sha256", text, createPublicKey(p12.certificate), sign("sha256", text, keys.privateKey))).toBe(true);
  });

  test("also holds Cybersource's certificate for encryption", () => {
    const { keys, mistakes } = open({ ...withP12, messageEncryption: "request" });
    expect(mistakes).toEqual([]);
    expect(keys.encryption).toMatchObject({ keyId: "77001", response: undefined });
  });

  test("encrypted answers need a key of one's own", () => {
    const { keys, mistakes } = open({ ...withP12, messageEncryption: "request_and_response", responseKeyId: "ours-1", responseKey });
    expect(mistakes).toEqual([]);
    expect(keys.encryption?.response?.keyId).toBe("ours-1");
  });
});

test("with a shared secret the certificate comes from its own file", () => {
  const { keys, mistakes } = open({ ...base, messageEncryption: "request", encryptionCertificateFile: certificateFile });
  expect(mistakes).toEqual([]);
  expect(keys).toMatchObject({ scheme: "jwt", sharedSecret: "a-shared-secret", encryption: { keyId: "77001" } });
});

describe("a mistake is named in a sentence", () => {
  const notPem = fileOf("not.pem", "nothing");
  const cases: readonly (readonly [string, RawMerchant, RegExp])[] = [
    ["no key id", { ...base, keyId: undefined }, /keyId is missing/],
    ["no shared secret", { ...base, sharedSecret: undefined }, /sharedSecret is missing/],
    ["no P12 file named", { ...withP12, p12File: undefined }, /p12File is missing/],
    ["a P12 file that is not there", { ...withP12, p12File: join(folder, "gone.p12") }, /p12File: the file .*gone\.p12 cannot be read/],
    ["another password", { ...withP12, p12Password: "another" }, /cannot be opened/],
    ["no P12 file at all", { ...withP12, p12File: notPem }, /cannot be opened/],
    ["another merchant's P12 file", { ...withP12, merchantId: "fabrikam" }, /no certificate for merchant fabrikam/],
    ["encryption without Cybersource's certificate", { ...withP12, p12File: bareP12File, messageEncryption: "request" }, /needs Cybersource's certificate/],
    ["a certificate that is none", { ...base, messageEncryption: "request", encryptionCertificateFile: notPem }, /not a certificate in PEM form/],
    ["encrypted answers without a key", { ...withP12, messageEncryption: "request_and_response" }, /needs responseKeyId and responseKey/],
    ["a response key that is none", { ...withP12, messageEncryption: "request_and_response", responseKeyId: "1", responseKey: "nothing" }, /responseKey is not a private key/],
    ["encryption with HTTP Signature", { ...base, authentication: "http_signature", messageEncryption: "request", encryptionCertificateFile: certificateFile }, /works with JWT only/],
  ];
  test.each(cases)("%s", (_what, merchant, sentence) => {
    const { mistakes } = open(merchant);
    expect(mistakes).toHaveLength(1);
    expect(mistakes[0]).toMatch(sentence);
    expect(mistakes[0]).toMatch(/merchant /);
    expect(mistakes[0]).not.toMatch(/a-shared-secret|p12-password/);
  });
});
