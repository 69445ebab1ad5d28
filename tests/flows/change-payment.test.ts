// What changes a payment after it was made, by rows that people write: captures, a release, an increment, a credit. Cybersource's ledger is
// the oracle for Dataverse's rows.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { createOrder, findCatalogue } from "../sandbox/demo-data.ts";
import { CHOICE, type Stage } from "../support/stage.ts";
import { capture, expectSums, giveBack, increment, linesOf, openForChanges, outcome, paymentOf, takenPayment, updateAccounts, useAbilities, type Taken } from "./changes.ts";
import { clearFaults } from "./recovery.ts";

let stage: Stage;
let card: string;

beforeAll(async () => { ({ stage, card } = await openForChanges()); }, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => { await stage.close(); }, 30_000);

const captured = { cybs_status: CHOICE + 1, cybs_type: CHOICE + 3 };
const captures = async (payment: Taken): Promise<readonly string[]> => (await linesOf(stage, payment)).filter((line) => line.kind === "capture").map((line) => line.amount).sort();

describe("captures", () => {
  test("of everything, once: a second one is refused and changes nothing", async () => {
    const payment = await takenPayment(stage, { price: 400, cardId: card });
    expect(await outcome(stage, await capture(stage, payment, 400))).toMatchObject(captured);
    await expectSums(stage, payment, { authorized: 400, captured: 400, status: 3 });
    expect(await outcome(stage, await capture(stage, payment, 400))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_capturable" });
    expect(await captures(payment)).toEqual(["400.00"]);
  });

  test("a part and then the rest, where the processor captures several times", async () => {
    const payment = await takenPayment(stage, { price: 401, cardId: card });
    expect(await outcome(stage, await capture(stage, payment, 300))).toMatchObject(captured);
    await expectSums(stage, payment, { captured: 300, status: 2 });
    expect(await paymentOf(stage, payment)).toMatchObject({ cybs_openamount: 101 });
    expect(await outcome(stage, await capture(stage, payment, 101))).toMatchObject(captured);
    await expectSums(stage, payment, { captured: 401, status: 3 });
    expect(await captures(payment)).toEqual(["101.00", "300.00"]);
  });

  test("more than is left is refused", async () => {
    const payment = await takenPayment(stage, { price: 402, cardId: card });
    expect(await outcome(stage, await capture(stage, payment, 300))).toMatchObject(captured);
    expect(await outcome(stage, await capture(stage, payment, 103))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_capturable" });
    expect(await captures(payment)).toEqual(["300.00"]);
  });

  test("a part where the processor captures once: the rest is released, and the payment says so", async () => {
    await useAbilities(stage, { multiCapture: false });
    const payment = await takenPayment(stage, { price: 403, cardId: card });
    expect(await outcome(stage, await capture(stage, payment, 300))).toMatchObject(captured);
    await expectSums(stage, payment, { captured: 300, status: 3 });
    expect(await paymentOf(stage, payment)).toMatchObject({ cybs_reversedamount: 103, cybs_openamount: 0 });
    expect((await linesOf(stage, payment)).find((line) => line.kind === "authorization")).toMatchObject({ state: "reversed" });
    const second = await outcome(stage, await capture(stage, payment, 103));
    expect(second).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "already_captured" });
    expect(String(second["cybs_agenttext"])).toContain("captures once");
    expect(await captures(payment)).toEqual(["300.00"]);
    await useAbilities(stage);
  });
});

describe("what a capture says of the goods", () => {
  /** Two lines: a product with code and unit, and a write-in, which has neither. */
  const orderOfGaskets = async (): Promise<string> => {
    const { priceListId, gasket } = await findCatalogue(stage.as("sysadmin"));
    return createOrder(stage.as("sysadmin"), { name: "Gaskets", accountId: stage.demo.accounts["Fabrikam, Inc."] ?? "", currency: "USD", ownerKey: "salesrep", priceListId, lines: [{ name: "Gasket set", quantity: 4, price: 100, tax: 20, sold: gasket }, { name: "Fitting", quantity: 1, price: 80 }] });
  };
  const linesSent = async (): Promise<readonly Record<string, unknown>[]> => [...(await stage.calls()).filter((call) => call.path.endsWith("/captures")).at(-1)?.lines ?? []].sort((one, other) => String(one["productName"]).localeCompare(String(other["productName"])));
  const goods = { productSku: "GS-58", productName: "Gasket set", commodityCode: "31181500", unitOfMeasure: "Set" };

  test("in full: each line with its commodity code and its unit of measure, where it has them", async () => {
    const payment = await takenPayment(stage, { price: 500, cardId: card, orderId: await orderOfGaskets() });
    expect(await outcome(stage, await capture(stage, payment, 500))).toMatchObject(captured);
    expect(await linesSent()).toEqual([
      { productName: "Fitting", quantity: 1, unitPrice: "80.00", totalAmount: "80.00" },
      { ...goods, quantity: 4, unitPrice: "100.00", totalAmount: "400.00", taxAmount: "20.00" },
    ]);
  });

  test("where the account has level III processing, Cybersource is told to pass it on", async () => {
    const levelSent = async (): Promise<unknown> => (await stage.calls()).filter((call) => call.path.endsWith("/captures")).at(-1)?.purchaseLevel;
    expect(await levelSent()).toBeUndefined();
    await updateAccounts(stage, { cybs_levelthree: true });
    const payment = await takenPayment(stage, { price: 500, cardId: card, orderId: await orderOfGaskets() });
    expect(await outcome(stage, await capture(stage, payment, 500))).toMatchObject(captured);
    expect(await levelSent()).toBe("3");
    await updateAccounts(stage, { cybs_levelthree: false });
  });

  test("in part: the same of each line's share", async () => {
    const payment = await takenPayment(stage, { price: 500, cardId: card, orderId: await orderOfGaskets() });
    expect(await outcome(stage, await capture(stage, payment, 250))).toMatchObject(captured);
    expect(await linesSent()).toEqual([
      { productName: "Fitting", quantity: 1, unitPrice: "40.00", totalAmount: "40.00" },
      { ...goods, quantity: 1, unitPrice: "200.00", totalAmount: "200.00", taxAmount: "10.00" },
    ]);
  });
});

describe("an authorization", () => {
  test("that is not captured is released", async () => {
    const payment = await takenPayment(stage, { price: 404, cardId: card });
    expect(await outcome(stage, await giveBack(stage, payment, 404, { action: 3 }))).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 5 });
    await expectSums(stage, payment, { captured: 0, status: 10 });
    expect((await linesOf(stage, payment)).find((line) => line.kind === "authorization")).toMatchObject({ state: "reversed" });
    expect(await outcome(stage, await capture(stage, payment, 404))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "payment_not_live" });
  });

  test("grows with its order, and not beyond it", async () => {
    const payment = await takenPayment(stage, { price: 500, amount: 405, cardId: card });
    expect(await outcome(stage, await increment(stage, payment, 95))).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 4 });
    await expectSums(stage, payment, { authorized: 500, status: 1 });
    expect(await outcome(stage, await increment(stage, payment, 1))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_open" });
    expect((await linesOf(stage, payment)).find((line) => line.kind === "authorization")).toMatchObject({ amount: "500.00", state: "live" });
  });

  test("does not grow by another order's total, nor by what cash has paid", async () => {
    const payment = await takenPayment(stage, { price: 412, cardId: card });
    const dear = await stage.order(5_000);
    expect(await outcome(stage, await increment(stage, { ...payment, orderId: dear }, 1_000))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "payment_of_other_document" });
    const half = await takenPayment(stage, { price: 413, amount: 213, cardId: card });
    await stage.as("salesrep").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${half.orderId})`, cybs_kind: CHOICE, cybs_amount: 150, cybs_receivedon: new Date().toISOString(), "transactioncurrencyid@odata.bind": `/transactioncurrencies(${half.currencyId})` });
    expect(await outcome(stage, await increment(stage, half, 51))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_open" });
    expect(await outcome(stage, await increment(stage, half, 50))).toMatchObject({ cybs_status: CHOICE + 1 });
  });

  test("of a cancelled order is released once, without its card", async () => {
    const payment = await takenPayment(stage, { price: 406, cardId: card });
    await stage.as("sysadmin").send("POST", "CancelSalesOrder", { OrderClose: { "@odata.type": "Microsoft.Dynamics.CRM.orderclose", subject: "called off", "salesorderid@odata.bind": `/salesorders(${payment.orderId})` }, Status: -1 });
    await expectSums(stage, payment, { captured: 0, status: 10 });
    expect((await linesOf(stage, payment)).filter((line) => line.kind === "reversal")).toHaveLength(1);
    expect((await stage.rows("cybs_refundrequest")).filter((row) => row["cybs_paymentid"] === payment.paymentId)).toMatchObject([{ cybs_action: CHOICE + 3, cybs_amount: 406 }]);
  });
});

describe("a standalone credit", () => {
  test("is refused unless the account allows it", async () => {
    const payment = await takenPayment(stage, { price: 407, cardId: card });
    await outcome(stage, await capture(stage, payment, 407));
    expect(await outcome(stage, await giveBack(stage, payment, 50, { action: 4 }))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "credit_not_allowed" });
    expect((await stage.ledger()).filter((line) => line.kind === "credit")).toEqual([]);
  });
});
