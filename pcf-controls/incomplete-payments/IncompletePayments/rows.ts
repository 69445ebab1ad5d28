// Reads payments that need somebody, each with its open step; writes an operator's decision.
import { operatorDecisionTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { bind, cardOf, moneyOf, numberOf, readRows, textOf, toDecimalText, type Row } from "@cybs/controls-shared";
import { valueOf, type Decision, type Incomplete } from "./state";

type WebApi = ComponentFramework.WebApi;
export const ROWS_MAX = 50;
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const OPEN_MINUTES = 5;
const { columns, lookupValues, choices, logicalName, primaryId } = paymentTable;
const { columns: transaction, lookupValues: lookups } = paymentTransactionTable;

/** Marked by the relay, or in a state that nobody should leave, or under way for longer than any answer takes. */
function filterAt(now: Date): string {
  const before = new Date(now.getTime() - OPEN_MINUTES * 60_000).toISOString();
  const { status } = choices;
  const states = [status.unknown, status.awaitingDecision, status.inReview].map((value) => `${columns.status} eq ${value}`).join(" or ");
  return `${columns.needsAttention} eq true or ${states} or (${columns.status} eq ${status.inProgress} and createdon lt ${before})`;
}

export async function readIncomplete(api: WebApi, now: Date): Promise<readonly Incomplete[]> {
  const wanted = [columns.name, columns.status, columns.authorizedAmount, columns.unknownAmount, columns.nextText, columns.nextOn, columns.brand, columns.lastFour, columns.createdOn, lookupValues.salesOrderId, lookupValues.invoiceId, lookupValues.customerId, lookupValues.transactionCurrencyId];
  const rows = await readRows(api, logicalName, `?$select=${wanted.join(",")}&$expand=transactioncurrencyid($select=isocurrencycode)&$filter=${filterAt(now)}&$orderby=createdon asc&$top=${ROWS_MAX + 1}`);
  const steps = await readSteps(api, rows.map((row) => textOf(row, primaryId) ?? ""));
  return rows.map((row) => toIncomplete(row, steps.find((step) => textOf(step, lookups.paymentId) === textOf(row, primaryId))));
}

const readSteps = async (api: WebApi, ids: readonly string[]): Promise<readonly Row[]> => (ids.length === 0 ? [] : readRows(api, paymentTransactionTable.logicalName,
  `?$select=${[transaction.type, transaction.amount, transaction.requestId, transaction.reason, transaction.agentText, transaction.occurredOn, transaction.nextLookOn, "createdon", lookups.paymentId].join(",")}&$filter=${transaction.isFinal} eq false and (${ids.map((id) => `${lookups.paymentId} eq ${id}`).join(" or ")})&$orderby=createdon desc&$top=${ROWS_MAX * 4}`));

function toIncomplete(row: Row, step: Row | undefined): Incomplete {
  const currency = textOf((row["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD";
  const amount = step === undefined || numberOf(step, transaction.amount) === undefined ? moneyOf(row, columns.unknownAmount, currency) + (numberOf(row, columns.unknownAmount) === 0 ? moneyOf(row, columns.authorizedAmount, currency) : 0n) : moneyOf(step, transaction.amount, currency);
  const { choices: kinds } = paymentTransactionTable;
  return {
    id: textOf(row, primaryId) ?? "", name: textOf(row, columns.name) ?? "", status: numberOf(row, columns.status) ?? choices.status.unknown, statusName: textOf(row, `${columns.status}${FORMATTED}`) ?? "", card: cardOf(row), currency,
    documentName: textOf(row, `${lookupValues.invoiceId}${FORMATTED}`) ?? textOf(row, `${lookupValues.salesOrderId}${FORMATTED}`) ?? "", customerName: textOf(row, `${lookupValues.customerId}${FORMATTED}`) ?? "", currencyId: textOf(row, lookupValues.transactionCurrencyId),
    transactionId: step === undefined ? undefined : textOf(step, paymentTransactionTable.primaryId), transactionType: step === undefined ? kinds.type.undetermined : numberOf(step, transaction.type) ?? kinds.type.undetermined, amount, foundId: step === undefined ? undefined : textOf(step, transaction.requestId),
    why: step === undefined ? undefined : textOf(step, transaction.agentText), reason: step === undefined ? undefined : textOf(step, transaction.reason), since: (step === undefined ? undefined : textOf(step, transaction.occurredOn) ?? textOf(step, "createdon")) ?? textOf(row, columns.createdOn) ?? "",
    nextText: textOf(row, columns.nextText), nextOn: textOf(row, columns.nextOn) ?? (step === undefined ? undefined : textOf(step, transaction.nextLookOn)),
  };
}

/** Create-only: its Create privilege is the privilege to decide. The amount repeats what the operator saw. */
export async function createDecision(api: WebApi, of: { readonly row: Incomplete; readonly decision: Decision; readonly note: string }): Promise<void> {
  const { columns: column, navigation } = operatorDecisionTable;
  await api.createRecord(operatorDecisionTable.logicalName, {
    [column.decision]: valueOf[of.decision], [column.amount]: Number(toDecimalText(of.row.amount, of.row.currency)), [column.note]: of.note.trim(),
    ...bind(navigation.paymentId, paymentTable.entitySetName, of.row.id), ...bind(navigation.paymentTransactionId, paymentTransactionTable.entitySetName, of.row.transactionId), ...bind(navigation.transactionCurrencyId, "transactioncurrencies", of.row.currencyId),
  });
}
