// Payments: sums of others' payments on the same order are read (a new disk does not know them); ours are written whole.
import { merchantAccountTable, paymentMethodTable, paymentTable as table, salesOrderTable } from "@cybs/schema";
import { z } from "zod";
import { exponentOf, parseMoney } from "../../domain/money.ts";
import type { PaymentStatus, RiskStatus } from "../../domain/payment/derive-status.ts";
import type { DocumentPayment } from "../../domain/payment/command.ts";
import type { PaymentProjection, PaymentRow } from "../../domain/payment/project.ts";
import { trailText } from "../../domain/timeline/shown-trail.ts";
import { brandOfTypeCode } from "./card-brands.ts";
import { collectionOf, guidColumn, decimalColumn, wholeColumn } from "./column-kinds.ts";
import { toColumn } from "./money-columns.ts";
import { invoice } from "./standard-tables.ts";
import { bind, bindCurrency, bindCustomer, bindOwner, dateValue, textValue, type Owner, type Row } from "./write-values.ts";

const { columns, navigation, choices, maxLengths } = table;

export const paymentPath = (paymentId: string): string => `${table.entitySetName}(${paymentId})`;

const SUMS = [columns.authorizedAmount, columns.capturedAmount, columns.refundedAmount, columns.reversedAmount, columns.unknownAmount] as const;
export const documentPaymentExpand = `($select=${[columns.paymentId, ...SUMS].join(",")})`;
export const DocumentPaymentColumns = z.object({
  [columns.paymentId]: z.guid(), [columns.authorizedAmount]: decimalColumn, [columns.capturedAmount]: decimalColumn,
  [columns.refundedAmount]: decimalColumn, [columns.reversedAmount]: decimalColumn, [columns.unknownAmount]: decimalColumn,
});

/** Sums in the document's minor units. One that does not fit the currency is taken at its worst: what was taken is rounded up, what was given back down. */
export function toDocumentPayment(row: z.infer<typeof DocumentPaymentColumns>, currency: string): DocumentPayment {
  const sum = (text: string | undefined, rounding: "up" | "down"): bigint => {
    const value = text ?? "0";
    const parsed = parseMoney(value, currency);
    if (parsed.ok) return parsed.value.minor;
    const whole = BigInt(/^\d+/.exec(value)?.[0] ?? "0") + (rounding === "up" ? 1n : 0n);
    return whole * 10n ** BigInt(exponentOf(currency));
  };
  return {
    paymentId: row[columns.paymentId].toLowerCase(), authorized: sum(row[columns.authorizedAmount], "up"), captured: sum(row[columns.capturedAmount], "up"),
    refunded: sum(row[columns.refundedAmount], "down"), reversed: sum(row[columns.reversedAmount], "down"), unknown: sum(row[columns.unknownAmount], "up"),
  };
}

/** What guards a write: which revision stands there, and the version to write over. */
export const paymentGuardPath = (paymentId: string): string => `${table.entitySetName}?$select=${columns.revision},_modifiedby_value&$filter=${table.primaryId} eq ${paymentId}`;
const GuardRows = collectionOf(z.object({ "@odata.etag": z.string(), [columns.revision]: wholeColumn, _modifiedby_value: guidColumn }));
export interface PaymentGuard {
  readonly etag: string;
  readonly revision: number;
  readonly modifiedBy: string | undefined;
}
/** `none` when there is no row yet; undefined when the answer is not what was asked for. */
export function toPaymentGuard(body: unknown): PaymentGuard | "none" | undefined {
  const parsed = GuardRows.safeParse(body);
  if (!parsed.success) return undefined;
  const row = parsed.data.value[0];
  return row === undefined ? "none" : { etag: row["@odata.etag"], revision: row[columns.revision] ?? 0, modifiedBy: row._modifiedby_value };
}

const STATUS: Readonly<Record<PaymentStatus, number>> = {
  in_progress: choices.status.inProgress, authorized: choices.status.authorized, partly_captured: choices.status.partlyCaptured, captured: choices.status.captured,
  partly_refunded: choices.status.partlyRefunded, refunded: choices.status.refunded, awaiting_decision: choices.status.awaitingDecision, in_review: choices.status.inReview,
  declined: choices.status.declined, not_executed: choices.status.notExecuted, released: choices.status.released, expired: choices.status.expired, unknown: choices.status.unknown,
};
const RISK: Readonly<Record<RiskStatus, number>> = {
  none: choices.riskStatus.none, review: choices.riskStatus.review, accepted: choices.riskStatus.accepted, rejected: choices.riskStatus.rejected,
};

const bindDocument = (payment: PaymentRow): Row => (payment.document.kind === "salesorder"
  ? bind(navigation.salesOrderId, salesOrderTable.entitySetName, payment.document.id)
  : bind(navigation.invoiceId, invoice.entitySetName, payment.document.id));

/** The whole payment row; its customer only while it is new, because a merge of customers may have given it to another since. */
export function fromPayment(payment: PaymentRow, projection: PaymentProjection, write: { readonly owner: Owner | undefined; readonly isNew: boolean }): Row {
  return {
    [columns.name]: textValue(payment.name, maxLengths.name),
    ...bindDocument(payment),
    ...(write.isNew ? bindCustomer({ account: navigation.customerIdAccount, contact: navigation.customerIdContact }, payment.customer) : {}),
    ...bind(navigation.merchantAccountId, merchantAccountTable.entitySetName, payment.merchantAccountId),
    ...bind(navigation.paymentMethodId, paymentMethodTable.entitySetName, payment.paymentMethodId),
    [columns.status]: STATUS[payment.status], [columns.riskStatus]: RISK[payment.riskStatus],
    [columns.authorizedAmount]: toColumn(payment.authorized), [columns.capturedAmount]: toColumn(payment.captured),
    [columns.refundedAmount]: toColumn(payment.refunded), [columns.reversedAmount]: toColumn(payment.reversed),
    [columns.openAmount]: toColumn(payment.open), [columns.unknownAmount]: toColumn(payment.unknown),
    [columns.authorizedOn]: dateValue(payment.authorizedOn), [columns.expiresOn]: dateValue(payment.expiresOn),
    [columns.brand]: payment.cardTypeCode === undefined ? null : textValue(brandOfTypeCode(payment.cardTypeCode).name, maxLengths.brand),
    [columns.lastFour]: textValue(payment.lastFour, maxLengths.lastFour), [columns.revision]: projection.revision,
    [columns.nextText]: textValue(payment.nextText, maxLengths.nextText), [columns.nextOn]: dateValue(payment.nextOn), [columns.needsAttention]: payment.needsAttention === true,
    ...(projection.trail === undefined ? {} : { [columns.trail]: trailText(projection.trail, maxLengths.trail) }),
    ...bindCurrency(projection.currencyId), ...bindOwner(write.owner),
  };
}
