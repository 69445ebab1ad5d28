// Subscriptions (/notification-subscriptions): create, list, read, change, delete, switch on and off. One subscription a product and merchant;
// https only, port 443 or 8443; products with encrypted notifications need a certificate first. Source: webhooks implementation guide.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { badRequest, notFound } from "../errors.ts";
import { isRecord, text } from "../shape.ts";
import type { State } from "../state.ts";
import { currentKey, type ProductEvents, type RetryPolicy, type Subscription } from "./book.ts";
import { PRODUCTS, productById } from "./catalogue.ts";

type Body = Record<string, unknown>;
const DEFAULT_RETRY: RetryPolicy = { algorithm: "ARITHMETIC", firstRetry: 1, interval: 1, numberOfRetries: 3, deactivateFlag: false, repeatSequenceCount: 0, repeatSequenceWaitTime: 0 };
const COUNT_MAX = 100;

const isLocal = (url: URL): boolean => url.hostname === "localhost" || url.hostname === "127.0.0.1";

/** https, port 443 or 8443. Tests' own endpoints listen on localhost, on whatever port. */
function isDeliverable(value: unknown): value is string {
  try {
    const url = new URL(String(value));
    return typeof value === "string" && (isLocal(url) || (url.protocol === "https:" && ["", "443", "8443"].includes(url.port)));
  } catch {
    return false;
  }
}

function readProducts(body: Body): readonly ProductEvents[] | undefined {
  const given: readonly unknown[] = Array.isArray(body["products"]) ? body["products"] : [{ productId: body["productId"], eventTypes: body["eventTypes"] }];
  const products = given.flatMap((one): ProductEvents[] => {
    const known = isRecord(one) ? productById(one["productId"]) : undefined;
    const events: unknown = isRecord(one) ? one["eventTypes"] : undefined;
    return known !== undefined && Array.isArray(events) && events.length > 0 && events.every((event) => known.eventTypes.includes(String(event))) ? [{ productId: known.productId, eventTypes: events.map(String) }] : [];
  });
  return products.length > 0 && products.length === given.length ? products : undefined;
}

function readRetryPolicy(value: unknown): RetryPolicy | undefined {
  if (value === undefined) return DEFAULT_RETRY;
  if (!isRecord(value)) return undefined;
  const count = (name: keyof RetryPolicy): number => Number(value[name] ?? DEFAULT_RETRY[name]);
  const { algorithm = "ARITHMETIC" } = value;
  const policy = {
    firstRetry: count("firstRetry"), interval: count("interval"), numberOfRetries: count("numberOfRetries"), repeatSequenceCount: count("repeatSequenceCount"), repeatSequenceWaitTime: count("repeatSequenceWaitTime"),
    deactivateFlag: value["deactivateFlag"] === true || value["deactivateFlag"] === "true",
  };
  const isSound = Object.values(policy).every((one) => typeof one === "boolean" || (Number.isInteger(one) && one >= 0 && one <= 10_000));
  return isSound && policy.numberOfRetries <= COUNT_MAX && (algorithm === "ARITHMETIC" || algorithm === "GEOMETRIC") ? { algorithm, ...policy } : undefined;
}

/** As answers show it. */
export function subscriptionBody(one: Subscription): Body {
  const { retryPolicy } = one;
  const [first] = one.products;
  return {
    webhookId: one.webhookId, organizationId: one.organizationId, ...(one.version === "1" && first !== undefined ? { productId: first.productId, eventTypes: first.eventTypes } : { products: one.products }),
    webhookUrl: one.webhookUrl, ...(one.healthCheckUrl === undefined ? {} : { healthCheckUrl: one.healthCheckUrl }), name: one.name, description: one.description, status: one.status,
    retryPolicy: { ...retryPolicy, deactivateFlag: String(retryPolicy.deactivateFlag) }, securityPolicy: { ...one.securityPolicy, digitalSignatureEnabled: "yes" }, version: "3", createdOn: new Date(one.createdAtMs).toISOString(), notificationScope: one.notificationScope,
  };
}

function whyNot(state: State, body: Body, products: readonly ProductEvents[] | undefined): readonly string[] {
  return [
    ...(products === undefined ? ["products"] : []), ...(isDeliverable(body["webhookUrl"]) ? [] : ["webhookUrl"]), ...(body["healthCheckUrl"] === undefined || isDeliverable(body["healthCheckUrl"]) ? [] : ["healthCheckUrl"]),
    ...(body["organizationId"] === undefined || body["organizationId"] === state.merchant.id ? [] : ["organizationId"]), ...(readRetryPolicy(body["retryPolicy"]) === undefined ? ["retryPolicy"] : []),
  ];
}

/** POST /notification-subscriptions/v2/webhooks (and v1). */
export function subscribe(state: State, body: Body, version: Subscription["version"]): Reply {
  const products = readProducts(body);
  const wrong = whyNot(state, body, products);
  if (products === undefined || wrong.length > 0) return badRequest(state, "INVALID_DATA", wrong);
  const { subscriptions } = state.webhooks;
  const nowMs = state.clock.now().getTime();
  const taken = [...subscriptions.values()].find((one) => one.products.some(({ productId }) => products.some((wanted) => wanted.productId === productId)));
  if (taken !== undefined) return json(400, { submitTimeUtc: state.clock.now().toISOString(), status: "INVALID_REQUEST", reason: "INVALID_DATA", message: `Webhook subscription already exists for the product: ${taken.webhookId}` });
  if (currentKey(state.webhooks, "sharedSecret", nowMs) === undefined) return badRequest(state, "INVALID_DATA", ["securityPolicy"]);
  const needsCertificate = products.some(({ productId }) => productById(productId)?.isEncrypted === true);
  if (needsCertificate && currentKey(state.webhooks, "publickey", nowMs) === undefined) return badRequest(state, "INVALID_DATA", ["securityPolicy.securityType"]);
  const healthCheckUrl = text(body["healthCheckUrl"]);
  const one: Subscription = {
    webhookId: state.random.uuid(), organizationId: state.merchant.id, version, createdAtMs: nowMs, name: text(body["name"]) ?? "", description: text(body["description"]) ?? "", products, webhookUrl: text(body["webhookUrl"]) ?? "", healthCheckUrl,
    notificationScope: text(body["notificationScope"]) ?? "SELF", retryPolicy: readRetryPolicy(body["retryPolicy"]) ?? DEFAULT_RETRY, securityPolicy: isRecord(body["securityPolicy"]) ? body["securityPolicy"] : { securityType: "KEY" },
    status: state.settings.webhookApprovalMs > 0 ? "PENDING_REVIEW" : state.settings.webhookApproval, nextHealthCheckMs: healthCheckUrl === undefined ? undefined : nowMs + state.settings.webhookHealthCheckMs,
  };
  subscriptions.set(one.webhookId, one);
  state.webhooks.wake(state.settings.webhookApprovalMs);
  if (healthCheckUrl !== undefined) state.webhooks.wake(state.settings.webhookHealthCheckMs);
  return json(201, subscriptionBody(one));
}

/** GET …/webhooks?organizationId=&productId=&eventType=: 404 when there is none. */
export function listSubscriptions(state: State, call: Call): Reply {
  const query = new URLSearchParams(call.url.split("?")[1] ?? "");
  const [productId, eventType, organizationId] = [query.get("productId"), query.get("eventType"), query.get("organizationId")];
  const found = [...state.webhooks.subscriptions.values()].filter((one) => (organizationId === null || one.organizationId === organizationId)
    && one.products.some((product) => (productId === null || product.productId === productId) && (eventType === null || product.eventTypes.includes(eventType))));
  return found.length === 0 ? notFound() : json(200, found.map(subscriptionBody));
}

/** PATCH …/webhooks/{id}: what is named changes. */
function change(state: State, one: Subscription, body: Body): Reply {
  const products = body["products"] === undefined && body["productId"] === undefined ? one.products : readProducts(body);
  const wrong = whyNot(state, { webhookUrl: one.webhookUrl, ...body }, products);
  if (products === undefined || wrong.length > 0) return badRequest(state, "INVALID_DATA", wrong);
  one.products = products;
  one.webhookUrl = text(body["webhookUrl"]) ?? one.webhookUrl;
  one.healthCheckUrl = text(body["healthCheckUrl"]) ?? one.healthCheckUrl;
  one.nextHealthCheckMs ??= one.healthCheckUrl === undefined ? undefined : state.clock.now().getTime() + state.settings.webhookHealthCheckMs;
  one.name = text(body["name"]) ?? one.name;
  one.description = text(body["description"]) ?? one.description;
  one.notificationScope = text(body["notificationScope"]) ?? one.notificationScope;
  if (body["retryPolicy"] !== undefined) one.retryPolicy = readRetryPolicy(body["retryPolicy"]) ?? one.retryPolicy;
  if (isRecord(body["securityPolicy"])) one.securityPolicy = body["securityPolicy"];
  return json(200, subscriptionBody(one));
}

/** PUT …/webhooks/{id}/status: switching on sends what was held meanwhile. A URL that waits for its review, or is blocked, stays so. */
export function switchSubscription(state: State, one: Subscription, body: Body): Reply {
  const { status } = body;
  if ((status !== "ACTIVE" && status !== "INACTIVE") || one.status === "PENDING_REVIEW" || one.status === "BLOCKED") return badRequest(state, "INVALID_DATA", ["status"]);
  one.status = status;
  if (status === "ACTIVE") releaseHeld(state, one);
  return json(200, subscriptionBody(one));
}

/** What was held becomes due now, oldest first. */
export function releaseHeld(state: State, one: Subscription): void {
  for (const notification of state.webhooks.notifications) if (notification.webhookId === one.webhookId && notification.state === "held") { notification.state = "queued"; notification.attempts = 0; notification.dueMs = state.clock.now().getTime(); }
  state.webhooks.wake(0);
}

export function manageSubscription(state: State, call: Call, one: Subscription, body: Body): Reply {
  switch (call.method) {
    case "GET": return json(200, subscriptionBody(one));
    case "PATCH": return change(state, one, body);
    case "DELETE": state.webhooks.subscriptions.delete(one.webhookId); return json(200, { status: "successfully deleted" });
    default: return notFound();
  }
}

/** GET /notification-subscriptions/v2/products/{organization} */
export const listProducts = (): Reply => json(200, PRODUCTS.map(({ productId, eventTypes, isEncrypted }) => ({ productId, productName: productId, eventTypes: eventTypes.map((eventName) => ({ eventName, displayName: eventName, frequency: 0, timeSensitivity: false, payloadEncryption: isEncrypted })) })));
