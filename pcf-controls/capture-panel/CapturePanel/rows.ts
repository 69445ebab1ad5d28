// Reads and writes of the capture panel, all through context.webAPI.
import { paymentRequestTable, paymentTable, refundRequestTable } from "@cybs/schema";
import { bind, moneyOf, plainId, readRows, toDecimalText, type PaymentFacts, type Row } from "@cybs/controls-shared";

type WebApi = ComponentFramework.WebApi;
const PAYMENTS_MAX = 50;
const VALID_MS = 24 * 3_600_000;
const { columns, lookupValues, logicalName, entitySetName } = paymentTable;

/** What the order or invoice owes beyond all that is held and captured on it; zero where the document cannot be read. */
export async function readGap(api: WebApi, payment: PaymentFacts): Promise<bigint> {
  const [table, id, column] = payment.salesOrderId === undefined ? ["invoice", payment.invoiceId, lookupValues.invoiceId] as const : ["salesorder", payment.salesOrderId, lookupValues.salesOrderId] as const;
  if (id === undefined) return 0n;
  const [row, payments] = await Promise.all([api.retrieveRecord(table, id, "?$select=totalamount") as Promise<Row>, readRows(api, logicalName, `?$select=${columns.authorizedAmount},${columns.reversedAmount},${columns.refundedAmount},${columns.unknownAmount}&$filter=${column} eq ${id}&$top=${PAYMENTS_MAX}`)]);
  const money = (of: Row, name: string): bigint => moneyOf(of, name, payment.currency);
  const taken = payments.reduce((sum, one) => sum + money(one, columns.authorizedAmount) - money(one, columns.reversedAmount) - money(one, columns.refundedAmount) + money(one, columns.unknownAmount), 0n);
  const gap = money(row, "totalamount") - taken;
  return gap < 0n ? 0n : gap;
}

export interface NewRequest { readonly payment: PaymentFacts; readonly action: "capture" | "increase"; readonly amount: bigint; readonly now: Date }

/** Submitted as it is created: an action on a payment needs no card entry. */
export async function createRequest(api: WebApi, of: NewRequest): Promise<string> {
  const { columns: column, choices, navigation } = paymentRequestTable;
  const made = await api.createRecord(paymentRequestTable.logicalName, {
    [column.action]: of.action === "capture" ? choices.action.capture : choices.action.incrementalAuthorization, [column.amount]: Number(toDecimalText(of.amount, of.payment.currency)), [column.method]: choices.method.none, [column.state]: choices.state.submitted,
    [column.validUntil]: new Date(of.now.getTime() + VALID_MS).toISOString(), ...bind(navigation.paymentId, entitySetName, of.payment.id),
    ...(of.payment.salesOrderId === undefined ? bind(navigation.invoiceId, "invoices", of.payment.invoiceId) : bind(navigation.salesOrderId, "salesorders", of.payment.salesOrderId)),
    ...bind(navigation.transactionCurrencyId, "transactioncurrencies", of.payment.currencyId),
  });
  return plainId(made.id);
}

/** Releasing a hold is a request for money out like every other: whoever may ask for refunds may ask for it. It gives no captured money away and waits for nobody. */
export async function createRelease(api: WebApi, payment: PaymentFacts): Promise<string> {
  const { columns: column, choices, navigation, logicalName: table } = refundRequestTable;
  const made = await api.createRecord(table, {
    [column.action]: choices.action.authorizationReversal, [column.amount]: Number(toDecimalText(payment.held, payment.currency)), [column.reasonCode]: choices.reasonCode.cancelled, ...bind(navigation.paymentId, entitySetName, payment.id),
    ...(payment.salesOrderId === undefined ? bind(navigation.invoiceId, "invoices", payment.invoiceId) : bind(navigation.salesOrderId, "salesorders", payment.salesOrderId)), ...bind(navigation.transactionCurrencyId, "transactioncurrencies", payment.currencyId),
  });
  return plainId(made.id);
}
