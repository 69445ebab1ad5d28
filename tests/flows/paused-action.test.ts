// What a merchant id is not set up for waits instead of being refused again and again; whatever else it does goes on (recovery rules §3 row 8).
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { account, payment, rowsWhere, take } from "../support/deeds.ts";
import { CHOICE, eventually, request, settled, statusOf, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";
import { mainOf, poke, salesOf, transactions } from "./recovery.ts";

let stage: Stage;
let card: string;
beforeAll(async () => {
  ({ stage, card } = await openWithCard({ at: "09:00" }));
  await account(stage, { cybs_capturepolicy: CHOICE + 1 });
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

test("after INVALID_MERCHANT_CONFIGURATION other authorizations wait for a minute and go out then; a capture of the same account goes out meanwhile", async () => {
  const held = await take(stage, card, 510);
  const refused = await take(stage, card, 6036);
  expect(mainOf(await transactions(stage, refused.requestId))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "INVALID_MERCHANT_CONFIGURATION" });
  expect(await salesOf(stage, 6036)).toEqual([]);
  const orderId = await stage.order(511);
  const waiting = await request(stage, { orderId, amount: 511, cardId: card });
  await poke(stage, waiting);
  await stage.as("salesrep").create("cybs_paymentrequests", {
    "cybs_PaymentId@odata.bind": `/cybs_payments(${held.paymentId})`, "cybs_SalesOrderId@odata.bind": `/salesorders(${held.orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${held.currencyId})`,
    cybs_action: CHOICE + 3, cybs_amount: 510, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1,
  });
  await eventually(async () => ((await payment(stage, held.paymentId))?.["cybs_capturedamount"] === 510 ? true : undefined), 20_000);
  expect(await salesOf(stage, 511)).toEqual([]);
  await stage.clock.advance("PT2M");
  expect(statusOf(await settled(stage, waiting, [], 20_000))).toBe(1);
  expect(await salesOf(stage, 511)).toHaveLength(1);
  await rowsWhere(stage, "cybs_payment", (row) => row["cybs_authorizedamount"] === 511);
}, 90_000);
