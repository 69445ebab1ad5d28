// Does an approval row count? It repeats what it approves; anything that differs from the frozen request approves something else.
import { isSameMoney, type Money } from "../money.ts";
import type { Author } from "../payment/command.ts";
import type { PaymentRequestId } from "../ids.ts";
import type { Instant } from "../time.ts";
import type { ReasonCode } from "./refund-request.ts";

export interface ApprovalRow {
  readonly approvalId: string;
  readonly refundRequestId: PaymentRequestId;
  readonly decision: "approved" | "rejected";
  readonly paymentId?: string | undefined;
  readonly amount: Money | undefined;
  readonly reasonCode?: ReasonCode | undefined;
  /** Interactive, enabled, and nobody wrote the row on his behalf. */
  readonly author: Author;
  readonly isOnBehalf: boolean;
  readonly createdOn: Instant;
}

/** The request as the ledger froze it, and who had a hand in it, then or since. */
export interface FrozenRefund {
  readonly refundRequestId: PaymentRequestId;
  readonly paymentId?: string | undefined;
  readonly amount: Money;
  readonly reasonCode: ReasonCode;
  readonly createdOn: Instant;
  readonly hands: readonly string[];
}

export type ApprovalProblem =
  | "of_another_request" | "approver_not_a_person" | "approver_on_behalf" | "approver_had_a_hand_in_it"
  | "older_than_request" | "payment_differs" | "amount_differs" | "reason_differs";
export type ApprovalVerdict = { readonly kind: "approved" | "rejected" } | { readonly kind: "does_not_count"; readonly why: ApprovalProblem };

/** Approved, rejected, or why the row decides nothing. A rejection counts by the same rules: nobody stops another's refund with a copied row. */
export function judgeApproval(frozen: FrozenRefund, approval: ApprovalRow): ApprovalVerdict {
  const why = problemOf(frozen, approval);
  return why === undefined ? { kind: approval.decision } : { kind: "does_not_count", why };
}

function problemOf(frozen: FrozenRefund, approval: ApprovalRow): ApprovalProblem | undefined {
  if (approval.refundRequestId !== frozen.refundRequestId) return "of_another_request";
  if (approval.isOnBehalf) return "approver_on_behalf";
  if (!approval.author.isInteractivePerson) return "approver_not_a_person";
  if (frozen.hands.includes(approval.author.userId)) return "approver_had_a_hand_in_it";
  // Both times are Dataverse's own, in whole seconds.
  if (approval.createdOn < frozen.createdOn) return "older_than_request";
  if ((approval.paymentId ?? "") !== (frozen.paymentId ?? "")) return "payment_differs";
  if (approval.amount === undefined || !isSameMoney(approval.amount, frozen.amount)) return "amount_differs";
  return approval.reasonCode === frozen.reasonCode ? undefined : "reason_differs";
}
