// Payments that stand already when a test begins, made by rows as a flow would create them: what a test is about is done on the screen, what it needs is not.
import { expect, type Page } from "@playwright/test";
import { createSavedCard } from "../support/stage.ts";
import { createWebApi, type WebApi } from "../sandbox/web-api.ts";
import { dataverseHttp, newCustomer, newOrder, rows, sandbox } from "./actors.ts";

export const CHOICE = 727000000;
const SALE = CHOICE + 2;
const AUTHORIZATION = CHOICE + 1;
const SAVED_CARD = CHOICE;
const SUBMITTED = CHOICE + 1;
export const APPROVED = CHOICE + 1;
export const UNKNOWN = CHOICE + 6;
/** Beyond every move of the clock that a test makes. */
const VALID_MS = 5 * 86_400_000;
export type Row = Readonly<Record<string, unknown>>;

export const apiOf = (user: string): WebApi => createWebApi(dataverseHttp(), sandbox().tokens[user] ?? "");
export interface Shopper { readonly customerId: string; readonly cardId: string }

/** One more card that Cybersource keeps for a customer. */
export const newCard = (customerId: string, number = "4111111111111111"): Promise<string> => createSavedCard({ api: apiOf("sysadmin"), cybersource: { url: sandbox().cybersource, merchant: sandbox().merchant }, caFile: sandbox().ca, accountId: customerId, number });

/** A customer whose card is saved. */
export async function newShopper(name = "Adventure Works"): Promise<Shopper> {
  const customerId = await newCustomer(name, "salesrep");
  return { customerId, cardId: await newCard(customerId) };
}

export async function usd(): Promise<string> {
  const [currency] = await apiOf("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  return String(currency?.["transactioncurrencyid"]);
}

export async function newInvoice(customerId: string, price: number, orderId?: string): Promise<string> {
  const admin = apiOf("sysadmin");
  const [rep] = await admin.find("systemusers?$select=systemuserid&$filter=startswith(domainname,'salesrep@')");
  const bound = { "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})` };
  const id = await admin.create("invoices", { name: `Invoice of ${price}`, "customerid_account@odata.bind": `/accounts(${customerId})`, "ownerid@odata.bind": `/systemusers(${String(rep?.["systemuserid"])})`, ...(orderId === undefined ? {} : { "salesorderid@odata.bind": `/salesorders(${orderId})` }), ...bound });
  await admin.create("invoicedetails", { "invoiceid@odata.bind": `/invoices(${id})`, isproductoverridden: true, productdescription: "Thing", quantity: 1, ispriceoverridden: true, priceperunit: price, ...bound });
  return id;
}

export interface RowPayment { readonly id: string; readonly orderId: string; readonly currencyId: string; readonly transactionId: string }
export interface RowOptions { readonly kind?: "sale" | "authorization"; readonly by?: string; readonly orderId?: string;
  /** The transaction's status to wait for: approved, else for example unknown. */
  readonly until?: number }

/** The relay looks at once instead of at its next round. */
export const poke = (id: string): Promise<unknown> => fetch(`${sandbox().relay}/pokes`, { method: "POST", headers: { "content-type": "application/json", origin: sandbox().relay }, body: JSON.stringify({ organizationId: sandbox().organizationId, paymentRequestId: id }) });

/** A payment of this amount on an order of its own, by a request row with the saved card. */
export async function payByRow(shopper: Shopper, amount: number, { kind = "sale", by = "salesrep", until = APPROVED, ...more }: RowOptions = {}): Promise<RowPayment> {
  const [orderId, currencyId] = await Promise.all([more.orderId ?? newOrder(amount, shopper.customerId, by), usd()]);
  const requestId = await apiOf(by).create("cybs_paymentrequests", {
    cybs_action: kind === "sale" ? SALE : AUTHORIZATION, cybs_amount: amount, cybs_method: SAVED_CARD, cybs_channel: CHOICE, cybs_state: SUBMITTED, cybs_validuntil: new Date(Date.now() + VALID_MS).toISOString(),
    "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${shopper.cardId})`, "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})`,
  });
  await poke(requestId);
  const main = await transactionOf("cybs_paymentrequestid", requestId, until);
  return { id: String(main["cybs_paymentid"]), orderId, currencyId, transactionId: String(main["cybs_paymenttransactionid"]) };
}

/** The first transaction of a request once it has this status. */
export async function transactionOf(column: "cybs_paymentrequestid" | "cybs_refundrequestid", requestId: string, status: number): Promise<Row> {
  const found = async (): Promise<Row | undefined> => (await rows("cybs_paymenttransaction")).find((row) => row[column] === requestId && (row["cybs_parentid"] ?? null) === null || row[column] === requestId && column === "cybs_refundrequestid");
  await expect.poll(async () => (await found())?.["cybs_status"], { timeout: 30_000 }).toBe(status);
  return await found() ?? {};
}

export const paymentRow = async (id: string): Promise<Row> => (await rows("cybs_payment")).find((row) => row["cybs_paymentid"] === id) ?? {};
export const recordUrl = (table: string, id: string, as: string, more = ""): string => `${sandbox().host}/main.aspx?etn=${table}&id=${id}&pagetype=entityrecord&as=${as}${more}`;
export async function openPayment(page: Page, id: string, as: string): Promise<void> {
  await page.goto(recordUrl("cybs_payment", id, as));
  await page.getByRole("heading", { level: 1 }).first().waitFor();
}

/** Without a second person up to this for each refund, in dollars, and a million a day. */
export const limitRefunds = async (perRefund: number): Promise<unknown> =>
  apiOf("sysadmin").create("cybs_refundlimits", { cybs_isenabled: true, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})`, cybs_perrefund: perRefund, cybs_perday: 1_000_000 });
