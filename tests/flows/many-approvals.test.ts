// Approvals come by the hundred when somebody works through a bulk of them: none is overlooked because many came after it.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { approve, limit, refund, refundSettled, take } from "../support/deeds.ts";
import { CHOICE, eventually, startStage, type Stage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => { stage = await startStage({ at: "09:00" }); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

test("the first of many that were written while the relay was down is carried out", async () => {
  const relay = await stage.startRelay();
  const card = await stage.savedCard();
  const sale = await take(stage, card, 300);
  await limit(stage, { currencyId: sale.currencyId, perRefund: 10, perDay: 1_000_000 });
  await stage.clock.advance("P1DT1H");
  const id = await refund(stage, { ...sale, amount: 200 });
  await refundSettled(stage, id, [0]);
  await eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_refundrequestid"] === id && row["cybs_reason"] === "awaiting_approval"));
  await relay.stop();
  await approve(stage, { ...sale, requestId: id, amount: 200 });
  await new Promise((resolve) => { setTimeout(resolve, 1_100); });
  for (let count = 0; count < 105; count++) await approve(stage, { ...sale, requestId: id, amount: 1 });
  await stage.startRelay();
  await eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_refundrequestid"] === id && row["cybs_status"] === CHOICE + 1), 30_000);
  expect((await stage.ledger()).filter((line) => line.kind === "refund" && line.amount === "200.00")).toHaveLength(1);
}, 120_000);
