// Answers that get lost, a relay that dies between any two steps, a Dataverse that is away: the payment ends right, and once.
// Every test compares Cybersource's ledger with Dataverse's rows.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import type { RelayProcess } from "../sandbox/relay-process.ts";
import { SHORT_FENCE, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";
import { appears, BATCH, clearFaults, expectAgreement, isCharged, kill, liveOf, mainOf, passTime, passUntilEnded, PAYMENTS, poke, reaches, salesOf, STATUS, statusNow, submit } from "./recovery.ts";

let stage: Stage;
let relay: RelayProcess;
let card: string;

beforeAll(async () => { ({ stage, relay, card } = await openWithCard({ relay: SHORT_FENCE })); }, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => { await stage.close(); }, 30_000);

const loseAnswer = () => stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "drop-after" });
const loseRequest = () => stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "drop-before" });
const slowCybersource = (ms: number) => stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "delay", value: ms });
const slowDataverse = (ms: number) => stage.fault("dataverse", { match: { method: "POST", path: BATCH }, fault: "delay", value: ms, times: 20 });

describe("an answer that was lost", () => {
  test("after Cybersource had processed the payment: it is found and approved, once", async () => {
    await loseAnswer();
    const { id } = await submit(stage, 201, { cardId: card });
    await reaches(stage, id, [STATUS.unknown]);
    const rows = await passTime(stage, id, { step: "PT1M", times: 6, until: [STATUS.approved] });
    expect(mainOf(rows)).toMatchObject({ cybs_isfinal: true });
    await expectAgreement(stage, id, 201);
    expect(await salesOf(stage, 201)).toHaveLength(1);
  });

  test("by a 502 although the payment was executed: it is found and approved, once", async () => {
    const { id } = await submit(stage, 6032, { cardId: card });
    await reaches(stage, id, [STATUS.unknown]);
    await passTime(stage, id, { step: "PT1M", times: 6, until: [STATUS.approved] });
    await expectAgreement(stage, id, 6032);
    expect(await salesOf(stage, 6032)).toHaveLength(1);
  });

  test("before Cybersource had it: never declined, a second payment is refused, and it ends with nothing charged", async () => {
    await loseRequest();
    const { id, orderId } = await submit(stage, 202, { cardId: card });
    const rows = await reaches(stage, id, [STATUS.unknown]);
    expect(String(mainOf(rows)["cybs_agenttext"])).toContain("Do not take another payment");
    const second = await submit(stage, 202, { cardId: card, orderId });
    expect(mainOf(await reaches(stage, second.id, [STATUS.refused]))).toMatchObject({ cybs_reason: "payment_in_progress" });
    for (const step of ["PT1M", "PT2M", "PT3M", "PT10M", "PT13M"]) {
      await stage.clock.advance(step);
      await delay(500);
      expect(await statusNow(stage, id)).toBe(STATUS.unknown);
    }
    await passTime(stage, id, { step: "PT12M", times: 20, until: [STATUS.absent, STATUS.undone] });
    await expectAgreement(stage, id, 202);
    expect(await salesOf(stage, 202)).toEqual([]);
    const third = await submit(stage, 202, { cardId: card, orderId });
    await reaches(stage, third.id, [STATUS.approved]);
    await expectAgreement(stage, third.id, 202);
  });

  test("and found only after the customer has gone: it is taken back", async () => {
    await stage.settings({ searchLagMs: 40 * 60_000 });
    await loseAnswer();
    const { id } = await submit(stage, 203, { cardId: card });
    await reaches(stage, id, [STATUS.unknown]);
    await passTime(stage, id, { step: "PT12M", times: 20, until: [STATUS.undone] });
    await stage.settings({ searchLagMs: 100 });
    await expectAgreement(stage, id, 203);
    expect(await salesOf(stage, 203)).toHaveLength(1);
  });

  test("of the undo itself: the hold is given back, once", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/payments/[^/]+/reversals$" }, fault: "drop-after" });
    const { id } = await submit(stage, 6020, { cardId: card });
    await reaches(stage, id, [STATUS.declined]);
    for (let count = 0; count < 4; count++) { await stage.clock.advance("PT2M"); await delay(700); }
    expect((await salesOf(stage, 6020)).map((line) => line.state)).toEqual(["reversed"]);
    expect(await statusNow(stage, id)).toBe(STATUS.declined);
  });
});

describe("a relay that is killed, left dead for 20 minutes and started again", () => {
  const liveAgain = async () => {
    await clearFaults(stage);
    await stage.clock.advance("PT20M");
    relay = await stage.startRelay(SHORT_FENCE);
  };
  const die = async () => {
    await kill(relay);
    await liveAgain();
  };
  /** The sweep reads for one delay, the claim takes the next: in the middle of it the relay dies, and Dataverse makes the row all the same. */
  const dieWhileClaiming = async () => {
    await delay(CLAIM_MS * 1.5);
    await kill(relay);
    await delay(CLAIM_MS);
    await liveAgain();
  };
  const CLAIM_MS = 1_200;

  test("while the claim is on its way: nothing was sent, nothing is charged", async () => {
    await slowDataverse(CLAIM_MS);
    const { id } = await submit(stage, 211, { cardId: card });
    await dieWhileClaiming();
    await reaches(stage, id, [STATUS.expired]);
    await expectAgreement(stage, id, 211);
    expect(await salesOf(stage, 211)).toEqual([]);
  });

  test("while the claim is on its way, with time left: it is executed, once", async () => {
    await slowDataverse(CLAIM_MS);
    const { id } = await submit(stage, 212, { cardId: card, minutes: 60 });
    await dieWhileClaiming();
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 212);
    expect(await salesOf(stage, 212)).toHaveLength(1);
  });

  test("while Cybersource works: the payment is found and approved, once", async () => {
    await slowCybersource(1_200);
    const { id } = await submit(stage, 213, { cardId: card });
    await appears(stage, id);
    await delay(400);
    await kill(relay);
    await isCharged(stage, 213);
    await liveAgain();
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 213);
    expect(await salesOf(stage, 213)).toHaveLength(1);
  });

  test("right after the answer: the payment is approved, once", async () => {
    const { id } = await submit(stage, 214, { cardId: card });
    await isCharged(stage, 214);
    await die();
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 214);
    expect(await salesOf(stage, 214)).toHaveLength(1);
  });

  test("while the rows are being written: they are written again, and are the same", async () => {
    await slowCybersource(700);
    const { id } = await submit(stage, 215, { cardId: card });
    await appears(stage, id);
    await slowDataverse(1_500);
    await isCharged(stage, 215);
    await delay(300);
    await die();
    await reaches(stage, id, [STATUS.approved]);
    await delay(1_500);
    await expectAgreement(stage, id, 215);
    expect(await salesOf(stage, 215)).toHaveLength(1);
  });

  test.each([0, 15, 30, 45, 60, 80, 110, 150])("%i ms after the poke: one effect or none, and both sides say the same", async (ms) => {
    const amount = 220 + ms;
    const { id } = await submit(stage, amount, { cardId: card });
    await delay(ms);
    await die();
    // What was planned or sent when the relay died is looked for, and taken back when the customer has gone.
    await passUntilEnded(stage, id);
    await expectAgreement(stage, id, amount);
    expect((await salesOf(stage, amount)).length).toBeLessThanOrEqual(1);
  });

  test("after a stop in good order nothing is left half done", async () => {
    await slowCybersource(800);
    const { id } = await submit(stage, 216, { cardId: card });
    await appears(stage, id);
    await relay.stop();
    relay = await stage.startRelay(SHORT_FENCE);
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 216);
  });
});

describe("a Dataverse that is busy or away", () => {
  test.each([[429, 231], [503, 232]])("%i with Retry-After is waited out", async (status, amount) => {
    await stage.fault("dataverse", { match: { method: "POST", path: BATCH }, fault: "status", times: 3, value: { status, headers: { "retry-after": "1" }, body: { error: { code: "0x80072322", message: "Number of requests exceeded the limit" } } } });
    const { id } = await submit(stage, amount, { cardId: card });
    await reaches(stage, id, [STATUS.approved], 20_000);
    await expectAgreement(stage, id, amount);
    expect(await salesOf(stage, amount)).toHaveLength(1);
  });

  test("away after the payment was taken: the rows appear when it is back", async () => {
    await slowCybersource(700);
    const { id } = await submit(stage, 233, { cardId: card });
    await appears(stage, id);
    await stage.fault("dataverse", { match: { path: "/api/data" }, fault: "drop-before", times: 10_000 });
    await isCharged(stage, 233);
    await delay(1_500);
    expect(await statusNow(stage, id)).toBe(STATUS.inProgress);
    await clearFaults(stage);
    await passTime(stage, id, { step: "PT1M", times: 10, until: [STATUS.approved] });
    await expectAgreement(stage, id, 233);
  });

  test("an answer of the claim that was lost does not make a second payment", async () => {
    await stage.fault("dataverse", { match: { method: "POST", path: BATCH }, fault: "drop-after", times: 4 });
    const { id } = await submit(stage, 234, { cardId: card });
    await poke(stage, id);
    await passTime(stage, id, { step: "PT10S", times: 20, until: [STATUS.approved] });
    await expectAgreement(stage, id, 234);
    expect(await liveOf(stage, 234)).toHaveLength(1);
  });
});
