// v-c-signature: t=<ms>;keyId=<uuid>;sig=<base64>, an HMAC-SHA256 over `${t}.${what}`. Official sources disagree about what was signed (the
// whole body, or its `payload` member, as it came or printed anew), so each form is tried; which one matched is said.
// developer.cybersource.com, webhooks, "Validate the notification".
import { createHmac, createSecretKey, timingSafeEqual, type KeyObject } from "node:crypto";
import { memberText } from "./member-text.ts";

export interface SigningKey {
  readonly keyId: string;
  /** As Cybersource gave it: base64. */
  readonly key: string;
}
export type SignedForm = "raw_body" | "raw_payload" | "printed_payload";
export type SignatureVerdict = { readonly kind: "signed"; readonly form: SignedForm } | { readonly kind: "wrong"; readonly why: "no_signature" | "unknown_key" | "too_old" | "no_match" };

interface SignatureInput {
  readonly header: string | undefined;
  /** The bytes as they came. */
  readonly raw: Buffer;
  readonly keys: readonly SigningKey[];
  readonly now: number;
  readonly toleranceMs: number;
}

/** Takes the same time whatever differs between two signatures. Only the key that the header names counts; several may have that name. */
export function verifySignature(input: SignatureInput): SignatureVerdict {
  const parts = partsOf(input.header ?? "");
  const signedAt = Number(parts.get("t"));
  const given = Buffer.from(parts.get("sig") ?? "", "base64");
  if (given.length === 0 || !Number.isSafeInteger(signedAt)) return { kind: "wrong", why: "no_signature" };
  const keys = input.keys.filter(({ keyId }) => keyId === parts.get("keyId"));
  if (keys.length === 0) return { kind: "wrong", why: "unknown_key" };
  if (Math.abs(input.now - signedAt) > input.toleranceMs) return { kind: "wrong", why: "too_old" };
  for (const { form, bytes } of formsOf(input.raw)) {
    for (const key of keys) {
      const expected = createHmac("sha256", secretOf(key)).update(`${signedAt}.`).update(bytes).digest();
      if (given.length === expected.length && timingSafeEqual(given, expected)) return { kind: "signed", form };
    }
  }
  return { kind: "wrong", why: "no_match" };
}

const secrets = new WeakMap<SigningKey, KeyObject>();

/** Made ready once: that takes longer than the signature of a notification. */
function secretOf(key: SigningKey): KeyObject {
  const known = secrets.get(key) ?? createSecretKey(Buffer.from(key.key, "base64"));
  secrets.set(key, known);
  return known;
}

/** Base64 ends in "=": a part's value is everything behind its first one. */
function partsOf(header: string): ReadonlyMap<string, string> {
  return new Map(header.split(";").map((part) => { const at = part.indexOf("="); return [part.slice(0, at).trim(), part.slice(at + 1).trim()] as const; }));
}

function* formsOf(raw: Buffer): Generator<{ readonly form: SignedForm; readonly bytes: Buffer | string }> {
  yield { form: "raw_body", bytes: raw };
  const text = raw.toString("utf8");
  for (const name of ["payload", "payloads"]) {
    const payload = memberText(text, name);
    if (payload === undefined) continue;
    yield { form: "raw_payload", bytes: payload };
    yield { form: "printed_payload", bytes: JSON.stringify(JSON.parse(payload)) };
  }
}
