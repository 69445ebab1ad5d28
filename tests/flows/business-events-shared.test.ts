// Several payers of one order: what one of them has paid, in cash or by card, on the order or on its invoice, is captured from nobody else.
// Cybersource's own ledger says what really moved.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { account, fulfil, invoiceOf, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, startStage, type Row, type Stage } from "../support/stage.ts";

const ON_FULFILMENT = CHOICE + 2;
const ON_INVOICE = CHOICE + 3;
let stage: Stage;
let card: string;
beforeAll(async () => {
  stage = await startStage({ at: "09:00" });
  await stage.startRelay();
  card = await stage.savedCard();
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const capturedOf = async ({ paymentId }: Taken): Promise<unknown> => (await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === paymentId)?.["cybs_capturedamount"];
const inUsd = (currencyId: string): Row => ({ "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})` });
async function severalSweeps(): Promise<void> {
  for (let round = 0; round < 3; round++) { await stage.clock.advance("PT6M"); await severalRounds(); }
}

/** An invoice of a part of its order, as a person writes it. */
async function partInvoice({ orderId, currencyId }: Taken, price: number): Promise<string> {
  const customerId = String((await stage.rows("salesorder")).find((row) => row["salesorderid"] === orderId)?.["customerid"]);
  const invoiceId = await stage.as("sysadmin").create("invoices", { name: "A part", "salesorderid@odata.bind": `/salesorders(${orderId})`, "customerid_account@odata.bind": `/accounts(${customerId})`, ...inUsd(currencyId) });
  await stage.as("sysadmin").create("invoicedetails", { "invoiceid@odata.bind": `/invoices(${invoiceId})`, isproductoverridden: true, productdescription: "A part", quantity: 1, ispriceoverridden: true, priceperunit: price, ...inUsd(currencyId) });
  return invoiceId;
}

test("an invoice that one payment has paid takes nothing of another one", async () => {
  await account(stage, { cybs_capturepolicy: ON_INVOICE });
  const first = await take(stage, card, 100, { amount: 60 });
  const second = await take(stage, card, 100, { amount: 40, orderId: first.orderId });
  const invoiceId = await partInvoice(first, 60);
  await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId);
  await severalSweeps();
  expect([await capturedOf(first), await capturedOf(second)]).toEqual([60, 0]);
}, 60_000);

test("what cash has paid of a fulfilled order is not captured", async () => {
  await account(stage, { cybs_capturepolicy: ON_FULFILMENT });
  const held = await take(stage, card, 103);
  await stage.as("sysadmin").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${held.orderId})`, cybs_kind: CHOICE, cybs_amount: 40, cybs_receivedon: new Date().toISOString(), ...inUsd(held.currencyId) });
  await fulfil(stage, held.orderId);
  await eventually(async () => (Number(await capturedOf(held)) > 0 ? true : undefined), 20_000);
  expect(await capturedOf(held)).toBe(63);
}, 60_000);

test("an invoice that was paid by a card of its own takes nothing of its order's payment", async () => {
  await account(stage, { cybs_capturepolicy: ON_INVOICE });
  const held = await take(stage, card, 130);
  const invoiceId = await invoiceOf(stage, held.orderId);
  const id = await stage.as("sysadmin").create("cybs_paymentrequests", {
    "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})`, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${card})`, cybs_action: CHOICE + 2, cybs_amount: 130, cybs_method: CHOICE, cybs_state: CHOICE + 1, ...inUsd(held.currencyId),
  });
  await eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === id && row["cybs_isfinal"] === true));
  await severalSweeps();
  expect((await stage.ledger()).filter((line) => line.amount === "130.00" && (line.kind === "capture" || line.kind === "sale"))).toHaveLength(1);
}, 60_000);
