// Answers that get lost and a relay that dies, while a payment is captured, refunded, voided or released: it ends right, and once. Cybersource's
// ledger is the oracle for Dataverse's rows.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RelayProcess } from "../sandbox/relay-process.ts";
import { CHOICE, eventually, SHORT_FENCE, type Row, type Stage } from "../support/stage.ts";
import { capture, expectSums, giveBack, linesOf, nextBatch, openForChanges, outcome, paymentOf, rowsOf, soldPayment, takenPayment, type Taken } from "./changes.ts";
import { BATCH, clearFaults, kill, STATUS } from "./recovery.ts";

let stage: Stage;
let relay: RelayProcess;
let card: string;
const disks: string[] = [];

beforeAll(async () => { ({ stage, relay, card } = await openForChanges({ relay: SHORT_FENCE })); }, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => {
  await stage.close();
  for (const folder of disks) rmSync(folder, { recursive: true, force: true });
}, 60_000);

const CALL = { capture: "^/pts/v2/payments/[^/]+/captures$", refund: "^/pts/v2/(payments|captures)/[^/]+/refunds$", void: "^/pts/v2/(payments|captures)/[^/]+/voids$", reversal: "^/pts/v2/payments/[^/]+/reversals$" } as const;
type Deed = keyof typeof CALL;
const spoil = (deed: Deed, fault: string, value?: unknown) => stage.fault("cybersource", { match: { method: "POST", path: CALL[deed] }, fault, value });
const linesOfKind = async (payment: Taken, kind: string): Promise<readonly string[]> => (await linesOf(stage, payment)).filter((line) => line.kind === kind).map((line) => line.amount);
const callsOf = async (deed: Deed): Promise<number> => (await stage.calls()).filter((call) => call.method === "POST" && new RegExp(CALL[deed]).test(call.path)).length;
const unknown = (id: string): Promise<Row> => outcome(stage, id, 20_000, { states: [STATUS.unknown] });
/** Looks happen while time passes in steps; what is overdue for longer than a signature lives is looked for anew. */
const found = (id: string): Promise<Row> => outcome(stage, id, 25_000, { step: "PT1M" });

const emptyDisk = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "cybs-empty-disk-"));
  disks.push(folder);
  return join(folder, "ledger");
};

async function settledSale(price: number): Promise<Taken> {
  const payment = await soldPayment(stage, { price, cardId: card });
  await nextBatch(stage);
  return payment;
}

describe("an answer that was lost after execution", () => {
  test("of a capture: it is found, and nothing is captured twice", async () => {
    const payment = await takenPayment(stage, { price: 601, cardId: card });
    await spoil("capture", "drop-after");
    const id = await capture(stage, payment, 601);
    expect(String((await unknown(id))["cybs_agenttext"])).toContain("Do not capture again");
    expect(await paymentOf(stage, payment)).toMatchObject({ cybs_status: CHOICE + 12 });
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + 1 });
    await expectSums(stage, payment, { captured: 601, status: 3 });
    expect(await linesOfKind(payment, "capture")).toEqual(["601.00"]);
  });

  test("of a part of it: the same", async () => {
    const payment = await takenPayment(stage, { price: 602, cardId: card });
    await spoil("capture", "drop-after");
    const id = await capture(stage, payment, 302);
    await unknown(id);
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + 1 });
    expect(await outcome(stage, await capture(stage, payment, 300))).toMatchObject({ cybs_status: CHOICE + 1 });
    await expectSums(stage, payment, { captured: 602, status: 3 });
    expect((await linesOfKind(payment, "capture")).toSorted()).toEqual(["300.00", "302.00"]);
  });

  test("of a refund: what it may have given back is not given back again meanwhile, then it is found", async () => {
    const payment = await settledSale(603);
    await spoil("refund", "drop-after");
    const id = await giveBack(stage, payment, 500);
    expect(String((await unknown(id))["cybs_agenttext"])).toContain("Do not give the money back another way");
    const second = await giveBack(stage, payment, 500);
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + 1 });
    expect(await found(second)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "amount_above_given" });
    await expectSums(stage, payment, { captured: 603, refunded: 500, status: 4 });
    expect(await linesOfKind(payment, "refund")).toEqual(["500.00"]);
  });

  test("of a void: it is found, and its hold released", async () => {
    const payment = await soldPayment(stage, { price: 604, cardId: card });
    await spoil("void", "drop-after");
    const id = await giveBack(stage, payment, 604);
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 6 });
    await expectSums(stage, payment, { captured: 0, status: 10 });
    expect(await linesOfKind(payment, "void")).toEqual(["604.00"]);
    expect(await linesOfKind(payment, "reversal")).toEqual(["604.00"]);
  });

  test("of a reversal: it is found, and nothing is released twice", async () => {
    const payment = await takenPayment(stage, { price: 605, cardId: card });
    await spoil("reversal", "drop-after");
    const id = await giveBack(stage, payment, 605);
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 5 });
    await expectSums(stage, payment, { captured: 0, status: 10 });
    expect(await linesOfKind(payment, "reversal")).toEqual(["605.00"]);
  });
});

interface Scene { readonly begin: (payment: Taken) => Promise<string>; readonly payment: (price: number) => Promise<Taken>; readonly deed: Deed; readonly price: number }
const SCENES: Readonly<Record<string, Scene>> = {
  capture: { deed: "capture", price: 610, payment: (price) => takenPayment(stage, { price, cardId: card }), begin: (payment) => capture(stage, payment, 100) },
  refund: { deed: "refund", price: 650, payment: settledSale, begin: (payment) => giveBack(stage, payment, 100) },
};

/** Both sides say the same: done once, or not done and not said to be done. */
async function expectOnce(scene: Scene, payment: Taken, id: string): Promise<void> {
  const [row] = await rowsOf(stage, id);
  const done = await linesOfKind(payment, scene.deed);
  expect(done.length).toBeLessThanOrEqual(1);
  const isApproved = row?.["cybs_status"] === CHOICE + STATUS.approved;
  expect(isApproved).toBe(done.length === 1);
  const sum = done.length === 0 ? 0 : 100;
  expect(await paymentOf(stage, payment)).toMatchObject(scene.deed === "capture" ? { cybs_capturedamount: sum } : { cybs_refundedamount: sum });
}

describe.each(Object.entries(SCENES))("a relay that is killed in the middle of a %s", (_name, scene) => {
  const again = async (more: Readonly<Record<string, string>> = {}): Promise<void> => {
    await clearFaults(stage);
    relay = await stage.startRelay({ ...SHORT_FENCE, ...more });
  };
  /** On the wire: executed, while its sender is gone. */
  const dieOnTheWire = async (price: number): Promise<{ readonly payment: Taken; readonly id: string }> => {
    const payment = await scene.payment(price);
    const before = await callsOf(scene.deed);
    await spoil(scene.deed, "delay", 2_500);
    const id = await scene.begin(payment);
    await eventually(async () => ((await rowsOf(stage, id)).length > 0 ? true : undefined));
    await delay(500);
    await kill(relay);
    // On its way still: whoever sent it is gone before Cybersource has it.
    expect(await callsOf(scene.deed)).toBe(before);
    await eventually(async () => ((await linesOfKind(payment, scene.deed)).length > 0 ? true : undefined));
    return { payment, id };
  };

  test("while Cybersource works: found, once", async () => {
    const { payment, id } = await dieOnTheWire(scene.price);
    await again();
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    await expectOnce(scene, payment, id);
  });

  test("while Cybersource works, and its disk is lost: found, once, and not sent again", async () => {
    const { payment, id } = await dieOnTheWire(scene.price + 1);
    const calls = await callsOf(scene.deed);
    await stage.clock.advance("PT20M");
    await again({ LEDGER_DIR: emptyDisk() });
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    expect(await callsOf(scene.deed)).toBe(calls);
    await expectOnce(scene, payment, id);
    // What the lost ledger did to the payment stands there still, and once.
    const told = (await paymentOf(stage, payment))["cybs_trail"];
    const words = (JSON.parse(typeof told === "string" ? told : "[]") as readonly { readonly what: string }[]).map(({ what }) => what);
    expect(words).toEqual(expect.arrayContaining(["called", "recalled"]));
    expect(words.filter((what) => what === "claimed" || what === "recalled")).toEqual(["claimed", "recalled"]);
  });

  test("while the rows are being written: they are written again, and are the same", async () => {
    const payment = await scene.payment(scene.price + 2);
    await spoil(scene.deed, "delay", 500);
    const id = await scene.begin(payment);
    await eventually(async () => ((await rowsOf(stage, id)).length > 0 ? true : undefined));
    await stage.fault("dataverse", { match: { method: "POST", path: BATCH }, fault: "delay", value: 1_500, times: 20 });
    await eventually(async () => ((await linesOfKind(payment, scene.deed)).length > 0 ? true : undefined));
    await kill(relay);
    await again();
    expect(await found(id)).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    await expectOnce(scene, payment, id);
  });

  test.each([0, 80, 200])("%i ms after the row was made: done once or not at all, and both sides say the same", async (ms) => {
    const payment = await scene.payment(scene.price + 5 + ms / 10);
    const id = await scene.begin(payment);
    await delay(ms);
    await kill(relay);
    await again();
    // What was only planned goes on; what was sent is looked for. A refund or a part that nobody can find stays unknown, and reserved, for a person.
    await outcome(stage, id, 10_000, { step: "PT2M" }).catch(() => unknown(id));
    await expectOnce(scene, payment, id);
  }, 60_000);

  test.each([0, 120])("%i ms after the row was made, and its disk is lost: done once or not at all", async (ms) => {
    const payment = await scene.payment(scene.price + 36 + ms / 40);
    const id = await scene.begin(payment);
    await delay(ms);
    await kill(relay);
    await again({ LEDGER_DIR: emptyDisk() });
    await outcome(stage, id, 10_000, { step: "PT2M" }).catch(() => unknown(id));
    await expectOnce(scene, payment, id);
  }, 60_000);
});

describe("a ledger that went back to a backup", () => {
  const restart = async (ledger: string): Promise<void> => { relay = await stage.startRelay({ ...SHORT_FENCE, LEDGER_DIR: ledger }); };
  /** `before` is in the backup, `since` is not; what came of it, on the ledger as it was then. */
  const goBack = async <T>(before: () => Promise<T>, since: (made: T) => Promise<void>): Promise<T> => {
    const [now, backup] = [emptyDisk(), emptyDisk()];
    await kill(relay);
    await restart(now);
    const made = await before();
    await relay.stop();
    cpSync(now, backup, { recursive: true });
    await restart(now);
    await since(made);
    await kill(relay);
    await stage.clock.advance("PT20M");
    await restart(backup);
    return made;
  };

  test("finds the refund that the lost one finished, and does not give it back once more", async () => {
    const payment = await goBack(() => settledSale(690), async (sale) => { expect(await outcome(stage, await giveBack(stage, sale, 690))).toMatchObject({ cybs_status: CHOICE + STATUS.approved }); });
    expect(await outcome(stage, await giveBack(stage, payment, 690), 30_000, { step: "PT1M" })).toMatchObject({ cybs_status: CHOICE + STATUS.refused });
    expect(await linesOfKind(payment, "refund")).toEqual(["690.00"]);
    await expectSums(stage, payment, { captured: 690, refunded: 690 });
  }, 120_000);

  test("notices that it went back, and takes the void that the lost one finished for what it is", async () => {
    const payment = await goBack(() => soldPayment(stage, { price: 692, cardId: card }), async (sale) => { expect(await outcome(stage, await giveBack(stage, sale, 692))).toMatchObject({ cybs_status: CHOICE + STATUS.approved }); });
    const shown = await paymentOf(stage, payment);
    await eventually(async () => (/^cybs_alarms_total\{name="ledger_went_back"\} [1-9]/m.test(await (await fetch(`${stage.relayUrl}/metrics`)).text()) ? true : undefined), 20_000);
    expect(await outcome(stage, await giveBack(stage, payment, 692), 30_000, { step: "PT1M" })).toMatchObject({ cybs_status: CHOICE + STATUS.refused });
    expect([await linesOfKind(payment, "void"), await linesOfKind(payment, "refund")]).toEqual([["692.00"], []]);
    const after = await paymentOf(stage, payment);
    expect(after).toMatchObject({ cybs_status: shown["cybs_status"], cybs_capturedamount: shown["cybs_capturedamount"] });
    expect(Number(after["cybs_revision"])).toBeGreaterThanOrEqual(Number(shown["cybs_revision"]));
  }, 120_000);

  test("does not take a turn that the lost one has taken", async () => {
    const waits = (id: string) => eventually(async () => (await rowsOf(stage, id)).find((row) => row["cybs_reason"] === "partial_waits_for_batch"));
    const { payment } = await goBack(async () => {
      const sale = await soldPayment(stage, { price: 691, cardId: card });
      const id = await giveBack(stage, sale, 91);
      await waits(id);
      return { payment: sale, id };
    }, async ({ id }) => {
      await nextBatch(stage);
      expect(await outcome(stage, id)).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    });
    expect(await outcome(stage, await giveBack(stage, payment, 600), 40_000, { step: "PT1M" })).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    expect(await linesOfKind(payment, "refund")).toEqual(["91.00", "600.00"]);
    await expectSums(stage, payment, { captured: 691, refunded: 691 });
  }, 120_000);
});
