// Reads everything that names the payment. What this user may not read is left out, not guessed.
import { creditMemoTable, operatorDecisionTable, paymentAllocationTable, paymentDecisionTable, paymentRequestTable, paymentTable, paymentTransactionTable, refundApprovalTable, refundRequestTable } from "@cybs/schema";
import { moneyOf, numberOf, readRows, textOf, type Row, type Tone } from "@cybs/controls-shared";
import type { EventKind, TimelineEvent } from "./state";
import { readTrail } from "./trail";

type WebApi = ComponentFramework.WebApi;
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
/** Of each kind, the newest: what happened last is never left out, and what is, is said. */
export const ROWS_MAX = 500;

interface Source { readonly kind: EventKind; readonly table: string; readonly primaryId: string; readonly filter: string; readonly select: readonly string[]; readonly at: string; readonly name: string; readonly amount: string | undefined; readonly what: (row: Row) => string; readonly tone: (row: Row) => Tone; readonly text: string | undefined; readonly details: readonly string[] }
const CHOICE_BASE = 727_000_000;
const choiceOf = (row: Row, column: string): number => (numberOf(row, column) ?? CHOICE_BASE) - CHOICE_BASE;
const quiet = (): Tone => "quiet";

const { columns: transaction, choices } = paymentTransactionTable;
const TONES: Readonly<Record<number, Tone | undefined>> = { [choices.status.approved]: "success", [choices.status.declined]: "danger", [choices.status.refused]: "danger", [choices.status.unknown]: "warning", [choices.status.review]: "warning", [choices.status.partial]: "warning" };

const people = { at: "createdon", details: [] as readonly string[], tone: quiet };
const sourcesOf = (id: string): readonly Source[] => [
  { kind: "transaction", table: paymentTransactionTable.logicalName, primaryId: paymentTransactionTable.primaryId, filter: `${paymentTransactionTable.lookupValues.paymentId} eq ${id}`, at: transaction.occurredOn, name: transaction.name, amount: transaction.amount, text: transaction.agentText,
    select: [transaction.type, transaction.status], what: (row) => `K_${choiceOf(row, transaction.type)}`, tone: (row) => TONES[numberOf(row, transaction.status) ?? 0] ?? "quiet",
    details: [transaction.reason, transaction.merchantReference, transaction.requestId, transaction.reconciliationId, transaction.approvalCode, transaction.networkTransactionId, transaction.avsCode, transaction.cvnCode, transaction.attempt, transaction.settledOn, transaction.nextLookOn, transaction.effectId] },
  { ...people, kind: "request", table: paymentRequestTable.logicalName, primaryId: paymentRequestTable.primaryId, filter: `${paymentRequestTable.lookupValues.paymentId} eq ${id}`, name: paymentRequestTable.columns.name, amount: paymentRequestTable.columns.amount, text: undefined, select: [paymentRequestTable.columns.action], what: (row) => `A_${choiceOf(row, paymentRequestTable.columns.action)}` },
  { ...people, kind: "refundRequest", table: refundRequestTable.logicalName, primaryId: refundRequestTable.primaryId, filter: `${refundRequestTable.lookupValues.paymentId} eq ${id}`, name: refundRequestTable.columns.name, amount: refundRequestTable.columns.amount, text: refundRequestTable.columns.note, select: [refundRequestTable.columns.reasonCode], what: () => "E_RefundRequest", details: [refundRequestTable.columns.reasonCode] },
  { ...people, kind: "approval", table: refundApprovalTable.logicalName, primaryId: refundApprovalTable.primaryId, filter: `${refundApprovalTable.lookupValues.paymentId} eq ${id}`, name: refundApprovalTable.columns.name, amount: refundApprovalTable.columns.amount, text: refundApprovalTable.columns.note, select: [refundApprovalTable.columns.decision], what: (row) => `P_${choiceOf(row, refundApprovalTable.columns.decision)}` },
  { ...people, kind: "decision", table: paymentDecisionTable.logicalName, primaryId: paymentDecisionTable.primaryId, filter: `${paymentDecisionTable.lookupValues.paymentId} eq ${id}`, name: paymentDecisionTable.columns.name, amount: paymentDecisionTable.columns.amount, text: paymentDecisionTable.columns.note, select: [paymentDecisionTable.columns.decision], what: (row) => `D_${choiceOf(row, paymentDecisionTable.columns.decision)}` },
  { ...people, kind: "operatorDecision", table: operatorDecisionTable.logicalName, primaryId: operatorDecisionTable.primaryId, filter: `${operatorDecisionTable.lookupValues.paymentId} eq ${id}`, name: operatorDecisionTable.columns.name, amount: operatorDecisionTable.columns.amount, text: operatorDecisionTable.columns.note, select: [operatorDecisionTable.columns.decision], what: (row) => `O_${choiceOf(row, operatorDecisionTable.columns.decision)}` },
  { ...people, kind: "allocation", table: paymentAllocationTable.logicalName, primaryId: paymentAllocationTable.primaryId, filter: `${paymentAllocationTable.lookupValues.paymentId} eq ${id}`, name: paymentAllocationTable.columns.name, amount: paymentAllocationTable.columns.amount, text: undefined, select: [paymentAllocationTable.columns.state, paymentAllocationTable.lookupValues.invoiceId], what: (row) => `L_${choiceOf(row, paymentAllocationTable.columns.state)}`, details: [paymentAllocationTable.lookupValues.invoiceId] },
  { ...people, kind: "creditMemo", table: creditMemoTable.logicalName, primaryId: creditMemoTable.primaryId, filter: `${creditMemoTable.lookupValues.paymentId} eq ${id}`, at: creditMemoTable.columns.issuedOn, name: creditMemoTable.columns.name, amount: creditMemoTable.columns.amount, text: undefined, select: [creditMemoTable.columns.state], what: () => "E_CreditMemo", details: [creditMemoTable.columns.state] },
];

async function readSource(api: WebApi, source: Source, currency: string): Promise<readonly TimelineEvent[]> {
  const wanted = [...new Set([source.name, source.at, "createdon", "_createdby_value", ...source.select, ...source.details, ...(source.amount === undefined ? [] : [source.amount]), ...(source.text === undefined ? [] : [source.text])])];
  const rows = await readRows(api, source.table, `?$select=${wanted.join(",")}&$filter=${source.filter}&$orderby=createdon desc&$top=${ROWS_MAX + 1}`);
  const shown = (row: Row, column: string): string | undefined => textOf(row, `${column}${FORMATTED}`) ?? textOf(row, column) ?? numberOf(row, column)?.toString();
  return rows.map((row) => ({
    id: textOf(row, source.primaryId) ?? "", kind: source.kind, at: textOf(row, source.at) ?? textOf(row, "createdon") ?? "", who: source.kind === "transaction" || source.kind === "allocation" || source.kind === "creditMemo" ? "" : textOf(row, `_createdby_value${FORMATTED}`) ?? "",
    what: source.what(row), name: textOf(row, source.name) ?? "", tone: source.tone(row), amount: source.amount === undefined || numberOf(row, source.amount) === undefined ? undefined : moneyOf(row, source.amount, currency), text: source.text === undefined ? undefined : textOf(row, source.text),
    details: Object.fromEntries([...(source.kind === "transaction" ? [transaction.status] : []), ...source.details].flatMap((column) => { const value = shown(row, column); return value === undefined ? [] : [[column, value]]; })),
  }));
}

export interface Timeline { readonly currency: string; readonly paymentName: string; readonly events: readonly TimelineEvent[]; readonly hasOlder: boolean }

export async function readTimeline(api: WebApi, id: string): Promise<Timeline> {
  const row = await api.retrieveRecord(paymentTable.logicalName, id, `?$select=${paymentTable.columns.name},${paymentTable.columns.trail}&$expand=transactioncurrencyid($select=isocurrencycode)`) as Row;
  const currency = textOf((row["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD";
  const lists = await Promise.all(sourcesOf(id).map((source) => readSource(api, source, currency).catch(() => [])));
  return { currency, paymentName: textOf(row, paymentTable.columns.name) ?? "", hasOlder: lists.some((list) => list.length > ROWS_MAX), events: [...lists.flatMap((list) => list.slice(0, ROWS_MAX)), ...readTrail(textOf(row, paymentTable.columns.trail))] };
}
