// GET /reporting/v3/purchase-refund-details: what was submitted to the processor and what became of it there; sections joined by request id, as
// the reporting guide shows them. A batch is submitted when it closes. What the words of a settlement's status are is documented nowhere.
import type { Call, Reply } from "../../kit/faults.ts";
import { formatAmount } from "../amounts.ts";
import { batchDay, isBatched } from "../payments/batch-day.ts";
import type { State, Transaction } from "../state.ts";
import { report, windowOf } from "./window.ts";

const LIMIT_MAX = 2_000;
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const YEAR_MS = 366 * 24 * HOUR_MS;
const SUBMITTED = new Set<Transaction["kind"]>(["sale", "capture", "refund", "credit"]);
const isOut = (one: Transaction): boolean => one.kind === "refund" || one.kind === "credit";

/** When its batch closed, to the minute. */
function submittedAt(state: State, one: Transaction): number {
  const own = batchDay(state, one.at);
  let at = Math.floor(one.at.getTime() / MINUTE_MS) * MINUTE_MS;
  for (let hours = 0; hours < 26 && batchDay(state, new Date(at + HOUR_MS)) <= own; hours++) at += HOUR_MS;
  while (batchDay(state, new Date(at)) <= own) at += MINUTE_MS;
  return at;
}

const isSubmitted = (state: State, one: Transaction): boolean => SUBMITTED.has(one.kind) && one.isLive && !one.isVoided && (isOut(one) || one.captured > 0n) && isBatched(state, one);
const isCount = (text: string | null, [least, most]: readonly [number, number]): boolean => text === null || (/^\d{1,6}$/.test(text) && Number(text) >= least && Number(text) <= most);
/** Some processors cut the reference in their reports (payments guide). */
const reference = (state: State, code: string): string => (state.settings.reportReferenceLength === 0 ? code : code.slice(0, state.settings.reportReferenceLength));

export function purchaseRefundDetails(state: State, call: Call): Reply {
  const window = windowOf(state, call, {
    longestMs: YEAR_MS,
    wrong: (query) => [...(isCount(query.get("offset"), [0, 999_999]) ? [] : ["offset"]), ...(isCount(query.get("limit"), [1, LIMIT_MAX]) ? [] : ["limit"]), ...([null, "requestDate", "submissionDate"].includes(query.get("viewBy")) ? [] : ["viewBy"])],
  });
  if ("status" in window) return window;
  const { query, from, to } = window;
  const [offset, limit] = [Number(query.get("offset") ?? "0"), Number(query.get("limit") ?? String(LIMIT_MAX))];
  const timeOf = (one: Transaction): number => (query.get("viewBy") === "submissionDate" ? submittedAt(state, one) : one.at.getTime());
  const found = [...state.transactions.values()].filter((one) => isSubmitted(state, one) && timeOf(one) >= from && timeOf(one) < to);
  const page = found.slice(offset, offset + limit);
  return report({
    offset, limit, pageResults: page.length,
    requestDetails: page.map((one) => ({ requestId: one.id, cybersourceMerchantId: one.merchantId, processorMerchantId: `${one.merchantId}_processor`, transactionReferenceNumber: one.reconciliationId, merchantReferenceNumber: reference(state, one.code) })),
    settlements: page.map((one) => settlementOf(state, one)), authorizations: [], feeAndFundingDetails: [], others: [],
    settlementStatuses: page.flatMap((one) => (one.settlement === undefined ? [] : [{ requestId: one.id, ...one.settlement }])),
  });
}

function settlementOf(state: State, one: Transaction): Record<string, unknown> {
  const time = new Date(submittedAt(state, one)).toISOString();
  const amount = formatAmount(isOut(one) ? one.amount : one.captured, one.currency);
  return {
    requestId: one.id, transactionType: isOut(one) ? "Refunds" : "Purchases", submissionTime: time, amount: isOut(one) ? `-${amount}` : amount, currencyCode: one.currency, paymentMethod: "VISA", paymentType: "credit card",
    accountSuffix: one.card?.suffix ?? "", cybersourceBatchTime: time, cybersourceBatchId: `${batchDay(state, one.at).replaceAll("-", "")}01`,
  };
}

/** What the processor says of one that was submitted: {id, status, reasonCode?, errorText?}. Told by the next report; nothing else shows it. */
export function settle(state: State, input: Readonly<Record<string, string | undefined>>): Record<string, unknown> {
  const one = state.transactions.get(input["id"] ?? "");
  const { status, reasonCode, errorText } = input;
  if (one === undefined || status === undefined || !SUBMITTED.has(one.kind)) throw new Error("no such capture, sale, refund or credit, or no status");
  one.settlement = { status, settlementTime: state.clock.now().toISOString(), ...(reasonCode === undefined ? {} : { reasonCode }), ...(errorText === undefined ? {} : { errorText }) };
  return { id: one.id, ...one.settlement };
}
