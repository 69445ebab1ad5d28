// One payment as the relay projected it: sums, captures and what came back of each, the merchant account's abilities. Read only.
import { merchantAccountTable, paymentTable, paymentTransactionTable, refundRequestTable } from "@cybs/schema";
import { numberOf, textOf, type Row } from "./context.ts";
import type { Abilities, CaptureFacts, GiveBackFacts } from "./give-back.ts";
import { parseAmount } from "./money.ts";
import { readRows } from "./rows.ts";

export interface PaymentFacts extends GiveBackFacts {
  readonly id: string;
  readonly name: string;
  readonly status: number;
  readonly currency: string;
  readonly currencyId: string | undefined;
  readonly card: string;
  readonly salesOrderId: string | undefined;
  readonly invoiceId: string | undefined;
  readonly customerId: string | undefined;
  readonly documentName: string;
  readonly authorized: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly reversed: bigint;
  readonly expiresOn: string | undefined;
  readonly revision: number;
  readonly canCaptureOften: boolean;
  readonly canIncrement: boolean;
  readonly nextText: string | undefined;
  readonly nextOn: string | undefined;
  /** What requests that name an invoice still want back, by that invoice. */
  readonly askedOn: ReadonlyMap<string, bigint>;
}

type WebApi = ComponentFramework.WebApi;
const ROWS_MAX = 100;
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const { columns: payment, lookupValues, choices } = paymentTable;
const { columns: transaction, choices: kinds, lookupValues: transactionLookups } = paymentTransactionTable;

/** Effects that end without having moved anything. */
const GONE: readonly number[] = [kinds.status.declined, kinds.status.refused, kinds.status.absent, kinds.status.undone, kinds.status.expired, kinds.status.withdrawn];
const BACK: readonly number[] = [kinds.type.refund, kinds.type.void];
const TAKEN: readonly number[] = [kinds.type.capture, kinds.type.sale];

export const cardOf = (row: Row): string => { const lastFour = textOf(row, payment.lastFour); return lastFour === undefined ? "" : `${textOf(row, payment.brand) ?? ""} •••• ${lastFour}`.trim(); };
export const moneyOf = (row: Row, column: string, currency: string): bigint => parseAmount(String(numberOf(row, column) ?? 0), currency) ?? 0n;

const PAYMENT_COLUMNS = [payment.name, payment.status, payment.authorizedAmount, payment.capturedAmount, payment.refundedAmount, payment.reversedAmount, payment.unknownAmount, payment.brand, payment.lastFour, payment.expiresOn, payment.revision, payment.nextText, payment.nextOn,
  lookupValues.salesOrderId, lookupValues.invoiceId, lookupValues.customerId, lookupValues.transactionCurrencyId, lookupValues.merchantAccountId];

export async function readPayment(api: WebApi, id: string): Promise<PaymentFacts> {
  const row = await api.retrieveRecord(paymentTable.logicalName, id, `?$select=${PAYMENT_COLUMNS.join(",")}&$expand=transactioncurrencyid($select=isocurrencycode)`) as Row;
  const [transactions, requests, account] = await Promise.all([readTransactions(api, id), readRequests(api, id), readAccount(api, textOf(row, lookupValues.merchantAccountId))]);
  return factsOf(row, { transactions, requests, account });
}

const readTransactions = (api: WebApi, id: string): Promise<readonly Row[]> => readRows(api, paymentTransactionTable.logicalName,
  `?$select=${[transaction.type, transaction.status, transaction.amount, transaction.isFinal, transaction.occurredOn, transaction.settledOn, transactionLookups.parentId, transactionLookups.refundRequestId].join(",")}&$filter=${transactionLookups.paymentId} eq ${id}&$top=${ROWS_MAX}`);

/** What a colleague asked for and this user may not read stays uncounted here; the relay counts it. */
const readRequests = (api: WebApi, id: string): Promise<readonly Row[]> => readRows(api, refundRequestTable.logicalName,
  `?$select=${refundRequestTable.columns.amount},${refundRequestTable.columns.validUntil},${refundRequestTable.lookupValues.invoiceId}&$filter=${refundRequestTable.lookupValues.paymentId} eq ${id}&$top=${ROWS_MAX}`).catch(() => []);

async function readAccount(api: WebApi, id: string | undefined): Promise<Row> {
  const { columns, logicalName } = merchantAccountTable;
  if (id === undefined) return {};
  return api.retrieveRecord(logicalName, id, `?$select=${[columns.partialReversal, columns.reversalAfterVoid, columns.multiCapture, columns.incremental, columns.batchCutOff, columns.timeZone].join(",")}`).catch(() => ({}));
}

interface Parts { readonly transactions: readonly Row[]; readonly requests: readonly Row[]; readonly account: Row }

/** Sums from the payment, captures from its transactions. */
export function factsOf(row: Row, { transactions, requests, account }: Parts): PaymentFacts {
  const currency = textOf((row["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD";
  const money = (column: string): bigint => moneyOf(row, column, currency);
  const status = numberOf(row, payment.status) ?? choices.status.inProgress;
  const [authorized, captured, reversed] = [money(payment.authorizedAmount), money(payment.capturedAmount), money(payment.reversedAmount)];
  const held = authorized - captured - reversed;
  return {
    id: textOf(row, paymentTable.primaryId) ?? "", name: textOf(row, payment.name) ?? "", status, currency, currencyId: textOf(row, lookupValues.transactionCurrencyId), card: cardOf(row),
    salesOrderId: textOf(row, lookupValues.salesOrderId), invoiceId: textOf(row, lookupValues.invoiceId), customerId: textOf(row, lookupValues.customerId),
    documentName: textOf(row, `${lookupValues.invoiceId}${FORMATTED}`) ?? textOf(row, `${lookupValues.salesOrderId}${FORMATTED}`) ?? "",
    authorized, captured, refunded: money(payment.refundedAmount), reversed, held: held < 0n ? 0n : held, expiresOn: textOf(row, payment.expiresOn), revision: numberOf(row, payment.revision) ?? 0,
    canCaptureOften: account[merchantAccountTable.columns.multiCapture] === true, canIncrement: account[merchantAccountTable.columns.incremental] === true, abilities: abilitiesOf(account),
    nextText: textOf(row, payment.nextText), nextOn: textOf(row, payment.nextOn), isUnknown: status === choices.status.unknown || money(payment.unknownAmount) > 0n, isInReview: status === choices.status.inReview || status === choices.status.awaitingDecision,
    captures: capturesOf(transactions, currency), pending: pendingOf(requests, transactions, currency), askedOn: askedOn(requests, transactions, currency),
  };
}

const abilitiesOf = (account: Row): Abilities => {
  const { columns } = merchantAccountTable;
  return { partialReversal: account[columns.partialReversal] === true, reversalAfterVoid: account[columns.reversalAfterVoid] === true, cutOff: textOf(account, columns.batchCutOff), timeZone: textOf(account, columns.timeZone) };
};

export function capturesOf(transactions: readonly Row[], currency: string): readonly CaptureFacts[] {
  const live = transactions.filter((row) => !GONE.includes(numberOf(row, transaction.status) ?? -1));
  return live.filter((row) => TAKEN.includes(numberOf(row, transaction.type) ?? -1) && numberOf(row, transaction.status) === kinds.status.approved).map((row) => {
    const id = textOf(row, paymentTransactionTable.primaryId) ?? "";
    const back = live.filter((other) => textOf(other, transactionLookups.parentId) === id && BACK.includes(numberOf(other, transaction.type) ?? -1));
    return { id, amount: moneyOf(row, transaction.amount, currency), returned: back.reduce((sum, other) => sum + moneyOf(other, transaction.amount, currency), 0n), at: textOf(row, transaction.occurredOn) ?? "", settledOn: textOf(row, transaction.settledOn) };
  });
}

/** Requests that reserve their amount without an effect of their own yet: they wait for approval or for the relay. */
function pendingOf(requests: readonly Row[], transactions: readonly Row[], currency: string): bigint {
  const moving = new Set(transactions.filter((row) => row[transaction.isFinal] === true || BACK.includes(numberOf(row, transaction.type) ?? -1)).map((row) => textOf(row, transactionLookups.refundRequestId)));
  return requests.filter((row) => !moving.has(textOf(row, refundRequestTable.primaryId))).reduce((sum, row) => sum + moneyOf(row, refundRequestTable.columns.amount, currency), 0n);
}

/** An allocation shows a refund once it went out; until then its request, or the part of it that is on its way, counts for the invoice. */
export function askedOn(requests: readonly Row[], transactions: readonly Row[], currency: string): ReadonlyMap<string, bigint> {
  const asked = new Map<string, bigint>();
  for (const request of requests) {
    const invoiceId = textOf(request, refundRequestTable.lookupValues.invoiceId);
    if (invoiceId === undefined) continue;
    const own = transactions.filter((row) => textOf(row, transactionLookups.refundRequestId) === textOf(request, refundRequestTable.primaryId));
    const onItsWay = own.filter((row) => BACK.includes(numberOf(row, transaction.type) ?? -1) && ![...GONE, kinds.status.approved].includes(numberOf(row, transaction.status) ?? -1));
    asked.set(invoiceId, (asked.get(invoiceId) ?? 0n) + pendingOf([request], transactions, currency) + onItsWay.reduce((sum, row) => sum + moneyOf(row, transaction.amount, currency), 0n));
  }
  return asked;
}
