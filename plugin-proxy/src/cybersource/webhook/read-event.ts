// What a notification is about, read leniently: `payload` is an object, or a list in older deliveries, or `payloads` from the test endpoint.
// Nothing in it is believed: it only says where to look.
import { createHash } from "node:crypto";
import type { CybersourceEvent } from "../../ports/webhook.ts";
import { isRecord, listAt, textAt, textOf } from "../json-shape.ts";

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
  const instrumentIdentifierId = eventType.startsWith("tms.") ? identifierOf(data) : undefined;
  return {
    eventType, requestId, status, instrumentIdentifierId,
    merchantId: textOf(body["organizationId"]) ?? textOf(payload["organizationId"]) ?? headers.merchantId,
    merchantReference: textAt(data, "clientReferenceInformation", "code"),
    // A repeated delivery has another trace id and another number, but is about the same thing.
    // A card is updated more than once, and each update says the same but for its date.
    businessKey: [eventType, requestId ?? digest(JSON.stringify(payload)), (instrumentIdentifierId === undefined ? status : textOf(body["eventDate"])) ?? ""].join(":").slice(0, 200),
  };
}

/** The last part of the first link ("/tms/v1/instrumentidentifiers/7036…"), as Cybersource's own plugins read it. */
function identifierOf(data: Readonly<Record<string, unknown>>): string | undefined {
  const link = listAt(data, "_links", "instrumentIdentifiers")[0];
  const id = textAt(link, "href")?.split("/").at(-1);
  return id !== undefined && /^[0-9A-Za-z]{16,32}$/.test(id) ? id : undefined;
}

function firstOf(value: unknown): Record<string, unknown> | undefined {
  const first = Array.isArray(value) ? (value as unknown[])[0] : value;
  return isRecord(first) ? first : undefined;
}

const digest = (text: string): string => createHash("sha256").update(text).digest("hex");
