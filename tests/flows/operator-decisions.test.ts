// What an operator sees of a stuck payment, and what he may decide about it: each an event with a reason, and nothing for anybody else.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { payment, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, startStage, type Stage } from "../support/stage.ts";

let stage: Stage;
let card: string;
beforeAll(async () => {
  stage = await startStage();
  await stage.startRelay();
  card = await stage.savedCard();
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

/** A sale that was executed and whose answer was lost; search shows nothing of it, so that only an operator can tell. */
async function stuck(amount: number): Promise<Taken> {
  await stage.settings({ searchLagMs: 86_400_000 });
  await stage.fault("cybersource", { match: { method: "POST", path: "/pts/v2/payments" }, fault: "drop-after", times: 1 });
  return take(stage, card, amount, { states: [6] });
}
const decide = (taken: Taken, decision: number, more: Readonly<Record<string, unknown>> = {}) => stage.as("sysadmin").create("cybs_operatordecisions", {
  "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${taken.transactionId})`,
  cybs_decision: CHOICE + decision, cybs_note: "Looked at it in Business Center.", "transactioncurrencyid@odata.bind": `/transactioncurrencies(${taken.currencyId})`, ...more,
});

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

  test("a sales rep may not decide", async () => {
    const taken = await stuck(640);
    await expect(stage.as("salesrep").create("cybs_operatordecisions", { "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, cybs_decision: CHOICE + 2, cybs_note: "mine" })).rejects.toThrow("403");
  });
});
