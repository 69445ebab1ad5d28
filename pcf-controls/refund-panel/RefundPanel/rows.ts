// Reads and writes of the refund panel, all through context.webAPI: what the user may not do, Dataverse refuses.
import { paymentAllocationTable, paymentTable, paymentTransactionTable, refundApprovalTable, refundLimitTable, refundRequestTable } from "@cybs/schema";
import { bind, moneyOf, numberOf, plainId, readPayment, readRows, startOfDay, textOf, toDecimalText, type PaymentFacts, type RefundLimit, type Row } from "@cybs/controls-shared";
import type { Approval } from "./approvals";
import { factsOfCredit } from "./credit";
import { readAllocations, shareOf } from "./invoice-share";
import type { Allowance, AskedRefund, Place } from "./state";

type WebApi = ComponentFramework.WebApi;
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const PAYMENTS_MAX = 20;
const REQUESTS_MAX = 200;
const DAY_MS = 86_400_000;
const CUSTOMER_DAYS = 30;
const UNITS_MAX = 10;
const { columns, lookupValues, choices, navigation, logicalName } = refundRequestTable;

/** Payments that stand behind the place the dialog was opened from: one, or all of an invoice or order. */
export async function readPayments(api: WebApi, place: Place): Promise<readonly PaymentFacts[]> {
  const { paymentId, invoiceId } = place;
  const allocations = invoiceId === undefined ? [] : await readAllocations(api, invoiceId);
  const ids = paymentId === undefined ? await paymentIdsOf(api, place, allocations) : [paymentId];
  const payments = await Promise.all(ids.slice(0, PAYMENTS_MAX).map((id) => readPayment(api, id)));
  return invoiceId === undefined ? payments : payments.map((payment) => ({ ...payment, invoiceShare: shareOf(payment, invoiceId, allocations) }));
}

async function paymentIdsOf(api: WebApi, { invoiceId, salesOrderId }: Place, allocations: readonly Row[]): Promise<readonly string[]> {
  const own = invoiceId === undefined ? `${paymentTable.lookupValues.salesOrderId} eq ${salesOrderId ?? ""}` : `${paymentTable.lookupValues.invoiceId} eq ${invoiceId}`;
  const rows = await readRows(api, paymentTable.logicalName, `?$select=${paymentTable.primaryId}&$filter=${own}&$orderby=createdon desc&$top=${PAYMENTS_MAX}`);
  return [...new Set([...rows.map((row) => textOf(row, paymentTable.primaryId) ?? ""), ...allocations.map((row) => textOf(row, paymentAllocationTable.lookupValues.paymentId) ?? "")])].filter((id) => id !== "");
}

/** Limits of this user; undefined when they may not be read: then the relay's answer tells. */
export async function readAllowance(api: WebApi, userId: string, payment: PaymentFacts, now = Date.now()): Promise<Allowance | undefined> {
  const limit = refundLimitTable;
  const own = plainId(userId);
  const [rows, businessUnitIds, mine] = await Promise.all([
    readRows(api, limit.logicalName, `?$select=${[limit.lookupValues.systemUserId, limit.lookupValues.businessUnitId, limit.columns.perRefund, limit.columns.perDay, limit.columns.perCustomer].join(",")}&$filter=${limit.columns.isEnabled} eq true and ${limit.lookupValues.transactionCurrencyId} eq ${payment.currencyId ?? own}`).catch(() => undefined),
    readUnits(api, own), readRecent(api, own, { payment, now }),
  ]);
  if (rows === undefined) return undefined;
  const amount = (row: Row, column: string): bigint | undefined => (numberOf(row, column) === undefined ? undefined : moneyOf(row, column, payment.currency));
  const limits = rows.map((row): RefundLimit => ({ userId: textOf(row, limit.lookupValues.systemUserId), businessUnitId: textOf(row, limit.lookupValues.businessUnitId), perRefund: amount(row, limit.columns.perRefund), perDay: amount(row, limit.columns.perDay), perCustomer: amount(row, limit.columns.perCustomer) }));
  return { person: { userId: own, businessUnitIds }, limits, ...mine };
}

/** The user's business unit and those above it. */
async function readUnits(api: WebApi, userId: string): Promise<readonly string[]> {
  const user = await api.retrieveRecord("systemuser", userId, "?$select=_businessunitid_value").catch(() => ({})) as Row;
  const units: string[] = [];
  let next = textOf(user, "_businessunitid_value");
  while (next !== undefined && units.length < UNITS_MAX) {
    units.push(next);
    next = textOf(await api.retrieveRecord("businessunit", next, "?$select=_parentbusinessunitid_value").catch(() => ({})), "_parentbusinessunitid_value");
  }
  return units;
}

/** One that nobody has begun counts, and one of which anything went out or may still go out. */
function countsStill(): string {
  const { columns: of, choices: { status } } = paymentTransactionTable;
  const over = [status.declined, status.refused, status.absent, status.expired, status.withdrawn].map((value) => `t/${of.status} ne ${value}`).join(" and ");
  const transactions = refundRequestTable.collections.paymentTransactions;
  return `(not ${transactions}/any() or ${transactions}/any(t:t/${of.isFinal} eq false or (${over})))`;
}

/** As the relay counts: by this person on the account's calendar day, to this customer in 30 days, in the payment's currency. */
async function readRecent(api: WebApi, userId: string, { payment, now }: { readonly payment: PaymentFacts; readonly now: number }): Promise<{ readonly today: bigint; readonly forCustomer: bigint }> {
  const since = (instant: number): string => `${columns.createdOn} ge ${new Date(instant).toISOString()} and ${lookupValues.transactionCurrencyId} eq ${payment.currencyId ?? userId} and ${countsStill()}`;
  const query = (filter: string): string => `?$select=${columns.amount}&$filter=${filter}&$top=${REQUESTS_MAX}`;
  const [today, customer] = await Promise.all([
    readRows(api, logicalName, query(`${lookupValues.createdBy} eq ${userId} and ${since(startOfDay(now, payment.abilities.timeZone))}`)).catch(() => []),
    payment.customerId === undefined ? [] : readRows(api, logicalName, query(`cybs_PaymentId/${paymentTable.lookupValues.customerId} eq ${payment.customerId} and ${since(now - CUSTOMER_DAYS * DAY_MS)}`)).catch(() => []),
  ]);
  const sum = (rows: readonly Row[]): bigint => rows.reduce((total, row) => total + moneyOf(row, columns.amount, payment.currency), 0n);
  return { today: sum(today), forCustomer: sum(customer) };
}

export interface NewRefund { readonly payment: PaymentFacts; readonly place: Place; readonly amount: bigint; readonly reason: number; readonly note: string; readonly isVoid: boolean }

/** Submitted by being created: from here on the row belongs to the relay. */
export async function createRefund(api: WebApi, of: NewRefund): Promise<string> {
  const { payment } = of;
  const made = await api.createRecord(logicalName, {
    [columns.action]: choices.action.giveBackByPolicy, [columns.amount]: Number(toDecimalText(of.amount, payment.currency)), [columns.reasonCode]: choices.reasonCode.returnedGoods + of.reason, ...(of.note === "" ? {} : { [columns.note]: of.note }),
    // The panel has said that a void that comes too late becomes a refund.
    [columns.isRefundAccepted]: of.isVoid, ...bind(navigation.paymentId, paymentTable.entitySetName, payment.id),
    ...bind(navigation.invoiceId, "invoices", of.place.invoiceId ?? payment.invoiceId), ...(of.place.invoiceId === undefined && payment.invoiceId === undefined ? bind(navigation.salesOrderId, "salesorders", of.place.salesOrderId ?? payment.salesOrderId) : {}),
    ...bind(navigation.transactionCurrencyId, "transactioncurrencies", payment.currencyId),
  });
  return plainId(made.id);
}

const APPROVALS_MAX = 20;

/** A request as it stands, with the decisions on it that this user may read. */
export async function readAsked(api: WebApi, id: string): Promise<AskedRefund> {
  const wanted = [columns.name, columns.action, columns.amount, columns.reasonCode, columns.note, columns.createdOn, lookupValues.createdBy, lookupValues.createdOnBehalfBy, lookupValues.modifiedBy, lookupValues.ownerId, lookupValues.paymentId, lookupValues.paymentMethodId, lookupValues.salesOrderId, lookupValues.transactionCurrencyId];
  const row = await api.retrieveRecord(logicalName, id, `?$select=${wanted.join(",")}&$expand=transactioncurrencyid($select=isocurrencycode)`) as Row;
  const currency = textOf((row["transactioncurrencyid"] ?? {}) as Row, "isocurrencycode") ?? "USD";
  return {
    id, name: textOf(row, columns.name) ?? "", amount: moneyOf(row, columns.amount, currency), reason: reasonOf(row, columns.reasonCode), note: textOf(row, columns.note) ?? "", paymentId: textOf(row, lookupValues.paymentId), credit: factsOfCredit(row, currency),
    by: textOf(row, `${lookupValues.createdBy}${FORMATTED}`) ?? "", byId: textOf(row, lookupValues.createdBy) ?? "", on: textOf(row, columns.createdOn) ?? "",
    hands: [lookupValues.createdBy, lookupValues.createdOnBehalfBy, lookupValues.modifiedBy, lookupValues.ownerId].map((column) => textOf(row, column) ?? "").filter((hand) => hand !== ""), approvals: await readApprovals(api, id, currency),
  };
}

const reasonOf = (row: Row, column: string): number => (numberOf(row, column) ?? choices.reasonCode.other) - choices.reasonCode.returnedGoods;

async function readApprovals(api: WebApi, requestId: string, currency: string): Promise<readonly Approval[]> {
  const { columns: of, lookupValues: by, choices: choice, logicalName: table } = refundApprovalTable;
  const rows = await readRows(api, table, `?$select=${[of.decision, of.amount, of.reasonCode, by.createdBy, by.createdOnBehalfBy, by.paymentId].join(",")}&$filter=${by.refundRequestId} eq ${requestId}&$orderby=createdon desc&$top=${APPROVALS_MAX}`).catch(() => []);
  return rows.map((row) => ({
    by: textOf(row, `${by.createdBy}${FORMATTED}`) ?? "", byId: textOf(row, by.createdBy) ?? "", isOnBehalf: textOf(row, by.createdOnBehalfBy) !== undefined, decision: numberOf(row, of.decision) === choice.decision.approved ? "approved" : "rejected",
    paymentId: textOf(row, by.paymentId), amount: moneyOf(row, of.amount, currency), reason: reasonOf(row, of.reasonCode),
  }));
}

export interface Consent { readonly asked: AskedRefund; readonly payment: PaymentFacts; readonly isApproved: boolean; readonly note: string }

/** An approval repeats payment, amount, currency and reason: it counts only for exactly that. */
export async function createApproval(api: WebApi, of: Consent): Promise<void> {
  const approval = refundApprovalTable;
  await api.createRecord(approval.logicalName, {
    [approval.columns.decision]: of.isApproved ? approval.choices.decision.approved : approval.choices.decision.rejected, [approval.columns.amount]: Number(toDecimalText(of.asked.amount, of.payment.currency)),
    [approval.columns.reasonCode]: approval.choices.reasonCode.returnedGoods + of.asked.reason, ...(of.note === "" ? {} : { [approval.columns.note]: of.note }),
    ...bind(approval.navigation.refundRequestId, refundRequestTable.entitySetName, of.asked.id), ...bind(approval.navigation.paymentId, paymentTable.entitySetName, of.asked.paymentId), ...bind(approval.navigation.transactionCurrencyId, "transactioncurrencies", of.payment.currencyId),
  });
}

