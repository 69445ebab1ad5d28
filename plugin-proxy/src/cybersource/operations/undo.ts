// Calls that take back: authorization reversal, void, their timeout forms (by transactionId), and the rejection of a case.
// Sources: developer.cybersource.com, authorization reversal, void, timeout reversal and void, Decision Manager case actions.
import { asRequestId } from "../../domain/ids.ts";
import { isSameMoney, toDecimalText } from "../../domain/money.ts";
import type { GatewayAnswer, UndoCall } from "../../ports/gateway.ts";
import { classifyInvalid, classifyRefusal, unknown } from "../classify-refusal.ts";
import { parseJson, saidMoney, textAt } from "../json-shape.ts";
import type { WireReply } from "../transport.ts";

const PARENT_PATH = { sale: "payments", capture: "captures", refund: "refunds", credit: "credits" } as const;

/** Path and body. Every undo has ids of its own, so that its own loss can be looked for. */
export function toUndoRequest(call: UndoCall): { readonly path: string; readonly body: Record<string, unknown> } {
  const reference = { code: call.merchantReference, transactionId: call.transactionId };
  switch (call.kind) {
    case "authorization_reversal": return {
      path: `/pts/v2/payments/${call.parentRequestId}/reversals`,
      body: { clientReferenceInformation: reference, reversalInformation: { amountDetails: { totalAmount: toDecimalText(call.amount), currency: call.amount.currency }, reason: "not_needed" } },
    };
    case "void": return { path: `/pts/v2/${PARENT_PATH[call.parentKind]}/${call.parentRequestId}/voids`, body: { clientReferenceInformation: reference } };
    // The timeout forms name the original by its transactionId; their own reference still travels as the code.
    case "timeout_reversal": return {
      path: "/pts/v2/reversals",
      body: { clientReferenceInformation: { code: call.merchantReference, transactionId: call.originalTransactionId }, reversalInformation: { amountDetails: { totalAmount: toDecimalText(call.amount), currency: call.amount.currency }, reason: "no_answer" } },
    };
    case "timeout_void": return { path: "/pts/v2/voids", body: { clientReferenceInformation: { code: call.merchantReference, transactionId: call.originalTransactionId } } };
    case "case_decision": return {
      path: `/risk/v1/decisions/${call.parentRequestId}/actions`,
      body: { decisionInformation: { decision: call.decision, comments: "Released from Dynamics 365" }, processingInformation: { actionList: ["REVERSE"] } },
    };
  }
}

const SUCCESS: Readonly<Record<UndoCall["kind"], readonly string[]>> = {
  authorization_reversal: ["REVERSED"], timeout_reversal: ["REVERSED"], void: ["VOIDED", "CANCELLED"], timeout_void: ["VOIDED", "CANCELLED"], case_decision: ["REJECTED", "COMPLETED", "DECLINED"],
};

/** A reversal that names what it released must name what we asked for. */
function isOtherAmount(call: UndoCall, body: Record<string, unknown> | undefined): boolean {
  if (call.kind !== "authorization_reversal" && call.kind !== "timeout_reversal") return false;
  const reversed = saidMoney(body, ["reversalAmountDetails", "reversedAmount"], call.amount.currency);
  return reversed === "unreadable" || (reversed !== undefined && !isSameMoney(reversed, call.amount));
}

export function toUndoAnswer(call: UndoCall, reply: WireReply): GatewayAnswer {
  const refusal = classifyRefusal(reply, { isTimeoutUndo: call.kind === "timeout_reversal" || call.kind === "timeout_void" });
  if (refusal !== undefined || reply.kind !== "replied") return refusal ?? unknown("no_reply", "no_answer", false);
  const body = parseJson(reply.text);
  const requestId = textAt(body, "id");
  const status = textAt(body, "status");
  if (requestId === undefined || status === undefined) return unknown("answer_incomplete", "unreadable", true, requestId);
  const code = textAt(body, "clientReferenceInformation", "code");
  if (code !== undefined && code !== call.merchantReference) return unknown("answer_to_another_request", "unreadable", true);
  if (isOtherAmount(call, body)) return unknown("amount_other_than_asked", "unreadable", true, requestId);
  if (SUCCESS[call.kind].includes(status)) return { kind: "approved", facts: { requestId: asRequestId(requestId), reconciliationId: textAt(body, "reconciliationId") } };
  // FAILED says nothing of the parent: it is read before the next step.
  if (status === "FAILED") return { kind: "refused", reason: "FAILED", isTransient: false, needsLook: true };
  if (status === "INVALID_REQUEST") return classifyInvalid(body);
  return unknown(`status_${status}`, "unreadable", true, requestId);
}
