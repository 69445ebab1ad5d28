// What an operator sees of a stuck payment, and what he may decide about it: each an event with a reason, and nothing for anybody else.
// Cybersource's ledger is the oracle.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { account, payment, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, SHORT_FENCE, type Row, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";
import { clearFaults } from "./recovery.ts";

let stage: Stage;
let card: string;
beforeAll(async () => { ({ stage, card } = await openWithCard({ relay: SHORT_FENCE })); }, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => { await stage.close(); }, 30_000);

const HOUR_MS = 3_600_000;
const [ASK_AGAIN, ACCEPT, ABSENT, REVERSE, VOID] = [0, 1, 2, 3, 4] as const;

/** A payment that was executed and whose answer was lost; search and detail show nothing of it for as long as they lag, which is fixed when it is made. */
async function stuck(amount: number, more: { readonly lagMs?: number; readonly cardId?: string } = {}): Promise<Taken> {
  await stage.settings({ searchLagMs: more.lagMs ?? 24 * HOUR_MS });
  await stage.fault("cybersource", { match: { method: "POST", path: "/pts/v2/payments" }, fault: "drop-after", times: 1 });
  const taken = await take(stage, more.cardId ?? card, amount, { states: [6] });
  await stage.settings({ searchLagMs: 100 });
  return taken;
}
const decide = (taken: Taken, decision: number, more: Readonly<Record<string, unknown>> = {}) => stage.as("sysadmin").create("cybs_operatordecisions", {
  "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${taken.transactionId})`,
  cybs_decision: CHOICE + decision, cybs_note: "Looked at it in Business Center.", "transactioncurrencyid@odata.bind": `/transactioncurrencies(${taken.currencyId})`, ...more,
});
const transactionOf = async (taken: Taken): Promise<Row> => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymenttransactionid"] === taken.transactionId) ?? {};
const becomes = (taken: Taken, status: number): Promise<readonly Row[]> => rowsWhere(stage, "cybs_paymenttransaction", (row) => row["cybs_paymenttransactionid"] === taken.transactionId && row["cybs_status"] === CHOICE + status);
const linesOf = async (amount: number) => (await stage.ledger()).filter((line) => line.amount === amount.toFixed(2));
const statesOf = async (amount: number): Promise<readonly string[]> => (await linesOf(amount)).map((line) => `${line.kind} ${line.state}`);
/** Lets the business clock run in steps in which looks happen. */
const passUntil = (fits: () => Promise<boolean>, step: string): Promise<true> => eventually(async () => {
  if (await fits()) return true;
  await stage.clock.advance(step);
  await delay(500);
  return undefined;
}, 25_000);
/** What he decided, and why, stands on the payment's trail. */
const answered = (taken: Taken, decision: number): Promise<readonly Row[]> => rowsWhere(stage, "cybs_operatordecision", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_decision"] === CHOICE + decision && row["cybs_note"] !== null);

describe("a payment without an answer", () => {
  test("says why it waits, what happens next and when", async () => {
    const taken = await stuck(610);
    const row = await eventually(async () => { const found = await payment(stage, taken.paymentId); return found?.["cybs_needsattention"] === true ? found : undefined; });
    expect(row["cybs_nexttext"]).toContain("No answer from Cybersource about the sale of 610.00 USD");
    expect(Date.parse(String(row["cybs_nexton"]))).toBeGreaterThan(stage.clock.now().getTime());
  });

  test("declared absent by another amount, or without a note, nothing changes; declared absent properly, it is absent and stays on watch", async () => {
    const taken = await stuck(630);
    await decide(taken, 2, { cybs_amount: 1 });
    await decide(taken, 2, { cybs_amount: 630, cybs_note: " " }).catch(() => undefined);
    await severalRounds();
    expect((await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymenttransactionid"] === taken.transactionId)?.["cybs_status"]).toBe(CHOICE + 6);
    await decide(taken, 2, { cybs_amount: 630 });
    await rowsWhere(stage, "cybs_paymenttransaction", (row) => row["cybs_paymenttransactionid"] === taken.transactionId && row["cybs_status"] === CHOICE + 7);
  });

  test("asked about again now, it is found at once, without waiting for its time", async () => {
    const taken = await stuck(650, { lagMs: HOUR_MS / 3 });
    // The look after 15 minutes finds nothing yet; the next one would be after 30.
    await stage.clock.advance("PT16M");
    await eventually(async () => (Date.parse(String((await transactionOf(taken))["cybs_nextlookon"])) > stage.clock.now().getTime() + 10 * 60_000 ? true : undefined));
    await stage.clock.advance("PT5M");
    expect((await transactionOf(taken))["cybs_status"]).toBe(CHOICE + 6);
    await decide(taken, ASK_AGAIN);
    await becomes(taken, 1);
    expect(Date.parse(String((await transactionOf(taken))["cybs_occurredon"]))).toBeLessThan(stage.clock.now().getTime() + 60_000);
    expect(await statesOf(650)).toEqual(["sale live"]);
    expect(await payment(stage, taken.paymentId)).toMatchObject({ cybs_capturedamount: 650, cybs_status: CHOICE + 3 });
    await answered(taken, ASK_AGAIN);
  });

  test("with an answer that is not what was asked for, it waits until he accepts it, to the cent; it cannot be declared absent", async () => {
    // Updated at the bank since: the card that was charged ends in other digits than the row says.
    const other = await stage.savedCard();
    await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${other})`, { cybs_lastfour: "9999" });
    const taken = await stuck(660, { lagMs: 100, cardId: other });
    await decide(taken, ACCEPT, { cybs_amount: 660 });
    await severalRounds();
    expect((await transactionOf(taken))["cybs_status"]).toBe(CHOICE + 6);
    await stage.clock.advance("PT1M");
    await eventually(async () => (Date.parse(String((await transactionOf(taken))["cybs_nextlookon"])) > stage.clock.now().getTime() + 30 * 60_000 ? true : undefined));
    await decide(taken, ABSENT, { cybs_amount: 660 });
    await decide(taken, ACCEPT, { cybs_amount: 66 });
    await severalRounds();
    expect((await transactionOf(taken))["cybs_status"]).toBe(CHOICE + 6);
    await decide(taken, ACCEPT, { cybs_amount: 660 });
    await becomes(taken, 1);
    expect(await payment(stage, taken.paymentId)).toMatchObject({ cybs_capturedamount: 660, cybs_status: CHOICE + 3 });
    expect((await linesOf(660)).map((line) => [line.id, line.state])).toEqual([[(await transactionOf(taken))["cybs_requestid"], "live"]]);
    await answered(taken, ACCEPT);
  });

  test("declared absent and there after all: an authorization is released as soon as it is seen", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE + 1 });
    const taken = await stuck(670, { lagMs: 20 * HOUR_MS });
    await account(stage, { cybs_capturepolicy: CHOICE });
    await decide(taken, ABSENT, { cybs_amount: 670 });
    await becomes(taken, 7);
    await passUntil(async () => (await statesOf(670)).includes("authorization reversed"), "PT6H");
    await becomes(taken, 7);
  });

  test("declared absent and there after all: a sale in a closed batch is left to a person, who is told; no machine refunds it", async () => {
    const taken = await stuck(671, { lagMs: 20 * HOUR_MS });
    await decide(taken, ABSENT, { cybs_amount: 671 });
    await becomes(taken, 7);
    await passUntil(async () => (await payment(stage, taken.paymentId))?.["cybs_needsattention"] === true, "PT6H");
    expect(await statesOf(671)).toEqual(["sale live"]);
    expect(String((await payment(stage, taken.paymentId))?.["cybs_nexttext"])).toContain("void of 671.00 USD was refused");
  });

  test("voided by him, a sale is taken back by the id that its call carried, and its hold released, although nothing shows it yet", async () => {
    const taken = await stuck(680);
    await decide(taken, VOID, { cybs_amount: 680 });
    await passUntil(async () => (await transactionOf(taken))["cybs_status"] === CHOICE + 8, "PT3M");
    await eventually(async () => ((await statesOf(680)).join() === "sale voided,void live,reversal live" ? true : undefined));
    expect(await payment(stage, taken.paymentId)).toMatchObject({ cybs_status: CHOICE + 10 });
    await answered(taken, VOID);
  });

  test("reversed by him, an authorization is released by the id that its call carried", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE + 1 });
    const taken = await stuck(690);
    await account(stage, { cybs_capturepolicy: CHOICE });
    await decide(taken, REVERSE, { cybs_amount: 690 });
    await passUntil(async () => (await transactionOf(taken))["cybs_status"] === CHOICE + 8, "PT3M");
    expect(await statesOf(690)).toEqual(["authorization reversed", "reversal live"]);
    expect(await payment(stage, taken.paymentId)).toMatchObject({ cybs_status: CHOICE + 10 });
    await answered(taken, REVERSE);
  });

  test("a sales rep may not decide", async () => {
    const taken = await stuck(640);
    await expect(stage.as("salesrep").create("cybs_operatordecisions", { "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, cybs_decision: CHOICE + 2, cybs_note: "mine" })).rejects.toThrow("403");
  });
});

describe("a hold whose release was refused", () => {
  test("is released again when he asks for it", async () => {
    const refused = { status: 400, body: { id: "7000000000000000000009", status: "INVALID_REQUEST", reason: "NOT_SUPPORTED", message: "not now" } };
    await stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/payments/[^/]+/reversals$" }, fault: "status", times: 1, value: refused });
    const taken = await take(stage, card, 6020, { states: [4] });
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_needsattention"] === true);
    expect(await statesOf(6020)).toEqual(["sale held"]);
    await decide(taken, REVERSE, { cybs_amount: 6020, cybs_note: " " }).catch(() => undefined);
    await severalRounds();
    expect(await statesOf(6020)).toEqual(["sale held"]);
    await decide(taken, REVERSE, { cybs_amount: 6020 });
    await eventually(async () => ((await statesOf(6020)).includes("sale reversed") ? true : undefined));
    expect(await transactionOf(taken)).toMatchObject({ cybs_status: CHOICE + 4, cybs_reason: "DECISION_PROFILE_REJECT" });
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_needsattention"] !== true);
  });

  test("one that was approved is not taken back by an operator: that is a refund request's business", async () => {
    const taken = await take(stage, card, 699);
    await decide(taken, REVERSE, { cybs_amount: 699 });
    await decide(taken, VOID, { cybs_amount: 699 });
    await severalRounds();
    expect(await statesOf(699)).toEqual(["sale live"]);
    expect((await transactionOf(taken))["cybs_status"]).toBe(CHOICE + 1);
  });
});
