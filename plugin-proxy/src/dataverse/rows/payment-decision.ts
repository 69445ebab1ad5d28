// A person's decision on a payment that waits for one. Who may create the row may decide; the row repeats the amount it was shown.
import { paymentDecisionTable as table, paymentTransactionTable } from "@cybs/schema";
import { z } from "zod";
import { asEffectId, asPaymentRequestId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import { toIsoText } from "../../domain/time.ts";
import type { DecisionRow } from "../../ports/dataverse.ts";
import { collectionOf, dateColumn, decimalColumn, guidColumn, wholeColumn, wordOf } from "./column-kinds.ts";
import { toAuthor, UserColumns, userExpand } from "./system-user.ts";

const { columns, lookupValues, navigation, choices } = table;

const DECISION = {
  accept_soft_decline: choices.decision.acceptSoftDecline, release_the_hold: choices.decision.releaseTheHold,
  accept_partial: choices.decision.acceptPartial, withdraw_refund_request: choices.decision.withdrawRefundRequest,
} as const;

const REQUEST = paymentTransactionTable.lookupValues.paymentRequestId;
const REFUND = paymentTransactionTable.lookupValues.refundRequestId;
const SELECTED = [columns.paymentDecisionId, lookupValues.paymentTransactionId, columns.decision, columns.amount, columns.createdOn, lookupValues.createdBy, lookupValues.createdOnBehalfBy];
export const decisionsPath = (since: Instant): string =>
  `${table.entitySetName}?$select=${SELECTED.join(",")}&$expand=${navigation.createdBy}${userExpand},${navigation.paymentTransactionId}($select=${REQUEST},${REFUND})&$filter=${columns.createdOn} ge ${toIsoText(since)}&$orderby=${columns.createdOn} desc`;

const DecisionColumns = z.object({
  [columns.paymentDecisionId]: z.guid(), [lookupValues.paymentTransactionId]: guidColumn, [columns.decision]: wholeColumn, [columns.amount]: decimalColumn,
  [columns.createdOn]: dateColumn, [lookupValues.createdBy]: guidColumn, [lookupValues.createdOnBehalfBy]: guidColumn, [navigation.createdBy]: z.nullish(UserColumns),
  [navigation.paymentTransactionId]: z.nullish(z.object({ [REQUEST]: guidColumn, [REFUND]: guidColumn })),
});
const Rows = collectionOf(DecisionColumns);

/** Oldest first. A decision that nobody knows, or of no transaction, decides nothing and is left out. */
export function toDecisions(body: unknown): readonly DecisionRow[] | undefined {
  const parsed = Rows.safeParse(body);
  return parsed.success ? parsed.data.value.map(toDecision).filter((row) => row !== undefined).reverse() : undefined;
}

function toDecision(row: z.infer<typeof DecisionColumns>): DecisionRow | undefined {
  const decision = wordOf(DECISION, row[columns.decision]);
  const effectId = row[lookupValues.paymentTransactionId];
  const createdOn = row[columns.createdOn];
  const paymentRequestId = row[navigation.paymentTransactionId]?.[REFUND] ?? row[navigation.paymentTransactionId]?.[REQUEST];
  if (decision === undefined || effectId === undefined || createdOn === undefined || paymentRequestId === undefined) return undefined;
  const author = toAuthor(row[navigation.createdBy], row[lookupValues.createdBy] ?? "", row[lookupValues.createdOnBehalfBy] !== undefined);
  return {
    decisionId: row[columns.paymentDecisionId].toLowerCase(), paymentTransactionId: asEffectId(effectId), paymentRequestId: asPaymentRequestId(paymentRequestId), decision, amountText: row[columns.amount],
    createdOn, isInteractivePerson: author.isInteractivePerson,
  };
}
