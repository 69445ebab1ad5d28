// Reads payments that need somebody, each with its open step; writes an operator's decision.
import { operatorDecisionTable, paymentRequestTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { bind, cardOf, moneyOf, numberOf, readRows, textOf, toDecimalText, type Row } from "@cybs/controls-shared";
import { valueOf, type Decision, type Incomplete } from "./state";

type WebApi = ComponentFramework.WebApi;
/** Shown at first, and as many more whenever they are asked for. */
export const ROWS_STEP = 50;
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

export async function readIncomplete(api: WebApi, now: Date, most: number): Promise<{ readonly rows: readonly Incomplete[]; readonly hasMore: boolean }> {
  const wanted = [columns.name, columns.status, columns.authorizedAmount, columns.unknownAmount, columns.nextText, columns.nextOn, columns.brand, columns.lastFour, columns.createdOn, lookupValues.salesOrderId, lookupValues.invoiceId, lookupValues.customerId, lookupValues.transactionCurrencyId];
  const rows = await readRows(api, logicalName, `?$select=${wanted.join(",")}&$expand=transactioncurrencyid($select=isocurrencycode)&$filter=${filterAt(now)}&$orderby=createdon asc&$top=${most + 1}`);
  const ids = rows.slice(0, most).map((row) => textOf(row, primaryId) ?? "");
  // In parts: an address can hold only so many ids.
  const steps = (await Promise.all(Array.from({ length: Math.ceil(ids.length / ROWS_STEP) }, (_, part) => readSteps(api, ids.slice(part * ROWS_STEP, (part + 1) * ROWS_STEP))))).flat();
  const payments = rows.slice(0, most).map((row) => toIncomplete(row, steps.find((step) => textOf(step, lookups.paymentId) === textOf(row, primaryId))));
  // What Dataverse rejected is shown however many payments wait before it.
  return { hasMore: rows.length > most, rows: [...payments, ...(await readRejected(api)).filter((one) => !payments.some(({ id }) => id === one.id))] };
}

/** What stands at Cybersource and Dataverse does not take: only the step that was claimed before it was sent is there, with the sentence that names what to mend. */
async function readRejected(api: WebApi): Promise<readonly Incomplete[]> {
  const { columns: asked, lookupValues: of } = paymentRequestTable;
  const wanted = [transaction.name, transaction.type, transaction.reason, transaction.agentText, "createdon", lookups.paymentId, lookups.paymentRequestId, lookups.refundRequestId];
  const request = `${paymentTransactionTable.navigation.paymentRequestId}($select=${asked.amount},${of.salesOrderId},${of.invoiceId},${of.transactionCurrencyId};$expand=transactioncurrencyid($select=isocurrencycode))`;
  const rows = await readRows(api, paymentTransactionTable.logicalName, `?$select=${wanted.join(",")}&$expand=${request}&$filter=${transaction.reason} eq 'projection_rejected'&$orderby=createdon asc&$top=${ROWS_STEP}`);
  return rows.map((row) => {
    const command = (row[paymentTransactionTable.navigation.paymentRequestId] ?? {}) as Row;
    const currency = textOf((command["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD";
    const [transactionId, paymentId] = [textOf(row, paymentTransactionTable.primaryId), textOf(row, lookups.paymentId)];
    return {
      id: paymentId ?? transactionId ?? "", hasPayment: paymentId !== undefined, name: textOf(row, `${lookups.paymentRequestId}${FORMATTED}`) ?? textOf(row, `${lookups.refundRequestId}${FORMATTED}`) ?? textOf(row, transaction.name) ?? "",
      status: choices.status.inProgress, statusName: "", documentName: textOf(command, `${of.invoiceId}${FORMATTED}`) ?? textOf(command, `${of.salesOrderId}${FORMATTED}`) ?? "", customerName: "", card: "", currency, currencyId: textOf(command, of.transactionCurrencyId),
      transactionId, transactionType: numberOf(row, transaction.type) ?? paymentTransactionTable.choices.type.undetermined, amount: moneyOf(command, asked.amount, currency), foundId: undefined,
      why: textOf(row, transaction.agentText), reason: textOf(row, transaction.reason), since: textOf(row, "createdon") ?? "", nextText: undefined, nextOn: undefined,
    };
  });
}

const readSteps = async (api: WebApi, ids: readonly string[]): Promise<readonly Row[]> => (ids.length === 0 ? [] : readRows(api, paymentTransactionTable.logicalName,
  `?$select=${[transaction.type, transaction.amount, transaction.requestId, transaction.reason, transaction.agentText, transaction.occurredOn, transaction.nextLookOn, "createdon", lookups.paymentId].join(",")}&$filter=${transaction.isFinal} eq false and (${ids.map((id) => `${lookups.paymentId} eq ${id}`).join(" or ")})&$orderby=createdon desc&$top=${ROWS_STEP * 4}`));

function toIncomplete(row: Row, step: Row | undefined): Incomplete {
  const currency = textOf((row["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD";
  const amount = step === undefined || numberOf(step, transaction.amount) === undefined ? moneyOf(row, columns.unknownAmount, currency) + (numberOf(row, columns.unknownAmount) === 0 ? moneyOf(row, columns.authorizedAmount, currency) : 0n) : moneyOf(step, transaction.amount, currency);
  const { choices: kinds } = paymentTransactionTable;
  return {
    id: textOf(row, primaryId) ?? "", hasPayment: true, name: textOf(row, columns.name) ?? "", status: numberOf(row, columns.status) ?? choices.status.unknown, statusName: textOf(row, `${columns.status}${FORMATTED}`) ?? "", card: cardOf(row), currency,
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
    ...bind(navigation.paymentId, paymentTable.entitySetName, of.row.hasPayment ? of.row.id : undefined), ...bind(navigation.paymentTransactionId, paymentTransactionTable.entitySetName, of.row.transactionId), ...bind(navigation.transactionCurrencyId, "transactioncurrencies", of.row.currencyId),
  });
}
