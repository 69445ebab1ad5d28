// The command row for money out: create-only for people, submitted by being created. Read whole in one GET; the relay writes only those of
// business events. Its payment's id is what ties it to the ledger; the document is read for credits, which have no payment.
import { refundRequestTable as table } from "@cybs/schema";
import { z } from "zod";
import { asEffectId, asPaymentRequestId, type PaymentRequestId } from "../../domain/ids.ts";
import { parseMoney } from "../../domain/money.ts";
import type { ReasonCode, RefundRequestRow } from "../../domain/refund-governance/refund-request.ts";
import { dateColumn, decimalColumn, flagColumn, guidColumn, textColumn, wholeColumn, wordOf } from "./column-kinds.ts";
import { savedCardExpand, SavedCardColumns, toSavedCard } from "./payment-method.ts";
import { salesOrderExpand, SalesOrderColumns, toDocument } from "./sales-order.ts";
import { currency } from "./standard-tables.ts";
import { toAuthor, UserColumns, userExpand } from "./system-user.ts";

const { columns, lookupValues, navigation, choices, collections, primaryId, entitySetName } = table;

const SELECTED = [
  columns.refundRequestId, columns.name, columns.action, columns.amount, columns.reasonCode, columns.note, columns.isRefundAccepted, columns.bulkLine, columns.validUntil,
  columns.createdOn, columns.modifiedOn, lookupValues.createdBy, lookupValues.createdOnBehalfBy, lookupValues.modifiedBy, lookupValues.modifiedOnBehalfBy, lookupValues.ownerId,
  lookupValues.paymentId, lookupValues.captureId, lookupValues.invoiceId, lookupValues.salesOrderId, lookupValues.bulkRunId, lookupValues.transactionCurrencyId,
];
const EXPANDED = [
  `${navigation.salesOrderId}${salesOrderExpand}`, `${navigation.paymentMethodId}${savedCardExpand}`,
  `${navigation.createdBy}${userExpand}`, `${navigation.transactionCurrencyId}($select=${currency.columns.code})`,
];
export const refundRequestPath = (id: PaymentRequestId): string => `${entitySetName}(${id})?$select=${SELECTED.join(",")}&$expand=${EXPANDED.join(",")}`;

const RefundRequestColumns = z.object({
  [columns.refundRequestId]: z.guid(), [columns.name]: textColumn, [columns.action]: wholeColumn, [columns.amount]: decimalColumn, [columns.reasonCode]: wholeColumn,
  [columns.note]: textColumn, [columns.isRefundAccepted]: flagColumn, [columns.bulkLine]: wholeColumn, [columns.validUntil]: dateColumn,
  [columns.createdOn]: dateColumn, [columns.modifiedOn]: dateColumn,
  [lookupValues.createdBy]: guidColumn, [lookupValues.createdOnBehalfBy]: guidColumn, [lookupValues.modifiedBy]: guidColumn, [lookupValues.modifiedOnBehalfBy]: guidColumn,
  [lookupValues.ownerId]: guidColumn, [lookupValues.paymentId]: guidColumn, [lookupValues.captureId]: guidColumn, [lookupValues.invoiceId]: guidColumn,
  [lookupValues.salesOrderId]: guidColumn, [lookupValues.bulkRunId]: guidColumn, [lookupValues.transactionCurrencyId]: guidColumn,
  [navigation.salesOrderId]: z.nullish(SalesOrderColumns), [navigation.paymentMethodId]: z.nullish(SavedCardColumns), [navigation.createdBy]: z.nullish(UserColumns),
  [navigation.transactionCurrencyId]: z.nullish(z.object({ [currency.columns.code]: textColumn })),
});

const ACTION = {
  give_back: choices.action.giveBackByPolicy, refund: choices.action.refund, void: choices.action.void,
  authorization_reversal: choices.action.authorizationReversal, credit: choices.action.credit,
} as const;
export const REASON: Readonly<Record<ReasonCode, number>> = {
  returned_goods: choices.reasonCode.returnedGoods, not_delivered: choices.reasonCode.notDelivered, wrong_amount: choices.reasonCode.wrongAmount,
  duplicate: choices.reasonCode.duplicate, goodwill: choices.reasonCode.goodwill, cancelled: choices.reasonCode.cancelled, other: choices.reasonCode.other,
};

/** The row, or undefined when the answer is not what was asked for. A row that names no action is given back by policy; numbers nobody knows are refused. */
export function toRefundRequestRow(body: unknown): RefundRequestRow | undefined {
  const parsed = RefundRequestColumns.safeParse(body);
  if (!parsed.success) return undefined;
  const row = parsed.data;
  const { createdOn, modifiedOn } = { createdOn: row[columns.createdOn], modifiedOn: row[columns.modifiedOn] };
  if (createdOn === undefined || modifiedOn === undefined) return undefined;
  const createdById = row[lookupValues.createdBy] ?? "";
  const onBehalfById = row[lookupValues.createdOnBehalfBy] ?? row[lookupValues.modifiedOnBehalfBy];
  const code = row[navigation.transactionCurrencyId]?.[currency.columns.code];
  const captureId = row[lookupValues.captureId];
  return {
    refundRequestId: asPaymentRequestId(row[columns.refundRequestId]), name: row[columns.name] ?? "",
    action: wordOf(ACTION, row[columns.action] ?? ACTION.give_back) ?? "unsupported", ...toAmount(row[columns.amount], code),
    currency: code, currencyId: row[lookupValues.transactionCurrencyId], reasonCode: wordOf(REASON, row[columns.reasonCode]), note: row[columns.note],
    author: toAuthor(row[navigation.createdBy], createdById, onBehalfById !== undefined), createdById, onBehalfById,
    modifiedById: row[lookupValues.modifiedBy] ?? "", ownerId: row[lookupValues.ownerId] ?? "",
    paymentId: row[lookupValues.paymentId], captureEffectId: captureId === undefined ? undefined : asEffectId(captureId),
    invoiceId: row[lookupValues.invoiceId], salesOrderId: row[lookupValues.salesOrderId], document: toDocument(row[navigation.salesOrderId]),
    savedCard: toSavedCard(row[navigation.paymentMethodId]), isRefundAccepted: row[columns.isRefundAccepted],
    bulkRunId: row[lookupValues.bulkRunId], bulkLine: row[columns.bulkLine], createdOn, modifiedOn, validUntil: row[columns.validUntil],
  };
}

function toAmount(text: string | undefined, code: string | undefined): Pick<RefundRequestRow, "amount" | "amountProblem"> {
  if (text === undefined || code === undefined) return { amount: undefined, amountProblem: "missing" };
  const parsed = parseMoney(text, code);
  if (parsed.ok) return { amount: parsed.value };
  return { amount: undefined, amountProblem: parsed.error === "too_precise" ? "too_precise" : "missing" };
}

/** Rows that no transaction row belongs to: nobody has claimed them. Pages want an order without ties. */
export const unclaimedRefundRequestsPath =
  `${entitySetName}?$select=${primaryId}&$filter=not ${collections.paymentTransactions}/any()&$orderby=${columns.createdOn} asc,${primaryId} asc`;

const IdRows = z.object({ value: z.array(z.object({ [primaryId]: z.guid() })) });
export function toRefundRequestIds(body: unknown): readonly PaymentRequestId[] | undefined {
  const parsed = IdRows.safeParse(body);
  return parsed.success ? parsed.data.value.map((row) => asPaymentRequestId(row[primaryId])) : undefined;
}
