// Deterministic ids and a sealed box, with node:crypto.
import { createCipheriv, createHash, createHmac, randomBytes } from "node:crypto";
import { settings } from "./settings.ts";

export function uuid5(...parts: readonly string[]): string {
  const bytes = createHash("sha1").update(parts.join("\n")).digest().subarray(0, 16);
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x50;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = bytes.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

const hmac = (text: string): string => createHmac("sha256", settings.derivationKey).update(text).digest("hex").toUpperCase();
export const referenceOf = (paymentRequestId: string, attempt: number): string => `${hmac(`reference ${paymentRequestId} ${attempt}`).slice(0, 16)}-A${attempt}`;
export const transactionIdOf = (paymentRequestId: string, attempt: number): string => hmac(`transaction ${paymentRequestId} ${attempt}`).slice(0, 16);

const key = createHash("sha256").update(settings.encryptionKey).digest();

export function seal(value: unknown): Buffer {
  const iv = randomBytes(12);
  const cipher = createCipheriv("aes-256-gcm", key, iv);
  const body = Buffer.concat([cipher.update(JSON.stringify(value), "utf8"), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), body]);
}
