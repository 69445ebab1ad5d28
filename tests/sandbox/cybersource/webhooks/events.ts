// Which events follow from what happened, and what a notification tells about it. Events of payments, of Decision Manager's verdicts and of
// people's decisions on cases; PENDING becomes BATCHED when the batch closes. Source: webhooks implementation guide, event types.
import { formatAmount } from "../amounts.ts";
import { isBatched } from "../payments/batch-day.ts";
import type { State, Transaction } from "../state.ts";
import { NOTIFICATIONS_MAX } from "./book.ts";

type Data = Readonly<Record<string, unknown>>;

/** Queues a notification for every subscription that wants this event. */
export function announce(state: State, productId: string, eventType: string, data: () => Data): void {
  const { subscriptions, notifications } = state.webhooks;
  for (const one of subscriptions.values()) {
    if (one.status === "INACTIVE" || !one.products.some((product) => product.productId === productId && product.eventTypes.includes(eventType))) continue;
    const nowMs = state.clock.now().getTime();
    notifications.push({
      id: state.random.uuid(), webhookId: one.webhookId, productId, eventType, createdAtMs: nowMs, data: data(), requestType: "NEW", state: "queued", attempts: 0, sequences: 0,
      dueMs: nowMs + state.settings.webhookDelayMs, traceIds: [], lastStatus: undefined,
    });
    state.webhooks.wake(state.settings.webhookDelayMs);
  }
  if (notifications.length > NOTIFICATIONS_MAX) notifications.splice(0, notifications.length - NOTIFICATIONS_MAX);
}

const PATHS: Readonly<Record<Transaction["kind"], string>> = { authorization: "payments", sale: "payments", capture: "captures", refund: "refunds", credit: "credits", void: "voids", reversal: "reversals", case_action: "decisions" };

/** The shape of the answer that the merchant got, or should have got. */
function dataOf(one: Transaction, status = one.status): Data {
  return {
    _links: { self: { href: `/pts/v2/${PATHS[one.kind]}/${one.id}`, method: "GET" } }, id: one.id, submitTimeUtc: one.at.toISOString().replace(/\.\d{3}Z$/, "Z"), status, reconciliationId: one.reconciliationId,
    clientReferenceInformation: { code: one.code, ...(one.transactionId === undefined ? {} : { transactionId: one.transactionId }) },
    orderInformation: { amountDetails: { totalAmount: formatAmount(one.amount, one.currency), currency: one.currency } },
    ...(one.reason === undefined ? {} : { errorInformation: { reason: one.reason } }),
  };
}

const AUTHORIZATION: Readonly<Record<string, string>> = { AUTHORIZED: "accepted", PARTIAL_AUTHORIZED: "partiallyApproved", AUTHORIZED_PENDING_REVIEW: "reviewed", PENDING_REVIEW: "reviewed" };
const LOOK_FOR_BATCH_MS = 3_600_000;
const BATCHABLE = new Set<Transaction["kind"]>(["capture", "refund", "credit"]);

/** Called once for each transaction that came to be. */
export function announceTransaction(state: State, one: Transaction): void {
  if (one.captured > 0n || (one.isLive && BATCHABLE.has(one.kind))) state.webhooks.unbatched.push(one.id);
  if (state.webhooks.subscriptions.size === 0) return;
  lookForBatch(state);
  const tell = (eventType: string): void => { announce(state, "payments", eventType, () => dataOf(one)); };
  if (one.kind === "authorization" || one.kind === "sale") {
    tell(`payments.authorization.status.${AUTHORIZATION[one.status] ?? "rejected"}`);
    if (one.captured > 0n) tell("payments.capture.status.accepted");
    announceVerdict(state, one);
  } else if (one.kind !== "case_action" && one.status !== "DECLINED") {
    tell(`payments.${one.kind}.status.accepted`);
  }
}

/** A void or reversal that was refused has no transaction of its own: the event is about the original. */
export function announceRefusal(state: State, kind: "void" | "reversal", original: Transaction): void {
  announce(state, "payments", `payments.${kind}.status.rejected`, () => dataOf(original, "INVALID_REQUEST"));
}

const verdictData = (one: Transaction): Data => ({ ...dataOf(one), referenceNumber: one.code, riskInformation: { profile: { name: "default" }, score: { result: "60", modelUsed: "default" } } });

function announceVerdict(state: State, one: Transaction): void {
  const products = ["decisionManager", "fraudManagementEssentials"];
  if (one.review === "case") announce(state, "fraudManagementEssentials", "risk.profile.decision.review", () => verdictData(one));
  else if (one.reason === "DECISION_PROFILE_REJECT" || one.reason === "SCORE_EXCEEDS_THRESHOLD") for (const product of products) announce(state, product, "risk.profile.decision.reject", () => verdictData(one));
}

export interface Decided { readonly decision: "ACCEPT" | "REJECT"; readonly comments: string; readonly embedded: Data }

/** A case was decided, by the API or by a reviewer in the Business Center. */
export function announceDecision(state: State, one: Transaction, { decision, comments, embedded }: Decided): void {
  const data = (): Data => ({ ...verdictData(one), notes: comments === "" ? [] : [{ comment: comments, time: state.clock.now().toISOString() }], _embedded: embedded });
  for (const product of ["decisionManager", "fraudManagementEssentials"]) announce(state, product, `risk.casemanagement.decision.${decision.toLowerCase()}`, data);
}
export function announceNote(state: State, one: Transaction, comments: string): void {
  for (const product of ["decisionManager", "fraudManagementEssentials"]) announce(state, product, "risk.casemanagement.addnote", () => ({ ...verdictData(one), notes: [{ comment: comments, time: state.clock.now().toISOString() }] }));
}

/** What was pending when its batch closed has been submitted: PENDING becomes BATCHED. */
export function announceBatches(state: State): void {
  const { unbatched } = state.webhooks;
  let closed = 0;
  for (const id of unbatched) {
    const one = state.transactions.get(id);
    if (one !== undefined && !isBatched(state, one)) break; // they stand in the order of time
    closed += 1;
    if (one === undefined || one.isVoided) continue;
    const what = one.kind === "sale" ? "capture" : one.kind;
    announce(state, "payments", `payments.${what}.status.updated`, () => dataOf(one, "BATCHED"));
  }
  unbatched.splice(0, closed);
  lookForBatch(state);
}

/** One look an hour while anything waits for its batch. */
function lookForBatch(state: State): void {
  const { webhooks } = state;
  const nowMs = state.clock.now().getTime();
  if (webhooks.unbatched.length === 0 || webhooks.nextBatchLookMs > nowMs) return;
  webhooks.nextBatchLookMs = nowMs + LOOK_FOR_BATCH_MS;
  webhooks.wake(LOOK_FOR_BATCH_MS);
}
