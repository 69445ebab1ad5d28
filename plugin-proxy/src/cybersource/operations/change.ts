// Calls that change a payment: capture, incremental authorization, refund, credit. Request shapes and answers:
// developer.cybersource.com, payments (captures, incremental authorization, refunds, credits).
import { linesFor, shareOfLines } from "../../domain/payment/address-policy.ts";
import type { TransactionFacts } from "../../domain/payment/effect.ts";
import { asRequestId } from "../../domain/ids.ts";
import { isSameMoney, toDecimalText, type Money } from "../../domain/money.ts";
import type { ChangeCall, GatewayAnswer } from "../../ports/gateway.ts";
import { classifyInvalid, classifyRefusal, unknown } from "../classify-refusal.ts";
import { parseJson, saidMoney, textAt } from "../json-shape.ts";
import type { WireReply } from "../transport.ts";
import { goodsMembers, purchaseLevel } from "./level-three.ts";
import { billToMembers, filledOrNone, instrumentMembers, PARTNER } from "./members.ts";

export interface ChangeRequest {
  readonly method: "POST" | "PATCH";
  readonly path: string;
  readonly body: Record<string, unknown>;
}

const amountDetails = (amount: Money): Record<string, unknown> => ({ totalAmount: toDecimalText(amount), currency: amount.currency });

/** Method, path and body. A refund names the sale or the capture that it gives back; a credit names only the instrument. */
export function toChangeRequest(call: ChangeCall): ChangeRequest {
  const reference = { code: call.merchantReference, transactionId: call.transactionId };
  switch (call.kind) {
    case "capture": return { method: "POST", path: `/pts/v2/payments/${call.parentRequestId}/captures`, body: captureBody(call, reference) };
    case "incremental_authorization": return {
      method: "PATCH", path: `/pts/v2/payments/${call.parentRequestId}`,
      body: {
        clientReferenceInformation: reference, processingInformation: { authorizationOptions: { initiator: { storedCredentialUsed: true } } },
        orderInformation: { amountDetails: { additionalAmount: toDecimalText(call.additionalAmount), currency: call.additionalAmount.currency } },
      },
    };
    case "refund": return {
      method: "POST", path: `/pts/v2/${call.parentKind === "sale" ? "payments" : "captures"}/${call.parentRequestId}/refunds`,
      body: { clientReferenceInformation: { ...reference, comments: call.documentNumber, applicationName: PARTNER }, orderInformation: { amountDetails: amountDetails(call.amount) } },
    };
    case "credit": {
      const billTo = billToMembers(call.billTo);
      return {
        method: "POST", path: "/pts/v2/credits",
        body: {
          clientReferenceInformation: { ...reference, comments: call.documentNumber, applicationName: PARTNER }, ...instrumentMembers(call.instrument, undefined),
          orderInformation: { amountDetails: amountDetails(call.amount), ...(Object.keys(billTo).length === 0 ? {} : { billTo }) },
        },
      };
    }
  }
}

/** Lines for its share of the order, where its own do not make up the amount. */
function captureBody(call: Extract<ChangeCall, { kind: "capture" }>, reference: Record<string, unknown>): Record<string, unknown> {
  const whole = linesFor(call.lines, call.amount);
  const lines = whole.length > 0 ? whole : shareOfLines(call.lines, call.amount);
  const processing = filledOrNone({
    ...purchaseLevel(call.hasLevelThree, lines),
    captureOptions: call.sequence === undefined ? undefined : { captureSequenceNumber: String(call.sequence.number), totalCaptureCount: String(call.sequence.count) },
  });
  return {
    clientReferenceInformation: { ...reference, comments: call.documentNumber, applicationName: PARTNER },
    ...(processing === undefined ? {} : { processingInformation: processing }),
    orderInformation: goodsMembers({ ...call, lines }),
  };
}

const APPROVED: Readonly<Record<ChangeCall["kind"], readonly string[]>> = {
  capture: ["PENDING", "TRANSMITTED"], refund: ["PENDING", "TRANSMITTED"], credit: ["PENDING", "AUTHORIZED", "COMPLETED", "TRANSMITTED"], incremental_authorization: ["AUTHORIZED"],
};
const AMOUNT_AT: Readonly<Record<ChangeCall["kind"], readonly string[]>> = {
  capture: ["orderInformation", "amountDetails", "totalAmount"], refund: ["refundAmountDetails", "refundAmount"], credit: ["creditAmountDetails", "creditAmount"],
  incremental_authorization: ["orderInformation", "amountDetails", "authorizedAmount"],
};
const askedOf = (call: ChangeCall): Money => (call.kind === "incremental_authorization" ? call.additionalAmount : call.amount);

/** What the answer means (recovery rules §4, capture to credit). */
export function toChangeAnswer(call: ChangeCall, reply: WireReply): GatewayAnswer {
  const refusal = classifyRefusal(reply);
  if (refusal !== undefined || reply.kind !== "replied") return asDecline(call, refusal) ?? unknown("no_reply", "no_answer", false);
  const body = parseJson(reply.text);
  const requestId = textAt(body, "id");
  const status = textAt(body, "status");
  if (body === undefined || requestId === undefined || status === undefined) return unknown("answer_incomplete", "unreadable", true, requestId);
  const code = textAt(body, "clientReferenceInformation", "code");
  const isOthers = (code !== undefined && code !== call.merchantReference) || (call.kind === "incremental_authorization" && requestId !== call.parentRequestId);
  if (isOthers) return unknown("answer_to_another_request", "unreadable", true);
  const asked = askedOf(call);
  const said = saidMoney(body, AMOUNT_AT[call.kind], asked.currency);
  const amount = said === "unreadable" ? undefined : said;
  const facts: TransactionFacts = {
    requestId: asRequestId(requestId), amount, reason: textAt(body, "errorInformation", "reason"), reconciliationId: textAt(body, "reconciliationId"),
    approvalCode: textAt(body, "processorInformation", "approvalCode"), networkTransactionId: textAt(body, "processorInformation", "networkTransactionId"),
  };
  if (status === "INVALID_REQUEST") return classifyInvalid(body);
  return verdictOf(call, { status, facts, isOtherAmount: said === "unreadable" || isOther(call, amount, asked) });
}

/** An increment answers with the whole authorization, which is never less than what was added; the others with what was asked. */
function isOther(call: ChangeCall, amount: Money | undefined, asked: Money): boolean {
  if (call.kind === "incremental_authorization") return amount?.currency !== asked.currency || amount.minor < asked.minor;
  return amount !== undefined && !isSameMoney(amount, asked);
}

function verdictOf(call: ChangeCall, said: { readonly status: string; readonly facts: TransactionFacts; readonly isOtherAmount: boolean }): GatewayAnswer {
  const { status, facts } = said;
  const reason = facts.reason;
  if (APPROVED[call.kind].includes(status)) {
    if (said.isOtherAmount) return unknown("amount_other_than_asked", "unreadable", true, facts.requestId);
    return { kind: "approved", facts: call.kind === "incremental_authorization" ? facts : { ...facts, amount: facts.amount ?? askedOf(call) } };
  }
  if (status === "DECLINED") return { kind: "declined", facts: { ...facts, amount: undefined }, reason: reason ?? "GENERAL_DECLINE", holds: false, blocksInstrument: false };
  if (status === "AUTHORIZED_PENDING_REVIEW" && call.kind === "incremental_authorization") return { kind: "review", facts, reviewKind: "case", reason };
  return unknown(`status_${status}`, "unreadable", true, facts.requestId);
}

/** The bank does not take money back for this card: a decline in all but the HTTP status (recovery rules §4, refund). */
function asDecline(call: ChangeCall, refusal: GatewayAnswer | undefined): GatewayAnswer | undefined {
  const isNoCredit = refusal?.kind === "refused" && refusal.reason === "ACCOUNT_NOT_ALLOWED_CREDIT" && (call.kind === "refund" || call.kind === "credit");
  if (!isNoCredit) return refusal;
  return { kind: "declined", facts: { requestId: asRequestId("") }, reason: refusal.reason, holds: false, blocksInstrument: false };
}
