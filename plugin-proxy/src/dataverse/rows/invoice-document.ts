// An invoice that a request names, as a document: it has an order's columns under other names, so it is read as one. What payments of its
// order have paid of it, and what was paid without a card, is no longer open. One GET takes 15 `$expand`s, and the order needs most of them:
// the invoice's currency is the request's when both name the same one, and its lines are read where they are needed (read-invoice-lines.ts).
import { invoiceTable, paymentAllocationTable as allocation, salesOrderTable } from "@cybs/schema";
import { z } from "zod";
import type { DocumentRow } from "../../domain/payment/command.ts";
import { decimalColumn, guidColumn, wholeColumn } from "./column-kinds.ts";
import { manualPaymentExpand } from "./manual-payment.ts";
import { fromColumn } from "./money-columns.ts";
import { documentPaymentExpand } from "./payment.ts";
import { SalesOrderColumns, toDocument } from "./sales-order.ts";
import { currency as money, invoice, salesOrder as order } from "./standard-tables.ts";

const CURRENCY = "_transactioncurrencyid_value";
const allocations = invoiceTable.collections.paymentAllocations;
/** Of an invoice → of an order. */
const RENAMED: Readonly<Record<string, string>> = {
  [invoice.columns.id]: order.columns.id, [invoice.columns.number]: order.columns.number,
  [invoiceTable.collections.payments]: salesOrderTable.collections.payments, [invoiceTable.collections.manualPayments]: salesOrderTable.collections.manualPayments,
};

const SELECTED = [invoice.columns.id, invoice.columns.number, invoice.columns.name, invoice.columns.total, invoice.columns.stateCode, order.lookupValues.customer, order.lookupValues.owner, order.lookupValues.owningBusinessUnit, invoice.lookupValues.salesOrder, CURRENCY];
const EXPANDED = [
  `${invoiceTable.collections.payments}${documentPaymentExpand}`, `${invoiceTable.collections.manualPayments}${manualPaymentExpand}`,
  `${allocations}($select=${allocation.columns.amount},${allocation.columns.refundedAmount},${allocation.lookupValues.paymentId})`,
];
export const invoiceExpand = `($select=${SELECTED.join(",")};$expand=${EXPANDED.join(",")})`;

const AllocationColumns = z.object({ [allocation.columns.amount]: decimalColumn, [allocation.columns.refundedAmount]: decimalColumn, [allocation.lookupValues.paymentId]: guidColumn });
const asOrder = (value: unknown): unknown =>
  (typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value).map(([name, member]) => [RENAMED[name] ?? name, member])) : value);
export const InvoiceColumns = z.preprocess(asOrder, SalesOrderColumns.extend({ [allocations]: z.nullish(z.array(AllocationColumns)), [invoice.columns.stateCode]: wholeColumn, [CURRENCY]: guidColumn, [invoice.lookupValues.salesOrder]: guidColumn }));

/** The invoice as a document; only an active one is open. */
export function toInvoiceDocument(row: z.infer<typeof InvoiceColumns> | null | undefined, currency: { readonly id: string | undefined; readonly code: string | undefined }): DocumentRow | undefined {
  if (row === null || row === undefined) return undefined;
  const isSame = currency.id !== undefined && row[CURRENCY] === currency.id;
  const document = toDocument({ ...row, [order.navigation.currency]: isSame ? { [money.columns.code]: currency.code, [money.columns.id]: currency.id } : null });
  if (document === undefined) return undefined;
  const isActive = row[invoice.columns.stateCode] === invoice.states.active;
  const own = new Set(document.payments.map((payment) => payment.paymentId));
  const minorOf = (value: Parameters<typeof fromColumn>[0]): bigint => fromColumn(value, document.currency)?.minor ?? 0n;
  const applied = (row[allocations] ?? []).map((one) => ({ paymentId: one[allocation.lookupValues.paymentId] ?? "", minor: minorOf(one[allocation.columns.amount]) - minorOf(one[allocation.columns.refundedAmount]) })).filter((one) => !own.has(one.paymentId));
  return {
    ...document, ref: { kind: "invoice", id: document.ref.id }, isOpen: isActive, isCancelled: row[invoice.columns.stateCode] === invoice.states.cancelled, isWritable: isActive,
    receivedMinor: applied.reduce((sum, one) => sum + one.minor, document.receivedMinor ?? 0n), applied, orderId: row[invoice.lookupValues.salesOrder] ?? undefined,
  };
}

/** An invoice's key in a path. */
export const invoicePath = (id: string): string => `${invoice.entitySetName}(${id})`;
