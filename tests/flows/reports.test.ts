// What nobody sends: the day's reports of settlement and of disputes, which the relay fetches itself. Over real processes and HTTP; Cybersource's
// ledger is the oracle, and time passes by the business clock.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { invoiceOf, rowsWhere } from "../support/deeds.ts";
import { CHOICE, eventually, SHORT_FENCE, type Row, type Stage } from "../support/stage.ts";
import { capture, expectSums, giveBack, linesOf, nextBatch, openForChanges, outcome, paymentOf, rowsOf, soldPayment, takenPayment, type Taken } from "./changes.ts";
import { clearFaults, STATUS } from "./recovery.ts";

let stage: Stage;
let card: string;
beforeAll(async () => { ({ stage, card } = await openForChanges({ relay: { ...SHORT_FENCE, DISPUTE_WON_WORDS: "Chargeback reversed" } })); }, 180_000);
afterEach(async () => { await clearFaults(stage); await stage.settings({ reportReferenceLength: 0 }); });
afterAll(async () => { await stage.close(); }, 60_000);

const FINANCE = "b0000000-0000-4000-8000-000000000005";
const MEMO = { open: CHOICE, settled: CHOICE + 1, rejected: CHOICE + 2 } as const;
const sandbox = async (path: string, body: unknown): Promise<void> => {
  const answer = await fetch(`${stage.cybersource.browserUrl}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(await answer.text());
};
const memoIs = (refundId: string, state: number): Promise<readonly Row[]> => rowsWhere(stage, "cybs_creditmemo", (row) => row["cybs_refundrequestid"] === refundId && row["cybs_state"] === state);
const pass = async (duration: string): Promise<void> => { await stage.clock.advance(duration); await delay(1_500); };
/** The batch has closed, its day is over, and its reports are there. */
const untilReported = async (): Promise<void> => { await nextBatch(stage); await pass("P2D"); };
const statusOf = async (id: string): Promise<unknown> => (await rowsOf(stage, id))[0]?.["cybs_status"];

async function refunded(price: number): Promise<{ readonly payment: Taken; readonly refundId: string; readonly requestId: string }> {
  const payment = await soldPayment(stage, { price, cardId: card });
  await nextBatch(stage);
  const refundId = await giveBack(stage, payment, price);
  const row = await outcome(stage, refundId);
  expect(row).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
  await memoIs(refundId, MEMO.open);
  return { payment, refundId, requestId: String(row["cybs_requestid"]) };
}

describe("a refund", () => {
  test("is submitted by one day's report and settled by a later one: only then its credit memo is", async () => {
    const { payment, refundId, requestId } = await refunded(701);
    await untilReported();
    await memoIs(refundId, MEMO.open);
    await sandbox("settlements", { id: requestId, status: "SETTLED" });
    await pass("P3D");
    await memoIs(refundId, MEMO.settled);
    await expectSums(stage, payment, { captured: 701, refunded: 701, status: 5 });
  }, 60_000);

  test.each([[702, 0], [703, 15]] as const)("of %i that the bank turned down is refused, and its amount is free again; references in the report cut to %i characters (0: whole)", async (price, reportReferenceLength) => {
    await stage.settings({ reportReferenceLength });
    const { payment, refundId, requestId } = await refunded(price);
    await sandbox("settlements", { id: requestId, status: "REJECTED", reasonCode: "14", errorText: "account closed" });
    await untilReported();
    const row = await outcome(stage, refundId, 20_000, { states: [STATUS.refused] });
    expect(row).toMatchObject({ cybs_reason: "settlement_rejected", cybs_isfinal: true });
    expect(String(row["cybs_agenttext"])).toContain("turned this down at settlement");
    await memoIs(refundId, MEMO.rejected);
    await eventually(async () => ((await paymentOf(stage, payment))["cybs_refundedamount"] === 0 ? true : undefined));
    expect(await outcome(stage, await giveBack(stage, payment, price))).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
  }, 60_000);

  test("by a word that nobody knows nothing changes", async () => {
    const { payment, refundId, requestId } = await refunded(704);
    await sandbox("settlements", { id: requestId, status: "IN TRANSIT" });
    await untilReported();
    await pass("P3D");
    expect(await statusOf(refundId)).toBe(CHOICE + STATUS.approved);
    await memoIs(refundId, MEMO.open);
    await expectSums(stage, payment, { captured: 704, refunded: 704, status: 5 });
  }, 60_000);

  test("without an answer is declared absent only after two business days' reports without it", async () => {
    const payment = await soldPayment(stage, { price: 705, cardId: card });
    await nextBatch(stage);
    await stage.fault("cybersource", { match: { method: "POST", path: "/refunds$" }, fault: "drop-before", times: 1 });
    const refundId = await giveBack(stage, payment, 705);
    await outcome(stage, refundId, 20_000, { states: [STATUS.unknown] });
    const declare = async (): Promise<void> => {
      const [row] = await rowsOf(stage, refundId);
      await stage.as("sysadmin").create("cybs_operatordecisions", {
        "cybs_PaymentId@odata.bind": `/cybs_payments(${payment.paymentId})`, "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${String(row?.["cybs_paymenttransactionid"])})`,
        cybs_decision: CHOICE + 2, cybs_note: "Not in Business Center.", "transactioncurrencyid@odata.bind": `/transactioncurrencies(${payment.currencyId})`, cybs_amount: 705,
      });
    };
    await pass("PT26H");
    await declare();
    await delay(3_500);
    expect(await statusOf(refundId)).toBe(CHOICE + STATUS.unknown);
    for (let day = 0; day < 5; day++) await pass("P1D");
    await declare();
    await outcome(stage, refundId, 20_000, { states: [STATUS.absent] });
    expect((await linesOf(stage, payment)).filter((line) => line.kind === "refund")).toEqual([]);
  }, 90_000);
});

describe("a part of an authorization whose capture has no answer", () => {
  test("is absent once its day's report is without it, and a report that cannot be read proves nothing", async () => {
    const payment = await takenPayment(stage, { price: 711, cardId: card });
    await stage.fault("cybersource", { match: { method: "POST", path: "/captures$" }, fault: "drop-before", times: 1 });
    await stage.fault("cybersource", { match: { method: "GET", path: "^/reporting/v3/purchase-refund-details" }, fault: "status", times: 10_000, value: { status: 503, body: {} } });
    const id = await capture(stage, payment, 311);
    await outcome(stage, id, 20_000, { states: [STATUS.unknown] });
    for (let step = 0; step < 6; step++) await pass("PT12H");
    expect(await statusOf(id)).toBe(CHOICE + STATUS.unknown);
    await clearFaults(stage);
    await outcome(stage, id, 30_000, { states: [STATUS.absent], step: "PT2H" });
    expect(await outcome(stage, await capture(stage, payment, 311))).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    await expectSums(stage, payment, { captured: 311 });
  }, 90_000);
});

describe("money in that is turned down at settlement", () => {
  const turnDown = (id: unknown) => sandbox("settlements", { id, status: "REJECTED", reasonCode: "14", errorText: "account closed" });
  const tasksOf = (payment: Taken) => rowsWhere(stage, "task", (row) => String(row["subject"]).startsWith("Collect ") && row["regardingobjectid"] === payment.orderId);

  test("a sale: the payment is declined, its invoice no longer paid by it, finance told, and another payment can be taken", async () => {
    const payment = await soldPayment(stage, { price: 731, cardId: card });
    const invoiceId = await invoiceOf(stage, payment.orderId);
    const allocated = () => rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId && row["cybs_paymentid"] === payment.paymentId);
    await pass("PT10M");
    expect(await allocated()).toMatchObject([{ cybs_amount: 731, cybs_refundedamount: 0 }]);
    const [sale] = await linesOf(stage, payment);
    await turnDown(sale?.id);
    await untilReported();
    const [row] = await rowsWhere(stage, "cybs_paymenttransaction", (one) => one["cybs_requestid"] === sale?.id && one["cybs_status"] === CHOICE + STATUS.refused);
    expect(row).toMatchObject({ cybs_reason: "turned_down_at_settlement", cybs_isfinal: true });
    expect(String(row?.["cybs_agenttext"])).toContain("the money never came");
    await eventually(async () => ((await paymentOf(stage, payment))["cybs_status"] === CHOICE + 8 ? true : undefined));
    expect(await paymentOf(stage, payment)).toMatchObject({ cybs_capturedamount: 0, cybs_openamount: 0 });
    await eventually(async () => ((await allocated())[0]?.["cybs_refundedamount"] === 731 ? true : undefined));
    expect((await tasksOf(payment)).length).toBe(1);
    const told = await rowsWhere(stage, "appnotification", (one) => String(one["data"]).includes(payment.paymentId) && String(one["title"]).startsWith("Turned down at settlement: 731.00 USD"));
    expect(told.map((one) => one["ownerid"])).toContain(FINANCE);
    await soldPayment(stage, { price: 731, cardId: card, orderId: payment.orderId });
  }, 90_000);

  test("one of two captures: only its amount is out, and it is not captured again", async () => {
    const payment = await takenPayment(stage, { price: 741, cardId: card });
    const first = await outcome(stage, await capture(stage, payment, 41));
    expect(first).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    expect(await outcome(stage, await capture(stage, payment, 200))).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    await turnDown(first["cybs_requestid"]);
    await untilReported();
    await eventually(async () => ((await paymentOf(stage, payment))["cybs_capturedamount"] === 200 ? true : undefined));
    expect(await paymentOf(stage, payment)).toMatchObject({ cybs_openamount: 500, cybs_reversedamount: 41 });
    expect((await tasksOf(payment)).length).toBe(1);
  }, 90_000);
});

describe("a payment under dispute", () => {
  test("gives nothing back until it is decided; its owner has the task to answer", async () => {
    const payment = await soldPayment(stage, { price: 721, cardId: card });
    await nextBatch(stage);
    const [sale] = await linesOf(stage, payment);
    const responseDueTime = new Date(stage.clock.now().getTime() + 20 * 86_400_000).toISOString();
    await sandbox("chargebacks", { id: sale?.id, responseDueTime });
    await pass("P2D");
    const [task] = await rowsWhere(stage, "task", (row) => String(row["subject"]).startsWith("Answer the dispute") && row["regardingobjectid"] === payment.orderId);
    expect(Date.parse(String(task?.["scheduledend"]))).toBe(Math.floor(Date.parse(responseDueTime) / 1000) * 1000);
    expect(String((await paymentOf(stage, payment))["cybs_nexttext"])).toContain("Under dispute");
    const row = await outcome(stage, await giveBack(stage, payment, 721));
    expect(row).toMatchObject({ cybs_status: CHOICE + STATUS.refused });
    expect(String(row["cybs_agenttext"])).toContain("has opened a dispute");
    await sandbox("chargebacks", { id: sale?.id, action: "Chargeback reversed" });
    await pass("P2D");
    await eventually(async () => (((await paymentOf(stage, payment))["cybs_nexttext"] ?? null) === null ? true : undefined));
    expect(await outcome(stage, await giveBack(stage, payment, 721))).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
  }, 90_000);
});
