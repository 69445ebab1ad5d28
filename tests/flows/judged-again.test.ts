// What is asked for is judged again before the money moves: limits, policies, the order and what a customer agreed to may have changed meanwhile.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, approve, cancel, limit, refund, refundSettled, severalRounds, take } from "../support/deeds.ts";
import { CHOICE, eventually, request, settled, startStage, statusOf, type Row, type Stage } from "../support/stage.ts";
import { readAllowance } from "../../pcf-controls/refund-panel/RefundPanel/rows.ts";
import { factsOf } from "../../pcf-controls/shared/src/index.ts";

let stage: Stage;
let card: string;
let limitId: string;

beforeAll(async () => {
  stage = await startStage({ at: "09:00" });
  await stage.startRelay();
  card = await stage.savedCard();
  const [usd] = await stage.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  limitId = await limit(stage, { currencyId: String(usd?.["transactioncurrencyid"]), perRefund: 100, perDay: 150 });
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const refunds = async (amount: string) => (await stage.ledger()).filter((line) => line.kind === "refund" && line.amount === amount);
const rowsOf = async (requestId: string): Promise<readonly Row[]> => (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_refundrequestid"] === requestId);
const shown = (requestId: string, fits: (row: Row) => boolean): Promise<Row> => eventually(async () => (await rowsOf(requestId)).find(fits), 20_000);
/** Not before its batch has closed. */
const isQueued = (row: Row): boolean => row["cybs_reason"] === "partial_waits_for_batch";
const isAwaiting = (words: string) => (row: Row): boolean => row["cybs_reason"] === "awaiting_approval" && String(row["cybs_agenttext"]).includes(words);
const setLimit = (values: Row): Promise<unknown> => stage.as("sysadmin").send("PATCH", `cybs_refundlimits(${limitId})`, values);

describe("a refund that waits for its batch", () => {
  test("goes out by the limits of the day it was asked for, whatever is asked for after it", async () => {
    const [first, second] = [await take(stage, card, 120), await take(stage, card, 130)];
    const waiting = await refund(stage, { ...first, amount: 80 });
    await shown(waiting, isQueued);
    const above = await refund(stage, { ...second, amount: 75 });
    await shown(above, isAwaiting("for a day"));
    await stage.clock.advance("P1DT1H");
    expect((await refundSettled(stage, waiting))[0]).toMatchObject({ cybs_status: CHOICE + 1, cybs_amount: 80 });
    expect(await refunds("80.00")).toHaveLength(1);
  });

  test("waits for a second person once a limit is lowered below it, and goes out once when he agrees", async () => {
    const sale = await take(stage, card, 140);
    const id = await refund(stage, { ...sale, amount: 60 });
    await shown(id, isQueued);
    await setLimit({ cybs_perrefund: 50 });
    await stage.clock.advance("PT16H");
    expect(await shown(id, isAwaiting("for one refund"))).toMatchObject({ cybs_status: CHOICE, cybs_amount: 60 });
    await severalRounds();
    expect(await refunds("60.00")).toEqual([]);
    await approve(stage, { ...sale, requestId: id, amount: 60 });
    expect((await refundSettled(stage, id))[0]).toMatchObject({ cybs_status: CHOICE + 1, cybs_amount: 60 });
    expect(await refunds("60.00")).toHaveLength(1);
  });

  test("goes out by a second person's word, whatever becomes of the limits after it", async () => {
    const sale = await take(stage, card, 145);
    const id = await refund(stage, { ...sale, amount: 65 });
    await shown(id, isAwaiting("for one refund"));
    await approve(stage, { ...sale, requestId: id, amount: 65 });
    await shown(id, isQueued);
    await setLimit({ cybs_perrefund: 10 });
    await stage.clock.advance("P1DT1H");
    expect((await refundSettled(stage, id))[0]).toMatchObject({ cybs_status: CHOICE + 1, cybs_amount: 65 });
    expect(await refunds("65.00")).toHaveLength(1);
  });
});

describe("a credit that waits for a second person", () => {
  test("is refused when credits are switched off before he agrees", async () => {
    await account(stage, { cybs_standalonecredit: true, cybs_creditpolicy: CHOICE + 1 });
    const sale = await take(stage, card, 150);
    const id = await refund(stage, { ...sale, amount: 3.25, action: 4, more: { "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${card})` } });
    await shown(id, isAwaiting("A credit always"));
    await account(stage, { cybs_creditpolicy: CHOICE });
    await approve(stage, { ...sale, requestId: id, amount: 3.25 });
    expect((await refundSettled(stage, id))[0]).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "credit_not_allowed" });
    expect((await stage.ledger()).filter((line) => line.kind === "credit")).toEqual([]);
  });
});

describe("a soft decline that somebody accepts", () => {
  const accept = (sale: Awaited<ReturnType<typeof take>>, amount: number) => stage.as("salesrep").create("cybs_paymentdecisions", {
    "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.paymentId})`, "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${sale.transactionId})`,
    cybs_decision: CHOICE, cybs_amount: amount, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`,
  });

  test("after its order was cancelled is not approved: its hold is released", async () => {
    const sale = await take(stage, card, 6001, { states: [2] });
    await cancel(stage, sale.orderId);
    await accept(sale, 6001);
    expect(statusOf(await settled(stage, sale.requestId))).toBe(8);
    const [main] = (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymenttransactionid"] === sale.transactionId);
    expect(main).toMatchObject({ cybs_reason: "document_closed" });
    expect((await stage.ledger()).filter((line) => line.amount === "6001.00" && line.kind !== "reversal").map((line) => line.state)).toEqual(["reversed"]);
  });

  test("is approved where the order has not been cancelled", async () => {
    const sale = await take(stage, card, 6001, { states: [2] });
    await accept(sale, 6001);
    expect(statusOf(await settled(stage, sale.requestId))).toBe(1);
  });
});

describe("a payment while the customer is not there, as agreed", () => {
  const ABSENT = { cybs_channel: CHOICE + 2 };
  test("is taken only on a card whose holder has agreed to that", async () => {
    const refused = await request(stage, { orderId: await stage.order(161), amount: 161, cardId: card, more: ABSENT });
    expect((await settled(stage, refused))[0]).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "saved_card_not_agreed" });
    expect((await stage.ledger()).filter((line) => line.amount === "161.00")).toEqual([]);
    await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${card})`, { cybs_consentscope: CHOICE + 1 });
    expect(statusOf(await settled(stage, await request(stage, { orderId: await stage.order(162), amount: 162, cardId: card, more: ABSENT })))).toBe(1);
  });
});

describe("cash that a rep may not see", () => {
  test("leaves no more to charge than it left", async () => {
    const orderId = await stage.order(211);
    const [other] = await stage.as("sysadmin").find("systemusers?$select=systemuserid&$filter=startswith(domainname,'otherunit@')");
    const [order] = await stage.as("sysadmin").find(`salesorders?$select=_transactioncurrencyid_value&$filter=salesorderid eq ${orderId}`);
    const received = await stage.as("sysadmin").create("cybs_manualpayments", {
      "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(order?.["_transactioncurrencyid_value"])})`,
      cybs_kind: CHOICE, cybs_amount: 200, "ownerid@odata.bind": `/systemusers(${String(other?.["systemuserid"])})`,
    });
    expect(await stage.as("salesrep").find(`cybs_manualpayments?$select=cybs_amount&$filter=cybs_manualpaymentid eq ${received}`)).toEqual([]);
    expect((await settled(stage, await request(stage, { orderId, amount: 211, cardId: card })))[0]).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_open" });
    expect(statusOf(await settled(stage, await request(stage, { orderId, amount: 11, cardId: card })))).toBe(1);
  });
});

describe("what the refund panel counts against a limit", () => {
  const AGENT = "b0000000-0000-4000-8000-000000000003";
  const api = { retrieveMultipleRecords: async (table: string, query: string) => ({ entities: await stage.as("refundagent").find(`${table}s${query}`) }), retrieveRecord: async () => ({}) } as unknown as ComponentFramework.WebApi;
  test("is what may still go out: a request that waits, and none that was withdrawn", async () => {
    const sale = await take(stage, card, 165);
    const payment = factsOf({ cybs_paymentid: sale.paymentId, _transactioncurrencyid_value: sale.currencyId, transactioncurrencyid: { isocurrencycode: "USD" } }, { transactions: [], requests: [], account: {} });
    const today = async (): Promise<bigint> => (await readAllowance(api, AGENT, payment, stage.clock.now().getTime()))?.today ?? -1n;
    const before = await today();
    const id = await refund(stage, { ...sale, amount: 165 });
    const waiting = await shown(id, isAwaiting("for one refund"));
    expect(await today()).toBe(before + 16_500n);
    await stage.as("refundagent").create("cybs_paymentdecisions", {
      "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.paymentId})`, "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${String(waiting["cybs_paymenttransactionid"])})`,
      cybs_decision: CHOICE + 3, cybs_amount: 165, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`,
    });
    await shown(id, (row) => row["cybs_status"] === CHOICE + 10);
    expect(await today()).toBe(before);
  });
});
