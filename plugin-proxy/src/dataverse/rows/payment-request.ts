// The command row: read with everything that is needed to decide about it, in one GET with `$expand` (at most 15 of them,
// learn.microsoft.com/power-apps/developer/data-platform/webapi/query/join-tables). The relay never writes it.
import { paymentRequestTable as table } from "@cybs/schema";
import { z } from "zod";
import { asPaymentRequestId, type PaymentRequestId } from "../../domain/ids.ts";
import { parseMoney } from "../../domain/money.ts";
import type { BillTo, RequestRow } from "../../domain/payment/command.ts";
import { toIsoText, type Instant } from "../../domain/time.ts";
import { collectionOf, dateColumn, decimalColumn, flagColumn, guidColumn, textColumn, wholeColumn, wordOf } from "./column-kinds.ts";
import { savedCardExpand, SavedCardColumns, toSavedCard } from "./payment-method.ts";
import { invoiceExpand, InvoiceColumns, toInvoiceDocument } from "./invoice-document.ts";
import { salesOrderExpand, salesOrderExpandWithCommodity, SalesOrderColumns, toDocument } from "./sales-order.ts";
import { currency } from "./standard-tables.ts";
import { toAuthor, UserColumns, userExpand } from "./system-user.ts";

const { columns, lookupValues, navigation, choices, collections, primaryId, entitySetName } = table;

const BILL_TO = {
  firstName: columns.billToFirstName, lastName: columns.billToLastName, company: columns.billToCompany, line1: columns.billToLine1, line2: columns.billToLine2,
  city: columns.billToCity, stateOrProvince: columns.billToStateOrProvince, postalCode: columns.billToPostalCode, country: columns.billToCountry,
  email: columns.billToEmailAddress, telephone: columns.billToTelephone,
} as const satisfies Record<keyof BillTo, string>;

const SELECTED = [
  columns.paymentRequestId, columns.name, columns.state, columns.action, columns.method, columns.channel, columns.amount, columns.saveCard, columns.consentTextVersion,
  columns.validUntil, columns.nonceHash, columns.createdOn, columns.modifiedOn, lookupValues.createdBy, lookupValues.modifiedBy, lookupValues.createdOnBehalfBy,
  lookupValues.modifiedOnBehalfBy, lookupValues.ownerId, lookupValues.invoiceId, lookupValues.transactionCurrencyId, lookupValues.paymentId, lookupValues.bulkRunId, columns.bulkLine, columns.newName, ...Object.values(BILL_TO),
];
const queryWith = (ofOrder: string): string => `$select=${SELECTED.join(",")}&$expand=${[
  `${navigation.salesOrderId}${ofOrder}`, `${navigation.invoiceId}${invoiceExpand}`, `${navigation.paymentMethodId}${savedCardExpand}`,
  `${navigation.createdBy}${userExpand}`, `${navigation.transactionCurrencyId}($select=${currency.columns.code})`,
].join(",")}`;
const QUERY = queryWith(salesOrderExpand);
const QUERY_WITH_COMMODITY = queryWith(salesOrderExpandWithCommodity);
/** The whole row; `hasLevelThree`: the solution has that column on products. */
export const requestPath = (id: PaymentRequestId, hasLevelThree: boolean): string => `${entitySetName}(${id})?${hasLevelThree ? QUERY_WITH_COMMODITY : QUERY}`;

const RequestColumns = z.object({
  [columns.paymentRequestId]: z.guid(), [columns.name]: textColumn, [columns.state]: wholeColumn, [columns.action]: wholeColumn, [columns.method]: wholeColumn,
  [columns.channel]: wholeColumn, [columns.amount]: decimalColumn, [columns.saveCard]: flagColumn, [columns.consentTextVersion]: textColumn,
  [columns.validUntil]: dateColumn, [columns.nonceHash]: textColumn, [columns.createdOn]: dateColumn, [columns.modifiedOn]: dateColumn,
  [lookupValues.createdBy]: guidColumn, [lookupValues.modifiedBy]: guidColumn, [lookupValues.createdOnBehalfBy]: guidColumn, [lookupValues.modifiedOnBehalfBy]: guidColumn,
  [lookupValues.ownerId]: guidColumn, [lookupValues.invoiceId]: guidColumn, [lookupValues.transactionCurrencyId]: guidColumn, [lookupValues.paymentId]: guidColumn, [lookupValues.bulkRunId]: guidColumn, [columns.bulkLine]: wholeColumn, [columns.newName]: textColumn,
  [columns.billToFirstName]: textColumn, [columns.billToLastName]: textColumn, [columns.billToCompany]: textColumn, [columns.billToLine1]: textColumn,
  [columns.billToLine2]: textColumn, [columns.billToCity]: textColumn, [columns.billToStateOrProvince]: textColumn, [columns.billToPostalCode]: textColumn,
  [columns.billToCountry]: textColumn, [columns.billToEmailAddress]: textColumn, [columns.billToTelephone]: textColumn,
  [navigation.salesOrderId]: z.nullish(SalesOrderColumns), [navigation.invoiceId]: z.nullish(InvoiceColumns), [navigation.paymentMethodId]: z.nullish(SavedCardColumns), [navigation.createdBy]: z.nullish(UserColumns),
  [navigation.transactionCurrencyId]: z.nullish(z.object({ [currency.columns.code]: textColumn })),
});
type RequestColumnsRow = z.infer<typeof RequestColumns>;

const STATE = { draft: choices.state.draft, submitted: choices.state.submitted, withdrawn: choices.state.withdrawn } as const;
const ACTION = {
  take_payment: choices.action.takePayment, authorization: choices.action.authorization, sale: choices.action.sale, remove_card: choices.action.removeSavedCard, make_default: choices.action.makeDefault, rename_card: choices.action.renameSavedCard, capture: choices.action.capture,
  incremental_authorization: choices.action.incrementalAuthorization, reauthorization: choices.action.reAuthorize, apply_payment: choices.action.recordPaymentApplied,
} as const;
const METHOD = { saved_card: choices.method.savedCard, new_card: choices.method.newCard, none: choices.method.none } as const;
const CHANNEL = { phone: choices.channel.onThePhone, mail: choices.channel.byMail, absent_as_agreed: choices.channel.customerAbsentAsAgreed } as const;

/** The row, or undefined when the answer is not what was asked for. */
export function toRequestRow(body: unknown): RequestRow | undefined {
  const parsed = RequestColumns.safeParse(body);
  if (!parsed.success) return undefined;
  const row = parsed.data;
  const { createdOn, modifiedOn } = { createdOn: row[columns.createdOn], modifiedOn: row[columns.modifiedOn] };
  if (createdOn === undefined || modifiedOn === undefined) return undefined;
  const createdById = row[lookupValues.createdBy] ?? "";
  const currencyCode = row[navigation.transactionCurrencyId]?.[currency.columns.code];
  return {
    paymentRequestId: asPaymentRequestId(row[columns.paymentRequestId]), name: row[columns.name] ?? "",
    // A state nobody knows is never acted on.
    state: wordOf(STATE, row[columns.state]) ?? "draft",
    method: wordOf(METHOD, row[columns.method]), ...toDeed(row), ...toAmount(row, currencyCode), currency: currencyCode, currencyId: row[lookupValues.transactionCurrencyId],
    saveCard: row[columns.saveCard], consentTextVersion: row[columns.consentTextVersion], validUntil: row[columns.validUntil], nonceHash: row[columns.nonceHash],
    createdOn, modifiedOn, author: toAuthor(row[navigation.createdBy], createdById, row[lookupValues.createdOnBehalfBy] !== undefined),
    createdById, modifiedById: row[lookupValues.modifiedBy] ?? "", ownerId: row[lookupValues.ownerId] ?? "",
    hasOnBehalfBy: row[lookupValues.createdOnBehalfBy] !== undefined || row[lookupValues.modifiedOnBehalfBy] !== undefined,
    paymentId: row[lookupValues.paymentId], bulkRunId: row[lookupValues.bulkRunId], bulkLine: row[columns.bulkLine], newName: row[columns.newName],
    billTo: toBillTo(row), savedCard: toSavedCard(row[navigation.paymentMethodId]),
    // Exactly one document: a row that names an order and an invoice names none.
    document: documentOf(row),
  };
}

function documentOf(row: RequestColumnsRow): RequestRow["document"] {
  const order = toDocument(row[navigation.salesOrderId]);
  if (row[lookupValues.invoiceId] === undefined) return order;
  return order === undefined ? toInvoiceDocument(row[navigation.invoiceId], { id: row[lookupValues.transactionCurrencyId], code: row[navigation.transactionCurrencyId]?.[currency.columns.code] }) : undefined;
}

/** What to do, by which channel. A row that names no action asks for "take payment", and one without a channel was on the phone; numbers nobody knows are refused. */
function toDeed(row: RequestColumnsRow): Pick<RequestRow, "action" | "channel"> {
  const channel = wordOf(CHANNEL, row[columns.channel] ?? CHANNEL.phone);
  const action = wordOf(ACTION, row[columns.action] ?? ACTION.take_payment);
  return { action: channel === undefined ? "unsupported" : action ?? "unsupported", channel: channel ?? "phone" };
}

function toAmount(row: RequestColumnsRow, code: string | undefined): Pick<RequestRow, "amount" | "amountProblem"> {
  const text = row[columns.amount];
  if (text === undefined || code === undefined) return { amount: undefined, amountProblem: "missing" };
  const parsed = parseMoney(text, code);
  if (parsed.ok) return { amount: parsed.value };
  return { amount: undefined, amountProblem: parsed.error === "too_precise" ? "too_precise" : "missing" };
}

function toBillTo(row: RequestColumnsRow): BillTo {
  const filled = Object.entries(BILL_TO).map(([name, column]) => [name, row[column]?.trim()] as const).filter(([, value]) => value !== undefined && value !== "");
  return Object.fromEntries(filled);
}

/** Submitted rows that no transaction row belongs to: nobody has claimed them. Pages want an order without ties. */
export const unclaimedRequestsPath =
  `${entitySetName}?$select=${primaryId}&$filter=${columns.state} eq ${STATE.submitted} and not ${collections.paymentTransactions}/any()&$orderby=${columns.modifiedOn} asc,${primaryId} asc`;

/** Rows withdrawn since, of which something is not finished. */
export const withdrawnRequestsPath = (isFinalColumn: string, since: Instant): string =>
  `${entitySetName}?$select=${primaryId}&$filter=${columns.state} eq ${STATE.withdrawn} and ${columns.modifiedOn} ge ${toIsoText(since)} and ${collections.paymentTransactions}/any(t:t/${isFinalColumn} eq false)&$orderby=${columns.modifiedOn} desc&$top=100`;

const IdRows = collectionOf(z.object({ [primaryId]: z.guid() }));
export function toRequestIds(body: unknown): readonly PaymentRequestId[] | undefined {
  const parsed = IdRows.safeParse(body);
  return parsed.success ? parsed.data.value.map((row) => asPaymentRequestId(row[primaryId])) : undefined;
}
