// The look: search by every reference of ours, then the detail of what was found and of the parent. Reads only; may be repeated.
// Transaction search is eventually consistent, so an empty answer proves nothing by itself (developer.cybersource.com, transaction search).
import type { CardFacts, EffectKind, ReviewKind, TokenFacts } from "../../domain/payment/effect.ts";
import { asRequestId, type MerchantReference } from "../../domain/ids.ts";
import type { Money } from "../../domain/money.ts";
import { toIsoText } from "../../domain/time.ts";
import type { FoundTransaction } from "../../ports/gateway.ts";
import { at, isRecord, listAt, moneyAt, textAt } from "../json-shape.ts";

const DAY_MS = 86_400_000;
export const PAGE_SIZE = 100;

/** One page of the search, sorted so that paging is stable. */
export const toSearchRequest = (references: readonly MerchantReference[], merchantId: string, around: number, offset: number): Record<string, unknown> => ({
  save: false, name: "recovery", timezone: "GMT", offset, limit: PAGE_SIZE, sort: "id:asc,submitTimeUtc:asc",
  query: `clientReferenceInformation.code:(${references.join(" OR ")}) AND merchantId:${merchantId} AND submitTimeUtc:[${toIsoText(around - DAY_MS)} TO ${toIsoText(around + DAY_MS)}]`,
});

export const summariesOf = (body: Record<string, unknown>): readonly Record<string, unknown>[] => listAt(body, "_embedded", "transactionSummaries").filter(isRecord);

const namesOf = (transaction: unknown): readonly { name: string; reasonCode: string; rCode: string; rFlag: string }[] =>
  listAt(transaction, "applicationInformation", "applications").map((one) => ({ name: textAt(one, "name") ?? "", reasonCode: textAt(one, "reasonCode") ?? "", rCode: textAt(one, "rCode") ?? "", rFlag: textAt(one, "rFlag") ?? "" }));

function kindOf(names: readonly string[]): EffectKind {
  if (names.includes("ics_auth_reversal")) return "authorization_reversal";
  if (names.includes("ics_void")) return "void";
  if (names.includes("ics_credit")) return "refund";
  if (names.includes("ics_auth")) return names.includes("ics_bill") ? "sale" : "authorization";
  return names.includes("ics_bill") ? "capture" : "undetermined";
}

const SOFT: ReadonlyMap<string, string> = new Map([["200", "AVS_FAILED"], ["230", "CV_FAILED"]]);

type Verdict = Pick<FoundTransaction, "verdict" | "holds"> & { readonly reviewKind?: ReviewKind; readonly reason?: string };

/** By the whole transaction's status where the detail names it, else by the reply of each application. */
function verdictOf(detail: Record<string, unknown>): Verdict {
  const applications = namesOf(detail);
  const auth = applications.find((one) => one.name === "ics_auth");
  const risk = applications.find((one) => one.name === "ics_decision");
  const status = textAt(detail, "applicationInformation", "status");
  // Nothing is authorized before the case is decided: the decision stands alone, or the status says so.
  if (status === "PENDING_REVIEW" || (auth === undefined && risk?.reasonCode === "480")) return { verdict: "review", holds: false, reviewKind: "before_authorization", reason: "DECISION_PROFILE_REVIEW" };
  if (auth === undefined) return hasFailed(detail) ? { verdict: "refused", holds: false, reason: "FAILED" } : verdictOfOthers(applications[0]);
  const soft = SOFT.get(auth.reasonCode);
  if (soft !== undefined) return { verdict: "review", holds: false, reviewKind: "soft_decline", reason: soft };
  const isInCase = status === "AUTHORIZED_PENDING_REVIEW" || (risk?.reasonCode === "480" && status !== "AUTHORIZED" && status !== "AUTHORIZED_RISK_DECLINED");
  if (isInCase) return { verdict: "review", holds: false, reviewKind: "case", reason: "DECISION_PROFILE_REVIEW" };
  if (risk?.reasonCode === "481" || status === "AUTHORIZED_RISK_DECLINED") return { verdict: "declined", holds: true, reason: "DECISION_PROFILE_REJECT" };
  if (auth.reasonCode === "110") return { verdict: "partial", holds: false };
  if (auth.rCode === "1" && auth.reasonCode === "100") return { verdict: "approved", holds: false };
  if (auth.rCode === "0") return { verdict: "declined", holds: false, reason: status === "DECLINED" ? "PROCESSOR_DECLINED" : "GENERAL_DECLINE" };
  return auth.rCode === "-1" ? { verdict: "refused", holds: false, reason: "SYSTEM_ERROR" } : { verdict: "unreadable", holds: false };
}

/** Answered 201 and undid nothing, as a void may (recovery rules §4): it stands there, and its application says nothing of it. */
const hasFailed = (detail: Record<string, unknown>): boolean => textAt(detail, "applicationInformation", "status") === "FAILED";

/** Captures, refunds, credits, voids and reversals have one application: it went through, or it was turned down. */
function verdictOfOthers(application: { readonly name: string; readonly rCode: string } | undefined): Verdict {
  if (application === undefined || application.name === "ics_decision") return { verdict: "unreadable", holds: false };
  if (application.rCode === "1") return { verdict: "approved", holds: false };
  if (application.rCode === "0") return { verdict: "declined", holds: false, reason: "PROCESSOR_DECLINED" };
  return application.rCode === "-1" ? { verdict: "refused", holds: false, reason: "SYSTEM_ERROR" } : { verdict: "unreadable", holds: false };
}

/** Submitted to the processor: its batch is closed (transaction search guide, TRANSMITTED). */
const CLOSED = new Set(["TRANSMITTED", "SETTLED", "SETTLEMENT", "TRXN_ERROR", "BATCH_ERROR", "BATCH_RESET", "BATCHED"]);

/** `children` are the transactions related to it (reversals, voids), as far as they could be read. */
export function toFound(detail: Record<string, unknown>, children: readonly Record<string, unknown>[]): FoundTransaction | undefined {
  const requestId = textAt(detail, "id");
  if (requestId === undefined) return undefined;
  const names = namesOf(detail).map((one) => one.name);
  const status = textAt(detail, "applicationInformation", "status") ?? "";
  const currency = textAt(detail, "orderInformation", "amountDetails", "currency");
  // Only a void or reversal that succeeded takes anything back; a refused one leaves the money where it was.
  const isParent = (child: Record<string, unknown>): boolean => (textAt(child, "id") ?? "") < requestId;
  const effective = children.filter((child) => !isParent(child) && !hasFailed(child));
  const childNames = effective.flatMap((child) => namesOf(child).filter((one) => one.rCode === "1").map((one) => one.name));
  const isVoided = status === "VOIDED" || childNames.includes("ics_void");
  const asked = moneyAt(detail, ["orderInformation", "amountDetails", "totalAmount"], currency);
  const authorized = moneyAt(detail, ["orderInformation", "amountDetails", "authorizedAmount"], currency);
  const isReversed = status === "REVERSED" || isWhollyReversed(effective, authorized ?? asked);
  const isCaptured = effective.some(isLiveCapture);
  const verdict = acceptedByCapture(verdictOf(detail), isCaptured);
  const kind = kindOf(names);
  return {
    requestId: asRequestId(requestId), merchantReference: textAt(detail, "clientReferenceInformation", "code") ?? "", merchantId: textAt(detail, "merchantId") ?? "", kind,
    amount: asked, lastFour: textAt(detail, "paymentInformation", "card", "suffix"), verdict: verdict.verdict, authorized, settlement: isVoided ? "voided" : CLOSED.has(status) ? "closed" : "open", holds: verdict.holds && !isReversed, isUndone: isTakenBack(kind, { isReversed: isReversed && !isCaptured, isVoided }), isReversed,
    facts: {
      requestId: asRequestId(requestId), amount: verdict.verdict === "partial" ? authorized ?? asked : asked,
      // What was taken by a capture of its own, the sale did not take.
      isCaptured: kind === "sale" && !isVoided && verdict.verdict === "approved" && !isCaptured,
      reason: verdict.reason, reviewKind: verdict.reviewKind, approvalCode: textAt(detail, "processorInformation", "approvalCode"), networkTransactionId: textAt(detail, "processorInformation", "networkTransactionId"),
      reconciliationId: textAt(listAt(detail, "applicationInformation", "applications")[0], "reconciliationId"), card: cardOf(detail), ...tokenOf(detail),
    },
  };
}

function cardOf(detail: Record<string, unknown>): CardFacts {
  const text = (name: string): string | undefined => textAt(detail, "paymentInformation", "card", name);
  const [month, year] = [text("expirationMonth"), text("expirationYear")];
  return { typeCode: text("type"), lastFour: text("suffix"), ...(month === undefined || year === undefined ? {} : { expirationMonth: Number(month), expirationYear: Number(year) }) };
}

/** "Created as part of a bundled TOKEN_CREATE action", in one of two places, and each member optional (transaction details, cybersource-rest-client 0.0.83). */
function tokenOf(detail: Record<string, unknown>): { readonly token?: TokenFacts } {
  const id = (name: string): string | undefined => textAt(detail, "tokenInformation", name, "id") ?? textAt(detail, "paymentInformation", name, "id");
  const paymentInstrumentId = id("paymentInstrument");
  return paymentInstrumentId === undefined ? {} : { token: { customerId: id("customer"), paymentInstrumentId, instrumentIdentifierId: id("instrumentIdentifier") } };
}

/** Nothing in a case can be captured: where something stands captured, whoever took it accepted the case (Decision Manager, case actions). */
const acceptedByCapture = (verdict: Verdict, isCaptured: boolean): Verdict =>
  (verdict.reviewKind === "case" && isCaptured ? { verdict: "approved", holds: false } : verdict);

/** A payment of which a part stands captured is not taken back: its rest was let go, by us or by the gateway, which then says REVERSED too. */
function isLiveCapture(child: Record<string, unknown>): boolean {
  const names = namesOf(child);
  return textAt(child, "applicationInformation", "status") !== "VOIDED" && names.some((one) => one.name === "ics_bill" && one.rCode === "1") && !names.some((one) => one.name === "ics_auth");
}

/** Reversals that went through, against what was authorized; one without an amount was of everything. */
function isWhollyReversed(children: readonly Record<string, unknown>[], authorized: Money | undefined): boolean {
  const reversals = children.filter((child) => namesOf(child).some((one) => one.name === "ics_auth_reversal" && one.rCode === "1"));
  const amounts = reversals.map((child) => moneyAt(child, ["orderInformation", "amountDetails", "totalAmount"], authorized?.currency));
  if (reversals.length === 0) return false;
  return authorized === undefined || amounts.includes(undefined) || amounts.reduce((sum, amount) => sum + (amount?.minor ?? 0n), 0n) >= authorized.minor;
}

/** A partial reversal leaves the authorization; whether it was whole is told by the amounts (domain/payment/adopt.ts), here by the status. */
const isTakenBack = (kind: EffectKind, by: { readonly isReversed: boolean; readonly isVoided: boolean }): boolean =>
  (kind === "authorization" || kind === "sale" ? by.isReversed || by.isVoided : kind === "void" || kind === "authorization_reversal" ? false : by.isVoided);

/** Ids of related transactions; the links' host is not to be trusted (it is recorded with port -1). */
export const relatedIds = (detail: Record<string, unknown>): readonly string[] =>
  listAt(at(detail, "_links"), "relatedTransactions").map((link) => /\/transactions\/(\d+)/.exec(textAt(link, "href") ?? "")?.[1]).filter((id) => id !== undefined);
