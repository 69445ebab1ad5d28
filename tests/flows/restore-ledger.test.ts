// The relay's disk is lost: it starts again with an empty ledger. What an earlier ledger claimed in Dataverse is looked for, never sent
// anew; meanwhile its money counts as taken on its order.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { RelayProcess } from "../sandbox/relay-process.ts";
import { CHOICE, SHORT_FENCE, startStage, type Stage } from "../support/stage.ts";
import { appears, clearFaults, expectAgreement, isCharged, kill, mainOf, passTime, PAYMENTS, poke, reaches, salesOf, STATUS, statusNow, submit, transactions } from "./recovery.ts";

let stage: Stage;
let relay: RelayProcess;
let card: string;
const disks: string[] = [];

const emptyDisk = (): string => {
  const folder = mkdtempSync(join(tmpdir(), "cybs-empty-disk-"));
  disks.push(folder);
  return join(folder, "ledger");
};
const restart = async (): Promise<void> => { relay = await stage.startRelay({ ...SHORT_FENCE, LEDGER_DIR: emptyDisk() }); };
const payCalls = async (): Promise<number> => (await stage.calls()).filter((call) => call.method === "POST" && call.path === "/pts/v2/payments").length;

/** What stands on the payment's row of what happened. */
const toldOf = async (id: string): Promise<readonly string[]> => {
  const { cybs_paymentid: paymentId } = mainOf(await transactions(stage, id));
  const trail = (await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === paymentId)?.["cybs_trail"];
  return typeof trail === "string" ? (JSON.parse(trail) as readonly { readonly what: string }[]).map(({ what }) => what) : [];
};

beforeAll(async () => {
  stage = await startStage();
  await restart();
  card = await stage.savedCard();
}, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => {
  await stage.close();
  for (const folder of disks) rmSync(folder, { recursive: true, force: true });
}, 30_000);

describe("an empty disk", () => {
  test("after an answer was lost: the payment is found and approved, and not sent again", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "drop-after" });
    const { id } = await submit(stage, 301, { cardId: card });
    await reaches(stage, id, [STATUS.unknown]);
    const before = await payCalls();
    await kill(relay);
    await stage.clock.advance("PT20M");
    await restart();
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 301);
    expect(await toldOf(id)).toEqual(expect.arrayContaining(["send", "no_answer", "found_approved"]));
    expect(await salesOf(stage, 301)).toHaveLength(1);
    expect(await payCalls()).toBe(before);
  });

  test("while a card was to be removed, which moves no money: it is removed", async () => {
    const cardId = await stage.savedCard();
    await stage.fault("cybersource", { match: { method: "DELETE", path: "^/tms/v2/" }, fault: "drop-before", times: 1_000 });
    const id = await stage.as("salesrep").create("cybs_paymentrequests", {
      cybs_action: CHOICE + 6, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${cardId})`, cybs_validuntil: new Date(stage.clock.now().getTime() + 3_600_000).toISOString(),
    });
    await poke(stage, id);
    await appears(stage, id);
    await kill(relay);
    await clearFaults(stage);
    await restart();
    expect(mainOf(await reaches(stage, id, [STATUS.approved]))).toMatchObject({ cybs_reason: "card_removed", cybs_isfinal: true });
  });

  test("after the relay was killed in the middle of a payment: found and approved, and not sent again", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "delay", value: 1_000 });
    const { id } = await submit(stage, 302, { cardId: card });
    await appears(stage, id);
    await delay(400);
    await kill(relay);
    await isCharged(stage, 302);
    const before = await payCalls();
    await stage.clock.advance("PT20M");
    await restart();
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 302);
    expect(await payCalls()).toBe(before);
  });

  test("while the payment's fate is open: a second payment of the order is refused", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "drop-before" });
    const { id, orderId } = await submit(stage, 303, { cardId: card });
    await reaches(stage, id, [STATUS.unknown]);
    await kill(relay);
    const before = await payCalls();
    await restart();
    const second = await submit(stage, 303, { cardId: card, orderId });
    expect(mainOf(await reaches(stage, second.id, [STATUS.refused]))).toMatchObject({ cybs_reason: "payment_in_progress" });
    expect(await statusNow(stage, id)).toBe(STATUS.unknown);
    expect(await payCalls()).toBe(before);
    await passTime(stage, id, { step: "PT12M", times: 20, until: [STATUS.absent, STATUS.undone] });
    await expectAgreement(stage, id, 303);
    expect(await salesOf(stage, 303)).toEqual([]);
    expect(await payCalls()).toBe(before);
  });

  test("knows nothing of a request that was submitted before it: refused in words, nothing is sent", async () => {
    await kill(relay);
    const { id } = await submit(stage, 307, { cardId: card });
    const before = await payCalls();
    await stage.clock.advance("PT1M");
    await restart();
    expect(mainOf(await reaches(stage, id, [STATUS.refused]))).toMatchObject({ cybs_reason: "older_than_ledger" });
    expect(await payCalls()).toBe(before);
    await expectAgreement(stage, id, 307);
  });

  test("found only after the customer has gone: the payment is taken back", async () => {
    await stage.settings({ searchLagMs: 40 * 60_000 });
    await stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "drop-after" });
    const { id } = await submit(stage, 304, { cardId: card });
    await reaches(stage, id, [STATUS.unknown]);
    await kill(relay);
    await restart();
    await passTime(stage, id, { step: "PT12M", times: 20, until: [STATUS.undone] });
    await stage.settings({ searchLagMs: 100 });
    await expectAgreement(stage, id, 304);
    expect(await salesOf(stage, 304)).toHaveLength(1);
  });

  test("leaves what was finished as it is, and does not charge again however often it is woken", async () => {
    const { id, orderId } = await submit(stage, 305, { cardId: card });
    await reaches(stage, id, [STATUS.approved]);
    const before = JSON.stringify(await transactions(stage, id));
    const calls = await payCalls();
    await kill(relay);
    await restart();
    await poke(stage, id);
    await delay(1_500);
    expect(JSON.stringify(await transactions(stage, id))).toBe(before);
    const second = await submit(stage, 305, { cardId: card, orderId });
    expect(mainOf(await reaches(stage, second.id, [STATUS.refused]))).toMatchObject({ cybs_reason: "amount_above_open" });
    expect(await payCalls()).toBe(calls);
    expect((await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === mainOf(JSON.parse(before) as Record<string, unknown>[])["cybs_paymentid"])).toMatchObject({ cybs_status: CHOICE + 3 });
  });

  test("with nothing in progress it takes the next payment", async () => {
    await kill(relay);
    await restart();
    const { id } = await submit(stage, 306, { cardId: card });
    await reaches(stage, id, [STATUS.approved]);
    await expectAgreement(stage, id, 306);
  });
});
