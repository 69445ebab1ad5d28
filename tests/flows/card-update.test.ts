// A card is renewed or closed at its network: Cybersource tells it of one customer, and every customer who holds it has it on file.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { rowsWhere } from "../support/deeds.ts";
import { subscribe } from "../support/notifications.ts";
import { CHOICE, signedCall, startStage, type Row, type Stage } from "../support/stage.ts";

const NUMBER = "4111111111111111";
const OTHER_NUMBER = "4242424242424242";
const STATE = { active: CHOICE, expired: CHOICE + 1, blocked: CHOICE + 2, removed: CHOICE + 3 } as const;

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await subscribe(stage, { tokenManagement: ["tms.networktoken.updated"] });
  await stage.startRelay();
}, 180_000);
afterAll(async () => { await stage.close(); }, 60_000);

const tms = async (method: string, path: string, body?: unknown): Promise<Row> => {
  const answer = await signedCall(stage.cybersource, stage.caFile, { method, path, ...(body === undefined ? {} : { body }) });
  if (answer.status >= 300) throw new Error(`${method} ${path}: ${JSON.stringify(answer)}`);
  return answer.body;
};
const rowOf = async (id: string): Promise<Row> => (await stage.rows("cybs_paymentmethod")).find((row) => row["cybs_paymentmethodid"] === id) ?? {};
const instrumentOf = async (id: string): Promise<string> => { const row = await rowOf(id); return `/tms/v2/customers/${String(row["cybs_tmscustomerid"])}/payment-instruments/${String(row["cybs_paymentinstrumentid"])}`; };
const becomes = (id: string, fits: (row: Row) => boolean) => rowsWhere(stage, "cybs_paymentmethod", (row) => row["cybs_paymentmethodid"] === id && fits(row));
/** The network tells of the card: once, whoever holds it. */
async function tell(cardId: string): Promise<void> {
  const identifier = `/tms/v1/instrumentidentifiers/${String((await rowOf(cardId))["cybs_instrumentidentifierid"])}`;
  if ((await tms("GET", identifier))["tokenizedCard"] === undefined) await tms("POST", `${identifier}/enrollment`, { card: { expirationMonth: "12", expirationYear: "2031" } });
  const { tokenizedCard } = await tms("GET", identifier) as { readonly tokenizedCard: { readonly id: string } };
  // Deliveries carry their second.
  await delay(1_100);
  await tms("POST", `/tms/v2/tokenized-cards/${tokenizedCard.id}/issuer-life-cycle-event-simulations`, { state: "ACTIVE", card: { expirationMonth: "03", expirationYear: "2035" } });
}
const readsOf = async (path: string): Promise<number> => (await stage.calls()).filter((call) => call.method === "GET" && call.path === path).length;

test("renewed: every customer who holds it has the new expiry, an expired one is good again, and nobody else's card is touched", async () => {
  const [ann, ben, other, gone] = [await stage.savedCard({ number: NUMBER }), await stage.savedCard({ number: NUMBER, account: "Contoso Coffee" }), await stage.savedCard({ number: OTHER_NUMBER }), await stage.savedCard({ number: NUMBER })];
  await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${ben})`, { cybs_state: STATE.expired, cybs_expirymonth: 1, cybs_expiryyear: 2024 });
  await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${gone})`, { cybs_state: STATE.removed });
  for (const id of [ann, ben, gone]) await tms("PATCH", await instrumentOf(id), { card: { expirationMonth: "03", expirationYear: "2035" } });
  await tell(ann);
  for (const id of [ann, ben]) {
    const [row] = await becomes(id, (one) => one["cybs_expiryyear"] === 2035);
    expect(row).toMatchObject({ cybs_expirymonth: 3, cybs_lastfour: "1111", cybs_name: "Visa •••• 1111", cybs_state: STATE.active });
  }
  expect(await rowOf(other)).toMatchObject({ cybs_expirymonth: 12, cybs_expiryyear: 2031 });
  expect(await rowOf(gone)).toMatchObject({ cybs_expiryyear: 2031, cybs_state: STATE.removed });
}, 60_000);

test("told again it is looked at again, and rows that say it already stay as they are", async () => {
  const card = await stage.savedCard({ number: "4012888888881881" });
  await tms("PATCH", await instrumentOf(card), { card: { expirationMonth: "05", expirationYear: "2036" } });
  await tell(card);
  await becomes(card, (row) => row["cybs_expiryyear"] === 2036);
  const [before, reads] = [(await rowOf(card))["versionnumber"], await readsOf(await instrumentOf(card))];
  await tell(card);
  await rowsWhere(stage, "cybs_paymentmethod", () => true);
  for (let count = 0; count < 40 && await readsOf(await instrumentOf(card)) === reads; count++) await delay(250);
  await delay(500);
  expect(await readsOf(await instrumentOf(card))).toBe(reads + 1);
  expect((await rowOf(card))["versionnumber"]).toBe(before);
}, 60_000);

test("closed for one customer: blocked for him, and good for the other", async () => {
  const [closed, open] = [await stage.savedCard({ number: "4000000000000002" }), await stage.savedCard({ number: "4000000000000002", account: "Contoso Coffee" })];
  await tms("PATCH", await instrumentOf(closed), { state: "CLOSED" });
  await tell(open);
  await becomes(closed, (row) => row["cybs_state"] === STATE.blocked);
  expect(await rowOf(open)).toMatchObject({ cybs_state: STATE.active, cybs_expiryyear: 2031 });
}, 60_000);
