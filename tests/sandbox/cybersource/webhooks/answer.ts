// The webhook service's paths: keys, subscriptions, products, test, replay.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { badRequest, notFound } from "../errors.ts";
import { isRecord, parseBody, path as at, text } from "../shape.ts";
import type { State } from "../state.ts";
import type { Notification, Subscription } from "./book.ts";
import { createSharedSecret, storeCertificate } from "./keys.ts";
import { sign } from "./message.ts";
import { listProducts, listSubscriptions, manageSubscription, subscribe, switchSubscription } from "./subscriptions.ts";

/** Answers calls of /kms/egress, /notification-subscriptions and /nrtf. */
export function answerWebhooks(state: State, call: Call, path: string): Reply | Promise<Reply> {
  const [service, version, resource, id, verb] = path.split("/").filter(Boolean);
  const body = call.body.length === 0 ? {} : parseBody(call.body);
  if (body === undefined) return badRequest(state, "INVALID_DATA");
  if (service === "kms") return call.method !== "POST" ? notFound() : path === "/kms/egress/v2/keys-sym" ? createSharedSecret(state, call, body) : path === "/kms/egress/v2/keys-asym" ? storeCertificate(state, call, body) : notFound();
  if (service === "notification-subscriptions" && version === "v2" && resource === "products") return call.method === "GET" && id !== undefined ? listProducts() : notFound();
  if (resource !== "webhooks" || (version !== "v1" && version !== "v2")) return notFound();
  if (id === undefined) return service !== "notification-subscriptions" ? notFound() : call.method === "POST" ? subscribe(state, body, version === "v1" ? "1" : "2") : call.method === "GET" ? listSubscriptions(state, call) : notFound();
  const found = state.webhooks.subscriptions.get(id);
  if (found === undefined) return notFound();
  if (service === "nrtf") return call.method === "POST" && verb === "replays" ? replay(state, found, body) : notFound();
  if (verb === "status") return call.method === "PUT" ? switchSubscription(state, found, body) : notFound();
  if (verb !== undefined) return notFound();
  return call.method === "POST" ? test(state, found) : manageSubscription(state, call, found, body);
}

/** POST /notification-subscriptions/v1/webhooks/{id}: one test notification at once, with `payloads` in place of `payload`; the answer repeats it. */
async function test(state: State, one: Subscription): Promise<Reply> {
  const [product] = one.products;
  const traceId = state.random.uuid();
  const sent = {
    eventType: product?.eventTypes[0] ?? "", webhookId: one.webhookId, productId: product?.productId ?? "", organizationId: one.organizationId, eventDate: state.clock.now().toISOString().slice(0, 19), transactionTraceId: traceId, retryNumber: 0,
    payloads: { testPayload: { message: "this is a test message" } }, requestType: "TEST",
  };
  const body = JSON.stringify(sent);
  const headers = {
    "content-type": "application/json", "v-c-signature": sign(state, state.settings.webhookSigns === "raw_body" ? body : JSON.stringify(sent.payloads)), "v-c-event-type": sent.eventType, "v-c-organization-id": one.organizationId,
    "v-c-product-name": sent.productId, "v-c-request-type": "TEST", "v-c-retry-count": "0", "v-c-transaction-trace-id": traceId, "v-c-webhook-id": one.webhookId,
  };
  const status = await state.outside.post(one.webhookUrl, { headers, body, timeoutMs: state.settings.webhookTimeoutMs });
  return status >= 200 && status < 300 ? json(201, sent) : json(400, { submitTimeUtc: state.clock.now().toISOString(), status: "INVALID_REQUEST", reason: "INVALID_DATA", message: `The webhook URL answered ${status}` });
}

const DAY_MS = 86_400_000;
const STATES: Readonly<Record<string, readonly Notification["state"][]>> = { FAILED: ["failed"], SUCCESS: ["delivered", "lost"], ALL: ["failed", "delivered", "lost"] };

/** POST /nrtf/v1/webhooks/{id}/replays: by trace ids, or by delivery status in a period of at most a day. */
function replay(state: State, one: Subscription, body: Record<string, unknown>): Reply {
  const ids = body["byTransactionTraceIdentifiers"];
  const by = body["byDeliveryStatus"];
  const own = state.webhooks.notifications.filter((notification) => notification.webhookId === one.webhookId);
  let chosen: readonly Notification[];
  if (Array.isArray(ids)) {
    chosen = own.filter((notification) => notification.traceIds.some((traceId) => ids.includes(traceId)));
  } else if (isRecord(by)) {
    const wanted = STATES[String(at(by, "status"))];
    const hours = Number(by["hoursBack"] ?? 24);
    const [from, to] = by["startTime"] === undefined ? [state.clock.now().getTime() - hours * 3_600_000, state.clock.now().getTime()] : [Date.parse(text(by["startTime"]) ?? ""), Date.parse(text(by["endTime"]) ?? "")];
    if (wanted === undefined || !(to - from <= DAY_MS) || !(to >= from)) return badRequest(state, "INVALID_DATA", ["byDeliveryStatus"]);
    chosen = own.filter((notification) => wanted.includes(notification.state) && notification.createdAtMs >= from && notification.createdAtMs <= to
      && (by["productId"] === undefined || by["productId"] === notification.productId) && (by["eventType"] === undefined || by["eventType"] === notification.eventType));
  } else {
    return badRequest(state, "MISSING_FIELD", ["byDeliveryStatus"]);
  }
  for (const notification of chosen) Object.assign(notification, { state: "queued", requestType: "REPLAY", attempts: 0, sequences: 0, dueMs: state.clock.now().getTime() } satisfies Partial<Notification>);
  state.webhooks.wake(0);
  return json(201, { status: "ACCEPTED", submitTimeUtc: state.clock.now().toISOString(), totalCount: chosen.length });
}
