// What operators decide about stuck payments: create-only rows. Whether one fits is decided in domain/operator.
import { operatorDecisionTable as table, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { z } from "zod";
import { asEffectId } from "../../domain/ids.ts";
import type { OperatorDecision } from "../../domain/operator/operator-decision.ts";
import { toIsoText, type Instant } from "../../domain/time.ts";
import { collectionOf, dateColumn, decimalColumn, guidColumn, textColumn, wholeColumn, wordOf } from "./column-kinds.ts";
import { toAuthor, UserColumns, userExpand } from "./system-user.ts";

const { columns, lookupValues, navigation, choices } = table;
const VERB = {
  ask_again_now: choices.decision.askAgainNow, accept_answer: choices.decision.acceptCybersourceSAnswer, declare_absent: choices.decision.declareAbsent,
  reverse: choices.decision.reverse, void: choices.decision.void, accept_merge: choices.decision.acceptMergeOfCustomers,
} as const;
const PAYMENT = paymentTransactionTable.lookupValues.paymentId;
const METHOD = paymentTable.lookupValues.paymentMethodId;
const SELECTED = [columns.operatorDecisionId, lookupValues.paymentId, lookupValues.paymentTransactionId, columns.decision, columns.amount, columns.note, columns.createdOn, lookupValues.createdBy, lookupValues.createdOnBehalfBy];
export const operatorDecisionsPath = (since: Instant): string =>
  `${table.entitySetName}?$select=${SELECTED.join(",")}&$expand=${navigation.createdBy}${userExpand},${navigation.paymentTransactionId}($select=${PAYMENT}),${navigation.paymentId}($select=${METHOD})&$filter=${columns.createdOn} ge ${toIsoText(since)}&$orderby=${columns.createdOn} desc`;

const DecisionColumns = z.object({
  [columns.operatorDecisionId]: z.guid(), [lookupValues.paymentId]: guidColumn, [lookupValues.paymentTransactionId]: guidColumn, [columns.decision]: wholeColumn,
  [columns.amount]: decimalColumn, [columns.note]: textColumn, [columns.createdOn]: dateColumn, [lookupValues.createdBy]: guidColumn,
  [lookupValues.createdOnBehalfBy]: guidColumn, [navigation.createdBy]: z.nullish(UserColumns),
  [navigation.paymentTransactionId]: z.nullish(z.object({ [PAYMENT]: guidColumn })),
  [navigation.paymentId]: z.nullish(z.object({ [METHOD]: guidColumn })),
});
const Rows = collectionOf(DecisionColumns);

/** Oldest first. A decision that nobody knows decides nothing and is left out. */
export function toOperatorDecisions(body: unknown): readonly OperatorDecision[] | undefined {
  const parsed = Rows.safeParse(body);
  return parsed.success ? parsed.data.value.map(toDecision).filter((row) => row !== undefined).reverse() : undefined;
}

function toDecision(row: z.infer<typeof DecisionColumns>): OperatorDecision | undefined {
  const verb = wordOf(VERB, row[columns.decision]);
  const createdOn = row[columns.createdOn];
  if (verb === undefined || createdOn === undefined) return undefined;
  const effectId = row[lookupValues.paymentTransactionId];
  return {
    decisionId: row[columns.operatorDecisionId].toLowerCase(), verb, effectId: effectId === undefined ? undefined : asEffectId(effectId),
    paymentId: row[lookupValues.paymentId] ?? row[navigation.paymentTransactionId]?.[PAYMENT], paymentMethodId: row[navigation.paymentId]?.[METHOD],
    amountText: row[columns.amount], note: row[columns.note], createdOn,
    author: toAuthor(row[navigation.createdBy], row[lookupValues.createdBy] ?? "", row[lookupValues.createdOnBehalfBy] !== undefined),
  };
}
