// Cybersource tells, and the relay looks at once instead of waiting for its next look (recovery rules, law 7; §3 row 16). Nothing in a notification is
// believed: what it moves is what the look finds. Subscribed, signed, encrypted and delivered by the stand-in; the clock stands still meanwhile.
import { afterAll, afterEach, beforeAll, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { payment, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, signedCall, type Row, type Stage } from "../support/stage.ts";
import { subscribe } from "../support/notifications.ts";
import { openWithCard } from "./open-with-card.ts";
import { clearFaults, STATUS } from "./recovery.ts";

/** Time for an answer that never comes to be noticed, before the notification is there. */
const NOTIFIED_AFTER_MS = 2_500;
const REVIEWED = 6022;
const STATUS_REVIEW = 2;

let stage: Stage;
let card: string;
beforeAll(async () => {
  ({ stage, card } = await openWithCard({ at: "09:00", before: async (opened) => {
    await opened.settings({ webhookDelayMs: NOTIFIED_AFTER_MS });
    await subscribe(opened, { decisionManager: ["risk.casemanagement.decision.accept", "risk.casemanagement.decision.reject"], payments: ["payments.authorization.status.accepted", "payments.capture.status.accepted", "payments.reversal.status.accepted"] });
  } }));
}, 180_000);
afterEach(async () => { await clearFaults(stage); });
afterAll(async () => { await stage.close(); }, 60_000);

const transactionOf = async (taken: Taken): Promise<Row> => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymenttransactionid"] === taken.transactionId) ?? {};
const comesTo = (taken: Taken, status: number): Promise<readonly Row[]> => rowsWhere(stage, "cybs_paymenttransaction", (row) => row["cybs_paymenttransactionid"] === taken.transactionId && row["cybs_status"] === CHOICE + status);
const decideCase = async (taken: Taken, decision: "ACCEPT" | "REJECT", action?: "CAPTURE" | "REVERSE"): Promise<void> => {
  // Later than the payment, whose id it follows.
  await delay(200);
  const answer = await fetch(`${stage.cybersource.browserUrl}/_sandbox/cases`, { method: "POST", body: JSON.stringify({ id: (await transactionOf(taken))["cybs_requestid"], decision, action }) });
  if (!answer.ok) throw new Error(await answer.text());
};
const delivered = async (): Promise<readonly string[]> => ((await (await fetch(`${stage.cybersource.browserUrl}/_sandbox/notifications`)).json()) as readonly { readonly eventType: string; readonly state: string }[]).filter((one) => one.state === "delivered").map((one) => one.eventType);

test("a case leaves review as soon as its decision is told, hours before the look", async () => {
  const taken = await take(stage, card, REVIEWED, { states: [STATUS_REVIEW] });
  await decideCase(taken, "ACCEPT");
  await comesTo(taken, STATUS.approved);
  expect(await delivered()).toContain("risk.casemanagement.decision.accept");
  expect(await payment(stage, taken.paymentId)).toMatchObject({ cybs_status: CHOICE + 1, cybs_riskstatus: CHOICE + 2 });
}, 60_000);

test("what a reviewer captured with it is counted then, too", async () => {
  const taken = await take(stage, card, REVIEWED, { states: [STATUS_REVIEW] });
  await decideCase(taken, "ACCEPT", "CAPTURE");
  await comesTo(taken, STATUS.approved);
  await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_capturedamount"] === REVIEWED);
}, 60_000);

test("a rejection releases the hold, and is told as declined", async () => {
  const taken = await take(stage, card, REVIEWED, { states: [STATUS_REVIEW] });
  const caseId = (await transactionOf(taken))["cybs_requestid"];
  await decideCase(taken, "REJECT");
  await comesTo(taken, STATUS.declined);
  await rowsWhere(stage, "cybs_paymenttransaction", (row) => row["cybs_parentid"] === taken.transactionId && row["cybs_status"] === CHOICE + STATUS.approved);
  expect((await stage.ledger()).find((line) => line.id === caseId)).toMatchObject({ state: "reversed" });
}, 60_000);

let nextPrice = 431;
test("a payment without an answer is found as soon as it is told, before its next look", async () => {
  await stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/payments$" }, fault: "drop-after", times: 1 });
  // Of its own in each try: told while it still counts as sent, it waits for its look.
  const price = nextPrice++;
  const taken = await take(stage, card, price, { states: [STATUS.unknown] });
  const nextLookAt = Date.parse(String((await transactionOf(taken))["cybs_nextlookon"]));
  await comesTo(taken, STATUS.approved);
  expect(stage.clock.now().getTime()).toBeLessThan(nextLookAt);
  expect((await stage.ledger()).filter((line) => line.amount === `${price}.00`)).toHaveLength(1);
}, 60_000);

test("what was told, and what was told again, stands on the payment's row within a minute, beside the relay's own steps", async () => {
  interface Step { readonly source: string; readonly what: string; readonly kind?: string; readonly detail: Readonly<Record<string, unknown>> }
  await stage.settings({ webhookDuplication: 1 });
  const taken = await take(stage, card, 433);
  const steps = async (): Promise<readonly Step[]> => { const text = (await payment(stage, taken.paymentId))?.["cybs_trail"]; return typeof text === "string" ? JSON.parse(text) as readonly Step[] : []; };
  const named = async (): Promise<readonly string[]> => (await steps()).map(({ source, what, kind }) => [source, what, kind].filter((word) => word !== undefined).join(" "));
  expect(await named()).toEqual(["relay claimed", "relay read_ok sale", "relay send sale", "gateway called sale", "relay approved sale", "dataverse projected"]);
  const arrived = async (): Promise<number> => Number(/^cybs_pokes_total\{source="cybersource_again"\} (\d+)/m.exec(await (await fetch(`${stage.relayUrl}/metrics`)).text())?.[1] ?? 0);
  await eventually(async () => (await arrived() >= 2 ? true : undefined), 20_000);
  expect((await named()).filter((step) => step.startsWith("webhook"))).toEqual([]);
  await stage.clock.advance("PT1M");
  await eventually(async () => ((await named()).some((step) => step.startsWith("webhook")) ? true : undefined), 20_000);
  const told = (await named()).slice(6);
  expect(told.filter((step) => !step.includes("authorization"))).toEqual(["webhook received payments.capture.status.accepted", "webhook duplicate_ignored payments.capture.status.accepted", "dataverse projected"]);
  expect(told).toHaveLength(5);
  expect((await steps()).find((step) => step.what === "called")?.detail).toMatchObject({ requestId: (await transactionOf(taken))["cybs_requestid"], attempt: 1 });
  expect(JSON.stringify(await steps())).not.toMatch(/4111|billTo|Bearer|@/);
  await stage.settings({ webhookDuplication: 0 });
}, 60_000);

test("a notification that nobody signed moves nothing", async () => {
  await stage.settings({ webhookLoss: 1 });
  const taken = await take(stage, card, REVIEWED, { states: [STATUS_REVIEW] });
  await decideCase(taken, "ACCEPT");
  const forged = await fetch(`${stage.relayUrl}/webhooks/cybersource/${stage.dataverse.organizationId}`, {
    method: "POST", headers: { "content-type": "application/json", "v-c-signature": `t=${Date.now()};keyId=mine;sig=AAAA` },
    body: JSON.stringify({ eventType: "risk.casemanagement.decision.accept", organizationId: stage.cybersource.merchant.id, payload: { data: { id: (await transactionOf(taken))["cybs_requestid"] } } }),
  });
  expect(forged.status).toBe(401);
  await delay(NOTIFIED_AFTER_MS);
  await severalRounds();
  expect(await transactionOf(taken)).toMatchObject({ cybs_status: CHOICE + STATUS_REVIEW });
  await stage.settings({ webhookLoss: 0 });
}, 60_000);

test("a payment that setup tries, or another system takes, on the same account is told of and alarms nobody", async () => {
  const alarms = async (): Promise<readonly string[]> => (await (await fetch(`${stage.relayUrl}/metrics`)).text()).split("\n").filter((line) => line.startsWith("cybs_alarms_total{"));
  const pokes = async (): Promise<string | undefined> => (await (await fetch(`${stage.relayUrl}/metrics`)).text()).split("\n").find((line) => line.startsWith("cybs_pokes_total") && line.includes('source="cybersource"'));
  const [before, taken] = [await alarms(), await pokes()];
  const tried = await signedCall(stage.cybersource, stage.caFile, { method: "POST", path: "/pts/v2/payments", body: {
    clientReferenceInformation: { code: "TRIAL-1" }, orderInformation: { amountDetails: { totalAmount: "1.00", currency: "USD" } },
    paymentInformation: { card: { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031" } },
  } });
  expect(tried).toMatchObject({ status: 201, body: { status: "AUTHORIZED" } });
  // Told, and looked at: its reference is nobody's here.
  for (let tries = 0; tries < 100 && await pokes() === taken; tries++) await delay(100);
  expect(await pokes()).not.toBe(taken);
  await delay(1_000);
  expect(await alarms()).toEqual(before);
}, 60_000);
