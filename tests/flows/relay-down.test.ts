// The relay is away while people work, and comes back: what is still wanted is executed once, what came too late moves no money.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { CHOICE, request, startStage, type Stage } from "../support/stage.ts";
import { expectAgreement, mainOf, reaches, salesOf, STATUS, transactions } from "./recovery.ts";

let stage: Stage;
let card: string;

beforeAll(async () => {
  stage = await startStage();
  // Connected once, then away.
  await (await stage.startRelay()).stop();
  card = await stage.savedCard();
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

test("down for five minutes: a request within its validity is executed once, one past it expires, a draft and a withdrawn one stay untouched", async () => {
  const submit = async (amount: number, more: Partial<Parameters<typeof request>[1]>) => request(stage, { orderId: await stage.order(amount), amount, cardId: card, ...more });
  const wanted = await submit(601, { minutes: 15 });
  const late = await submit(602, { minutes: 2 });
  const draft = await submit(603, { state: CHOICE, minutes: 15 });
  const withdrawn = await submit(604, { minutes: 15 });
  await stage.as("salesrep").send("PATCH", `cybs_paymentrequests(${withdrawn})`, { cybs_state: CHOICE + 2 });
  await expect(fetch(`${stage.relayUrl}/health`)).rejects.toThrow();
  await stage.clock.advance("PT5M");
  expect(await stage.rows("cybs_paymenttransaction")).toEqual([]);

  await stage.startRelay();
  await reaches(stage, wanted, [STATUS.approved]);
  expect(mainOf(await reaches(stage, late, [STATUS.expired]))).toMatchObject({ cybs_reason: "request_expired", cybs_isfinal: true });
  for (const [id, amount] of [[wanted, 601], [late, 602]] as const) await expectAgreement(stage, id, amount);
  expect(await salesOf(stage, 601)).toHaveLength(1);
  for (const amount of [602, 603, 604]) expect(await salesOf(stage, amount)).toEqual([]);
  expect(await transactions(stage, draft)).toEqual([]);
}, 60_000);
