// What is still owed on an order or invoice. On an invoice also what its order's payments and cash have paid of it: the relay counts as much.
import { invoiceTable, manualPaymentTable, paymentAllocationTable, paymentTable } from "@cybs/schema";
import type { DocumentFacts } from "./document.ts";
import { sumOf } from "./money.ts";

type Row = Readonly<Record<string, unknown>>;
const ROWS_MAX = 500;
const CANCELLED = 3;
const { columns: payment, lookupValues } = paymentTable;
const { columns: manual, lookupValues: manualLookups } = manualPaymentTable;
const { columns: allocation, lookupValues: allocationLookups } = paymentAllocationTable;
const PAYMENT_COLUMNS = [payment.authorizedAmount, payment.capturedAmount, payment.reversedAmount, payment.refundedAmount, payment.unknownAmount, lookupValues.salesOrderId].join(",");

const of = (row: Row, column: string): number => Number(row[column] ?? 0);
const list = async (table: string, columns: string, filter: string): Promise<readonly Row[]> => (await Xrm.WebApi.retrieveMultipleRecords(table, `?$select=${columns}&$filter=${filter}&$top=${ROWS_MAX}`)).entities as readonly Row[];
const readCards = (filter: string): Promise<readonly Row[]> => list(paymentTable.logicalName, PAYMENT_COLUMNS, filter);
const readCash = async (filter: string): Promise<number> => receivedOf(await list(manualPaymentTable.logicalName, `${manual.amount},${manualLookups.reversesId}`, filter));

/** The document's total less what cards paid or hold and what was received beside them; never below zero. */
export async function readOpen(document: DocumentFacts): Promise<number> {
  const { table, id, total, salesOrderId } = document;
  const isInvoice = table === invoiceTable.logicalName;
  const [cards, received, applied, together] = await Promise.all([
    readCards(`${isInvoice ? lookupValues.invoiceId : lookupValues.salesOrderId} eq ${id}`), readCash(`${isInvoice ? manualLookups.invoiceId : manualLookups.salesOrderId} eq ${id}`),
    isInvoice ? readApplied(id) : [], isInvoice && salesOrderId !== undefined ? readTogether(document, salesOrderId).catch(() => total) : total,
  ]);
  const own = new Set(cards.map((row) => row[paymentTable.primaryId]));
  const byOthers = applied.filter((row) => !own.has(row[allocationLookups.paymentId])).flatMap((row) => [-of(row, allocation.amount), of(row, allocation.refundedAmount)]);
  return Math.max(0, Math.min(together, sumOf([total, -received, ...cards.flatMap(heldOf), ...byOthers])));
}

const readApplied = (id: string): Promise<readonly Row[]> =>
  list(paymentAllocationTable.logicalName, `${allocation.amount},${allocation.refundedAmount},${allocationLookups.paymentId}`, `${allocationLookups.invoiceId} eq ${id} and ${allocation.state} eq ${paymentAllocationTable.choices.state.applied}`);

/** What the order and all its standing invoices leave open together: the larger of their totals, less money taken on the order and what was taken or is held on the invoices. */
async function readTogether({ total, currencyId }: DocumentFacts, orderId: string): Promise<number> {
  const through = (lookup: string): string => `(${lookup}/_salesorderid_value eq ${orderId} and ${lookup}/statecode ne ${CANCELLED})`;
  const [order, invoices, cards, received] = await Promise.all([
    readOrder(orderId),
    list(invoiceTable.logicalName, "totalamount", `_salesorderid_value eq ${orderId} and statecode ne ${CANCELLED}`),
    readCards(`${lookupValues.salesOrderId} eq ${orderId} or ${through(paymentTable.navigation.invoiceId)}`),
    readCash(`${manualLookups.salesOrderId} eq ${orderId} or ${through(manualPaymentTable.navigation.invoiceId)}`),
  ]);
  if (order["_transactioncurrencyid_value"] !== currencyId) return total;
  const limit = Math.max(of(order, "totalamount"), sumOf(invoices.map((row) => of(row, "totalamount"))));
  return sumOf([limit, -received, ...cards.flatMap((row) => (row[lookupValues.salesOrderId] === orderId ? takenOf(row) : heldOf(row)))]);
}

const readOrder = async (id: string): Promise<Row> => Xrm.WebApi.retrieveRecord<Row>("salesorder", id, "?$select=totalamount,_transactioncurrencyid_value");
const heldOf = (row: Row): readonly number[] => [-of(row, payment.authorizedAmount), of(row, payment.reversedAmount), of(row, payment.refundedAmount), -of(row, payment.unknownAmount)];
/** A hold on the order is captured only for what nobody else has paid. */
const takenOf = (row: Row): readonly number[] => [-of(row, payment.capturedAmount), of(row, payment.refundedAmount), -of(row, payment.unknownAmount)];

/** A row that takes another back counts as little as the one that it takes back. */
function receivedOf(rows: readonly Row[]): number {
  const reversed = new Set(rows.map((row) => row[manualLookups.reversesId]));
  return sumOf(rows.filter((row) => (row[manualLookups.reversesId] ?? null) === null && !reversed.has(row[manualPaymentTable.primaryId])).map((row) => of(row, manual.amount)));
}
