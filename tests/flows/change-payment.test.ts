// What changes a payment after it was made, by rows that people write: captures, a release, an increment. Cybersource's ledger is the oracle
// for Dataverse's rows.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { CHOICE, startStage, type Stage } from "../support/stage.ts";
import { capture, expectSums, giveBack, increment, linesOf, outcome, takenPayment, useAbilities } from "./changes.ts";
import { clearFaults } from "./recovery.ts";

let stage: Stage;
let card: string;

beforeAll(async () => {
  stage = await startStage();
  await useAbilities(stage);
  await stage.startRelay();
  card = await stage.savedCard();
}, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => { await stage.close(); }, 30_000);

describe("rows that change a payment", () => {
  test("two captures of one authorization, each once", async () => {
    const payment = await takenPayment(stage, { price: 401, cardId: card });
    expect(await outcome(stage, await capture(stage, payment, 300))).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 3 });
    expect(await outcome(stage, await capture(stage, payment, 101))).toMatchObject({ cybs_status: CHOICE + 1 });
    await expectSums(stage, payment, { captured: 401, status: 3 });
    expect((await linesOf(stage, payment)).filter((line) => line.kind === "capture").map((line) => line.amount).sort()).toEqual(["101.00", "300.00"]);
  });

  test("what is authorized and not captured is released", async () => {
    const payment = await takenPayment(stage, { price: 404, cardId: card });
    expect(await outcome(stage, await giveBack(stage, payment, 404, { action: 3 }))).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 5 });
    await expectSums(stage, payment, { status: 10 });
  });

  test("an authorization grows with its order", async () => {
    const payment = await takenPayment(stage, { price: 500, amount: 405, cardId: card });
    expect(await outcome(stage, await increment(stage, payment, 95))).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 4 });
    await expectSums(stage, payment, { authorized: 500, status: 1 });
    expect(await outcome(stage, await increment(stage, payment, 1))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_open" });
  });
});
