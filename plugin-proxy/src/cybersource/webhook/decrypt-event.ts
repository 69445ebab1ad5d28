// Products that carry payment data are delivered with message-level encryption: the body is a JWE, bare or as a member of JSON
// (RSA-OAEP-256, A256GCM; developer.cybersource.com, webhooks, "Message-level encryption").
import type { KeyObject } from "node:crypto";
import { compactDecrypt, decodeProtectedHeader } from "jose";
import { isRecord } from "../json-shape.ts";

export interface DecryptionKey {
  /** The `kid` that the JWE names; without one every key is tried. */
  readonly keyId?: string | undefined;
  readonly privateKey: KeyObject;
}

const JWE = /^[\w-]+(?:\.[\w-]*){4}$/;
const NAMES = ["encData", "encryptedRequest", "encryptedResponse", "encryptedData"];
const DEPTH_MAX = 4;

/** The JWE in a body, or undefined when it is in clear. `body` is the text as JSON, where it is some. */
export function findJwe(text: string, body: Readonly<Record<string, unknown>> | undefined): string | undefined {
  if (body !== undefined) return jweIn(body, 0);
  const trimmed = text.trim();
  return JWE.test(trimmed) ? trimmed : undefined;
}

function jweIn(value: unknown, depth: number): string | undefined {
  if (depth > DEPTH_MAX) return undefined;
  if (Array.isArray(value)) return jweIn((value as unknown[])[0], depth + 1);
  if (!isRecord(value)) return undefined;
  for (const name of NAMES) {
    const member = value[name];
    if (typeof member === "string" && JWE.test(member)) return member;
  }
  const { payload, data } = value;
  if (typeof payload === "string" && JWE.test(payload)) return payload;
  return jweIn(payload, depth + 1) ?? jweIn(data, depth + 1);
}

/** What is inside, or undefined when no key of ours opens it. */
export async function decryptEvent(jwe: string, keys: readonly DecryptionKey[]): Promise<string | undefined> {
  const kid = kidOf(jwe);
  const named = keys.filter(({ keyId }) => keyId !== undefined && keyId === kid);
  for (const { privateKey } of named.length > 0 ? named : keys) {
    try {
      const { plaintext } = await compactDecrypt(jwe, privateKey, { keyManagementAlgorithms: ["RSA-OAEP-256", "RSA-OAEP"], contentEncryptionAlgorithms: ["A256GCM"] });
      return new TextDecoder().decode(plaintext);
    } catch {
      // Made for another key, or not made for us at all.
    }
  }
  return undefined;
}

function kidOf(jwe: string): string | undefined {
  try { return decodeProtectedHeader(jwe).kid; } catch { return undefined; }
}
