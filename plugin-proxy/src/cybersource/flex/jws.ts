// Compact JWS, RS256 only: the capture context (Cybersource's key) and the transient token (the context's key). Nothing is believed unverified.
import { createPublicKey, verify, type JsonWebKey } from "node:crypto";
import { isRecord } from "../json-shape.ts";

export interface Jws {
  readonly header: Record<string, unknown>;
  readonly payload: Record<string, unknown>;
}

function decode(part: string | undefined): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(Buffer.from(part ?? "", "base64url").toString("utf8"));
    return isRecord(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Header and payload without any proof: only to learn which key to ask for. */
export function peek(token: string): Jws | undefined {
  const parts = token.split(".");
  const header = decode(parts[0]);
  const payload = decode(parts[1]);
  return parts.length === 3 && header !== undefined && payload !== undefined ? { header, payload } : undefined;
}

/** The content when the signature verifies with this key, else undefined. */
export function verifyJws(token: string, jwk: Record<string, unknown>): Jws | undefined {
  const jws = peek(token);
  const [head, payload, signature] = token.split(".");
  if (jws?.header["alg"] !== "RS256" || head === undefined || payload === undefined || signature === undefined) return undefined;
  try {
    const key = createPublicKey({ key: { kty: "RSA", n: jwk["n"], e: jwk["e"] } as JsonWebKey, format: "jwk" });
    return verify("sha256", Buffer.from(`${head}.${payload}`), key, Buffer.from(signature, "base64url")) ? jws : undefined;
  } catch {
    return undefined;
  }
}
