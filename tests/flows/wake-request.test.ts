// Poke, webhook and sweep all end in the same place: one request, one authorization, whoever woke it and however often, with two relays
// on one PostgreSQL.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { randomUUID } from "node:crypto";
import type { RelayProcess } from "../sandbox/relay-process.ts";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";
import { CHOICE, request, settled, SHORT_FENCE, startStage, statusOf, type Stage } from "../support/stage.ts";
import { appears, expectAgreement, kill, mainOf, passUntilEnded, PAYMENTS, salesOf, STATUS } from "./recovery.ts";

let stage: Stage;
let database: PostgresServer;
let card: string;
let first: RelayProcess;

beforeAll(async () => {
  database = await freshDatabase();
  stage = await startStage({ databaseUrl: database.url });
  [first] = await Promise.all([stage.startRelay(SHORT_FENCE), stage.startSecondRelay(SHORT_FENCE)]);
  card = await stage.savedCard();
}, 180_000);
afterAll(async () => { await stage.close(); await database.stop(); }, 30_000);

const organizationId = (): string => stage.dataverse.organizationId;
const post = (url: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<unknown> => fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body: JSON.stringify(body) });
/** The second relay listens six ports above the first. */
const secondUrl = (): string => stage.relayUrl.replace(/\d+$/, (port) => String(Number(port) + 6));
const WAYS: Readonly<Record<string, (id: string) => Promise<unknown>>> = {
  poke: (id) => post(`${stage.relayUrl}/pokes`, { organizationId: organizationId(), paymentRequestId: id }),
  "poke of the other": (id) => post(`${secondUrl()}/pokes`, { organizationId: organizationId(), paymentRequestId: id }),
  webhook: (id) => post(`${secondUrl()}/webhooks/dataverse/${organizationId()}`, { PrimaryEntityId: id, MessageName: "Update", OperationId: randomUUID(), OrganizationId: organizationId() }, { "x-cybs-webhook-key": stage.env["WEBHOOK_KEY"] ?? "" }),
  sweep: async () => undefined,
};

describe("woken in every way at once", () => {
  test("both relays are ready", async () => {
    for (const url of [stage.relayUrl, secondUrl()]) expect((await fetch(`${url}/ready`)).status).toBe(200);
  });

  const orders = [["poke", "webhook", "sweep"], ["webhook", "poke", "sweep"], ["poke", "poke of the other"], ["poke of the other", "poke", "poke", "webhook"], ["sweep", "webhook", "webhook"], ["sweep"]];
  test.each(orders.map((ways, index) => ({ ways, name: ways.join(", then "), price: 301 + index })))("$name: one authorization", async ({ ways, price }) => {
    const id = await request(stage, { orderId: await stage.order(price), amount: price, cardId: card });
    await Promise.all(ways.map(async (way) => WAYS[way]?.(id)));
    expect(mainOf(await settled(stage, id, [], 20_000))).toMatchObject({ cybs_status: CHOICE + STATUS.approved });
    expect((await stage.ledger()).filter((line) => line.amount === `${price}.00`)).toHaveLength(1);
  }, 40_000);

  test("twenty at once: twenty authorizations", async () => {
    const ids = await Promise.all(Array.from({ length: 20 }, async (_, index) => request(stage, { orderId: await stage.order(400 + index), amount: 400 + index, cardId: card })));
    await Promise.all(ids.flatMap((id) => ["poke", "webhook", "poke of the other"].map(async (way) => WAYS[way]?.(id))));
    for (const id of ids) expect(statusOf(await settled(stage, id, [], 30_000))).toBe(1);
    expect((await stage.ledger()).filter((line) => /^4[01]\d\.00$/.test(line.amount))).toHaveLength(20);
  }, 60_000);

  test("a webhook with the wrong key is turned away", async () => {
    const response = await fetch(`${secondUrl()}/webhooks/dataverse/${organizationId()}`, { method: "POST", headers: { "content-type": "application/json", "x-cybs-webhook-key": "wrong" }, body: JSON.stringify({ PrimaryEntityId: randomUUID() }) });
    expect(response.status).toBe(401);
  });

  test("one of two dies in the middle of twelve payments: the other ends them all, each once", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: PAYMENTS }, fault: "delay", value: 400, times: 12 });
    const ids = await Promise.all(Array.from({ length: 12 }, async (_, index) => request(stage, { orderId: await stage.order(500 + index), amount: 500 + index, cardId: card })));
    await Promise.all(ids.flatMap((id) => ["poke", "poke of the other"].map(async (way) => WAYS[way]?.(id))));
    await Promise.all(ids.slice(0, 3).map((id) => appears(stage, id)));
    await kill(first);
    // What the dead one had sent is unknown until it is found; what it had only planned is looked for, too.
    for (const id of ids) await passUntilEnded(stage, id);
    for (const [index, id] of ids.entries()) {
      await expectAgreement(stage, id, 500 + index);
      expect((await salesOf(stage, 500 + index)).length).toBeLessThanOrEqual(1);
    }
  }, 120_000);
});
