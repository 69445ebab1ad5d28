// What a notification is about, read leniently: `payload` is an object, or a list in older deliveries, or `payloads` from the test endpoint.
// Nothing in it is believed: it only says where to look.
import { createHash } from "node:crypto";
import type { CybersourceEvent } from "../../ports/webhook.ts";
import { isRecord, textAt, textOf } from "../json-shape.ts";

const REQUEST_ID = /^\d{16,26}$/;

/** `headers` fill in what an encrypted body does not repeat. Undefined when it is no notification. */
export function readEvent(body: Readonly<Record<string, unknown>> | undefined, headers: { readonly eventType?: string | undefined; readonly merchantId?: string | undefined }): CybersourceEvent | undefined {
  if (body === undefined) return undefined;
  const payload = firstOf(body["payload"] ?? body["payloads"]) ?? body;
  const data = isRecord(payload["data"]) ? payload["data"] : payload;
  const eventType = textOf(body["eventType"]) ?? headers.eventType;
  if (eventType === undefined) return undefined;
  const ids = [data["id"], data["requestId"], data["transactionId"], data["reconciliationId"]].map(textOf);
  const requestId = ids.find((id) => id !== undefined && REQUEST_ID.test(id));
  const status = textAt(data, "status");
  return {
    eventType, requestId, status,
    merchantId: textOf(body["organizationId"]) ?? textOf(payload["organizationId"]) ?? headers.merchantId,
    merchantReference: textAt(data, "clientReferenceInformation", "code"),
    // A repeated delivery has another trace id and another number, but is about the same thing.
    businessKey: [eventType, requestId ?? digest(JSON.stringify(payload)), status ?? ""].join(":").slice(0, 200),
  };
}

function firstOf(value: unknown): Record<string, unknown> | undefined {
  const first = Array.isArray(value) ? (value as unknown[])[0] : value;
  return isRecord(first) ? first : undefined;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
