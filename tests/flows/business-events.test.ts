// Business events (design D5): what a fulfilled, invoiced or cancelled order asks for becomes one visible request row, and a person can
// call it off; captured money is applied to the invoice, which closes when it is fully paid.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, cancel, fulfil, invoiceOf, rowsWhere, severalRounds, take } from "../support/deeds.ts";
import { CHOICE, eventually, startStage, type Stage } from "../support/stage.ts";

let stage: Stage;
let card: string;
beforeAll(async () => {
  stage = await startStage();
  await stage.startRelay();
  card = await stage.savedCard();
}, 180_000);
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

  test("is released when it is cancelled, without its card", async () => {
    const { orderId, paymentId } = await take(stage, card, 320);
    await cancel(stage, orderId);
    const [row] = await rowsWhere(stage, "cybs_refundrequest", (one) => one["cybs_paymentid"] === paymentId);
    expect(row).toMatchObject({ cybs_action: CHOICE + 3, cybs_amount: 320, cybs_reasoncode: CHOICE + 5 });
    await eventually(async () => ((await live("320.00")).some((line) => line.kind === "authorization" && line.state === "reversed") ? true : undefined), 20_000);
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
