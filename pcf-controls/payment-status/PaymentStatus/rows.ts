// Reads of the payment status, all through context.webAPI. What this user may not read beside the payments is left out, not guessed.
import { creditMemoTable, manualPaymentTable, paymentAllocationTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { cardOf, moneyOf, numberOf, readRows, textOf, type RecordReference, type Row } from "@cybs/controls-shared";
import { readAroundInvoice } from "./around-invoice";
import { EMPTY, type Line, type Manual, type Memo, type Paid, type StatusState } from "./state";

type WebApi = ComponentFramework.WebApi;
/** Added up; more than this stands on no document that a person keeps an eye on, and is said where it does. */
const SUMMED_MAX = 500;
/** Shown in the timeline: the ones that want somebody first, then the latest. */
const PAYMENTS_SHOWN = 20;
const LINES_MAX = 50;
const EXTRAS_MAX = 50;
const ORDER_CLOSED_FROM = 2;
const CHOICE_BASE = 727_000_000;
const { columns: payment, choices: paymentChoices, lookupValues, logicalName: PAYMENT, primaryId } = paymentTable;
const { columns: transaction, choices } = paymentTransactionTable;

interface Head { readonly name: string; readonly currency: string; readonly currencyId: string | undefined; readonly total: bigint; readonly isClosed: boolean; readonly kind: StatusState["kind"]; readonly orderId: string | undefined }
const NUMBER_COLUMN: Readonly<Record<string, string>> = { salesorder: "ordernumber", invoice: "invoicenumber", [PAYMENT]: payment.name };

async function readHead(api: WebApi, { table, id }: RecordReference): Promise<Head> {
  const isPayment = table === PAYMENT;
  const amount = isPayment ? payment.authorizedAmount : "totalamount";
  const number = NUMBER_COLUMN[table] ?? "name";
  const row = await api.retrieveRecord(table, id, `?$select=${amount},${number},statecode,_transactioncurrencyid_value${table === "invoice" ? ",_salesorderid_value" : ""}&$expand=transactioncurrencyid($select=isocurrencycode)`) as Row;
  const currency = textOf((row["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD";
  const state = numberOf(row, "statecode") ?? 0;
  return { name: textOf(row, number) ?? "", currency, currencyId: textOf(row, "_transactioncurrencyid_value"), total: moneyOf(row, amount, currency), isClosed: !isPayment && (table === "salesorder" ? state >= ORDER_CLOSED_FROM : state !== 0), kind: isPayment ? "payment" : table === "salesorder" ? "order" : "invoice", orderId: textOf(row, "_salesorderid_value") };
}

const PAYMENT_COLUMNS = [payment.status, payment.authorizedAmount, payment.capturedAmount, payment.refundedAmount, payment.reversedAmount, payment.unknownAmount, payment.brand, payment.lastFour].join(",");
const FILTER: Readonly<Record<string, string>> = { salesorder: lookupValues.salesOrderId, invoice: lookupValues.invoiceId, [PAYMENT]: primaryId };

export async function readStatus(api: WebApi, document: RecordReference): Promise<StatusState> {
  const [head, payments] = await Promise.all([readHead(api, document), readRows(api, PAYMENT, `?$select=${PAYMENT_COLUMNS}&$filter=${FILTER[document.table] ?? primaryId} eq ${document.id}&$orderby=createdon desc&$top=${SUMMED_MAX}`)]);
  const money = (of: Row, column: string): bigint => moneyOf(of, column, head.currency);
  const [lines, applied, manuals, memos, around] = await Promise.all([payments.length === 0 ? [] : readLines(api, shownOf(payments), money), readApplied(api, { document, payments, money }), readManuals(api, document, money), readMemos(api, document, money), readAroundInvoice(api, head)]);
  const sum = (column: string): bigint => payments.reduce((total, of) => total + money(of, column), 0n);
  const has = (...statuses: readonly number[]): boolean => payments.some((of) => statuses.includes(numberOf(of, payment.status) ?? -1));
  const captured = sum(payment.capturedAmount);
  return {
    ...EMPTY, ...head, phase: "ready", authorized: sum(payment.authorizedAmount), captured, refunded: sum(payment.refundedAmount), released: sum(payment.reversedAmount), held: sum(payment.authorizedAmount) - sum(payment.reversedAmount) - captured + sum(payment.unknownAmount),
    isUnknown: has(paymentChoices.status.unknown), isWaiting: has(paymentChoices.status.awaitingDecision, paymentChoices.status.inReview), lines, payments: payments.map((row) => paidOf(row, money)), applied: applied.minor, manuals: manuals.rows.slice(0, EXTRAS_MAX), memos, around,
    manual: manuals.rows.reduce((total, one) => (one.isReversed ? total : total + one.amount), 0n), isCut: [payments.length, applied.count, manuals.count].some((count) => count >= SUMMED_MAX),
  };
}

const { awaitingDecision, inReview, unknown, inProgress } = paymentChoices.status;
const WANTING: readonly number[] = [awaitingDecision, inReview, unknown, inProgress];
function shownOf(payments: readonly Row[]): readonly Row[] {
  const isWanting = (row: Row): boolean => WANTING.includes(numberOf(row, payment.status) ?? -1);
  return [...payments.filter(isWanting), ...payments.filter((row) => !isWanting(row))].slice(0, PAYMENTS_SHOWN);
}

function paidOf(row: Row, money: (row: Row, column: string) => bigint): Paid {
  const held = money(row, payment.authorizedAmount) - money(row, payment.capturedAmount) - money(row, payment.reversedAmount);
  const returnable = money(row, payment.capturedAmount) - money(row, payment.refundedAmount);
  return { id: textOf(row, primaryId) ?? "", card: cardOf(row), held: held > 0n ? held : 0n, returnable: returnable > 0n ? returnable : 0n };
}

type Money = (row: Row, column: string) => bigint;

async function readLines(api: WebApi, payments: readonly Row[], money: Money): Promise<readonly Line[]> {
  const byId = new Map(payments.map((row) => [textOf(row, primaryId) ?? "", row]));
  const paymentOf = paymentTransactionTable.lookupValues.paymentId;
  const filter = [...byId.keys()].map((id) => `${paymentOf} eq ${id}`).join(" or ");
  const wanted = [transaction.type, transaction.status, transaction.isFinal, transaction.amount, transaction.reason, transaction.agentText, transaction.occurredOn, transaction.expiresOn, transaction.nextLookOn, paymentOf].join(",");
  const rows = await readRows(api, paymentTransactionTable.logicalName, `?$select=${wanted}&$filter=${filter}&$orderby=${transaction.occurredOn} desc&$top=${LINES_MAX}`);
  return rows.map((row) => lineOf(row, byId.get(textOf(row, paymentOf) ?? "") ?? {}, money));
}

function lineOf(row: Row, of: Row, money: Money): Line {
  const status = (numberOf(row, transaction.status) ?? 0) - choices.status.inProgress;
  const isHold = numberOf(row, transaction.type) === choices.type.authorization && paidOf(of, money).held > 0n;
  const isPart = status + choices.status.inProgress === choices.status.partial;
  const waitsForDecision = numberOf(of, payment.status) === paymentChoices.status.awaitingDecision && (isPart || status + choices.status.inProgress === choices.status.review) && row[transaction.isFinal] !== true;
  return {
    id: textOf(row, paymentTransactionTable.primaryId) ?? "", paymentId: textOf(row, paymentTransactionTable.lookupValues.paymentId) ?? "", type: (numberOf(row, transaction.type) ?? 0) - choices.type.undetermined, status,
    amount: numberOf(row, transaction.amount) === undefined ? undefined : money(row, transaction.amount), card: cardOf(of), at: textOf(row, transaction.occurredOn) ?? "", reason: textOf(row, transaction.reason), agentText: textOf(row, transaction.agentText),
    // Only what is still held can lapse; what was captured cannot.
    expiresOn: isHold ? textOf(row, transaction.expiresOn) : undefined, nextLookOn: textOf(row, transaction.nextLookOn),
    waitsForDecision, isPart, decideBy: waitsForDecision ? textOf(row, transaction.expiresOn) : undefined,
  };
}

interface AppliedInput { readonly document: RecordReference; readonly payments: readonly Row[]; readonly money: Money }
async function readApplied(api: WebApi, { document, payments, money }: AppliedInput): Promise<{ readonly minor: bigint; readonly count: number }> {
  if (document.table !== "invoice") return { minor: 0n, count: 0 };
  const { columns, lookupValues: lookups, choices: states, logicalName } = paymentAllocationTable;
  const own = new Set(payments.map((row) => textOf(row, primaryId)));
  const rows = await readRows(api, logicalName, `?$select=${columns.amount},${columns.refundedAmount},${lookups.paymentId}&$filter=${lookups.invoiceId} eq ${document.id} and ${columns.state} eq ${states.state.applied}&$top=${SUMMED_MAX}`).catch(() => []);
  return { minor: rows.filter((row) => !own.has(textOf(row, lookups.paymentId))).reduce((total, row) => total + money(row, columns.amount) - money(row, columns.refundedAmount), 0n), count: rows.length };
}

async function readManuals(api: WebApi, document: RecordReference, money: Money): Promise<{ readonly rows: readonly Manual[]; readonly count: number }> {
  if (document.table === PAYMENT) return { rows: [], count: 0 };
  const { columns, lookupValues: lookups, logicalName, primaryId: id } = manualPaymentTable;
  const rows = await readRows(api, logicalName, `?$select=${[columns.kind, columns.amount, columns.reference, columns.receivedOn, columns.createdOn, lookups.reversesId].join(",")}&$filter=${document.table === "invoice" ? lookups.invoiceId : lookups.salesOrderId} eq ${document.id}&$orderby=createdon desc&$top=${SUMMED_MAX}`).catch(() => []);
  const reversed = new Set(rows.map((row) => textOf(row, lookups.reversesId)));
  const received = rows.filter((row) => textOf(row, lookups.reversesId) === undefined).map((row) => ({ id: textOf(row, id) ?? "", kind: (numberOf(row, columns.kind) ?? CHOICE_BASE) - CHOICE_BASE, amount: money(row, columns.amount), reference: textOf(row, columns.reference) ?? "", on: textOf(row, columns.receivedOn) ?? textOf(row, columns.createdOn) ?? "", isReversed: reversed.has(textOf(row, id)) }));
  return { rows: received, count: rows.length };
}

async function readMemos(api: WebApi, document: RecordReference, money: Money): Promise<readonly Memo[]> {
  const { columns, lookupValues: lookups, logicalName, primaryId: id } = creditMemoTable;
  const column = document.table === "invoice" ? lookups.invoiceId : document.table === PAYMENT ? lookups.paymentId : lookups.salesOrderId;
  const rows = await readRows(api, logicalName, `?$select=${[columns.name, columns.amount, columns.state, columns.issuedOn].join(",")}&$filter=${column} eq ${document.id}&$orderby=createdon desc&$top=${EXTRAS_MAX}`).catch(() => []);
  return rows.map((row) => ({ id: textOf(row, id) ?? "", name: textOf(row, columns.name) ?? "", amount: money(row, columns.amount), state: (numberOf(row, columns.state) ?? CHOICE_BASE) - CHOICE_BASE, on: textOf(row, columns.issuedOn) ?? "" }));
}
