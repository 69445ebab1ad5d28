// A refund request row as people, flows and the relay itself write it: create-only, submitted by being created. Parsed at one edge
// (dataverse/rows/refund-request.ts), frozen at first sight, judged by judge-refund.ts.
import type { EffectId, PaymentRequestId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { Author, DocumentRow, SavedCard } from "../payment/command.ts";
import type { Instant } from "../time.ts";

export type RefundAction = "give_back" | "refund" | "void" | "authorization_reversal" | "credit";
export type ReasonCode = "returned_goods" | "not_delivered" | "wrong_amount" | "duplicate" | "goodwill" | "cancelled" | "other";

export interface RefundRequestRow {
  /** The row's id. Branded like a payment request's, because the ledger keys commands by it whatever table they come from. */
  readonly refundRequestId: PaymentRequestId;
  readonly name: string;
  readonly action: RefundAction | "unsupported";
  readonly amount: Money | undefined;
  readonly amountProblem?: "missing" | "too_precise" | undefined;
  readonly currency: string | undefined;
  readonly currencyId: string | undefined;
  readonly reasonCode?: ReasonCode | undefined;
  readonly note?: string | undefined;
  readonly author: Author;
  readonly createdById: string;
  /** Who really wrote it, when it was written on somebody's behalf. */
  readonly onBehalfById?: string | undefined;
  readonly modifiedById: string;
  readonly ownerId: string;
  readonly paymentId?: string | undefined;
  /** Give back of this one capture. */
  readonly captureEffectId?: EffectId | undefined;
  readonly invoiceId?: string | undefined;
  readonly salesOrderId?: string | undefined;
  /** The document of a request without a payment (a credit), whole. */
  readonly document?: DocumentRow | undefined;
  /** The instrument of a credit. */
  readonly savedCard?: SavedCard | undefined;
  /** When a void comes too late: refund instead. */
  readonly isRefundAccepted: boolean;
  readonly bulkRunId?: string | undefined;
  readonly bulkLine?: number | undefined;
  readonly createdOn: Instant;
  readonly modifiedOn: Instant;
  readonly validUntil?: Instant | undefined;
}

/** Everybody who had a hand in the row: none of them may approve it. */
export const handsOn = (row: Pick<RefundRequestRow, "createdById" | "onBehalfById" | "modifiedById" | "ownerId">): readonly string[] =>
  [...new Set([row.createdById, row.onBehalfById, row.modifiedById, row.ownerId].filter((id) => id !== undefined && id !== ""))] as readonly string[];
