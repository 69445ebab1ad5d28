// The order or invoice a command stands on, and what was already captured for it and is not applied to any invoice yet.
import { invoiceTable, paymentAllocationTable, paymentTable } from "@cybs/schema";
import { sumOf } from "./money.ts";

export interface DocumentFacts { readonly table: string; readonly id: string; readonly total: number; readonly currencyId: string | undefined; readonly currency: string; readonly isClosed: boolean; readonly salesOrderId: string | undefined }
export interface CapturedPayment { readonly id: string; readonly unapplied: number }
type Row = Readonly<Record<string, unknown>>;

/** salesorder.statecode: canceled 2, fulfilled 3, invoiced 4. invoice.statecode: closed 1, paid 2, canceled 3. */
const OPEN_BELOW: Readonly<Record<string, number>> = { salesorder: 2, invoice: 1 };
const PAYMENTS_MAX = 50;
const { columns: payment, lookupValues } = paymentTable;
const { columns: allocation, lookupValues: allocationLookups } = paymentAllocationTable;

export async function readDocument(table: string, id: string): Promise<DocumentFacts> {
  const isInvoice = table === invoiceTable.logicalName;
  const row: Row = await Xrm.WebApi.retrieveRecord(table, id, `?$select=totalamount,statecode,_transactioncurrencyid_value${isInvoice ? ",_salesorderid_value" : ""}&$expand=transactioncurrencyid($select=isocurrencycode)`);
  return {
    table, id, total: Number(row["totalamount"] ?? 0), currencyId: row["_transactioncurrencyid_value"] as string | undefined, currency: (row["transactioncurrencyid"] as { readonly isocurrencycode?: string } | null | undefined)?.isocurrencycode ?? "USD",
    isClosed: Number(row["statecode"]) >= (OPEN_BELOW[table] ?? 1), salesOrderId: (row["_salesorderid_value"] ?? undefined) as string | undefined,
  };
}

/** Payments of the invoice's order whose captures no invoice has taken up. */
export async function readUnapplied(salesOrderId: string): Promise<readonly CapturedPayment[]> {
  const [payments, allocations] = await Promise.all([
    Xrm.WebApi.retrieveMultipleRecords(paymentTable.logicalName, `?$select=${payment.capturedAmount},${payment.refundedAmount}&$filter=${lookupValues.salesOrderId} eq ${salesOrderId} and ${payment.capturedAmount} gt 0&$top=${PAYMENTS_MAX}`),
    Xrm.WebApi.retrieveMultipleRecords(paymentAllocationTable.logicalName, `?$select=${allocation.amount},${allocation.refundedAmount},${allocationLookups.paymentId}&$filter=${allocationLookups.salesOrderId} eq ${salesOrderId} and ${allocation.state} eq ${paymentAllocationTable.choices.state.applied}&$top=${PAYMENTS_MAX}`),
  ]);
  return (payments.entities as readonly Row[]).map((row) => {
    const id = String(row[paymentTable.primaryId]);
    const applied = (allocations.entities as readonly Row[]).filter((one) => one[allocationLookups.paymentId] === id).map((one) => Number(one[allocation.amount] ?? 0) - Number(one[allocation.refundedAmount] ?? 0));
    return { id, unapplied: sumOf([Number(row[payment.capturedAmount] ?? 0), -Number(row[payment.refundedAmount] ?? 0), ...applied.map((amount) => -amount)]) };
  }).filter(({ unapplied }) => unapplied > 0);
}
