// What the order of an invoice and its other invoices have taken of it, so that the form opens no more than the relay does (docs/adr/0090).
import { manualPaymentTable, paymentTable } from "@cybs/schema";
import { moneyOf, numberOf, readRows, textOf, type Row } from "@cybs/controls-shared";
import { NOTHING_AROUND, type AroundInvoice } from "./state";

type WebApi = ComponentFramework.WebApi;
const ROWS_MAX = 500;
const CANCELLED = 3;
const { columns: payment, choices, lookupValues } = paymentTable;
const { columns: manual, lookupValues: manualLookups } = manualPaymentTable;
const PAYMENT_COLUMNS = [payment.status, payment.authorizedAmount, payment.capturedAmount, payment.reversedAmount, payment.refundedAmount, payment.unknownAmount, lookupValues.salesOrderId].join(",");

export interface InvoiceFacts { readonly orderId: string | undefined; readonly total: bigint; readonly currency: string; readonly currencyId: string | undefined }

/** An invoice without an order stands alone; what may not be read is left out. */
export async function readAroundInvoice(api: WebApi, invoice: InvoiceFacts): Promise<AroundInvoice> {
  return invoice.orderId === undefined ? NOTHING_AROUND : readOrderOf(api, invoice, invoice.orderId).catch(() => NOTHING_AROUND);
}

async function readOrderOf(api: WebApi, { total, currency, currencyId }: InvoiceFacts, orderId: string): Promise<AroundInvoice> {
  const through = (navigation: string): string => `(${navigation}/_salesorderid_value eq ${orderId} and ${navigation}/statecode ne ${CANCELLED})`;
  const [order, invoices, cards, received] = await Promise.all([
    api.retrieveRecord("salesorder", orderId, "?$select=totalamount,_transactioncurrencyid_value") as Promise<Row>,
    readRows(api, "invoice", `?$select=totalamount&$filter=_salesorderid_value eq ${orderId} and statecode ne ${CANCELLED}&$top=${ROWS_MAX}`),
    readRows(api, paymentTable.logicalName, `?$select=${PAYMENT_COLUMNS}&$filter=${lookupValues.salesOrderId} eq ${orderId} or ${through(paymentTable.navigation.invoiceId)}&$top=${ROWS_MAX}`),
    readReceived(api, `${manualLookups.salesOrderId} eq ${orderId} or ${through(manualPaymentTable.navigation.invoiceId)}`, currency),
  ]);
  if (textOf(order, "_transactioncurrencyid_value") !== currencyId) return NOTHING_AROUND;
  const money = (row: Row, column: string): bigint => moneyOf(row, column, currency);
  const invoiced = invoices.reduce((sum, row) => sum + money(row, "totalamount"), 0n);
  const limit = [money(order, "totalamount"), invoiced, total].reduce((most, one) => (one > most ? one : most), 0n);
  const ofOrder = cards.filter((row) => textOf(row, lookupValues.salesOrderId) === orderId);
  const isUnknown = (row: Row): boolean => numberOf(row, payment.status) === choices.status.unknown;
  const taken = cards.reduce((sum, row) => sum + (ofOrder.includes(row) ? money(row, payment.capturedAmount) : money(row, payment.authorizedAmount) - money(row, payment.reversedAmount)) - money(row, payment.refundedAmount) + money(row, payment.unknownAmount), received);
  const held = ofOrder.filter((row) => !isUnknown(row)).reduce((sum, row) => sum + money(row, payment.authorizedAmount) - money(row, payment.reversedAmount) - money(row, payment.capturedAmount), 0n);
  return { orderId, open: taken > limit ? 0n : limit - taken, unknown: ofOrder.reduce((sum, row) => sum + money(row, payment.unknownAmount), 0n), held, isUnknown: ofOrder.some(isUnknown) };
}

/** A row that takes another back counts as little as the one that it takes back. */
async function readReceived(api: WebApi, filter: string, currency: string): Promise<bigint> {
  const rows = await readRows(api, manualPaymentTable.logicalName, `?$select=${manual.amount},${manualLookups.reversesId}&$filter=${filter}&$top=${ROWS_MAX}`).catch(() => []);
  const reversed = new Set(rows.map((row) => textOf(row, manualLookups.reversesId)));
  return rows.filter((row) => textOf(row, manualLookups.reversesId) === undefined && !reversed.has(textOf(row, manualPaymentTable.primaryId))).reduce((sum, row) => sum + moneyOf(row, manual.amount, currency), 0n);
}
