// A later row, frozen at first sight: later edits change nothing. What can be told from the row alone is refused here; what needs the payment
// is refused when it is decided (plan-change.ts).
import { err, ok, type Result } from "../result.ts";
import { SECOND_MS, type Instant } from "../time.ts";
import { handsOn, type RefundRequestRow } from "../refund-governance/refund-request.ts";
import type { ChangeAction, ChangeCommand, DocumentRef, RequestRow } from "./command.ts";
import { VALID_FOR_MS_DEFAULT, VALID_FOR_MS_MAX } from "./freeze-command.ts";
import { atLeastZero, isPositive } from "../money.ts";

export type ChangeRefusal = "action_unsupported" | "amount_not_valid" | "older_than_ledger" | "request_expired" | "no_payment" | "reason_missing";

export interface ChangeContext {
  readonly now: Instant;
  readonly connectedAt: Instant;
  readonly isClaimed: boolean;
}

/** A row with a payment that asks for anything but a new payment. */
export const isChangeOf = (row: RequestRow): boolean => changeActionOf(row) !== undefined && row.paymentId !== undefined;
const changeActionOf = (row: RequestRow): Extract<ChangeAction, "capture" | "incremental_authorization"> | undefined =>
  (row.action === "capture" || row.action === "incremental_authorization" ? row.action : undefined);

const isTooOld = (row: { readonly modifiedOn: Instant }, context: ChangeContext): boolean => !context.isClaimed && row.modifiedOn < Math.floor(context.connectedAt / SECOND_MS) * SECOND_MS;
const validUntil = (row: { readonly validUntil?: Instant | undefined; readonly modifiedOn: Instant }): Instant =>
  Math.min(row.validUntil ?? row.modifiedOn + VALID_FOR_MS_DEFAULT, row.modifiedOn + VALID_FOR_MS_MAX);

/** A payment request that captures or increments. */
export function freezePaymentChange(row: RequestRow, context: ChangeContext): Result<ChangeCommand, ChangeRefusal> {
  const action = changeActionOf(row);
  if (action === undefined) return err("action_unsupported");
  if (row.paymentId === undefined) return err("no_payment");
  const until = validUntil(row);
  const wrong = wrongWith({ amount: row.amount, modifiedOn: row.modifiedOn, until }, context);
  if (wrong !== undefined || row.amount === undefined) return err(wrong ?? "amount_not_valid");
  return ok({
    commandId: row.paymentRequestId, table: "paymentrequest", name: row.name, action, amount: row.amount, isRefundAccepted: false, document: row.document?.ref, documentTotal: forCards(row.document),
    bulkRunId: row.bulkRunId, bulkLine: row.bulkLine, author: row.author, createdOn: row.createdOn, validUntil: until, claimedAt: context.now, deal: "on",
  });
}

/** What cash, cheques and transfers have paid is no longer there for a card. */
function forCards(document: RequestRow["document"]): ChangeCommand["documentTotal"] {
  return document?.total === undefined ? undefined : atLeastZero({ ...document.total, minor: document.total.minor - (document.receivedMinor ?? 0n) });
}

/** A refund request, whatever its action, on a payment. */
export const freezeRefund = (row: RefundRequestRow, context: ChangeContext): Result<ChangeCommand, ChangeRefusal> =>
  (row.paymentId === undefined ? err("no_payment") : freezeMoneyOut(row, context));

/** What a refund request wants, whatever it hangs on. A reason is always given. */
export function freezeMoneyOut(row: RefundRequestRow, context: ChangeContext): Result<ChangeCommand, ChangeRefusal> {
  if (row.action === "unsupported") return err("action_unsupported");
  if (row.reasonCode === undefined) return err("reason_missing");
  const until = validUntil(row);
  const wrong = wrongWith({ amount: row.amount, modifiedOn: row.modifiedOn, until }, context);
  if (wrong !== undefined || row.amount === undefined) return err(wrong ?? "amount_not_valid");
  return ok({
    commandId: row.refundRequestId, table: "refundrequest", name: row.name, action: row.action, amount: row.amount, captureId: row.captureEffectId, isRefundAccepted: row.isRefundAccepted,
    reasonCode: row.reasonCode, document: documentOf(row), savedCard: row.savedCard, bulkRunId: row.bulkRunId, bulkLine: row.bulkLine, hands: handsOn(row),
    author: row.author, createdOn: row.createdOn, validUntil: until, claimedAt: context.now, deal: "on",
  });
}

function wrongWith(row: { readonly amount: RequestRow["amount"]; readonly modifiedOn: Instant; readonly until: Instant }, context: ChangeContext): ChangeRefusal | undefined {
  if (isTooOld(row, context)) return "older_than_ledger";
  if (!context.isClaimed && context.now > row.until) return "request_expired";
  return row.amount === undefined || !isPositive(row.amount) ? "amount_not_valid" : undefined;
}

function documentOf(row: RefundRequestRow): DocumentRef | undefined {
  if (row.invoiceId !== undefined) return { kind: "invoice", id: row.invoiceId };
  return row.salesOrderId === undefined ? undefined : { kind: "salesorder", id: row.salesOrderId };
}
