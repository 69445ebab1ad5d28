// The keys that one merchant account of the configuration signs and encrypts with, opened once at start. What is missing or cannot be
// opened is a mistake in a sentence; no secret is ever quoted.
import { createPrivateKey, createPublicKey, X509Certificate, type KeyObject } from "node:crypto";
import { readFileSync } from "node:fs";
import { readP12, type P12 } from "./crypto/read-p12.ts";
import type { RawMerchant } from "./settings.ts";

export interface MerchantKeys {
  readonly scheme: "jwt" | "http_signature" | "jwt_certificate";
  readonly keyId: string;
  readonly sharedSecret?: string | undefined;
  readonly privateKey?: KeyObject | undefined;
  readonly encryption?: { readonly keyId: string; readonly publicKey: KeyObject; readonly response?: { readonly keyId: string; readonly privateKey: KeyObject } | undefined } | undefined;
}

/** Opens what the merchant's entry names; `secret` gives the value behind a reference. Adds a sentence to `mistakes` for all that is wrong. */
export function openMerchantKeys(merchant: RawMerchant, secret: (reference: string | undefined) => string | undefined, mistakes: string[]): MerchantKeys {
  const say = (what: string): void => { mistakes.push(`BINDINGS_FILE, merchant ${merchant.merchantId}: ${what}.`); };
  const isCertificate = merchant.authentication === "jwt_certificate";
  const p12 = isCertificate ? attempt(say, () => openP12(merchant, secret(merchant.p12Password))) : undefined;
  if (!isCertificate && merchant.keyId === undefined) say("keyId is missing");
  if (!isCertificate && merchant.sharedSecret === undefined) say("sharedSecret is missing");
  return {
    scheme: merchant.authentication, keyId: merchant.keyId ?? p12?.keyId ?? "", sharedSecret: isCertificate ? undefined : secret(merchant.sharedSecret),
    privateKey: p12 === undefined ? undefined : createPrivateKey(p12.privateKey),
    encryption: merchant.messageEncryption === "off" ? undefined : attempt(say, () => openEncryption(merchant, p12, secret(merchant.responseKey))),
  };
}

/** A sentence instead of an exception: everything thrown in here says what the operator has to mend. */
function attempt<T>(say: (what: string) => void, run: () => T): T | undefined {
  try { return run(); } catch (error) { say(error instanceof Error ? error.message : "its keys cannot be opened"); return undefined; }
}

function openP12(merchant: RawMerchant, password: string | undefined): P12 {
  if (merchant.p12File === undefined) throw new Error("p12File is missing; authentication jwt_certificate needs it");
  return readP12(read(merchant.p12File, "p12File"), password ?? "", merchant.merchantId);
}

function openEncryption(merchant: RawMerchant, p12: P12 | undefined, responseKey: string | undefined): MerchantKeys["encryption"] {
  if (merchant.authentication === "http_signature") throw new Error("messageEncryption works with JWT only, not with http_signature");
  const certificate = merchant.encryptionCertificateFile === undefined ? p12?.encryption?.certificate : read(merchant.encryptionCertificateFile, "encryptionCertificateFile").toString("utf8");
  if (certificate === undefined) throw new Error("messageEncryption needs Cybersource's certificate: name it in encryptionCertificateFile, or use a P12 file that holds it");
  const publicKey = understand(() => createPublicKey(certificate), "encryptionCertificateFile is not a certificate in PEM form");
  return { keyId: serialOf(certificate), publicKey, response: merchant.messageEncryption === "request" ? undefined : openResponseKey(merchant, responseKey) };
}

function openResponseKey(merchant: RawMerchant, responseKey: string | undefined): { readonly keyId: string; readonly privateKey: KeyObject } {
  if (merchant.responseKeyId === undefined || responseKey === undefined) throw new Error("request_and_response needs responseKeyId and responseKey");
  return { keyId: merchant.responseKeyId, privateKey: understand(() => createPrivateKey(responseKey), "responseKey is not a private key in PEM form") };
}

function read(file: string, name: string): Buffer {
  try { return readFileSync(file); } catch { throw new Error(`${name}: the file ${file} cannot be read`); }
}

function understand<T>(run: () => T, otherwise: string): T {
  try { return run(); } catch { throw new Error(otherwise); }
}

/** `kid` is the serialNumber attribute of the subject where there is one, as the P12's own certificates have it. */
function serialOf(certificate: string): string {
  const parsed = new X509Certificate(certificate);
  return /(?:^|\n)serialNumber=([^\n]+)/.exec(parsed.subject)?.[1] ?? parsed.serialNumber;
}
