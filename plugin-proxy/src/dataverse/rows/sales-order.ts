// The order a request names: read with it, lines and payments included; written only in its two convenience columns.
import { paymentTransactionTable, salesOrderTable } from "@cybs/schema";
import { z } from "zod";
import type { CustomerRef, DocumentRow } from "../../domain/payment/command.ts";
import type { DocumentPaymentStatus, PaymentProjection } from "../../domain/payment/project.ts";
import { decimalColumn, guidColumn, textColumn, wholeColumn } from "./column-kinds.ts";
import { receivedMinor } from "../../domain/manual-payment/received.ts";
import { ManualPaymentColumns, manualPaymentExpand, toManualPayments } from "./manual-payment.ts";
import { LineColumns, lineQuery, toLines } from "./document-lines.ts";
import { fromColumn } from "./money-columns.ts";
import { DocumentPaymentColumns, documentPaymentExpand, toDocumentPayment } from "./payment.ts";
import { account, contact, currency, LOOKUP_TABLE, salesOrder as order } from "./standard-tables.ts";
import { bind, type Row } from "./write-values.ts";

const { columns, lookupValues, navigation } = order;
const CUSTOMER_TABLE = `${lookupValues.customer}${LOOKUP_TABLE}` as const;
const OWNER_TABLE = `${lookupValues.owner}${LOOKUP_TABLE}` as const;
const PARENT_TABLE = `${contact.lookupValues.parentCustomer}${LOOKUP_TABLE}` as const;
const { payments, manualPayments } = salesOrderTable.collections;

const SELECTED = [columns.id, columns.number, columns.name, columns.total, columns.stateCode, lookupValues.customer, lookupValues.owner, lookupValues.owningBusinessUnit];
const expandedWith = (hasLevelThree: boolean): readonly string[] => [
  `${navigation.currency}($select=${currency.columns.code},${currency.columns.id})`,
  `${navigation.customerAccount}($select=${account.lookupValues.parent})`,
  `${navigation.customerContact}($select=${contact.lookupValues.parentCustomer})`,
  `${navigation.details}(${lineQuery(hasLevelThree).join(";")})`,
  `${payments}${documentPaymentExpand}`, `${manualPayments}${manualPaymentExpand}`,
];
const expandWith = (hasLevelThree: boolean): string => `($select=${SELECTED.join(",")};$expand=${expandedWith(hasLevelThree).join(",")})`;
export const salesOrderExpand = expandWith(false);
/** With a column of the lines' products that an older solution lacks. */
export const salesOrderExpandWithCommodity = expandWith(true);

export const SalesOrderColumns = z.object({
  [columns.id]: z.guid(), [columns.number]: textColumn, [columns.name]: textColumn, [columns.total]: decimalColumn, [columns.stateCode]: wholeColumn,
  [lookupValues.customer]: guidColumn, [CUSTOMER_TABLE]: textColumn, [lookupValues.owner]: guidColumn, [OWNER_TABLE]: textColumn, [lookupValues.owningBusinessUnit]: guidColumn,
  [navigation.currency]: z.nullish(z.object({ [currency.columns.code]: textColumn, [currency.columns.id]: guidColumn })),
  [navigation.customerAccount]: z.nullish(z.object({ [account.lookupValues.parent]: guidColumn })),
  [navigation.customerContact]: z.nullish(z.object({ [contact.lookupValues.parentCustomer]: guidColumn, [PARENT_TABLE]: textColumn })),
  [navigation.details]: z.nullish(z.array(LineColumns)), [payments]: z.nullish(z.array(DocumentPaymentColumns)), [manualPayments]: z.nullish(z.array(ManualPaymentColumns)),
});
type SalesOrderRow = z.infer<typeof SalesOrderColumns>;

/** The order as a document; undefined when it cannot be seen whole (owner or unit missing). */
export function toDocument(row: SalesOrderRow | null | undefined): DocumentRow | undefined {
  const ownerId = row?.[lookupValues.owner];
  const owningBusinessUnitId = row?.[lookupValues.owningBusinessUnit];
  if (row === null || row === undefined || ownerId === undefined || owningBusinessUnitId === undefined) return undefined;
  const code = row[navigation.currency]?.[currency.columns.code];
  const id = row[columns.id].toLowerCase();
  return {
    ref: { kind: "salesorder", id }, number: row[columns.number] ?? row[columns.name] ?? id,
    isOpen: row[columns.stateCode] === order.states.active || row[columns.stateCode] === order.states.submitted,
    isCancelled: row[columns.stateCode] === order.states.cancelled, isWritable: row[columns.stateCode] === order.states.active,
    total: fromColumn(row[columns.total], code), currency: code, customer: toCustomer(row), customerParentAccountId: parentAccountOf(row),
    owner: { id: ownerId, kind: row[OWNER_TABLE] === "team" ? "team" : "systemuser" }, owningBusinessUnitId,
    lines: code === undefined ? [] : toLines(row[navigation.details], code),
    receivedMinor: code === undefined ? 0n : receivedMinor(toManualPayments(row[manualPayments], { currency: code, currencyId: row[navigation.currency]?.[currency.columns.id] })),
    payments: code === undefined ? [] : (row[payments] ?? []).map((payment) => toDocumentPayment(payment, code)),
  };
}

function toCustomer(row: SalesOrderRow): CustomerRef | undefined {
  const id = row[lookupValues.customer];
  const table = row[CUSTOMER_TABLE];
  return id === undefined || (table !== "account" && table !== "contact") ? undefined : { kind: table, id };
}

function parentAccountOf(row: SalesOrderRow): string | undefined {
  const person = row[navigation.customerContact];
  return person?.[PARENT_TABLE] === "account" ? person[contact.lookupValues.parentCustomer] : row[navigation.customerAccount]?.[account.lookupValues.parent];
}

const choices = salesOrderTable.choices.paymentStatus;
const STATUS: Readonly<Record<DocumentPaymentStatus, number>> = {
  unpaid: choices.unpaid, in_progress: choices.inProgress, authorized: choices.authorized, partly_paid: choices.partlyPaid,
  paid: choices.paid, refunded: choices.refunded, needs_attention: choices.needsAttention, unknown: choices.unknown,
};

/** The order's convenience columns. */
export const fromDocumentStatus = (document: NonNullable<PaymentProjection["document"]>): Row => ({
  [salesOrderTable.columns.paymentStatus]: STATUS[document.paymentStatus],
  ...bind(salesOrderTable.navigation.paymentAppliedId, paymentTransactionTable.entitySetName, document.appliedEffectId),
});

/** An order's key in a path. */
export const salesOrderPath = (id: string): string => `${salesOrderTable.entitySetName}(${id})`;
