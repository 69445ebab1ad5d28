// Several payers of one order: what one of them has paid, in cash or by card, on the order or on its invoice, is captured from nobody else.
// Cybersource's own ledger says what really moved.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { account, fulfil, invoiceOf, partInvoice, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, type Row, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";

const ON_ORDER = CHOICE + 1;
const ON_FULFILMENT = CHOICE + 2;
const ON_INVOICE = CHOICE + 3;
let stage: Stage;
let card: string;
beforeAll(async () => { ({ stage, card } = await openWithCard({ at: "09:00" })); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const capturedOf = async ({ paymentId }: Taken): Promise<unknown> => (await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === paymentId)?.["cybs_capturedamount"];
const inUsd = (currencyId: string): Row => ({ "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})` });
async function severalSweeps(): Promise<void> {
  for (let round = 0; round < 3; round++) { await stage.clock.advance("PT6M"); await severalRounds(); }
}

/** A sale with the saved card, on the invoice itself; its transaction once it is final. */
async function payOn({ currencyId }: Pick<Taken, "currencyId">, invoiceId: string, amount: number): Promise<Row> {
  const id = await stage.as("sysadmin").create("cybs_paymentrequests", {
    "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})`, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${card})`, cybs_action: CHOICE + 2, cybs_amount: amount, cybs_method: CHOICE, cybs_state: CHOICE + 1, ...inUsd(currencyId),
  });
  return eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === id && row["cybs_isfinal"] === true));
}

/** A capture on the order, as a rule's row or a person's; its transaction once it is final. */
async function capture({ orderId, paymentId, currencyId }: Taken, amount: number): Promise<Row> {
  const id = await stage.as("sysadmin").create("cybs_paymentrequests", {
    "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${paymentId})`, cybs_action: CHOICE + 3, cybs_amount: amount, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, ...inUsd(currencyId),
  });
  return eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === id && row["cybs_isfinal"] === true));
}

test("an invoice that one payment has paid takes nothing of another one", async () => {
  await account(stage, { cybs_capturepolicy: ON_INVOICE });
  const first = await take(stage, card, 100, { amount: 60 });
  const second = await take(stage, card, 100, { amount: 40, orderId: first.orderId });
  const invoiceId = await partInvoice(stage, first, 60);
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
  await payOn(held, invoiceId, 130);
  await severalSweeps();
  expect((await stage.ledger()).filter((line) => line.amount === "130.00" && (line.kind === "capture" || line.kind === "sale"))).toHaveLength(1);
}, 60_000);

test("an invoice that its order's payment is being captured for takes no second payment meanwhile, also while that capture has no answer", async () => {
  await account(stage, { cybs_capturepolicy: ON_INVOICE });
  const held = await take(stage, card, 137);
  await stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/payments/[^/]+/captures$" }, fault: "drop-after", times: 1 });
  const invoiceId = await invoiceOf(stage, held.orderId);
  await eventually(async () => ((await stage.ledger()).some((line) => line.amount === "137.00" && line.kind === "capture") ? true : undefined), 20_000);
  expect(await payOn(held, invoiceId, 137)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "payment_in_progress" });
  expect((await stage.ledger()).filter((line) => line.amount === "137.00" && line.kind === "sale")).toHaveLength(0);
}, 60_000);

test("what a card on the invoice is charged for is not captured for its fulfilled order as well, also where that capture was asked for before", async () => {
  await account(stage, { cybs_capturepolicy: ON_FULFILMENT });
  const held = await take(stage, card, 138);
  const invoiceId = await invoiceOf(stage, held.orderId);
  await payOn(held, invoiceId, 138);
  // As a rule's row, or a person's, that was written a moment before the card was charged.
  expect(await capture(held, 138)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_open" });
  expect((await stage.ledger()).filter((line) => line.amount === "138.00" && line.kind === "capture")).toHaveLength(0);
}, 60_000);

test("what cash has paid since a capture was asked for is not captured, and the row says so", async () => {
  await account(stage, { cybs_capturepolicy: ON_ORDER });
  const held = await take(stage, card, 139);
  await stage.as("sysadmin").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${held.orderId})`, cybs_kind: CHOICE, cybs_amount: 40, cybs_receivedon: new Date().toISOString(), ...inUsd(held.currencyId) });
  expect(await capture(held, 139)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "partly_paid" });
  expect(await capture(held, 99)).toMatchObject({ cybs_status: CHOICE + 1 });
}, 60_000);

/** Cash changes neither payment nor invoice: each is looked at again after minutes. */
const arePaid = (invoiceIds: readonly string[]): Promise<true> => eventually(async () => {
  await stage.clock.advance("PT6M");
  await severalRounds();
  return (await stage.rows("invoice")).filter((row) => invoiceIds.includes(String(row["invoiceid"])) && row["statecode"] === 2).length === invoiceIds.length ? true : undefined;
}, 40_000);

test("what cash has paid of an order is not charged again on its invoice, however many invoices there are", async () => {
  await account(stage, { cybs_capturepolicy: ON_ORDER });
  const { orderId, currencyId } = await take(stage, card, 200, { amount: 50 });
  await stage.as("sysadmin").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, cybs_kind: CHOICE, cybs_amount: 120, cybs_receivedon: new Date().toISOString(), ...inUsd(currencyId) });
  const [first, second] = [await partInvoice(stage, { orderId, currencyId }, 110), await partInvoice(stage, { orderId, currencyId }, 90)];
  expect(await payOn({ currencyId }, first, 81)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_open" });
  expect(await payOn({ currencyId }, first, 60)).toMatchObject({ cybs_status: CHOICE + 1 });
  expect(await payOn({ currencyId }, second, 21)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_open" });
  expect(await payOn({ currencyId }, second, 20)).toMatchObject({ cybs_status: CHOICE + 1 });
  // Cards and cash together have paid both of them.
  await arePaid([first, second]);
}, 90_000);

test("a deposit in cash on the order and a card for the rest pay its invoice, which takes no more of the card than that", async () => {
  await account(stage, { cybs_capturepolicy: CHOICE });
  const { orderId, paymentId, currencyId } = await take(stage, card, 150, { amount: 110 });
  await stage.as("sysadmin").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, cybs_kind: CHOICE, cybs_amount: 40, cybs_receivedon: new Date().toISOString(), ...inUsd(currencyId) });
  const [first, second] = [await partInvoice(stage, { orderId, currencyId }, 100), await partInvoice(stage, { orderId, currencyId }, 50)];
  await arePaid([first, second]);
  // Whichever of the two is the older within its second: the deposit's share of each is what the card does not pay.
  const applied = (await stage.rows("cybs_paymentallocation")).filter((row) => row["cybs_paymentid"] === paymentId);
  expect(applied.map((row) => Number(row["cybs_amount"])).toSorted((one, other) => other - one)).toEqual(applied.some((row) => row["cybs_invoiceid"] === first && row["cybs_amount"] === 60) ? [60, 50] : [100, 10]);
}, 90_000);

test("two invoices of one order that are paid at once take no more than cash has left", async () => {
  const { orderId, currencyId } = await take(stage, card, 210, { amount: 1 });
  await stage.as("sysadmin").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, cybs_kind: CHOICE, cybs_amount: 100, cybs_receivedon: new Date().toISOString(), ...inUsd(currencyId) });
  const invoices = [await partInvoice(stage, { orderId, currencyId }, 105), await partInvoice(stage, { orderId, currencyId }, 105)];
  const paid = await Promise.all(invoices.map((invoiceId) => payOn({ currencyId }, invoiceId, 105)));
  expect(paid.map((row) => Number(row["cybs_status"]) - CHOICE).sort()).toEqual([1, 5]);
}, 60_000);

test("a payment on an invoice tells Cybersource of the invoice's own lines", async () => {
  await account(stage, { cybs_levelthree: true });
  const taken = await take(stage, card, 141, { amount: 1 });
  const customerId = String((await stage.rows("salesorder")).find((row) => row["salesorderid"] === taken.orderId)?.["customerid"]);
  const invoiceId = await stage.as("sysadmin").create("invoices", { name: "Alone", "customerid_account@odata.bind": `/accounts(${customerId})`, ...inUsd(taken.currencyId) });
  await stage.as("sysadmin").create("invoicedetails", { "invoiceid@odata.bind": `/invoices(${invoiceId})`, isproductoverridden: true, productdescription: "Alone", quantity: 2, ispriceoverridden: true, priceperunit: 70.5, ...inUsd(taken.currencyId) });
  await payOn(taken, invoiceId, 141);
  const number = String((await stage.rows("invoice")).find((row) => row["invoiceid"] === invoiceId)?.["invoicenumber"]);
  expect((await stage.calls()).filter((call) => call.path.endsWith("/payments")).at(-1)?.lines).toEqual([{ productName: "Alone", quantity: 2, unitPrice: "70.50", totalAmount: "141.00", invoiceNumber: number.slice(0, 15) }]);
}, 60_000);
