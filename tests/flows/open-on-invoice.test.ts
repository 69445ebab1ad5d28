// What the form calls open on an invoice is what the relay takes on it: cash and cards of its order count, on both sides.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { readDocument } from "../../webresources/src/lib/document.ts";
import { readOpen } from "../../webresources/src/lib/open-amount.ts";
import { account, invoiceOf, rowsWhere, take } from "../support/deeds.ts";
import { CHOICE, type Row, type Stage } from "../support/stage.ts";
import { outcome } from "./changes.ts";
import { openWithCard } from "./open-with-card.ts";

const SETS: Readonly<Record<string, string>> = { salesorder: "salesorders", invoice: "invoices", cybs_payment: "cybs_payments", cybs_manualpayment: "cybs_manualpayments", cybs_paymentallocation: "cybs_paymentallocations" };
let stage: Stage;
let card: string;
beforeAll(async () => {
  ({ stage, card } = await openWithCard({ at: "09:00" }));
  const get = async (path: string): Promise<unknown> => {
    const answer = await fetch(`${stage.dataverse.httpUrl}/api/data/v9.2/${path}`, { headers: { authorization: `Bearer ${stage.token("sysadmin")}` } });
    if (!answer.ok) throw new Error(await answer.text());
    return answer.json();
  };
  Object.assign(globalThis, { Xrm: { WebApi: {
    retrieveRecord: (table: string, id: string, query: string) => get(`${SETS[table] ?? ""}(${id})${query}`),
    retrieveMultipleRecords: async (table: string, query: string) => ({ entities: (await get(`${SETS[table] ?? ""}${query}`) as { readonly value: readonly Row[] }).value }),
  } } });
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

test("the form's number is taken to the cent, and one cent more is not", async () => {
  await account(stage, { cybs_capturepolicy: CHOICE });
  const { orderId, currencyId } = await take(stage, card, 200, { amount: 50 });
  const inUsd = { "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})` };
  const cash = (document: Row, amount: number): Promise<string> => stage.as("sysadmin").create("cybs_manualpayments", { ...document, cybs_kind: CHOICE, cybs_amount: amount, cybs_receivedon: new Date().toISOString(), ...inUsd });
  await cash({ "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})` }, 119.99);
  const invoiceId = await invoiceOf(stage, orderId);
  await cash({ "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})` }, 5);
  await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId && row["cybs_amount"] === 50);
  const pay = async (amount: number): Promise<Row> => outcome(stage, await stage.as("sysadmin").create("cybs_paymentrequests", {
    "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})`, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${card})`, cybs_action: CHOICE + 2, cybs_amount: amount, cybs_method: CHOICE, cybs_state: CHOICE + 1, ...inUsd,
  }));
  const open = await readOpen(await readDocument("invoice", invoiceId));
  expect(open).toBe(25.01);
  expect(await pay(25.02)).toMatchObject({ cybs_reason: "amount_above_open" });
  expect(await pay(open)).toMatchObject({ cybs_status: CHOICE + 1 });
  expect(await readOpen(await readDocument("invoice", invoiceId))).toBe(0);
}, 60_000);

test("what cash has paid of an invoice since its card was authorized is not captured", async () => {
  await account(stage, { cybs_capturepolicy: CHOICE });
  const { orderId, currencyId } = await take(stage, card, 210, { amount: 10 });
  const inUsd = { "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})` };
  const invoiceId = await invoiceOf(stage, orderId);
  const onInvoice = { "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})` };
  const requestId = await stage.as("sysadmin").create("cybs_paymentrequests", { ...onInvoice, ...inUsd, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${card})`, cybs_action: CHOICE + 1, cybs_amount: 200, cybs_method: CHOICE, cybs_state: CHOICE + 1 });
  const authorized = await outcome(stage, requestId);
  expect(authorized).toMatchObject({ cybs_status: CHOICE + 1 });
  await stage.as("sysadmin").create("cybs_manualpayments", { ...onInvoice, ...inUsd, cybs_kind: CHOICE, cybs_amount: 150, cybs_receivedon: new Date().toISOString() });
  const capture = async (amount: number): Promise<Row> => outcome(stage, await stage.as("sysadmin").create("cybs_paymentrequests", {
    ...onInvoice, ...inUsd, "cybs_PaymentId@odata.bind": `/cybs_payments(${String(authorized["cybs_paymentid"])})`, cybs_action: CHOICE + 3, cybs_amount: amount, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1,
  }));
  expect(await capture(50.01)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "partly_paid" });
  expect(await capture(50)).toMatchObject({ cybs_status: CHOICE + 1 });
}, 60_000);
