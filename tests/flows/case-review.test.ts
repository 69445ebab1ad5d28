// A payment that waits in Case Management (recovery rules §3, §4): it can be neither captured nor reversed, so that cancelling it is a rejection with
// reversal. Answers that are lost, people at Cybersource who were faster, and what they capture while they accept.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { payment, refund, rowsWhere, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, SHORT_FENCE, type LedgerLine, type Row, type Stage } from "../support/stage.ts";
import { withoutLimits } from "./changes.ts";
import { openWithCard } from "./open-with-card.ts";
import { clearFaults, STATUS } from "./recovery.ts";

/** The stand-in's amount that Decision Manager reviews. */
const REVIEWED = 6022;
const ACTIONS = "^/risk/v1/decisions/\\d+/actions$";
const TYPE = { capture: 3, authorizationReversal: 5, void: 6, caseDecision: 12 } as const;
const PAYMENT = { authorized: 1, captured: 3, inReview: 7, declined: 8, released: 10 } as const;
const RISK = { accepted: 2, rejected: 3 } as const;

let stage: Stage;
let card: string;
beforeAll(async () => { ({ stage, card } = await openWithCard({ at: "09:00", relay: SHORT_FENCE, before: withoutLimits })); }, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => { await stage.close(); }, 60_000);

const inReview = async (): Promise<Taken & { readonly caseId: string }> => {
  const taken = await take(stage, card, REVIEWED, { states: [2] });
  const row = (await stage.rows("cybs_paymenttransaction")).find((one) => one["cybs_paymenttransactionid"] === taken.transactionId);
  expect(row).toMatchObject({ cybs_status: CHOICE + 2, cybs_reason: "DECISION_PROFILE_REVIEW" });
  return { ...taken, caseId: String(row?.["cybs_requestid"]) };
};
const cancel = (taken: Taken, more: { readonly action?: number; readonly amount?: number } = {}): Promise<string> => refund(stage, { ...taken, amount: more.amount ?? REVIEWED, action: more.action ?? 0, reason: 5 });
/** The first transaction of a row of the refund agent, in one of these states. */
const rowsOf = async (requestId: string): Promise<readonly Row[]> => (await stage.rows("cybs_paymenttransaction")).filter((one) => one["cybs_refundrequestid"] === requestId);
const comesTo = (requestId: string, states: readonly number[]): Promise<Row> => eventually(async () => (await rowsOf(requestId)).find((row) => states.includes(Number(row["cybs_status"]) - CHOICE)), 20_000)
  .catch(async (error: unknown) => { throw new Error(`${String(error)}: ${JSON.stringify(await rowsOf(requestId), undefined, 1)}`); });
const isPayment = (taken: Taken, status: number): Promise<readonly Row[]> => rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_status"] === CHOICE + status);
const byReviewer = async (taken: { readonly caseId: string }, decision: "ACCEPT" | "REJECT", action?: "CAPTURE" | "REVERSE"): Promise<void> => {
  // Later than the payment, whose id it follows; then until the detail shows it.
  await delay(200);
  const answer = await fetch(`${stage.cybersource.browserUrl}/_sandbox/cases`, { method: "POST", body: JSON.stringify({ id: taken.caseId, decision, action }) });
  if (!answer.ok) throw new Error(await answer.text());
  await delay(300);
};
/** Hours pass, with the look that each brings. */
const looked = (taken: Taken, status: number): Promise<true> => eventually(async () => {
  if ((await payment(stage, taken.paymentId))?.["cybs_status"] === CHOICE + status) return true;
  await stage.clock.advance("PT61M");
  await delay(1_500);
  return undefined;
}, 25_000);
const lineOf = async (id: string): Promise<LedgerLine | undefined> => (await stage.ledger()).find((line) => line.id === id);
const childrenOf = async (id: string, kind: string): Promise<readonly LedgerLine[]> => (await stage.ledger()).filter((line) => line.parentId === id && line.kind === kind);
const actionsOn = async (id: string): Promise<number> => (await stage.calls()).filter((call) => call.path === `/risk/v1/decisions/${id}/actions`).length;

describe("a person cancels it", () => {
  test("the case is rejected, the hold released with it, and the row says so", async () => {
    const taken = await inReview();
    const row = await comesTo(await cancel(taken), [STATUS.approved]);
    expect(row).toMatchObject({ cybs_type: CHOICE + TYPE.caseDecision, cybs_amount: REVIEWED, cybs_isfinal: true });
    expect(String(row["cybs_agenttext"])).toBe("The review is rejected and the hold released.");
    await isPayment(taken, PAYMENT.released);
    expect(await payment(stage, taken.paymentId)).toMatchObject({ cybs_riskstatus: CHOICE + RISK.rejected, cybs_capturedamount: 0, cybs_openamount: 0 });
    expect(await lineOf(taken.caseId)).toMatchObject({ state: "reversed" });
    expect(await childrenOf(taken.caseId, "reversal")).toHaveLength(1);
  });

  test("a part of it, or a capture, has to wait for the decision", async () => {
    const taken = await inReview();
    const row = await comesTo(await cancel(taken, { amount: 22 }), [STATUS.refused]);
    expect(row).toMatchObject({ cybs_reason: "payment_in_review" });
    expect(await actionsOn(taken.caseId)).toBe(0);
  });

  test("and the answer is lost after it was carried out: found, and nothing is done twice", async () => {
    const taken = await inReview();
    await stage.fault("cybersource", { match: { method: "POST", path: ACTIONS }, fault: "drop-after", times: 1 });
    const id = await cancel(taken);
    await comesTo(id, [STATUS.unknown]);
    await stage.clock.advance("PT1M");
    const row = await comesTo(id, [STATUS.approved]);
    expect(row).toMatchObject({ cybs_type: CHOICE + TYPE.caseDecision, cybs_isfinal: true });
    await isPayment(taken, PAYMENT.released);
    expect(await childrenOf(taken.caseId, "reversal")).toHaveLength(1);
    expect(await actionsOn(taken.caseId)).toBe(1);
  });

  test("and the call is lost on its way: looked for, and sent once more when it can no longer arrive", async () => {
    const taken = await inReview();
    await stage.fault("cybersource", { match: { method: "POST", path: ACTIONS }, fault: "drop-before", times: 1 });
    const id = await cancel(taken);
    await comesTo(id, [STATUS.unknown]);
    expect(await lineOf(taken.caseId)).toMatchObject({ state: "review" });
    // Until the signature is dead (SHORT_FENCE); then time for one look.
    await delay(6_500);
    await stage.clock.advance("PT3M");
    await comesTo(id, [STATUS.approved]);
    await isPayment(taken, PAYMENT.released);
    expect(await childrenOf(taken.caseId, "reversal")).toHaveLength(1);
  }, 60_000);

  test("after a reviewer has rejected and reversed it: nothing is done twice, and the row says that it is released", async () => {
    const taken = await inReview();
    await byReviewer(taken, "REJECT", "REVERSE");
    expect(await comesTo(await cancel(taken), [STATUS.approved])).toMatchObject({ cybs_type: CHOICE + TYPE.caseDecision });
    await isPayment(taken, PAYMENT.released);
    expect(await childrenOf(taken.caseId, "reversal")).toHaveLength(1);
  });

  test("after a reviewer has accepted it: what he let through is released like any authorization", async () => {
    const taken = await inReview();
    await byReviewer(taken, "ACCEPT");
    const id = await cancel(taken);
    const [row] = await rowsWhere(stage, "cybs_paymenttransaction", (one) => one["cybs_refundrequestid"] === id && one["cybs_status"] === CHOICE + STATUS.approved);
    expect(row).toMatchObject({ cybs_type: CHOICE + TYPE.authorizationReversal, cybs_amount: REVIEWED });
    await isPayment(taken, PAYMENT.released);
    expect(await lineOf(taken.caseId)).toMatchObject({ state: "reversed" });
  });

  test("after a reviewer has accepted and captured it: it is said, and counts as captured", async () => {
    const taken = await inReview();
    await byReviewer(taken, "ACCEPT", "CAPTURE");
    const row = await comesTo(await cancel(taken), [STATUS.refused]);
    expect(row).toMatchObject({ cybs_reason: "case_was_accepted" });
    expect(String(row["cybs_agenttext"])).toContain("has to be given back");
    await isPayment(taken, PAYMENT.captured);
    const back = await comesTo(await cancel(taken), [STATUS.approved]);
    expect(back).toMatchObject({ cybs_type: CHOICE + TYPE.void });
    await isPayment(taken, PAYMENT.released);
    expect((await stage.ledger()).filter((line) => line.parentId === taken.caseId && line.kind === "capture")).toMatchObject([{ state: "voided" }]);
  }, 60_000);

  test("after a reviewer has rejected it without reversal: its hold is released", async () => {
    const taken = await inReview();
    await byReviewer(taken, "REJECT");
    await cancel(taken);
    await eventually(async () => {
      await stage.clock.advance("PT10M");
      await delay(400);
      return (await lineOf(taken.caseId))?.state === "reversed" ? true : undefined;
    }, 25_000);
    expect(await childrenOf(taken.caseId, "reversal")).toHaveLength(1);
  });
});

describe("a reviewer accepts it and captures at once", () => {
  test("what he took is a capture of the payment, with its amount, and is not taken again", async () => {
    const taken = await inReview();
    await byReviewer(taken, "ACCEPT", "CAPTURE");
    await looked(taken, PAYMENT.captured);
    expect(await payment(stage, taken.paymentId)).toMatchObject({ cybs_authorizedamount: REVIEWED, cybs_capturedamount: REVIEWED, cybs_openamount: 0, cybs_riskstatus: CHOICE + RISK.accepted });
    const [capture] = await childrenOf(taken.caseId, "capture");
    const [row] = await rowsWhere(stage, "cybs_paymenttransaction", (one) => one["cybs_requestid"] === capture?.id);
    expect(row).toMatchObject({ cybs_type: CHOICE + TYPE.capture, cybs_status: CHOICE + STATUS.approved, cybs_amount: REVIEWED, cybs_merchantreference: capture?.merchantReference, cybs_reason: "captured_with_case" });
    const again = await stage.as("salesrep").create("cybs_paymentrequests", {
      "cybs_SalesOrderId@odata.bind": `/salesorders(${taken.orderId})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${taken.currencyId})`,
      cybs_action: CHOICE + 3, cybs_amount: REVIEWED, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1,
    });
    await rowsWhere(stage, "cybs_paymenttransaction", (one) => one["cybs_paymentrequestid"] === again && one["cybs_status"] === CHOICE + STATUS.refused);
    expect(await childrenOf(taken.caseId, "capture")).toHaveLength(1);
  }, 60_000);

  test("a capture that a person asks for before anybody has looked is not taken twice", async () => {
    const taken = await inReview();
    await byReviewer(taken, "ACCEPT", "CAPTURE");
    const id = await stage.as("salesrep").create("cybs_paymentrequests", {
      "cybs_SalesOrderId@odata.bind": `/salesorders(${taken.orderId})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${taken.currencyId})`,
      cybs_action: CHOICE + 3, cybs_amount: REVIEWED, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1,
    });
    const [row] = await rowsWhere(stage, "cybs_paymenttransaction", (one) => one["cybs_paymentrequestid"] === id && one["cybs_status"] === CHOICE + STATUS.refused);
    expect(row).toMatchObject({ cybs_reason: "payment_in_review" });
    await looked(taken, PAYMENT.captured);
    expect(await childrenOf(taken.caseId, "capture")).toHaveLength(1);
  }, 60_000);
});

describe("nobody decides it", () => {
  test("48 hours before the authorization lapses its owner has a task and operators are told, once", async () => {
    const taken = await inReview();
    const tasks = async (): Promise<readonly Row[]> => (await stage.rows("task")).filter((row) => row["regardingobjectid"] === taken.orderId);
    await stage.clock.advance("P4DT22H");
    await delay(2_500);
    expect(await tasks()).toEqual([]);
    await stage.clock.advance("PT3H");
    const [task] = await rowsWhere(stage, "task", (row) => row["regardingobjectid"] === taken.orderId);
    expect(String(task?.["subject"])).toContain("review of 6022.00 USD");
    const told = await rowsWhere(stage, "appnotification", (row) => String(row["data"]).includes(taken.paymentId) && String(row["title"]).startsWith("Decide the review"));
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && (row["cybs_expirywarnedon"] ?? null) !== null);
    await stage.clock.advance("PT2H");
    await delay(2_500);
    expect(await tasks()).toHaveLength(1);
    expect((await stage.rows("appnotification")).filter((row) => String(row["data"]).includes(taken.paymentId) && String(row["title"]).startsWith("Decide the review"))).toHaveLength(told.length);
    // It can still be decided.
    await byReviewer(taken, "ACCEPT");
    await looked(taken, PAYMENT.authorized);
  }, 90_000);
});
