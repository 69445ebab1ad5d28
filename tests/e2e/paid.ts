// Payments that stand already when a test begins: one is taken on the screen so that the card is saved, the others by rows as a flow would create them.
import { expect, type Browser } from "@playwright/test";
import { createWebApi, type WebApi } from "../sandbox/web-api.ts";
import { dataverseHttp, newCustomer, newOrder, openOrder, openTakePayment, pay, rows, sandbox, typeCard } from "./actors.ts";

const CHOICE = 727000000;
const SALE = CHOICE + 2;
const AUTHORIZATION = CHOICE + 1;
const SAVED_CARD = CHOICE;
const SUBMITTED = CHOICE + 1;
const APPROVED = CHOICE + 1;
export const UNKNOWN = CHOICE + 6;
const HOUR_MS = 3_600_000;

export const apiOf = (user: string): WebApi => createWebApi(dataverseHttp(), sandbox().tokens[user] ?? "");
export interface Shopper { readonly customerId: string; readonly cardId: string }

/** A customer whose card is saved. */
export async function newShopper(browser: Browser): Promise<Shopper> {
  const customerId = await newCustomer("Adventure Works");
  const page = await browser.newPage();
  await openOrder(page, await newOrder(12, customerId));
  await openTakePayment(page);
  await typeCard(page, "4111111111111111");
  await page.getByLabel(/Save this card/).check();
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible({ timeout: 30_000 });
  await page.close();
  await expect.poll(async () => (await rows("cybs_paymentmethod")).some((row) => row["cybs_customerid"] === customerId), { timeout: 20_000 }).toBe(true);
  const [card] = await apiOf("sysadmin").find(`cybs_paymentmethods?$select=cybs_paymentmethodid&$filter=_cybs_customerid_value eq ${customerId}`);
  return { customerId, cardId: String(card?.["cybs_paymentmethodid"]) };
}

export async function newInvoice(customerId: string, price: number, orderId?: string): Promise<string> {
  const admin = apiOf("sysadmin");
  const [currency] = await admin.find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  const [rep] = await admin.find("systemusers?$select=systemuserid&$filter=startswith(domainname,'salesrep@')");
  const bound = { "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(currency?.["transactioncurrencyid"])})` };
  const id = await admin.create("invoices", { name: `Invoice of ${price}`, "customerid_account@odata.bind": `/accounts(${customerId})`, "ownerid@odata.bind": `/systemusers(${String(rep?.["systemuserid"])})`, ...(orderId === undefined ? {} : { "salesorderid@odata.bind": `/salesorders(${orderId})` }), ...bound });
  await admin.create("invoicedetails", { "invoiceid@odata.bind": `/invoices(${id})`, isproductoverridden: true, productdescription: "Thing", quantity: 1, ispriceoverridden: true, priceperunit: price, ...bound });
  return id;
}

export interface RowPayment { readonly id: string; readonly orderId: string }
export interface RowOptions { readonly kind?: "sale" | "authorization";
  /** The transaction's status to wait for: approved, else for example unknown. */
  readonly until?: number }

/** A payment of this amount on an order of its own, by a request row with the saved card. */
export async function payByRow(shopper: Shopper, amount: number, { kind = "sale", until = APPROVED }: RowOptions = {}): Promise<RowPayment> {
  const orderId = await newOrder(amount, shopper.customerId);
  const requestId = await apiOf("salesrep").create("cybs_paymentrequests", {
    cybs_action: kind === "sale" ? SALE : AUTHORIZATION, cybs_amount: amount, cybs_method: SAVED_CARD, cybs_channel: CHOICE, cybs_state: SUBMITTED, cybs_validuntil: new Date(Date.now() + HOUR_MS).toISOString(),
    "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${shopper.cardId})`, "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`,
    "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String((await apiOf("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'"))[0]?.["transactioncurrencyid"])})`,
  });
  const found = async () => (await apiOf("sysadmin").find(`cybs_paymenttransactions?$select=cybs_isfinal,cybs_status,_cybs_paymentid_value&$filter=_cybs_paymentrequestid_value eq ${requestId} and _cybs_parentid_value eq null`))[0];
  await expect.poll(async () => (await found())?.["cybs_status"], { timeout: 30_000 }).toBe(until);
  return { id: String((await found())?.["_cybs_paymentid_value"]), orderId };
}

export const recordUrl = (table: string, id: string, as: string, more = ""): string => `${sandbox().host}/main.aspx?etn=${table}&id=${id}&pagetype=entityrecord&as=${as}${more}`;
