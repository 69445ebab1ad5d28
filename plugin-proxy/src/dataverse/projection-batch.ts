// A projection as a batch: one change set of upserts by primary key (saved card, payment, its transactions in order), then the order's
// convenience columns on their own. A failed change set ends the batch; the order comes last, so it can fail without touching the rest.
import { paymentMethodTable, paymentTable } from "@cybs/schema";
import type { Money } from "../domain/money.ts";
import type { PaymentProjection } from "../domain/payment/project.ts";
import { invoicePath } from "./rows/invoice-document.ts";
import { isWritable } from "./rows/money-columns.ts";
import { fromPaymentMethod } from "./rows/payment-method.ts";
import { fromPayment, paymentPath } from "./rows/payment.ts";
import { fromTransaction, transactionPath } from "./rows/payment-transaction.ts";
import { fromDocumentStatus, salesOrderPath } from "./rows/sales-order.ts";
import type { Owner } from "./rows/write-values.ts";
import type { Change, Operation } from "./write-batch.ts";
import { conditionOf, type Guard } from "./write-guard.ts";

/** Its answer carries the row's new version. */
const VERSIONED = { Prefer: "return=representation" } as const;

export interface ProjectionBatch {
  readonly operations: readonly Operation[];
  /** Where in the change set the guarding row and the saved card stand. */
  readonly guardedIndex: number;
  readonly paymentMethodIndex: number | undefined;
}

export function toBatch(projection: PaymentProjection, guard: Guard, owner: Owner | undefined): ProjectionBatch {
  const { payment, paymentMethod, document } = projection;
  const methods: Change[] = paymentMethod === undefined || guard.paymentMethod === "leave" ? [] : [{
    method: "PATCH", path: `${paymentMethodTable.entitySetName}(${paymentMethod.paymentMethodId})?$select=${paymentMethodTable.primaryId}`,
    body: fromPaymentMethod(paymentMethod, { owner, isNew: guard.paymentMethod === "create" }), headers: { ...conditionOf(guard.paymentMethod), ...VERSIONED },
  }];
  const payments: Change[] = payment === undefined ? [] : [{
    method: "PATCH", path: `${paymentPath(payment.paymentId)}?$select=${paymentTable.columns.revision}`, body: fromPayment(payment, projection, { owner, isNew: guard.payment === "create" }),
    headers: { ...conditionOf(guard.payment), ...VERSIONED },
  }];
  const transactions = projection.transactions.filter((transaction) => guard.left?.has(transaction.effectId) !== true).map((transaction, index): Change => ({
    method: "PATCH", path: transactionPath(transaction.effectId), body: fromTransaction(transaction, projection, owner),
    headers: index > 0 || payment !== undefined ? undefined : { ...conditionOf(guard.transaction), ...VERSIONED },
  }));
  return {
    operations: [
      { kind: "change_set", changes: [...methods, ...payments, ...transactions] },
      // If-Match: a document that is gone is not made anew.
      ...(document === undefined ? [] : [{ kind: "change", change: { method: "PATCH", path: document.ref.kind === "salesorder" ? salesOrderPath(document.ref.id) : invoicePath(document.ref.id), body: fromDocumentStatus(document), headers: { "If-Match": "*" } } } as const]),
    ],
    guardedIndex: methods.length, paymentMethodIndex: methods.length === 0 ? undefined : 0,
  };
}

/** The first amount that cannot be written exactly. */
export function unwritableAmount({ payment, transactions }: PaymentProjection): Money | undefined {
  const sums = payment === undefined ? [] : [payment.authorized, payment.captured, payment.refunded, payment.reversed, payment.open, payment.unknown];
  return [...sums, ...transactions.map((transaction) => transaction.amount)].find((money) => money !== undefined && !isWritable(money));
}
