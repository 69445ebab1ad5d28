// Business events (design D5): what a fulfilled, invoiced or cancelled order asks for becomes one visible request row, and a person can
// call it off; captured money is applied to the invoice, which closes when it is fully paid.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, cancel, fulfil, invoiceOf, payment, rowsWhere, severalRounds, take } from "../support/deeds.ts";
import { CHOICE, eventually, type Row, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";

let stage: Stage;
let card: string;
beforeAll(async () => { ({ stage, card } = await openWithCard()); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const live = async (amount: string) => (await stage.ledger()).filter((line) => line.amount === amount);

describe("a captured payment of an order", () => {
  test("pays the invoice created from it, and the invoice is closed as complete; its totals are not written", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE });
    const { orderId, paymentId } = await take(stage, card, 210);
    const invoiceId = await invoiceOf(stage, orderId);
    const [allocation] = await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId);
    expect(allocation).toMatchObject({ cybs_paymentid: paymentId, cybs_salesorderid: orderId, cybs_amount: 210, cybs_refundedamount: 0, cybs_state: CHOICE });
    const paid = await eventually(async () => { const row = (await stage.rows("invoice")).find((one) => one["invoiceid"] === invoiceId); return row?.["statecode"] === 2 ? row : undefined; });
    expect(paid).toMatchObject({ statuscode: 100_001, totalamount: 210 });
    await severalRounds();
    expect((await stage.rows("cybs_paymentallocation")).filter((row) => row["cybs_invoiceid"] === invoiceId)).toHaveLength(1);
  });

  test("cash for the rest closes an invoice that a card paid in part", async () => {
    const { orderId, currencyId } = await take(stage, card, 220, { amount: 150 });
    const invoiceId = await invoiceOf(stage, orderId);
    await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId);
    await severalRounds();
    expect((await stage.rows("invoice")).find((row) => row["invoiceid"] === invoiceId)?.["statecode"]).toBe(0);
    await stage.as("sysadmin").create("cybs_manualpayments", { "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})`, cybs_kind: CHOICE, cybs_amount: 70, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})`, cybs_receivedon: new Date().toISOString() });
    await stage.clock.advance("PT6M");
    await eventually(async () => ((await stage.rows("invoice")).find((row) => row["invoiceid"] === invoiceId)?.["statecode"] === 2 ? true : undefined), 20_000);
  });

  test("by the policy *never* its invoice stays open", async () => {
    await account(stage, { cybs_invoicepaidpolicy: CHOICE + 1 });
    const { orderId } = await take(stage, card, 230);
    const invoiceId = await invoiceOf(stage, orderId);
    await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId);
    await severalRounds();
    expect((await stage.rows("invoice")).find((row) => row["invoiceid"] === invoiceId)?.["statecode"]).toBe(0);
    await account(stage, { cybs_invoicepaidpolicy: CHOICE });
  });
});

describe("an order with an open authorization", () => {
  beforeAll(() => account(stage, { cybs_capturepolicy: CHOICE + 2 }));

  test("is captured once when it is fulfilled, through a row that everybody sees", async () => {
    const { orderId, paymentId } = await take(stage, card, 310);
    await fulfil(stage, orderId);
    const [row] = await rowsWhere(stage, "cybs_paymentrequest", (one) => one["cybs_paymentid"] === paymentId && one["cybs_action"] === CHOICE + 3);
    expect(row).toMatchObject({ cybs_amount: 310, cybs_state: CHOICE + 1, cybs_method: CHOICE + 2 });
    await eventually(async () => ((await live("310.00")).some((line) => line.kind === "capture") ? true : undefined), 20_000);
    await severalRounds();
    expect((await live("310.00")).filter((line) => line.kind === "capture")).toHaveLength(1);
    expect((await stage.rows("cybs_paymentrequest")).filter((one) => one["cybs_paymentid"] === paymentId && one["cybs_action"] === CHOICE + 3)).toHaveLength(1);
  });

  test("is captured when it is invoiced, with the order's lines and the number of the invoice", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE + 3 });
    const { orderId } = await take(stage, card, 315);
    const invoiceId = await invoiceOf(stage, orderId);
    await eventually(async () => ((await live("315.00")).some((line) => line.kind === "capture") ? true : undefined), 20_000);
    const number = String((await stage.rows("invoice")).find((row) => row["invoiceid"] === invoiceId)?.["invoicenumber"]);
    expect((await stage.calls()).filter((call) => call.path.endsWith("/captures")).at(-1)?.lines).toEqual([
      { productName: "Thing", quantity: 1, unitPrice: "315.00", totalAmount: "315.00", invoiceNumber: number.slice(0, 15) },
    ]);
    await account(stage, { cybs_capturepolicy: CHOICE + 2 });
  });

  test("is released when it is cancelled, without its card", async () => {
    const { orderId, paymentId } = await take(stage, card, 320);
    await cancel(stage, orderId);
    const [row] = await rowsWhere(stage, "cybs_refundrequest", (one) => one["cybs_paymentid"] === paymentId);
    expect(row).toMatchObject({ cybs_action: CHOICE + 3, cybs_amount: 320, cybs_reasoncode: CHOICE + 5 });
    await eventually(async () => ((await live("320.00")).some((line) => line.kind === "authorization" && line.state === "reversed") ? true : undefined), 20_000);
  });
});

describe("an order that grows after it was authorized", () => {
  beforeAll(() => account(stage, { cybs_capturepolicy: CHOICE + 1, cybs_incremental: true }));
  afterAll(() => account(stage, { cybs_incremental: false }));
  const grow = (orderId: string, price: number) => stage.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'").then(([usd]) => stage.as("sysadmin").create("salesorderdetails", {
    "salesorderid@odata.bind": `/salesorders(${orderId})`, isproductoverridden: true, productdescription: "One more", quantity: 1, ispriceoverridden: true, priceperunit: price, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(usd?.["transactioncurrencyid"])})`,
  }));

  test("has its authorization raised once, through a row that everybody sees", async () => {
    const { orderId, paymentId } = await take(stage, card, 330);
    await grow(orderId, 20);
    const [row] = await rowsWhere(stage, "cybs_paymentrequest", (one) => one["cybs_paymentid"] === paymentId && one["cybs_action"] === CHOICE + 4);
    expect(row).toMatchObject({ cybs_amount: 20, cybs_state: CHOICE + 1, cybs_method: CHOICE + 2 });
    await rowsWhere(stage, "cybs_payment", (one) => one["cybs_paymentid"] === paymentId && one["cybs_authorizedamount"] === 350);
    await severalRounds();
    expect((await live("350.00")).map((line) => [line.kind, line.state])).toEqual([["authorization", "live"]]);
    expect((await stage.rows("cybs_paymentrequest")).filter((one) => one["cybs_paymentid"] === paymentId && one["cybs_action"] === CHOICE + 4)).toHaveLength(1);
  });

  test("is a task of its owner when the bank does not approve the increase; the authorization stands untouched", async () => {
    const { orderId, paymentId } = await take(stage, card, 335);
    await grow(orderId, 6010);
    const [task] = await rowsWhere(stage, "task", (row) => row["regardingobjectid"] === orderId);
    expect(String(task?.["subject"])).toContain("Authorize 6010.00 USD more");
    expect(await payment(stage, paymentId)).toMatchObject({ cybs_authorizedamount: 335, cybs_status: CHOICE + 1 });
    expect((await live("335.00")).map((line) => [line.kind, line.state])).toEqual([["authorization", "live"]]);
  });

  test("shows the gap to its owner where the processor cannot raise it, once", async () => {
    await account(stage, { cybs_incremental: false });
    const { orderId, paymentId } = await take(stage, card, 340);
    await grow(orderId, 30);
    const [task] = await rowsWhere(stage, "task", (row) => row["regardingobjectid"] === orderId);
    expect(String(task?.["subject"])).toContain("Authorize 30.00 USD more");
    await severalRounds();
    expect((await stage.rows("task")).filter((row) => row["regardingobjectid"] === orderId)).toHaveLength(1);
    expect((await stage.rows("cybs_paymentrequest")).filter((one) => one["cybs_paymentid"] === paymentId)).toEqual([]);
    expect((await live("340.00")).map((line) => line.state)).toEqual(["live"]);
  });
});

describe("a request to apply a payment to an invoice", () => {
  const apply = async (taken: { readonly paymentId: string; readonly currencyId: string }, invoiceId: string, minutes = 15): Promise<Row> => {
    const id = await stage.as("sysadmin").create("cybs_paymentrequests", {
      "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${taken.currencyId})`,
      cybs_action: CHOICE + 10, cybs_amount: 1, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, cybs_validuntil: new Date(stage.clock.now().getTime() + minutes * 60_000).toISOString(),
    });
    return eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === id && row["cybs_isfinal"] === true));
  };
  beforeAll(() => account(stage, { cybs_capturepolicy: CHOICE }));

  test("applies what its order already captured; no money moves", async () => {
    const taken = await take(stage, card, 345);
    const invoiceId = await invoiceOf(stage, taken.orderId);
    const before = (await stage.ledger()).length;
    expect(await apply(taken, invoiceId)).toMatchObject({ cybs_status: CHOICE + 1, cybs_reason: "payment_applied" });
    await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId && row["cybs_amount"] === 345);
    expect((await stage.ledger()).length).toBe(before);
  });

  test("is not begun after its validity", async () => {
    const taken = await take(stage, card, 349);
    expect(await apply(taken, await invoiceOf(stage, taken.orderId), -5)).toMatchObject({ cybs_status: CHOICE + 9, cybs_reason: "request_expired" });
  });

  test("is refused with the way out for another order's invoice, and while nothing is captured", async () => {
    const [taken, other] = [await take(stage, card, 346), await take(stage, card, 347)];
    const otherInvoice = await invoiceOf(stage, other.orderId);
    expect(await apply(taken, otherInvoice)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "payment_of_other_document" });
    await account(stage, { cybs_capturepolicy: CHOICE + 1 });
    const held = await take(stage, card, 348);
    const invoiceId = await invoiceOf(stage, held.orderId);
    const row = await apply(held, invoiceId);
    expect(row).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "nothing_to_apply" });
    expect(String(row["cybs_agenttext"])).toContain("Capture it, then apply it");
  });
});

describe("an order whose policy is capture on invoice", () => {
  test("captures the invoice's total and applies it", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE + 3 });
    const { orderId, paymentId } = await take(stage, card, 410);
    const invoiceId = await invoiceOf(stage, orderId);
    await rowsWhere(stage, "cybs_paymentrequest", (one) => one["cybs_paymentid"] === paymentId && one["cybs_invoiceid"] === invoiceId);
    await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId && row["cybs_amount"] === 410);
  });
});
