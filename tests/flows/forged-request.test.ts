// What people can write is a wish, never a fact: drafts, later edits and forged outcomes change nothing, anywhere.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { CHOICE, request, type Row, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";
import { appears, expectAgreement, isCharged, mainOf, PAYMENTS, poke, reaches, salesOf, STATUS, submit, transactions } from "./recovery.ts";

let stage: Stage;
let card: string;

beforeAll(async () => { ({ stage, card } = await openWithCard()); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const rep = () => stage.as("salesrep");
const rowOf = async (table: string, id: string): Promise<Row> => (await stage.rows(table)).find((row) => row[`${table}id`] === id) ?? {};

test("a draft is never executed, however often the relay is told of it", async () => {
  const draft = await request(stage, { orderId: await stage.order(701), amount: 701, cardId: card, state: CHOICE });
  for (let count = 0; count < 3; count++) await poke(stage, draft);
  // A request submitted after it has been executed: every sweep that could have seen the draft has passed.
  const { id } = await submit(stage, 702, { cardId: card });
  await reaches(stage, id, [STATUS.approved]);
  expect(await transactions(stage, draft)).toEqual([]);
  expect(await salesOf(stage, 701)).toEqual([]);
});

describe("a row edited after it was submitted", () => {
  test("while the call is on its way: the amount, the card and the order of the claim are what counts", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "delay", value: 800 });
    const { id, orderId } = await submit(stage, 711, { cardId: card });
    await appears(stage, id);
    const other = await stage.order(1);
    await rep().send("PATCH", `cybs_paymentrequests(${id})`, { cybs_amount: 1, "cybs_SalesOrderId@odata.bind": `/salesorders(${other})` });
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 711);
    const [payment] = (await stage.rows("cybs_payment")).filter((row) => row["cybs_capturedamount"] === 711);
    expect(payment?.["cybs_salesorderid"]).toBe(orderId);
    expect((await stage.rows("cybs_payment")).filter((row) => row["cybs_salesorderid"] === other)).toEqual([]);
  });

  test("after its outcome: submitted anew, it is not executed again", async () => {
    const { id } = await submit(stage, 712, { cardId: card });
    await reaches(stage, id, [STATUS.approved]);
    const before = await transactions(stage, id);
    for (const state of [0, 1]) await rep().send("PATCH", `cybs_paymentrequests(${id})`, { cybs_state: CHOICE + state, cybs_amount: 712.5, cybs_validuntil: new Date(stage.clock.now().getTime() + 3_600_000).toISOString() });
    await poke(stage, id);
    const { id: after } = await submit(stage, 713, { cardId: card });
    await reaches(stage, after, [STATUS.approved]);
    expect(await transactions(stage, id)).toEqual(before);
    expect((await stage.ledger()).filter((line) => line.amount.startsWith("712"))).toMatchObject([{ amount: "712.00" }]);
  });
});

describe("a forged outcome", () => {
  test("cannot be written where outcomes live: people only read payments, transactions and saved cards", async () => {
    const { id } = await submit(stage, 721, { cardId: card });
    const main = mainOf(await reaches(stage, id, [STATUS.approved]));
    const attempts: readonly (readonly [string, string, Record<string, unknown>])[] = [
      ["POST", "cybs_paymenttransactions", { cybs_name: "forged", cybs_status: CHOICE + 1, cybs_isfinal: true, cybs_amount: 5 }],
      ["PATCH", `cybs_paymenttransactions(${String(main["cybs_paymenttransactionid"])})`, { cybs_status: CHOICE + 8 }],
      ["PATCH", `cybs_payments(${String(main["cybs_paymentid"])})`, { cybs_capturedamount: 0 }],
      ["POST", "cybs_payments", { cybs_name: "forged", cybs_capturedamount: 5 }],
      ["PATCH", `cybs_paymentmethods(${card})`, { cybs_paymentinstrumentid: "0".repeat(32) }],
      ["DELETE", `cybs_paymenttransactions(${String(main["cybs_paymenttransactionid"])})`, {}],
    ];
    for (const [method, path, body] of attempts) await expect(rep().send(method, path, body)).rejects.toThrow(/: 403 .*0x80040220/);
  });

  test("on the order's convenience column neither pays the order nor frees it", async () => {
    const { id, orderId } = await submit(stage, 722, { cardId: card });
    await reaches(stage, id, [STATUS.approved]);
    await rep().send("PATCH", `salesorders(${orderId})`, { cybs_paymentstatus: CHOICE });
    const second = await submit(stage, 722, { cardId: card, orderId });
    expect(mainOf(await reaches(stage, second.id, [STATUS.refused]))).toMatchObject({ cybs_reason: "amount_above_open" });
    expect(await salesOf(stage, 722)).toHaveLength(1);

    const unpaid = await stage.order(723);
    await rep().send("PATCH", `salesorders(${unpaid})`, { cybs_paymentstatus: CHOICE + 4 });
    const first = await submit(stage, 723, { cardId: card, orderId: unpaid });
    await reaches(stage, first.id, [STATUS.approved]);
    expect(await isCharged(stage, 723)).toBe(true);
  });

  test("in a row that a system administrator edited is put right by the next projection", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "delay", value: 800 });
    const { id } = await submit(stage, 724, { cardId: card });
    await appears(stage, id);
    const [claim] = await transactions(stage, id);
    await stage.as("sysadmin").send("PATCH", `cybs_paymenttransactions(${String(claim?.["cybs_paymenttransactionid"])})`, { cybs_status: CHOICE + STATUS.declined, cybs_agenttext: "forged" });
    const main = mainOf(await reaches(stage, id, [STATUS.approved]));
    expect(main["cybs_agenttext"]).not.toBe("forged");
    expect(await rowOf("cybs_payment", String(main["cybs_paymentid"]))).toMatchObject({ cybs_capturedamount: 724 });
    await expectAgreement(stage, id, 724);
  });
});
