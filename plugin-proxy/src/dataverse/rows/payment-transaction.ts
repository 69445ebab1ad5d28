// Transaction rows, one an effect, keyed by the effect's id. The first of a request is the claim: ids only, so that it can be written
// in the same batch that reads what to do. Whose ledger stands on it tells our own claim from somebody else's.
import { paymentRequestTable, paymentTable, paymentTransactionTable as table, refundRequestTable } from "@cybs/schema";
import { z } from "zod";
import type { Instant } from "../../domain/time.ts";
import type { CommandTable } from "../../domain/payment/command.ts";
import type { EffectKind } from "../../domain/payment/effect.ts";
import { asEffectId, asPaymentRequestId, type EffectId, type PaymentRequestId } from "../../domain/ids.ts";
import type { PaymentProjection, TransactionRow, TransactionStatus } from "../../domain/payment/project.ts";
import type { OpenTransactionRow, PaymentRequests } from "../../ports/dataverse.ts";
import { collectionOf, dateColumn, flagColumn, guidColumn, textColumn, wholeColumn } from "./column-kinds.ts";
import { toColumn } from "./money-columns.ts";
import { bind, bindCurrency, bindOwner, dateValue, textValue, type Owner, type Row } from "./write-values.ts";

const { columns, lookupValues, navigation, choices, maxLengths } = table;

/** Of the created row only its version is wanted back. */
export const claimPath = `${table.entitySetName}?$select=${table.primaryId}`;
export const transactionPath = (effectId: EffectId): string => `${table.entitySetName}(${effectId})`;

const TYPE: Readonly<Record<EffectKind, { readonly choice: number; readonly name: string }>> = {
  undetermined: { choice: choices.type.undetermined, name: "Payment" },
  authorization: { choice: choices.type.authorization, name: "Authorization" },
  sale: { choice: choices.type.sale, name: "Sale" },
  capture: { choice: choices.type.capture, name: "Capture" },
  incremental_authorization: { choice: choices.type.incrementalAuthorization, name: "Incremental authorization" },
  authorization_reversal: { choice: choices.type.authorizationReversal, name: "Authorization reversal" },
  void: { choice: choices.type.void, name: "Void" },
  refund: { choice: choices.type.refund, name: "Refund" },
  credit: { choice: choices.type.credit, name: "Credit" },
  timeout_reversal: { choice: choices.type.timeoutReversal, name: "Timeout reversal" },
  timeout_void: { choice: choices.type.timeoutVoid, name: "Timeout void" },
  token_creation: { choice: choices.type.tokenCreation, name: "Token creation" },
  case_decision: { choice: choices.type.caseDecision, name: "Case decision" },
};
const STATUS: Readonly<Record<TransactionStatus, number>> = {
  in_progress: choices.status.inProgress, approved: choices.status.approved, review: choices.status.review, partial: choices.status.partial,
  declined: choices.status.declined, refused: choices.status.refused, unknown: choices.status.unknown, absent: choices.status.absent,
  undone: choices.status.undone, expired: choices.status.expired, withdrawn: choices.status.withdrawn,
};

/** The claim. Its key is the effect's id: Dataverse itself lets only one writer create it. */
export const fromClaim = (claim: { readonly effectId: EffectId; readonly ledgerId: string; readonly paymentRequestId: PaymentRequestId; readonly claimedAt?: Instant | undefined; readonly table?: CommandTable | undefined }): Row => ({
  [table.primaryId]: claim.effectId, [columns.name]: TYPE.undetermined.name, [columns.type]: TYPE.undetermined.choice, [columns.status]: STATUS.in_progress,
  [columns.isFinal]: false, [columns.effectId]: claim.effectId, [columns.ledgerId]: claim.ledgerId, [columns.occurredOn]: dateValue(claim.claimedAt),
  ...bindCommand({ table: claim.table ?? "paymentrequest", commandId: claim.paymentRequestId }),
});

/** The row that asked for it, in its own lookup. */
const bindCommand = (command: { readonly table: CommandTable; readonly commandId: PaymentRequestId }): Row => (command.table === "refundrequest"
  ? bind(navigation.refundRequestId, refundRequestTable.entitySetName, command.commandId)
  : bind(navigation.paymentRequestId, paymentRequestTable.entitySetName, command.commandId));

/** The whole row of an effect. */
export function fromTransaction(transaction: TransactionRow, projection: PaymentProjection, owner: Owner | undefined): Row {
  const type = TYPE[transaction.type];
  return {
    [columns.name]: textValue(`${type.name} · ${projection.payment?.name ?? transaction.merchantReference ?? projection.paymentRequestId}`, maxLengths.name),
    [columns.type]: type.choice, [columns.status]: STATUS[transaction.status], [columns.isFinal]: transaction.isFinal, [columns.attempt]: transaction.attempt,
    [columns.amount]: toColumn(transaction.amount), [columns.reason]: textValue(transaction.reason, maxLengths.reason),
    [columns.agentText]: textValue(transaction.agentText, maxLengths.agentText), [columns.customerText]: textValue(transaction.customerText, maxLengths.customerText),
    [columns.effectId]: transaction.effectId, [columns.ledgerId]: projection.ledgerId,
    [columns.merchantReference]: transaction.merchantReference ?? null, [columns.requestId]: transaction.requestId ?? null,
    [columns.reconciliationId]: textValue(transaction.reconciliationId, maxLengths.reconciliationId), [columns.approvalCode]: textValue(transaction.approvalCode, maxLengths.approvalCode),
    [columns.networkTransactionId]: textValue(transaction.networkTransactionId, maxLengths.networkTransactionId),
    [columns.avsCode]: textValue(transaction.avsCode, maxLengths.avsCode), [columns.cvnCode]: textValue(transaction.cvnCode, maxLengths.cvnCode),
    [columns.merchantAdvice]: textValue(transaction.merchantAdvice, maxLengths.merchantAdvice),
    [columns.occurredOn]: dateValue(transaction.occurredOn), [columns.nextLookOn]: dateValue(transaction.nextLookOn), [columns.expiresOn]: dateValue(transaction.expiresOn),
    ...bind(navigation.paymentId, paymentTable.entitySetName, projection.payment?.paymentId),
    ...bindCommand(transaction.command ?? { table: projection.table ?? "paymentrequest", commandId: projection.paymentRequestId }),
    ...bind(navigation.parentId, table.entitySetName, transaction.parentEffectId),
    ...bindCurrency(projection.currencyId), ...bindOwner(owner),
  };
}

/** Whose claim stands there, and whether it is finished. */
export const transactionGuardPath = (effectId: EffectId): string =>
  `${table.entitySetName}?$select=${columns.ledgerId},${columns.isFinal},${columns.status},${columns.occurredOn},_modifiedby_value&$filter=${table.primaryId} eq ${effectId}`;
const standingOf = (status: number): Pick<TransactionGuard, "hasOutcome" | "hasMovedOn" | "isApproved" | "isRefused"> => ({ isApproved: status === choices.status.approved, isRefused: status === choices.status.refused, hasOutcome: !WITHOUT_OUTCOME.includes(status), hasMovedOn: status !== choices.status.inProgress });
const WITHOUT_OUTCOME: readonly number[] = [choices.status.inProgress, choices.status.unknown];
const GuardRows = collectionOf(z.object({ "@odata.etag": z.string(), [columns.ledgerId]: textColumn, [columns.isFinal]: flagColumn, [columns.status]: z.int().nullish(), [columns.occurredOn]: dateColumn, _modifiedby_value: guidColumn }));
export interface TransactionGuard {
  readonly etag: string;
  readonly ledgerId: string | undefined;
  readonly isFinal: boolean;
  /** People have read more than "in progress" or "unknown". */
  readonly hasOutcome: boolean;
  readonly isApproved: boolean;
  readonly isRefused: boolean;
  /** More has been written than the claim. */
  readonly hasMovedOn: boolean;
  readonly occurredOn: Instant | undefined;
  readonly modifiedBy: string | undefined;
}
/** `none` when there is no row; undefined when the answer is not what was asked for. */
export function toTransactionGuard(body: unknown): TransactionGuard | "none" | undefined {
  const parsed = GuardRows.safeParse(body);
  if (!parsed.success) return undefined;
  const row = parsed.data.value[0];
  return row === undefined ? "none" : { etag: row["@odata.etag"], ledgerId: row[columns.ledgerId], isFinal: row[columns.isFinal], occurredOn: row[columns.occurredOn], modifiedBy: row._modifiedby_value, ...standingOf(row[columns.status] ?? choices.status.inProgress) };
}

const isAskedFor = `(${lookupValues.paymentRequestId} ne null or ${lookupValues.refundRequestId} ne null)`;
export const openTransactionsPath =
  `${table.entitySetName}?$select=${table.primaryId},${lookupValues.paymentRequestId},${lookupValues.refundRequestId},${columns.ledgerId}&$filter=${columns.isFinal} eq false and ${isAskedFor}&$orderby=${columns.createdOn} asc`;
const AskedFor = { [lookupValues.paymentRequestId]: guidColumn, [lookupValues.refundRequestId]: guidColumn } as const;
const OpenRows = collectionOf(z.object({ [table.primaryId]: z.guid(), ...AskedFor, [columns.ledgerId]: textColumn }));

/** A refund request's transactions name it and nothing else. */
function commandOf(row: { readonly [lookupValues.paymentRequestId]?: string | undefined; readonly [lookupValues.refundRequestId]?: string | undefined }): { readonly table: CommandTable; readonly paymentRequestId: PaymentRequestId } | undefined {
  const refund = row[lookupValues.refundRequestId];
  const payment = row[lookupValues.paymentRequestId];
  if (refund !== undefined) return { table: "refundrequest", paymentRequestId: asPaymentRequestId(refund) };
  return payment === undefined ? undefined : { table: "paymentrequest", paymentRequestId: asPaymentRequestId(payment) };
}

export function toOpenTransactions(body: unknown): readonly OpenTransactionRow[] | undefined {
  const parsed = OpenRows.safeParse(body);
  if (!parsed.success) return undefined;
  return parsed.data.value.flatMap((row) => {
    const command = commandOf(row);
    return command === undefined ? [] : [{ effectId: asEffectId(row[table.primaryId]), ...command, ledgerId: row[columns.ledgerId] ?? "" }];
  });
}

/** The rows that made and changed a payment, oldest first: the founding one's transaction has no parent. */
export const paymentTransactionsPath = (paymentId: string): string =>
  `${table.entitySetName}?$select=${table.primaryId},${lookupValues.paymentRequestId},${lookupValues.refundRequestId},${lookupValues.parentId},${columns.status},${columns.requestId}&$filter=${lookupValues.paymentId} eq ${paymentId}&$orderby=${columns.createdOn} asc&$top=200`;
const PaymentRows = collectionOf(z.object({ [table.primaryId]: z.guid(), ...AskedFor, [lookupValues.parentId]: guidColumn, [columns.status]: wholeColumn, [columns.requestId]: textColumn }));
const NOTHING: readonly (number | undefined)[] = [STATUS.refused, STATUS.declined, STATUS.absent, STATUS.expired, STATUS.withdrawn];

export function toPaymentRequests(body: unknown): PaymentRequests["requests"] | undefined {
  const parsed = PaymentRows.safeParse(body);
  if (!parsed.success) return undefined;
  const requests = new Map<string, PaymentRequests["requests"][number]>();
  for (const row of parsed.data.value) {
    const command = commandOf(row);
    if (command === undefined) continue;
    const known = requests.get(command.paymentRequestId);
    const isFounding = row[lookupValues.parentId] === undefined;
    requests.set(command.paymentRequestId, { ...command, isFounding: isFounding || known?.isFounding === true, isNothing: NOTHING.includes(row[columns.status]) && known?.isNothing !== false });
  }
  return [...requests.values()];
}
