// Orders and invoices as far as business events and allocations need them: state, total, what was paid otherwise. Never written here but an
// invoice's state when it is paid.
import { invoiceTable, salesOrderTable } from "@cybs/schema";
import { z } from "zod";
import type { InvoiceReading, OrderReading } from "../../ports/surroundings.ts";
import { collectionOf, dateColumn, decimalColumn, guidColumn, textColumn, wholeColumn } from "./column-kinds.ts";
import { ManualPaymentColumns, manualPaymentExpand, toManualPayments } from "./manual-payment.ts";
import { fromColumn } from "./money-columns.ts";
import { currency, invoice, salesOrder } from "./standard-tables.ts";

const orderManual = salesOrderTable.collections.manualPayments;
const invoiceManual = invoiceTable.collections.manualPayments;
const CURRENCY = `${salesOrder.navigation.currency}($select=${currency.columns.code},${currency.columns.id})`;
const anyOf = (column: string, ids: readonly string[]): string => ids.map((id) => `${column} eq ${id}`).join(" or ");
const TOP = "&$top=500";

export const watchedOrdersPath = (ids: readonly string[]): string =>
  `${salesOrder.entitySetName}?$select=${[salesOrder.columns.id, salesOrder.columns.number, salesOrder.columns.name, salesOrder.columns.total, salesOrder.columns.stateCode, salesOrder.columns.statusCode].join(",")}&$expand=${CURRENCY},${orderManual}${manualPaymentExpand}&$filter=${anyOf(salesOrder.columns.id, ids)}${TOP}`;
export const watchedInvoicesPath = (query: { readonly orderIds: readonly string[]; readonly invoiceIds: readonly string[] }): string =>
  `${invoice.entitySetName}?$select=${[invoice.columns.id, invoice.columns.number, invoice.columns.name, invoice.columns.total, invoice.columns.stateCode, invoice.columns.createdOn, invoice.lookupValues.salesOrder].join(",")}&$expand=${CURRENCY},${invoiceManual}${manualPaymentExpand}&$filter=${[anyOf(invoice.lookupValues.salesOrder, query.orderIds), anyOf(invoice.columns.id, query.invoiceIds)].filter((part) => part !== "").join(" or ")}&$orderby=${invoice.columns.createdOn} asc${TOP}`;

const Currency = z.nullish(z.object({ [currency.columns.code]: textColumn, [currency.columns.id]: guidColumn }));
// Built once: a shape costs many times what it reads.
const OrderRows = collectionOf(z.object({
  [salesOrder.columns.id]: z.guid(), [salesOrder.columns.number]: textColumn, [salesOrder.columns.name]: textColumn, [salesOrder.columns.total]: decimalColumn,
  [salesOrder.columns.stateCode]: wholeColumn, [salesOrder.columns.statusCode]: wholeColumn, [salesOrder.navigation.currency]: Currency, [orderManual]: z.nullish(z.array(ManualPaymentColumns)),
}));
const InvoiceRows = collectionOf(z.object({
  [invoice.columns.id]: z.guid(), [invoice.columns.number]: textColumn, [invoice.columns.name]: textColumn, [invoice.columns.total]: decimalColumn,
  [invoice.columns.stateCode]: wholeColumn, [invoice.columns.createdOn]: dateColumn, [invoice.lookupValues.salesOrder]: guidColumn,
  [salesOrder.navigation.currency]: Currency, [invoiceManual]: z.nullish(z.array(ManualPaymentColumns)),
}));

/** States of an order by number; one that nobody knows counts as active: nothing is done because of it. */
const ORDER_STATES: Readonly<Record<number, OrderReading["state"]>> = { 0: "active", 1: "submitted", 2: "cancelled", 3: "fulfilled", 4: "invoiced" };
/** Closed (1) is deprecated and read-only: like paid. */
const INVOICE_STATES: Readonly<Record<number, InvoiceReading["state"]>> = { 0: "open", 1: "paid", 2: "paid", 3: "cancelled" };

const currencyOf = (row: z.infer<typeof Currency>): { readonly currency: string; readonly currencyId: string | undefined } => ({ currency: row?.[currency.columns.code] ?? "", currencyId: row?.[currency.columns.id] });

export function toOrders(body: unknown): readonly OrderReading[] | undefined {
  const parsed = OrderRows.safeParse(body);
  return parsed.success ? parsed.data.value.map((row) => {
    const money = currencyOf(row[salesOrder.navigation.currency]);
    return {
      orderId: row[salesOrder.columns.id].toLowerCase(), number: row[salesOrder.columns.number] ?? row[salesOrder.columns.name] ?? "", state: ORDER_STATES[row[salesOrder.columns.stateCode] ?? -1] ?? "active",
      statusCode: row[salesOrder.columns.statusCode] ?? 0, total: fromColumn(row[salesOrder.columns.total], money.currency), received: toManualPayments(row[orderManual], money),
    };
  }) : undefined;
}

export function toInvoices(body: unknown): readonly InvoiceReading[] | undefined {
  const parsed = InvoiceRows.safeParse(body);
  return parsed.success ? parsed.data.value.map((row) => {
    const money = currencyOf(row[salesOrder.navigation.currency]);
    return {
      invoiceId: row[invoice.columns.id].toLowerCase(), number: row[invoice.columns.number] ?? row[invoice.columns.name] ?? "", orderId: row[invoice.lookupValues.salesOrder],
      state: INVOICE_STATES[row[invoice.columns.stateCode] ?? -1] ?? "paid", total: fromColumn(row[invoice.columns.total], money.currency), createdOn: row[invoice.columns.createdOn] ?? 0,
      received: toManualPayments(row[invoiceManual], money),
    };
  }) : undefined;
}

/** Paid, with its status reason: Complete or Partial. */
export const paidInvoice = (as: "complete" | "partial"): Readonly<Record<string, number>> =>
  ({ [invoice.columns.stateCode]: invoice.states.paid, [invoice.columns.statusCode]: as === "complete" ? invoice.statuses.complete : invoice.statuses.partial });
