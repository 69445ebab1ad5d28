// What people and documents do to a payment after it was taken, in the words of the flow tests: everything as rows over the Web API.
import { CHOICE, eventually, request, settled, type Row, type Stage } from "./stage.ts";

const text = (value: unknown): string => (typeof value === "string" ? value : "");

/** Sets columns of the merchant account that serves Fabrikam's orders in a currency. */
export async function account(stage: Stage, values: Readonly<Record<string, unknown>>, name = "Fabrikam Group USD"): Promise<string> {
  const [row] = await stage.as("sysadmin").find(`cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq '${name}'`);
  const id = text(row?.["cybs_merchantaccountid"]);
  await stage.as("sysadmin").send("PATCH", `cybs_merchantaccounts(${id})`, values);
  return id;
}

export interface Taken { readonly orderId: string; readonly requestId: string; readonly paymentId: string; readonly transactionId: string; readonly currencyId: string }

/** A payment on a fresh order with a saved card, once its transaction is settled. */
export async function take(stage: Stage, cardId: string, price: number, more: { readonly amount?: number; readonly states?: readonly number[]; readonly orderId?: string; readonly by?: string } = {}): Promise<Taken> {
  const orderId = more.orderId ?? await stage.order(price);
  const requestId = await request(stage, { orderId, amount: more.amount ?? price, cardId, ...(more.by === undefined ? {} : { by: more.by }) });
  await fetch(`${stage.relayUrl}/pokes`, { method: "POST", headers: { "content-type": "application/json", origin: stage.relayUrl }, body: JSON.stringify({ organizationId: stage.dataverse.organizationId, paymentRequestId: requestId }) });
  const rows = await settled(stage, requestId, more.states ?? []);
  const main = rows.find((row) => (row["cybs_parentid"] ?? null) === null);
  return { orderId, requestId, paymentId: text(main?.["cybs_paymentid"]), transactionId: text(main?.["cybs_paymenttransactionid"]), currencyId: text(main?.["transactioncurrencyid"]) };
}

export const payment = async (stage: Stage, paymentId: string): Promise<Row | undefined> => (await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === paymentId);

/** Waits until rows of a table fit. */
export const rowsWhere = (stage: Stage, table: string, fits: (row: Row) => boolean, count = 1): Promise<readonly Row[]> =>
  eventually(async () => { const found = (await stage.rows(table)).filter(fits); return found.length >= count ? found : undefined; }, 20_000);

/** Time for the relay to do what it must not do: several of its rounds. */
export const severalRounds = (): Promise<void> => new Promise((resolve) => { setTimeout(resolve, 3_500); });

export async function fulfil(stage: Stage, orderId: string): Promise<void> {
  await stage.as("sysadmin").send("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "shipped", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });
}
export async function cancel(stage: Stage, orderId: string): Promise<void> {
  await stage.as("sysadmin").send("POST", "CancelSalesOrder", { OrderClose: { "@odata.type": "Microsoft.Dynamics.CRM.orderclose", subject: "called off", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });
}

/** The invoice that a person creates from an order. */
export async function invoiceOf(stage: Stage, orderId: string): Promise<string> {
  await stage.as("sysadmin").send("POST", "ConvertSalesOrderToInvoice", { SalesOrderId: orderId, ColumnSet: { AllColumns: true } });
  const [row] = await stage.as("sysadmin").find(`invoices?$select=invoiceid&$filter=_salesorderid_value eq ${orderId}&$orderby=createdon desc&$top=1`);
  return text(row?.["invoiceid"]);
}

/** An invoice of a part of its order, as a person writes it; its order's owner owns it. */
export async function partInvoice(stage: Stage, { orderId, currencyId }: { readonly orderId: string; readonly currencyId: string }, price: number): Promise<string> {
  const inCurrency = { "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})` };
  const order = (await stage.rows("salesorder")).find((row) => row["salesorderid"] === orderId);
  const invoiceId = await stage.as("sysadmin").create("invoices", { name: "A part", "salesorderid@odata.bind": `/salesorders(${orderId})`, "customerid_account@odata.bind": `/accounts(${text(order?.["customerid"])})`, "ownerid@odata.bind": `/systemusers(${text(order?.["ownerid"])})`, ...inCurrency });
  await stage.as("sysadmin").create("invoicedetails", { "invoiceid@odata.bind": `/invoices(${invoiceId})`, isproductoverridden: true, productdescription: "A part", quantity: 1, ispriceoverridden: true, priceperunit: price, ...inCurrency });
  return invoiceId;
}

export interface RefundInput { readonly paymentId: string; readonly currencyId: string; readonly amount: number; readonly by?: string; readonly action?: number; readonly reason?: number | null; readonly more?: Readonly<Record<string, unknown>> }

/** A refund request as the panel, a flow or another system writes it. */
export function refund(stage: Stage, input: RefundInput): Promise<string> {
  return stage.as(input.by ?? "refundagent").create("cybs_refundrequests", {
    "cybs_PaymentId@odata.bind": `/cybs_payments(${input.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${input.currencyId})`,
    cybs_action: CHOICE + (input.action ?? 0), cybs_amount: input.amount, ...(input.reason === null ? {} : { cybs_reasoncode: CHOICE + (input.reason ?? 4) }), cybs_isrefundaccepted: true, ...input.more,
  });
}

export interface ApprovalInput { readonly requestId: string; readonly paymentId: string; readonly currencyId: string; readonly amount: number; readonly by?: string; readonly decision?: number; readonly reason?: number; readonly more?: Readonly<Record<string, unknown>> }

export function approve(stage: Stage, input: ApprovalInput): Promise<string> {
  return stage.as(input.by ?? "approver").create("cybs_refundapprovals", {
    "cybs_RefundRequestId@odata.bind": `/cybs_refundrequests(${input.requestId})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${input.paymentId})`,
    "transactioncurrencyid@odata.bind": `/transactioncurrencies(${input.currencyId})`, cybs_decision: CHOICE + (input.decision ?? 0), cybs_amount: input.amount, cybs_reasoncode: CHOICE + (input.reason ?? 4), ...input.more,
  });
}

/** The transaction rows of a refund request, once the first of them is final or in one of `states` (offsets of the choice). */
export const refundSettled = (stage: Stage, requestId: string, states: readonly number[] = [], ms = 20_000): Promise<readonly Row[]> => eventually(async () => {
  const rows = (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_refundrequestid"] === requestId);
  return rows.some((row) => row["cybs_isfinal"] === true || states.includes(Number(row["cybs_status"]) - CHOICE)) ? rows : undefined;
}, ms);

/** A limit for everybody (or a user) in a currency. */
export function limit(stage: Stage, input: { readonly currencyId: string; readonly perRefund?: number; readonly perDay?: number; readonly perCustomer?: number; readonly userId?: string }): Promise<string> {
  return stage.as("sysadmin").create("cybs_refundlimits", {
    cybs_isenabled: true, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${input.currencyId})`,
    ...(input.userId === undefined ? {} : { "cybs_SystemUserId@odata.bind": `/systemusers(${input.userId})` }),
    ...(input.perRefund === undefined ? {} : { cybs_perrefund: input.perRefund }), ...(input.perDay === undefined ? {} : { cybs_perday: input.perDay }), ...(input.perCustomer === undefined ? {} : { cybs_percustomer: input.perCustomer }),
  });
}
