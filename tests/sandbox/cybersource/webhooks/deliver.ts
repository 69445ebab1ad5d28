// Deliveries run on the business clock: first attempt, retries by the subscription's policy, suspension, health checks, what was held meanwhile.
// Anything but 2xx, and no answer in time, is a failure. Source: webhooks implementation guide, "retry policy" and "health check".
import { isPicked } from "../strictness.ts";
import type { State } from "../state.ts";
import { NOTIFICATIONS_MAX, type Notification, type RetryPolicy, type Subscription } from "./book.ts";
import { announceBatches } from "./events.ts";
import { messageOf } from "./message.ts";
import { releaseHeld } from "./subscriptions.ts";

const MINUTE_MS = 60_000;
const AT_ONCE_MAX = 50;

/** Minutes until the retry that follows this many attempts: the first after firstRetry, then every interval, doubling each time when geometric. */
export const retryAfterMinutes = (policy: RetryPolicy, attempts: number): number =>
  (attempts === 1 ? policy.firstRetry : policy.algorithm === "GEOMETRIC" ? policy.interval * 2 ** (attempts - 2) : policy.interval);

/** One attempt; true when the endpoint took it. */
async function attempt(state: State, subscription: Subscription, one: Notification): Promise<boolean> {
  const traceId = state.random.uuid();
  one.traceIds.push(traceId);
  const message = await messageOf(state, subscription, one, { traceId, retryNumber: one.attempts, requestType: one.requestType });
  const post = async (): Promise<number> => state.outside.post(subscription.webhookUrl, { ...message, timeoutMs: state.settings.webhookTimeoutMs });
  const status = await post();
  // The network's copy: the same bytes once more.
  if (one.attempts === 0 && isPicked(state, "webhookDuplication", one.id)) await post();
  one.lastStatus = status;
  return status >= 200 && status < 300;
}

function queueAfter(state: State, one: Notification, minutes: number): void {
  one.dueMs = state.clock.now().getTime() + minutes * MINUTE_MS;
  one.state = "queued";
  state.webhooks.wake(minutes * MINUTE_MS);
}

function afterFailure(state: State, subscription: Subscription, one: Notification): void {
  const { retryPolicy } = subscription;
  one.requestType = "RETRY";
  if (one.attempts <= retryPolicy.numberOfRetries) {
    queueAfter(state, one, retryAfterMinutes(retryPolicy, one.attempts));
  } else if (one.sequences < retryPolicy.repeatSequenceCount) {
    one.sequences += 1;
    one.attempts = 0;
    queueAfter(state, one, retryPolicy.repeatSequenceWaitTime);
  } else {
    // Out of retries: with deactivateFlag it waits for the health check, without it is lost and the subscription stops.
    subscription.status = "SUSPENDED";
    one.state = retryPolicy.deactivateFlag ? "held" : "failed";
  }
}

async function deliver(state: State, one: Notification): Promise<void> {
  const subscription = state.webhooks.subscriptions.get(one.webhookId);
  if (subscription === undefined) { one.state = "failed"; return; }
  if (subscription.status !== "ACTIVE") { one.state = "held"; return; }
  if (one.attempts === 0 && one.sequences === 0 && one.requestType === "NEW" && isPicked(state, "webhookLoss", one.id)) { one.state = "lost"; return; }
  one.state = "held"; // nobody else takes it while it is on its way
  const isTaken = await attempt(state, subscription, one);
  one.attempts += 1;
  if (isTaken) one.state = "delivered";
  else afterFailure(state, subscription, one);
}

/** GET and POST must both answer 200. Silence suspends; health brings back what was suspended, and all that was held. */
async function checkHealth(state: State, one: Subscription): Promise<void> {
  const url = one.healthCheckUrl;
  if (url === undefined) return;
  one.nextHealthCheckMs = state.clock.now().getTime() + state.settings.webhookHealthCheckMs;
  state.webhooks.wake(state.settings.webhookHealthCheckMs);
  const ask = (method: "GET" | "POST"): Promise<number> => state.outside.post(url, { method, headers: { "content-type": "application/json" }, body: "{}", timeoutMs: state.settings.webhookTimeoutMs });
  const isHealthy = await ask("GET") === 200 && await ask("POST") === 200;
  if (!isHealthy && one.status === "ACTIVE") one.status = "SUSPENDED";
  if (!isHealthy || one.status !== "SUSPENDED") return;
  one.status = "ACTIVE";
  releaseHeld(state, one);
}

function approve(state: State, nowMs: number): void {
  for (const one of state.webhooks.subscriptions.values()) {
    if (one.status !== "PENDING_REVIEW" || one.createdAtMs + state.settings.webhookApprovalMs > nowMs) continue;
    one.status = state.settings.webhookApproval;
    if (one.status === "ACTIVE") releaseHeld(state, one);
  }
}

/** Everything that is due by the business clock, until nothing is. One run at a time: a second one waits for the first. */
export async function runDueDeliveries(state: State): Promise<void> {
  if (state.webhooks.subscriptions.size === 0) return;
  const previous = running.get(state);
  const run = (async () => { await previous; await runOnce(state); })();
  running.set(state, run);
  await run;
  if (running.get(state) === run) running.delete(state);
}
const running = new WeakMap<State, Promise<void>>();

async function runOnce(state: State): Promise<void> {
  const nowMs = state.clock.now().getTime();
  approve(state, nowMs);
  announceBatches(state);
  const { notifications, subscriptions } = state.webhooks;
  for (const one of subscriptions.values()) if (one.nextHealthCheckMs !== undefined && one.nextHealthCheckMs <= nowMs) await checkHealth(state, one);
  for (let round = 0; round < NOTIFICATIONS_MAX; round += 1) {
    const due = notifications.filter((one) => one.state === "queued" && one.dueMs <= state.clock.now().getTime()).slice(0, AT_ONCE_MAX);
    if (due.length === 0) break;
    await Promise.all(due.map((one) => deliver(state, one)));
  }
}
