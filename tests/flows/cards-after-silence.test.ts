// What happened to saved cards while the relay was away: a merge of customers is noticed before the card pays, and a wish that came too late is
// not carried out.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createOrder } from "../sandbox/demo-data.ts";
import { severalRounds, take } from "../support/deeds.ts";
import { CHOICE, eventually, request, startStage, type Row, type Stage } from "../support/stage.ts";

let stage: Stage;
let relay: Awaited<ReturnType<Stage["startRelay"]>>;
beforeAll(async () => {
  stage = await startStage();
  relay = await stage.startRelay();
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const ended = (requestId: string): Promise<Row> => eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === requestId && row["cybs_isfinal"] === true), 20_000);
const card = async (id: string): Promise<Row> => (await stage.rows("cybs_paymentmethod")).find((row) => row["cybs_paymentmethodid"] === id) ?? {};
const remove = (cardId: string) => stage.as("salesrep").create("cybs_paymentrequests", {
  cybs_action: CHOICE + 6, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${cardId})`, cybs_validuntil: new Date(stage.clock.now().getTime() + 900_000).toISOString(),
});

test("a card that a merge gave to another customer while nobody looked pays for him only after a person has confirmed it", async () => {
  const id = await stage.savedCard();
  await take(stage, id, 640);
  await relay.stop();
  const accountId = String(stage.demo.accounts["Contoso Coffee"]);
  await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${id})`, { "cybs_CustomerId_account@odata.bind": `/accounts(${accountId})` });
  await stage.clock.advance("P2D");
  const orderId = await createOrder(stage.as("sysadmin"), { name: "Of the other customer", accountId, currency: "USD", ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price: 641 }] });
  const wanted = await request(stage, { orderId, amount: 641, cardId: id });
  relay = await stage.startRelay();
  expect(await ended(wanted)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "saved_card_to_confirm" });
  expect((await stage.ledger()).filter((line) => line.amount === "641.00")).toEqual([]);
  await eventually(async () => ((await card(id))["cybs_mergestate"] === CHOICE + 1 ? true : undefined), 20_000);
}, 90_000);

test("a removal that nobody carried out in time is not carried out later", async () => {
  const id = await stage.savedCard();
  await relay.stop();
  const late = await remove(id);
  await stage.clock.advance("PT1H");
  relay = await stage.startRelay();
  expect(await ended(late)).toMatchObject({ cybs_status: CHOICE + 9, cybs_reason: "request_expired" });
  expect(await card(id)).toMatchObject({ cybs_state: CHOICE });
}, 60_000);

describe("an operator's word about a merge", () => {
  const state = async (id: string): Promise<number> => Number((await card(id))["cybs_mergestate"] ?? CHOICE) - CHOICE;
  const isInState = (id: string, wanted: number) => eventually(async () => (await state(id) === wanted ? true : undefined), 20_000);
  const moveTo = (id: string, account: string) => stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${id})`, { "cybs_CustomerId_account@odata.bind": `/accounts(${String(stage.demo.accounts[account])})` });
  const accept = (paymentId: string) => stage.as("sysadmin").create("cybs_operatordecisions", { cybs_decision: CHOICE + 5, cybs_note: "the same company", "cybs_PaymentId@odata.bind": `/cybs_payments(${paymentId})` });

  test("said before the merge does not count for it; said after it does", async () => {
    const id = await stage.savedCard();
    const { paymentId } = await take(stage, id, 650);
    await accept(paymentId);
    await severalRounds();
    await moveTo(id, "Contoso Coffee");
    await isInState(id, 1);
    await severalRounds();
    expect(await state(id)).toBe(1);
    await accept(paymentId);
    await isInState(id, 0);
  }, 60_000);

  test("counts however long after it", async () => {
    const id = await stage.savedCard();
    const { paymentId } = await take(stage, id, 651);
    await moveTo(id, "Contoso Coffee");
    await isInState(id, 1);
    await stage.clock.advance("P3D");
    await severalRounds();
    await accept(paymentId);
    await isInState(id, 0);
  }, 60_000);
});
