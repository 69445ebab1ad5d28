// Writes of a bulk run: the run with its plan and hash first, then one request row a line, which names the run and its line.
import { bulkRunTable, paymentRequestTable, paymentTable, refundRequestTable } from "@cybs/schema";
import { bind, plainId, textOf, toDecimalText, type PaymentFacts, type Row } from "@cybs/controls-shared";
import type { BulkAction } from "./plan";

type WebApi = ComponentFramework.WebApi;
const VALID_MS = 24 * 3_600_000;

export interface NewRun { readonly action: BulkAction; readonly plan: string; readonly planHash: string; readonly lineCount: number; readonly amount: string; readonly reason: number; readonly currencyId: string | undefined }

export async function createRun(api: WebApi, of: NewRun): Promise<{ readonly id: string; readonly name: string }> {
  const { columns, choices, navigation, logicalName } = bulkRunTable;
  const made = await api.createRecord(logicalName, {
    [columns.action]: choices.action[of.action], [columns.plan]: of.plan, [columns.planHash]: of.planHash, [columns.lineCount]: of.lineCount, [columns.amount]: Number(of.amount),
    ...(of.action === "refund" ? { [columns.reasonCode]: choices.reasonCode.returnedGoods + of.reason } : {}), ...bind(navigation.transactionCurrencyId, "transactioncurrencies", of.currencyId),
  });
  const id = plainId(made.id);
  const row = await api.retrieveRecord(logicalName, id, `?$select=${columns.name}`).catch(() => ({})) as Row;
  return { id, name: textOf(row, columns.name) ?? "" };
}

export interface NewLine { readonly action: BulkAction; readonly payment: PaymentFacts; readonly amount: bigint; readonly runId: string; readonly line: number; readonly reason: number; readonly now: Date }

const documentOf = (payment: PaymentFacts, navigation: { readonly salesOrderId: string; readonly invoiceId: string }): Readonly<Record<string, string>> => (payment.salesOrderId === undefined ? bind(navigation.invoiceId, "invoices", payment.invoiceId) : bind(navigation.salesOrderId, "salesorders", payment.salesOrderId));

export async function createLine(api: WebApi, of: NewLine): Promise<string> {
  const { payment } = of;
  const amount = Number(toDecimalText(of.amount, payment.currency));
  const validUntil = new Date(of.now.getTime() + VALID_MS).toISOString();
  if (of.action === "capture") {
    const { columns, choices, navigation, logicalName } = paymentRequestTable;
    const made = await api.createRecord(logicalName, {
      [columns.action]: choices.action.capture, [columns.amount]: amount, [columns.method]: choices.method.none, [columns.state]: choices.state.submitted, [columns.validUntil]: validUntil, [columns.bulkLine]: of.line, ...bind(navigation.bulkRunId, bulkRunTable.entitySetName, of.runId),
      ...bind(navigation.paymentId, paymentTable.entitySetName, payment.id), ...documentOf(payment, navigation), ...bind(navigation.transactionCurrencyId, "transactioncurrencies", payment.currencyId),
    });
    return plainId(made.id);
  }
  const { columns, choices, navigation, logicalName } = refundRequestTable;
  const made = await api.createRecord(logicalName, {
    [columns.action]: choices.action.giveBackByPolicy, [columns.amount]: amount, [columns.reasonCode]: choices.reasonCode.returnedGoods + of.reason, [columns.isRefundAccepted]: true, [columns.validUntil]: validUntil, [columns.bulkLine]: of.line, ...bind(navigation.bulkRunId, bulkRunTable.entitySetName, of.runId),
    ...bind(navigation.paymentId, paymentTable.entitySetName, payment.id), ...documentOf(payment, navigation), ...bind(navigation.transactionCurrencyId, "transactioncurrencies", payment.currencyId),
  });
  return plainId(made.id);
}
