// Message-level encryption, both ways: a body that is a JWE for Cybersource's certificate is opened, and an answer is encrypted for the key
// that the token's claim `v-c-response-mle-kid` names. Only with JWT; HTTP Signature stays in clear text.
// Source: developer.cybersource.com, Message-level encryption; which operations take it: facts of the Node SDK (x-sdk-inboundMLEStatus).
import { createPublicKey } from "node:crypto";
import { compactDecrypt, CompactEncrypt, decodeProtectedHeader } from "jose";
import type { Call, Reply } from "../../kit/faults.ts";
import { parseBody, text } from "../shape.ts";
import type { State } from "../state.ts";
import { ENCRYPTION_KEY_ID, P12_KEY_ID } from "./key-store.ts";
import { parsePart } from "./verify-jwt.ts";

/** Case decisions, reporting, webhooks, key management and card-entry sessions do not take it. */
const TAKES_ENCRYPTION = /^\/(pts|tss|tms|rbs|invoicing|ipl)\//;

/** The call in clear; undefined when it is encrypted and cannot be opened, or where encryption is not taken. */
export async function openCall(state: State, call: Call): Promise<Call | undefined> {
  const encrypted = text(parseBody(call.body)?.["encryptedRequest"]);
  if (encrypted === undefined) return call;
  if (!TAKES_ENCRYPTION.test(call.url) || call.headers.authorization === undefined) return undefined;
  try {
    const header = decodeProtectedHeader(encrypted);
    if (header.kid !== ENCRYPTION_KEY_ID || header.alg !== "RSA-OAEP-256" || header.enc !== "A256GCM") return undefined;
    const { plaintext } = await compactDecrypt(encrypted, state.keyStore.encryptionKey());
    return { ...call, body: Buffer.from(plaintext) };
  } catch {
    return undefined;
  }
}

/** The answer as it travels: encrypted when the call's token asked for it with a key that is registered. */
export async function closeReply(state: State, call: Call, reply: Reply): Promise<Reply> {
  const [, payload] = (call.headers.authorization ?? "").split(".");
  const kid = text(parsePart(payload)["v-c-response-mle-kid"]);
  const key = kid === undefined ? undefined : state.keyStore.responseKeys.get(kid);
  if (kid === undefined || key === undefined || reply.body === undefined || !TAKES_ENCRYPTION.test(call.url)) return reply;
  const body = new TextEncoder().encode(reply.body.toString());
  const encryptedResponse = await new CompactEncrypt(body).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", cty: "JWT", kid, iat: Math.floor(state.clock.wire() / 1000) }).encrypt(key);
  return { ...reply, body: JSON.stringify({ encryptedResponse }) };
}

/** Credentials of a card: a JWE that only the key of the merchant's P12 file opens. */
export async function encryptedForMerchant(state: State, said: unknown): Promise<Reply> {
  const jwe = await new CompactEncrypt(new TextEncoder().encode(JSON.stringify(said))).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", cty: "json", kid: P12_KEY_ID }).encrypt(createPublicKey(state.keyStore.p12().certificate));
  return { status: 200, headers: { "content-type": "application/jose" }, body: jwe };
}
