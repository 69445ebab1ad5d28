// Reads and writes of the capture panel, all through context.webAPI.
import { paymentDecisionTable, paymentRequestTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { bind, moneyOf, plainId, readRows, textOf, toDecimalText, writeDecision, type PaymentFacts, type Row } from "@cybs/controls-shared";

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

/** Releasing what is held is a decision on the authorization: whoever may create one may release. Returns the transaction it names. */
export async function releaseHold(api: WebApi, payment: PaymentFacts): Promise<void> {
  const { columns: column, choices, lookupValues: lookups, primaryId } = paymentTransactionTable;
  const [row] = await readRows(api, paymentTransactionTable.logicalName, `?$select=${primaryId}&$filter=${lookups.paymentId} eq ${payment.id} and ${column.type} eq ${choices.type.authorization} and ${column.status} eq ${choices.status.approved}&$orderby=${column.occurredOn} desc&$top=1`);
  await writeDecision(api, { kind: "release", transactionId: textOf(row ?? {}, primaryId) ?? "", paymentId: payment.id, amount: toDecimalText(payment.held, payment.currency), currencyId: payment.currencyId });
}

export const DECISION_TABLE = paymentDecisionTable.logicalName;
