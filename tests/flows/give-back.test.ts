// Money that goes back: a void and the release of its hold while the day's batch is open, a refund once it has closed, in the merchant account's
// own time zone; split over several captures; never more than was captured. The business clock is set, so that the hour of the run does not matter.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { CHOICE, eventually, signedCall, type Row, type Stage } from "../support/stage.ts";
import { capture, expectSums, giveBack, linesOf, nextBatch, openForChanges, outcome, rowsOf, soldPayment, takenPayment, untilTime, useBatch, useAbilities, type Taken } from "./changes.ts";
import { invoiceOf, partInvoice, rowsWhere } from "../support/deeds.ts";
import { clearFaults } from "./recovery.ts";

let stage: Stage;
let card: string;
const ZONE = "America/New_York";

beforeAll(async () => { ({ stage, card } = await openForChanges()); }, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => { await stage.close(); }, 30_000);

const voided = { cybs_status: CHOICE + 1, cybs_type: CHOICE + 6 };
const refunded = { cybs_status: CHOICE + 1, cybs_type: CHOICE + 7 };
const kinds = async (payment: Taken): Promise<readonly string[]> => (await linesOf(stage, payment)).map((line) => `${line.kind} ${line.amount} ${line.state}`);
const refundsOf = async (payment: Taken): Promise<readonly string[]> => (await linesOf(stage, payment)).filter((line) => line.kind === "refund").map((line) => line.amount).sort();
const isReleased = (payment: Taken) => expectSums(stage, payment, { captured: 0, status: 10 });
/** A part that is held back until the batch closes. */
const waits = (id: string): Promise<Row> => eventually(async () => (await rowsOf(stage, id)).find((row) => row["cybs_reason"] === "partial_waits_for_batch" && row["cybs_status"] === CHOICE));

describe("everything, before the day's batch closes", () => {
  test("a sale is voided and its hold released", async () => {
    const payment = await soldPayment(stage, { price: 501, cardId: card });
    expect(await outcome(stage, await giveBack(stage, payment, 501))).toMatchObject(voided);
    await isReleased(payment);
    expect(await kinds(payment)).toEqual(["sale 501.00 voided", "void 501.00 live", "reversal 501.00 live"]);
  });

  test("a capture is voided and its authorization released", async () => {
    const payment = await takenPayment(stage, { price: 502, cardId: card });
    await outcome(stage, await capture(stage, payment, 502));
    expect(await outcome(stage, await giveBack(stage, payment, 502))).toMatchObject(voided);
    await isReleased(payment);
    expect(await kinds(payment)).toEqual(["authorization 502.00 reversed", "capture 502.00 voided", "void 502.00 live", "reversal 502.00 live"]);
  });

  test("a voided payment pays its invoice no more", async () => {
    const payment = await soldPayment(stage, { price: 507, cardId: card });
    const invoiceId = await invoiceOf(stage, payment.orderId);
    await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId && row["cybs_state"] === CHOICE);
    expect(await outcome(stage, await giveBack(stage, payment, 507))).toMatchObject(voided);
    const [allocation] = await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_invoiceid"] === invoiceId && row["cybs_state"] === CHOICE + 1);
    expect(allocation).toMatchObject({ cybs_amount: 507, cybs_refundedamount: 507 });
  });

  test("where the processor releases nothing after a void, the hold is left to the bank and said", async () => {
    const api = stage.as("sysadmin");
    const [account] = await api.find("cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq 'Fabrikam Group USD'");
    await api.send("PATCH", `cybs_merchantaccounts(${String(account?.["cybs_merchantaccountid"])})`, { cybs_reversalaftervoid: false });
    const payment = await soldPayment(stage, { price: 503, cardId: card });
    const row = await outcome(stage, await giveBack(stage, payment, 503));
    expect(row).toMatchObject(voided);
    expect(String(row["cybs_agenttext"])).toContain("The bank releases the hold on the card by itself");
    await isReleased(payment);
    expect(await kinds(payment)).toEqual(["sale 503.00 voided", "void 503.00 live"]);
    await useAbilities(stage);
  });

  test("what somebody voided in Business Center is not given back once more: it counts as taken no longer, and its hold is released", async () => {
    const payment = await soldPayment(stage, { price: 509, cardId: card });
    const [sale] = await linesOf(stage, payment);
    expect((await signedCall(stage.cybersource, stage.caFile, { method: "POST", path: `/pts/v2/payments/${sale?.id ?? ""}/voids`, body: { clientReferenceInformation: { code: "by hand" } } })).status).toBe(201);
    const row = await outcome(stage, await giveBack(stage, payment, 509));
    expect(row).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "CAPTURE_ALREADY_VOIDED" });
    await isReleased(payment);
    expect(await kinds(payment)).toEqual(["sale 509.00 voided", "void 509.00 live", "reversal 509.00 live"]);
  });

  test("around midnight UTC: just before it by the old day's batch, just after it by the new one's", async () => {
    await untilTime(stage, "23:50");
    const before = await soldPayment(stage, { price: 504, cardId: card });
    const late = await soldPayment(stage, { price: 505, cardId: card });
    await untilTime(stage, "23:55");
    expect(await outcome(stage, await giveBack(stage, before, 504))).toMatchObject(voided);
    await isReleased(before);
    await untilTime(stage, "00:05");
    expect(await outcome(stage, await giveBack(stage, late, 505))).toMatchObject(refunded);
    await expectSums(stage, late, { captured: 505, refunded: 505, status: 5 });
    const after = await soldPayment(stage, { price: 506, cardId: card });
    await untilTime(stage, "01:20");
    expect(await outcome(stage, await giveBack(stage, after, 506))).toMatchObject(voided);
    await isReleased(after);
  });
});

test("a refund that is voided before its batch closes takes its credit memo back", async () => {
  const payment = await soldPayment(stage, { price: 508, cardId: card });
  await nextBatch(stage);
  const refundId = await giveBack(stage, payment, 508);
  const given = await outcome(stage, refundId);
  expect(given).toMatchObject(refunded);
  await rowsWhere(stage, "cybs_creditmemo", (row) => row["cybs_refundrequestid"] === refundId && row["cybs_state"] === CHOICE);
  const id = await giveBack(stage, payment, 508, { action: 2, captureId: String(given["cybs_paymenttransactionid"]) });
  expect(await outcome(stage, id)).toMatchObject(voided);
  await expectSums(stage, payment, { captured: 508, refunded: 0, status: 3 });
  await rowsWhere(stage, "cybs_creditmemo", (row) => row["cybs_refundrequestid"] === refundId && row["cybs_state"] === CHOICE + 2);
});

describe("a part, before the day's batch closes", () => {
  test("waits for the cut-off in the account's own time zone, holds its amount meanwhile, and is refunded once after it", async () => {
    await untilTime(stage, "16:00", ZONE);
    await useBatch(stage, "18:00", ZONE);
    const payment = await soldPayment(stage, { price: 511, cardId: card });
    const id = await giveBack(stage, payment, 11);
    const waiting = await waits(id);
    expect(String(waiting["cybs_agenttext"])).toContain("after today's batch has closed");
    await untilTime(stage, "17:58", ZONE);
    expect(await outcome(stage, await giveBack(stage, payment, 501))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_given" });
    expect(await refundsOf(payment)).toEqual([]);
    await untilTime(stage, "18:01", ZONE);
    expect(await outcome(stage, id)).toMatchObject(refunded);
    await expectSums(stage, payment, { captured: 511, refunded: 11, status: 4 });
    await stage.clock.advance("P1D");
    await outcome(stage, await giveBack(stage, payment, 500));
    await expectSums(stage, payment, { captured: 511, refunded: 511, status: 5 });
    expect(await refundsOf(payment)).toEqual(["11.00", "500.00"]);
  });

  test("everything after the cut-off is refunded at once", async () => {
    await untilTime(stage, "17:30", ZONE);
    const payment = await soldPayment(stage, { price: 512, cardId: card });
    await untilTime(stage, "18:02", ZONE);
    expect(await outcome(stage, await giveBack(stage, payment, 512))).toMatchObject(refunded);
    await expectSums(stage, payment, { captured: 512, refunded: 512, status: 5 });
    expect(await kinds(payment)).toEqual(["sale 512.00 live", "refund 512.00 live"]);
  });

  test("what waits can be called off: nothing is refunded, and its amount is free again", async () => {
    await untilTime(stage, "17:00", ZONE);
    const payment = await soldPayment(stage, { price: 513, cardId: card });
    const id = await giveBack(stage, payment, 13);
    const waiting = await waits(id);
    await stage.as("refundagent").create("cybs_paymentdecisions", {
      "cybs_PaymentId@odata.bind": `/cybs_payments(${payment.paymentId})`, "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${String(waiting["cybs_paymenttransactionid"])})`,
      cybs_decision: CHOICE + 3, cybs_amount: 13, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${payment.currencyId})`,
    });
    expect(await outcome(stage, id)).toMatchObject({ cybs_status: CHOICE + 10 });
    expect(await outcome(stage, await giveBack(stage, payment, 513))).toMatchObject(voided);
    await isReleased(payment);
    await useBatch(stage, "00:00", "UTC");
  });
});

describe("a sale that two invoices share", () => {
  const nets = async (payment: Taken): Promise<readonly number[]> => (await stage.rows("cybs_paymentallocation")).filter((row) => row["cybs_paymentid"] === payment.paymentId).map((row) => Number(row["cybs_amount"]) - Number(row["cybs_refundedamount"] ?? 0)).sort((left, right) => left - right);

  test("gives back on one of them what that one holds and not a cent of the other's, also all at once; the rest from the order", async () => {
    const payment = await soldPayment(stage, { price: 514, cardId: card });
    const [first, second] = [await partInvoice(stage, payment, 314), await partInvoice(stage, payment, 200)];
    await rowsWhere(stage, "cybs_paymentallocation", (row) => row["cybs_paymentid"] === payment.paymentId, 2);
    await nextBatch(stage);
    const refused = await outcome(stage, await giveBack(stage, payment, 314.01, { invoiceId: first }));
    expect(refused).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_invoice" });
    expect(String(refused["cybs_agenttext"])).toContain("give money back from the order");
    const both = await Promise.all([giveBack(stage, payment, 200, { invoiceId: first }), giveBack(stage, payment, 200, { invoiceId: first })]);
    expect((await Promise.all(both.map((id) => outcome(stage, id, 40_000)))).map((row) => Number(row["cybs_status"]) - CHOICE).sort()).toEqual([1, 5]);
    expect(await outcome(stage, await giveBack(stage, payment, 200, { invoiceId: second }))).toMatchObject(refunded);
    await eventually(async () => ((await nets(payment)).join() === "0,114" ? true : undefined));
    expect(await outcome(stage, await giveBack(stage, payment, 114))).toMatchObject(refunded);
    expect(await refundsOf(payment)).toEqual(["114.00", "200.00", "200.00"]);
  }, 90_000);
});

describe("after the batch has closed", () => {
  test("a refund is split over the captures, newest first", async () => {
    const payment = await takenPayment(stage, { price: 521, cardId: card });
    await outcome(stage, await capture(stage, payment, 300));
    await outcome(stage, await capture(stage, payment, 221));
    await nextBatch(stage);
    expect(await outcome(stage, await giveBack(stage, payment, 400))).toMatchObject({ ...refunded, cybs_amount: 221 });
    await expectSums(stage, payment, { captured: 521, refunded: 400, status: 4 });
    expect(await refundsOf(payment)).toEqual(["179.00", "221.00"]);
    await outcome(stage, await giveBack(stage, payment, 121));
    await expectSums(stage, payment, { captured: 521, refunded: 521, status: 5 });
    for (const one of (await linesOf(stage, payment)).filter((line) => line.kind === "capture")) {
      const given = (await linesOf(stage, payment)).filter((line) => line.parentId === one.id).reduce((sum, line) => sum + Number(line.amount), 0);
      expect(given).toBe(Number(one.amount));
    }
  });

  test("of ten refunds at once only as many go out as were captured", async () => {
    const payment = await soldPayment(stage, { price: 522, cardId: card });
    await nextBatch(stage);
    const ids = await Promise.all(Array.from({ length: 10 }, () => giveBack(stage, payment, 150)));
    const rows = await Promise.all(ids.map((id) => outcome(stage, id, 40_000)));
    expect(rows.map((row) => Number(row["cybs_status"]) - CHOICE).sort()).toEqual([1, 1, 1, 5, 5, 5, 5, 5, 5, 5]);
    await expectSums(stage, payment, { captured: 522, refunded: 450, status: 4 });
    expect(await refundsOf(payment)).toEqual(["150.00", "150.00", "150.00"]);
  }, 60_000);

  test("a void that is asked for by name comes too late and says so; one that may become a refund is refunded", async () => {
    const payment = await soldPayment(stage, { price: 523, cardId: card });
    await nextBatch(stage);
    expect(await outcome(stage, await giveBack(stage, payment, 523, { action: 2 }))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "void_too_late" });
    expect(await outcome(stage, await giveBack(stage, payment, 523, { action: 2, isRefundAccepted: true }))).toMatchObject(refunded);
    await expectSums(stage, payment, { captured: 523, refunded: 523, status: 5 });
  });

  test("180 days later it is refused with the way out", async () => {
    const payment = await soldPayment(stage, { price: 524, cardId: card });
    await stage.clock.advance("P181D");
    const row = await outcome(stage, await giveBack(stage, payment, 524));
    expect(row).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "refund_too_old" });
    expect(String(row["cybs_agenttext"])).toContain("bank transfer");
    expect(await refundsOf(payment)).toEqual([]);
  });
});
