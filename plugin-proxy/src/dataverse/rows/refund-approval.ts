// A second person's word on a refund request. Whether it counts is decided in domain/refund-governance; here it is only read.
import { refundApprovalTable as table } from "@cybs/schema";
import { z } from "zod";
import { asPaymentRequestId } from "../../domain/ids.ts";
import type { ApprovalRow } from "../../domain/refund-governance/judge-approval.ts";
import { toIsoText, type Instant } from "../../domain/time.ts";
import { collectionOf, dateColumn, decimalColumn, guidColumn, textColumn, wholeColumn, wordOf } from "./column-kinds.ts";
import { fromColumn } from "./money-columns.ts";
import { REASON } from "./refund-request.ts";
import { currency } from "./standard-tables.ts";
import { toAuthor, UserColumns, userExpand } from "./system-user.ts";

const { columns, lookupValues, navigation, choices } = table;
const DECISION = { approved: choices.decision.approved, rejected: choices.decision.rejected } as const;
const SELECTED = [
  columns.refundApprovalId, lookupValues.refundRequestId, columns.decision, lookupValues.paymentId, columns.amount, columns.reasonCode, columns.createdOn,
  lookupValues.createdBy, lookupValues.createdOnBehalfBy, lookupValues.modifiedOnBehalfBy,
];
export const approvalsPath = (since: Instant): string =>
  `${table.entitySetName}?$select=${SELECTED.join(",")}&$expand=${navigation.createdBy}${userExpand},${navigation.transactionCurrencyId}($select=${currency.columns.code})&$filter=${columns.createdOn} ge ${toIsoText(since)}&$orderby=${columns.createdOn} desc`;

const ApprovalColumns = z.object({
  [columns.refundApprovalId]: z.guid(), [lookupValues.refundRequestId]: guidColumn, [columns.decision]: wholeColumn, [lookupValues.paymentId]: guidColumn,
  [columns.amount]: decimalColumn, [columns.reasonCode]: wholeColumn, [columns.createdOn]: dateColumn, [lookupValues.createdBy]: guidColumn,
  [lookupValues.createdOnBehalfBy]: guidColumn, [lookupValues.modifiedOnBehalfBy]: guidColumn, [navigation.createdBy]: z.nullish(UserColumns),
  [navigation.transactionCurrencyId]: z.nullish(z.object({ [currency.columns.code]: textColumn })),
});
const Rows = collectionOf(ApprovalColumns);

/** Oldest first. A row of no request, or with a decision nobody knows, decides nothing and is left out. */
export function toApprovals(body: unknown): readonly ApprovalRow[] | undefined {
  const parsed = Rows.safeParse(body);
  return parsed.success ? parsed.data.value.map(toApproval).filter((row) => row !== undefined).reverse() : undefined;
}

function toApproval(row: z.infer<typeof ApprovalColumns>): ApprovalRow | undefined {
  const decision = wordOf(DECISION, row[columns.decision]);
  const requestId = row[lookupValues.refundRequestId];
  const createdOn = row[columns.createdOn];
  if (decision === undefined || requestId === undefined || createdOn === undefined) return undefined;
  const isOnBehalf = row[lookupValues.createdOnBehalfBy] !== undefined || row[lookupValues.modifiedOnBehalfBy] !== undefined;
  return {
    approvalId: row[columns.refundApprovalId].toLowerCase(), refundRequestId: asPaymentRequestId(requestId), decision, paymentId: row[lookupValues.paymentId],
    amount: fromColumn(row[columns.amount], row[navigation.transactionCurrencyId]?.[currency.columns.code]), reasonCode: wordOf(REASON, row[columns.reasonCode]),
    author: toAuthor(row[navigation.createdBy], row[lookupValues.createdBy] ?? "", false), isOnBehalf, createdOn,
  };
}
