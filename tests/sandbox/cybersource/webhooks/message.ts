// One notification as it travels: headers, body, signature, encryption. v-c-signature is t=<epoch ms>;keyId=<uuid>;sig=<base64>, and sig is
// HMAC-SHA256 of "<t>.<P>" with the decoded secret. What P is differs between Cybersource's guide and its own code, so it is a setting.
// Source: webhooks implementation guide, "validate a notification", "message-level encryption".
import { createHmac, createPublicKey, createSecretKey } from "node:crypto";
import { CompactEncrypt } from "jose";
import type { State } from "../state.ts";
import { currentKey, type Notification, type Subscription } from "./book.ts";
import { productById } from "./catalogue.ts";

export interface Message { readonly headers: Readonly<Record<string, string>>; readonly body: string }
export interface Envelope { readonly traceId: string; readonly retryNumber: number; readonly requestType: string }

/** JSON with a blank after every colon and comma outside texts, or as JSON.stringify writes it. */
function write(value: unknown, hasBlanks: boolean): string {
  const compact = JSON.stringify(value);
  return hasBlanks ? compact.replace(/("(?:[^"\\]|\\.)*")|([,:])/g, (match, text: string | undefined, mark: string | undefined) => (text === undefined && mark !== undefined ? `${mark} ` : match)) : compact;
}

/** eventDate has no zone, as recorded deliveries have it. */
const dateWithoutZone = (ms: number): string => new Date(ms).toISOString().slice(0, 19);

function clearText(state: State, one: Notification, envelope: Envelope): { readonly body: string; readonly signed: string } {
  const { webhookHasBlanks, webhookPayload, webhookSigns } = state.settings;
  const inner = { data: one.data, organizationId: state.merchant.id };
  const payload: unknown = webhookPayload === "array" ? [inner] : inner;
  const { traceId, retryNumber, requestType } = envelope;
  const body = write({ eventType: one.eventType, webhookId: one.webhookId, productId: one.productId, organizationId: state.merchant.id, eventDate: dateWithoutZone(one.createdAtMs), transactionTraceId: traceId, retryNumber, payload, requestType }, webhookHasBlanks);
  const signed = { raw_body: body, payload_bytes: write(payload, webhookHasBlanks), payload_json: JSON.stringify(payload) }[webhookSigns];
  return { body, signed };
}

async function encrypt(state: State, pem: string, keyId: string, body: string): Promise<string> {
  const jwe = await new CompactEncrypt(new TextEncoder().encode(body)).setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256GCM", cty: "JWT", kid: keyId, iat: Math.floor(state.clock.wire() / 1000) }).encrypt(createPublicKey(pem));
  const { webhookEncryptedBody } = state.settings;
  return webhookEncryptedBody === "bare" ? jwe : JSON.stringify({ [webhookEncryptedBody]: jwe });
}

export function sign(state: State, signed: string): string {
  const key = currentKey(state.webhooks, "sharedSecret", state.clock.now().getTime());
  if (key === undefined) return "";
  const t = state.clock.wire();
  return `t=${t};keyId=${key.keyId};sig=${createHmac("sha256", createSecretKey(key.material, "base64")).update(`${t}.${signed}`).digest("base64")}`;
}

export async function messageOf(state: State, subscription: Subscription, one: Notification, envelope: Envelope): Promise<Message> {
  const clear = clearText(state, one, envelope);
  const certificate = productById(one.productId)?.isEncrypted === true ? currentKey(state.webhooks, "publickey", state.clock.now().getTime()) : undefined;
  const body = certificate === undefined ? clear.body : await encrypt(state, certificate.material, certificate.keyId, clear.body);
  const signed = certificate !== undefined && state.settings.webhookSignsEncrypted === "sent" ? body : clear.signed;
  return {
    body,
    headers: {
      "content-type": "application/json", "v-c-signature": sign(state, signed), "v-c-event-type": one.eventType, "v-c-organization-id": subscription.organizationId, "v-c-product-name": one.productId,
      "v-c-request-type": envelope.requestType, "v-c-retry-count": String(envelope.retryNumber), "v-c-transaction-trace-id": envelope.traceId, "v-c-webhook-id": one.webhookId,
    },
  };
}
