// What the order says now, against what the person saw when the window was opened; and whose payment stands in the way.
import { paymentRequestTable, paymentTable, paymentTransactionTable } from "@cybs/schema";
import { numberOf, parseAmount, textOf } from "@cybs/controls-shared";
import type { DocumentReference } from "./rows";
import { amountToOffer, openAmount, type OrderFacts, type PickerState } from "./state";

export type OrderChange = "closed" | "nothing_open" | "amount";

/** A part that was chosen on purpose and is still open is no surprise; the whole that was open, and is another now, is one. */
export function changeOf(before: OrderFacts, now: OrderFacts, amount: bigint): OrderChange | undefined {
  if (now.isClosed) return "closed";
  const [was, is] = [openAmount(before), openAmount(now)];
  if (is === 0n) return "nothing_open";
  return amount > is || (amount === was && is !== was) ? "amount" : undefined;
}

/** A session says what the relay leaves open on an invoice: more is not offered. */
export function openInSession({ order, amountText }: PickerState, open: string, locale: string): Partial<Pick<PickerState, "order" | "amountText">> {
  if (order?.table !== "invoice") return {};
  const known = { ...order, openAtRelay: parseAmount(open, order.currency) };
  return { order: known, amountText: amountToOffer(known, { typed: amountText }, locale) };
}

/** Read again: what the relay said moves with the total. */
export const stillKnown = (before: OrderFacts, now: OrderFacts): OrderFacts =>
  (before.openAtRelay === undefined ? now : { ...now, openAtRelay: before.openAtRelay + now.total - before.total });

export interface Unfinished { readonly who: string | undefined; readonly since: string; readonly isUnknown: boolean; readonly waitsForDecision: boolean; readonly requestId: string | undefined }
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";

/** The oldest payment of the order or invoice, of an invoice's order too, that has no final answer. Its author is read apart: a colleague's request may be out of sight. */
export async function readUnfinished(api: ComponentFramework.WebApi, document: DocumentReference & Pick<OrderFacts, "salesOrderId">): Promise<Unfinished | undefined> {
  const { columns, choices, lookupValues, logicalName } = paymentTransactionTable;
  const on = (column: string, id: string): string => `cybs_PaymentId/${column} eq ${id}`;
  const ofDocument = document.table === "salesorder" ? on(paymentTable.lookupValues.salesOrderId, document.id) : [on(paymentTable.lookupValues.invoiceId, document.id), ...(document.salesOrderId === undefined ? [] : [on(paymentTable.lookupValues.salesOrderId, document.salesOrderId)])].join(" or ");
  const { entities } = await api.retrieveMultipleRecords(logicalName, `?$select=${columns.status},createdon,${lookupValues.paymentRequestId}&$filter=(${ofDocument}) and ${columns.isFinal} eq false and ${lookupValues.parentId} eq null&$orderby=createdon asc&$top=1`);
  const [row] = entities;
  if (row === undefined) return undefined;
  const requestId = textOf(row, lookupValues.paymentRequestId);
  const status = numberOf(row, columns.status);
  const request = requestId === undefined ? undefined : await api.retrieveRecord(paymentRequestTable.logicalName, requestId, "?$select=createdon,_createdby_value").catch(() => undefined);
  return {
    who: request === undefined ? undefined : textOf(request, `_createdby_value${FORMATTED}`), since: textOf(request ?? {}, "createdon") ?? textOf(row, "createdon") ?? "", requestId,
    isUnknown: status === choices.status.unknown, waitsForDecision: status === choices.status.review || status === choices.status.partial,
  };
}
