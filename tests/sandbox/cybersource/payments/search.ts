// Transaction search and detail (/tss/v2). Eventually consistent: a transaction shows up after the lag. There is no filter on the merchant's
// transactionId: the reference code is the only handle of ours that search knows (transaction search guide).
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { formatAmount } from "../amounts.ts";
import { badRequest, notFound } from "../errors.ts";
import { parseBody } from "../shape.ts";
import type { State, Transaction } from "../state.ts";
import { isPicked } from "../strictness.ts";
import { utc } from "./follow-up.ts";
import { isBatched } from "./batch-day.ts";
import { parseQuery } from "./query.ts";

const APPLICATION: Readonly<Record<Transaction["kind"], string>> = {
  authorization: "ics_auth", sale: "ics_auth", capture: "ics_bill", refund: "ics_credit", credit: "ics_credit", void: "ics_void", reversal: "ics_auth_reversal", case_action: "ics_decision",
};
const REASON_CODE: Readonly<Record<string, string>> = {
  AVS_FAILED: "200", CONTACT_PROCESSOR: "201", EXPIRED_CARD: "202", PROCESSOR_DECLINED: "203", INSUFFICIENT_FUND: "204", STOLEN_LOST_CARD: "205", ISSUER_UNAVAILABLE: "207", CVN_NOT_MATCH: "209",
  EXCEEDS_CREDIT_LIMIT: "210", GENERAL_DECLINE: "203", CV_FAILED: "230", INVALID_ACCOUNT: "231", DECISION_PROFILE_REVIEW: "480", DECISION_PROFILE_REJECT: "481", SCORE_EXCEEDS_THRESHOLD: "481",
};
/** Neither approved nor declined: a status that nobody knows, or one that is not for cards. */
const isUndecided = (transaction: Transaction): boolean => (transaction.kind === "authorization" || transaction.kind === "sale") && !transaction.isLive && transaction.reason === undefined;
const reasonCode = (transaction: Transaction): string => (isUndecided(transaction) ? "150" : transaction.reason === undefined ? transaction.status === "PARTIAL_AUTHORIZED" ? "110" : "100" : REASON_CODE[transaction.reason] ?? "233");

const rFlag = (transaction: Transaction): string => {
  if (isUndecided(transaction)) return "ESYSTEM";
  if (transaction.reason === undefined) return "SOK";
  const flags: Readonly<Record<string, string>> = { AVS_FAILED: "DAVSNO", CV_FAILED: "DCV", DECISION_PROFILE_REVIEW: "DREVIEW", DECISION_PROFILE_REJECT: "DREJECT", SCORE_EXCEEDS_THRESHOLD: "DSCORE", EXPIRED_CARD: "DCARDEXPIRED" };
  return flags[transaction.reason] ?? "DCARDREFUSED";
};

function applicationsOf(transaction: Transaction): readonly Record<string, unknown>[] {
  const isOk = transaction.reason === undefined || transaction.isLive;
  const base = { reasonCode: reasonCode(transaction), rCode: isUndecided(transaction) ? "-1" : isOk && transaction.reason === undefined ? "1" : "0", rFlag: rFlag(transaction), reconciliationId: transaction.reconciliationId };
  const isRisk = ["480", "481"].includes(base.reasonCode);
  const first = isRisk ? { ...base, reasonCode: "100", rCode: "1", rFlag: "SOK" } : base;
  return [
    { name: APPLICATION[transaction.kind], ...first },
    ...(isRisk ? [{ name: "ics_decision", ...base }] : []),
    ...(transaction.kind === "sale" && (transaction.captured > 0n || transaction.isVoided) ? [{ name: "ics_bill", ...base, reasonCode: "100", rCode: "1", rFlag: "SOK" }] : []),
  ];
}

function summaryOf(transaction: Transaction): Record<string, unknown> {
  return {
    id: transaction.id, submitTimeUtc: utc(transaction.at), merchantId: transaction.merchantId,
    applicationInformation: { reasonCode: reasonCode(transaction), rCode: isUndecided(transaction) ? "-1" : transaction.reason === undefined ? "1" : "0", rFlag: rFlag(transaction), applications: applicationsOf(transaction) },
    clientReferenceInformation: { code: transaction.code, applicationName: "REST API" },
    orderInformation: { amountDetails: { totalAmount: formatAmount(transaction.amount, transaction.currency), currency: transaction.currency } },
    paymentInformation: { paymentType: { type: "credit card" }, ...(transaction.card === undefined ? {} : { card: { suffix: transaction.card.suffix, prefix: transaction.card.prefix, type: transaction.card.type } }) },
    processorInformation: { processor: { name: "smartpay" }, approvalCode: transaction.isLive ? transaction.approvalCode : undefined },
    _links: { transactionDetail: { href: `https://localhost:-1/tss/v2/transactions/${transaction.id}`, method: "GET" } },
  };
}

const isVisible = (state: State, transaction: Transaction): boolean => transaction.visibleAt.getTime() <= state.clock.now().getTime();

const STALE_MS = 10 * 60_000;
const isYoung = (state: State, transaction: Transaction): boolean => state.clock.now().getTime() - transaction.at.getTime() < STALE_MS;

/** As search and detail know it: a stale one looks as on its first day while something happened to it just now. */
function asKnown(state: State, transaction: Transaction, children: readonly Transaction[]): Transaction {
  const isStale = isPicked(state, "staleStatus", transaction.code) && children.some((one) => isYoung(state, one));
  return isStale ? { ...transaction, ...transaction.asCreated, isVoided: false, isReversed: false } : transaction;
}
const childrenOf = (state: State, id: string): readonly Transaction[] => [...state.transactions.values()].filter((one) => one.parentId === id);
const summaryAsKnown = (state: State, one: Transaction): Record<string, unknown> => summaryOf(state.settings.staleStatus > 0 ? asKnown(state, one, childrenOf(state, one.id)) : one);

const LIMIT_MAX = 2_500;

const SEARCHES_MAX = 1_000;
const isCount = (value: unknown): value is number => typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
const invalid = (state: State, field: string): Reply =>
  json(400, { submitTimeUtc: utc(state.clock.now()), status: "INVALID_REQUEST", reason: "INVALID_DATA", message: "One or more fields in the request contains invalid data", details: [{ field, reason: "INVALID_DATA" }] });

/** POST /tss/v2/searches */
function search(state: State, body: Record<string, unknown>): Reply {
  const { offset = 0, limit = 20, query, sort = "id:asc" } = body;
  const test = typeof query === "string" ? parseQuery(query, state.clock.now()) : undefined;
  if (test === undefined) return invalid(state, "query");
  if (!isCount(offset)) return invalid(state, "offset");
  if (!isCount(limit) || limit > LIMIT_MAX) return invalid(state, "limit");
  if (typeof sort !== "string") return invalid(state, "sort");
  const found = [...state.transactions.values()].filter((one) => test(one) && isVisible(state, one) && !isPicked(state, "neverInSearch", one.code));
  // Ids grow with time, so every order that clients ask for is this one or its reverse.
  if (/^\w+:desc/i.test(sort)) found.reverse();
  const page = found.slice(offset, offset + limit);
  const searchId = state.random.uuid();
  const answer = {
    searchId, save: body["save"] === true, name: body["name"] ?? "", timezone: body["timezone"] ?? "America/Los_Angeles", query, offset, limit, sort, count: page.length, totalCount: found.length,
    status: "COMPLETE", submitTimeUtc: utc(state.clock.now()), _embedded: { transactionSummaries: page.map((one) => summaryAsKnown(state, one)) }, _links: { self: { href: `/tss/v2/searches/${searchId}`, method: "GET" } },
  };
  state.searches.set(searchId, answer);
  if (state.searches.size > SEARCHES_MAX) state.searches.delete(state.searches.keys().next().value ?? "");
  return json(201, answer);
}

/** GET /tss/v2/searches/{searchId}: the same answer again. */
function searchAgain(state: State, searchId: string): Reply {
  const found = state.searches.get(searchId);
  return found === undefined ? notFound() : json(200, found);
}

/** What the gateway calls the whole thing now. */
function statusOf(state: State, transaction: Transaction): string {
  if (transaction.isVoided) return "VOIDED";
  if (transaction.isReversed) return "REVERSED";
  const isSubmitted = transaction.isLive && (transaction.captured > 0n || transaction.kind === "refund" || transaction.kind === "credit");
  return isSubmitted ? (isBatched(state, transaction) ? "TRANSMITTED" : "PENDING") : transaction.status;
}

/** GET /tss/v2/transactions/{id} */
function detail(state: State, id: string): Reply {
  const found = state.transactions.get(id);
  if (found === undefined || !isVisible(state, found)) return notFound();
  const children = childrenOf(state, id);
  const transaction = asKnown(state, found, children);
  const parent = state.transactions.get(found.parentId ?? "");
  const related = [...(parent === undefined ? [] : [parent]), ...children.filter((one) => transaction === found || !isYoung(state, one))];
  const summary = summaryOf(transaction);
  const { card, tokens } = transaction;
  return json(200, {
    ...summary,
    ...(card === undefined ? {} : { paymentInformation: { ...(summary["paymentInformation"] as Record<string, unknown>), card: { suffix: card.suffix, prefix: card.prefix, type: card.type, expirationMonth: card.expirationMonth, expirationYear: card.expirationYear } } }),
    ...(tokens === undefined || !state.settings.detailShowsTokens ? {} : { tokenInformation: tokens }),
    applicationInformation: { ...(summary["applicationInformation"] as Record<string, unknown>), status: statusOf(state, transaction) },
    orderInformation: { amountDetails: { totalAmount: formatAmount(transaction.amount, transaction.currency), currency: transaction.currency, authorizedAmount: formatAmount(transaction.authorized, transaction.currency) } },
    processorInformation: { approvalCode: transaction.isLive ? transaction.approvalCode : undefined, networkTransactionId: transaction.networkTransactionId, responseCode: "100" },
    _links: { self: { href: `/tss/v2/transactions/${id}`, method: "GET" }, relatedTransactions: related.map((one) => ({ href: `https://localhost:-1/tss/v2/transactions/${one.id}`, method: "GET" })) },
  });
}

/** The paths of /tss/v2. */
export function answerTransactionSearch(state: State, call: Call, path: string): Reply {
  const [, , resource, id, ...more] = path.split("/").filter(Boolean);
  if (call.method === "POST" && resource === "searches" && id === undefined) {
    const body = parseBody(call.body);
    return body === undefined ? badRequest(state, "INVALID_DATA") : search(state, body);
  }
  if (call.method !== "GET" || id === undefined || more.length > 0) return notFound();
  return resource === "transactions" ? detail(state, id) : resource === "searches" ? searchAgain(state, id) : notFound();
}
