// What an invoice holds of a payment that other invoices may share: applied to it, not given back, and not asked for by a request that names it.
import { paymentAllocationTable } from "@cybs/schema";
import { moneyOf, readRows, textOf, type PaymentFacts, type Row } from "@cybs/controls-shared";

const ALLOCATIONS_MAX = 20;
const { columns, lookupValues, logicalName } = paymentAllocationTable;

/** What payments have paid of this invoice; nothing where this user may not read it. */
export const readAllocations = (api: ComponentFramework.WebApi, invoiceId: string): Promise<readonly Row[]> =>
  readRows(api, logicalName, `?$select=${[columns.amount, columns.refundedAmount, lookupValues.paymentId].join(",")}&$filter=${lookupValues.invoiceId} eq ${invoiceId}&$top=${ALLOCATIONS_MAX}`).catch(() => []);

/** Undefined: the payment was taken on this invoice and is all its own. */
export function shareOf(payment: PaymentFacts, invoiceId: string, allocations: readonly Row[]): bigint | undefined {
  if (payment.invoiceId === invoiceId) return undefined;
  const own = allocations.filter((row) => textOf(row, lookupValues.paymentId) === payment.id);
  const applied = own.reduce((sum, row) => sum + moneyOf(row, columns.amount, payment.currency) - moneyOf(row, columns.refundedAmount, payment.currency), 0n);
  const left = applied - (payment.askedOn.get(invoiceId) ?? 0n);
  return left > 0n ? left : 0n;
}
