// POST /pts/v2/payments: authorization, or sale with capture. Request shape and answers: developer.cybersource.com, payments.
import { linesFor } from "../../domain/payment/address-policy.ts";
import type { LineItem } from "../../domain/payment/command.ts";
import type { TransactionFacts } from "../../domain/payment/effect.ts";
import { asRequestId } from "../../domain/ids.ts";
import { isSameMoney, toDecimalText } from "../../domain/money.ts";
import type { GatewayAnswer, PayCall } from "../../ports/gateway.ts";
import { classifyInvalid, classifyRefusal, unknown } from "../classify-refusal.ts";
import { at, parseJson, saidMoney, textAt } from "../json-shape.ts";
import type { WireReply } from "../transport.ts";
import { goodsMembers, purchaseLevel } from "./level-three.ts";
import { billToMembers, filled, filledOrNone, instrumentMembers, lineItem, PARTNER } from "./members.ts";

function authorizationOptions(call: PayCall): Record<string, unknown> {
  const { initiator } = call.flags;
  return {
    partialAuthIndicator: false,
    ...(initiator === undefined ? {} : {
      initiator: filled({
        type: initiator.type, credentialStoredOnFile: initiator.credentialStoredOnFile, storedCredentialUsed: initiator.storedCredentialUsed,
        merchantInitiatedTransaction: filledOrNone({ reason: initiator.merchantInitiated?.reason, previousTransactionId: initiator.merchantInitiated?.previousTransactionId }),
      }),
    }),
  };
}

/** What fraud screening sees of the goods; a sale on an account with level III processing tells the bank about them, too. */
function orderMembers(call: PayCall, lines: readonly LineItem[]): Record<string, unknown> {
  if (call.kind === "sale" && call.hasLevelThree) return goodsMembers({ ...call, lines });
  return { amountDetails: { totalAmount: toDecimalText(call.amount), currency: call.amount.currency }, ...(lines.length === 0 ? {} : { lineItems: lines.map(lineItem) }) };
}

/** The request body. Amounts are decimal text with the currency's digits. */
export function toPayRequest(call: PayCall): Record<string, unknown> {
  const lines = linesFor(call.lines, call.amount);
  const address = billToMembers(call.billTo);
  const isSaved = call.saveCard && call.instrument.kind === "transient_token";
  const joins = isSaved ? call.tmsCustomerId : undefined;
  return {
    clientReferenceInformation: { code: call.merchantReference, transactionId: call.transactionId, comments: call.documentNumber, applicationName: PARTNER },
    processingInformation: {
      ...(call.kind === "sale" ? purchaseLevel(call.hasLevelThree, lines) : {}),
      capture: call.kind === "sale", commerceIndicator: call.flags.commerceIndicator, authorizationOptions: authorizationOptions(call),
      ...(isSaved ? { actionList: ["TOKEN_CREATE"], actionTokenTypes: joins === undefined ? ["customer", "paymentInstrument"] : ["paymentInstrument"] } : {}),
    },
    ...instrumentMembers(call.instrument, joins),
    orderInformation: { ...orderMembers(call, lines), ...(Object.keys(address).length === 0 ? {} : { billTo: address }) },
    buyerInformation: { merchantCustomerID: call.merchantCustomerId },
  };
}

const SOFT_DECLINES = new Set(["AVS_FAILED", "CV_FAILED"]);
/** The issuer says never again: this card is not tried any more for this merchant. */
const HARD_DECLINES = new Set(["STOLEN_LOST_CARD", "SUSPENDED_ACCOUNT", "UNAUTHORIZED_CARD", "BLOCKED_BY_CARDHOLDER", "BLACKLISTED_CUSTOMER"]);
const DO_NOT_TRY_AGAIN = new Set(["03", "21"]);

const AUTHORIZED_AT = ["orderInformation", "amountDetails", "authorizedAmount"];
const TOTAL_AT = ["orderInformation", "amountDetails", "totalAmount"];

/** Only a partial authorization may answer with another amount; an answer to nothing we asked, or with a figure that nobody can read, is never taken for ours. */
function isOtherAmount(call: PayCall, status: string, body: Record<string, unknown>): boolean {
  const [authorized, total] = [saidMoney(body, AUTHORIZED_AT, call.amount.currency), saidMoney(body, TOTAL_AT, call.amount.currency)];
  if (authorized === "unreadable") return status.includes("AUTHORIZED");
  if (!status.startsWith("AUTHORIZED")) return false;
  const isOther = authorized !== undefined && !isSameMoney(authorized, call.amount);
  const isOtherTotal = call.kind === "sale" && total !== undefined && (total === "unreadable" || !isSameMoney(total, call.amount));
  return isOther || isOtherTotal || (status === "AUTHORIZED" && authorized === undefined);
}

function factsOf(body: Record<string, unknown>, call: PayCall, requestId: string): TransactionFacts {
  const authorized = saidMoney(body, AUTHORIZED_AT, call.amount.currency);
  const token = at(body, "tokenInformation");
  const tokenFacts = { customerId: textAt(token, "customer", "id"), paymentInstrumentId: textAt(token, "paymentInstrument", "id"), instrumentIdentifierId: textAt(token, "instrumentIdentifier", "id") };
  return {
    requestId: asRequestId(requestId), amount: authorized === "unreadable" ? undefined : authorized,
    // A sale answers AUTHORIZED too; it is captured only when the answer shows it (a total and a link to void).
    isCaptured: call.kind === "sale" && at(body, "_links", "void") !== undefined && textAt(body, "orderInformation", "amountDetails", "totalAmount") !== undefined,
    reason: textAt(body, "errorInformation", "reason"), reconciliationId: textAt(body, "reconciliationId"),
    approvalCode: textAt(body, "processorInformation", "approvalCode"), networkTransactionId: textAt(body, "processorInformation", "networkTransactionId"),
    avsCode: textAt(body, "processorInformation", "avs", "code"), cvnCode: textAt(body, "processorInformation", "cardVerification", "resultCode"),
    merchantAdvice: textAt(body, "processorInformation", "merchantAdvice", "code"),
    card: { typeCode: textAt(body, "paymentAccountInformation", "card", "type") ?? textAt(body, "paymentInformation", "card", "type") },
    ...(token === undefined ? {} : { token: tokenFacts }),
  };
}

/** What the answer means (recovery rules §4, authorization and sale). */
export function toPayAnswer(call: PayCall, reply: WireReply): GatewayAnswer {
  const refusal = classifyRefusal(reply);
  if (refusal !== undefined || reply.kind !== "replied") return refusal ?? unknown("no_reply", "no_answer", false);
  const body = parseJson(reply.text);
  const requestId = textAt(body, "id");
  const status = textAt(body, "status");
  if (body === undefined || requestId === undefined || status === undefined) return unknown("answer_incomplete", "unreadable", true, requestId);
  const code = textAt(body, "clientReferenceInformation", "code");
  if (code !== undefined && code !== call.merchantReference) return unknown("answer_to_another_request", "unreadable", true);
  const facts = factsOf(body, call, requestId);
  if (isOtherAmount(call, status, body)) return unknown("amount_other_than_asked", "unreadable", true, requestId);
  if (status === "INVALID_REQUEST") return classifyInvalid(body);
  return verdictOf(status, facts, requestId);
}

function verdictOf(status: string, facts: TransactionFacts, requestId: string): GatewayAnswer {
  const { reason } = facts;
  switch (status) {
    case "AUTHORIZED": return { kind: "approved", facts };
    case "PARTIAL_AUTHORIZED": return facts.amount === undefined ? unknown("partial_without_amount", "unreadable", true, requestId) : { kind: "partial", facts };
    case "AUTHORIZED_PENDING_REVIEW": return { kind: "review", facts, reviewKind: SOFT_DECLINES.has(reason ?? "") ? "soft_decline" : "case", reason };
    case "PENDING_REVIEW": return { kind: "review", facts, reviewKind: "before_authorization", reason };
    case "AUTHORIZED_RISK_DECLINED": return { kind: "declined", facts, reason: reason ?? "DECISION_PROFILE_REJECT", holds: true, blocksInstrument: false };
    case "DECLINED": return { kind: "declined", facts, reason: reason ?? "GENERAL_DECLINE", holds: false, blocksInstrument: HARD_DECLINES.has(reason ?? "") || DO_NOT_TRY_AGAIN.has(facts.merchantAdvice ?? "") };
    case "PENDING_AUTHENTICATION": return { kind: "declined", facts, reason: "PENDING_AUTHENTICATION", holds: false, blocksInstrument: false };
    case "PENDING": case "TRANSMITTED": return unknown(`status_${status}_on_a_card`, "no_answer", false, requestId);
    default: return unknown(`status_${status}`, "unreadable", true, requestId);
  }
}
