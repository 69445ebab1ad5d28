// What people have decided in rows of their own, as a sweep reads it.
import type { CustomerRef } from "../domain/payment/command.ts";
import type { OperatorDecision } from "../domain/operator/operator-decision.ts";
import type { ApprovalRow } from "../domain/refund-governance/judge-approval.ts";

export interface CardReading {
  readonly paymentMethodId: string;
  readonly customer: CustomerRef;
  readonly isToConfirm: boolean;
}

/** A page of each list, oldest first. */
export interface Decided {
  readonly kind: "read";
  readonly approvals: readonly ApprovalRow[];
  readonly operatorDecisions: readonly OperatorDecision[];
  /** Saved cards whose row was touched: a merge of customers moves them. */
  readonly cards: readonly CardReading[];
  /** Of one of the lists: the next sweep reads on. */
  readonly hasMore?: true | undefined;
}
