// Ids that a lost ledger derives again. References are unique for ever and carry an organization tag; their first 15 characters are already
// unique, because some processors cut them to 15 or 17 in their reports. Letters and digits of base32 without those that look alike.
import { createHash, createHmac, hash } from "node:crypto";
import { asEffectId, asMerchantReference, asTransactionId } from "../domain/ids.ts";
import type { Derivation, StepAttempt } from "../ports/derivation.ts";

const ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
const NAMESPACE = Buffer.from("6f1c1f5a7e0b5c1d9a4e2b3c4d5e6f70", "hex");
const VARIANT = ["8", "9", "a", "b"] as const;

function base32(bytes: Buffer, length: number): string {
  let text = "";
  let bits = 0;
  let value = 0;
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5 && text.length < length) {
      text += ALPHABET[(value >>> (bits - 5)) & 31] ?? "";
      bits -= 5;
    }
    value &= (1 << bits) - 1;
  }
  return text;
}

/** RFC 9562, version 5. */
export function uuidV5(...parts: readonly string[]): string {
  const hex = hash("sha1", Buffer.concat([NAMESPACE, Buffer.from(parts.join("\n"))]), "hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-5${hex.slice(13, 16)}-${VARIANT[parseInt(hex[16] ?? "0", 16) & 3] ?? "8"}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A short word for a step in the reference: A for the claim, else initials and number ("AR1"). */
const stepCode = (step: string): string => (step === "claim" ? "A" : `${step.replace(/-\d+$/, "").split("_").map((word) => (word[0] ?? "").toUpperCase()).join("")}${/\d+$/.exec(step)?.[0] ?? ""}`);

export function createDerivation(key: string): Derivation {
  const hmac = (purpose: string, query: StepAttempt): Buffer => createHmac("sha256", key).update([purpose, query.organizationId, query.paymentRequestId, query.step, String(query.attempt)].join("\n")).digest();
  const tag = (organizationId: string): string => base32(createHash("sha256").update(organizationId).digest(), 3);
  return {
    effectId: (organizationId, paymentRequestId, step) => asEffectId(uuidV5(organizationId, paymentRequestId, step)),
    paymentId: (organizationId, paymentRequestId) => uuidV5(organizationId, paymentRequestId, "payment"),
    paymentMethodId: (organizationId, paymentInstrumentId) => uuidV5(organizationId, paymentInstrumentId, "paymentmethod"),
    rowId: (organizationId, ...words) => uuidV5(organizationId, "row", ...words),
    merchantReference: (query) => asMerchantReference(`${tag(query.organizationId)}${base32(hmac("reference", query), 13)}-${stepCode(query.step)}${query.attempt}`),
    transactionId: (query) => asTransactionId(base32(hmac("transaction", query), 16)),
  };
}
