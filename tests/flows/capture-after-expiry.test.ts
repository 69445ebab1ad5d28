// A capture that comes after the end of its authorization: authorized again on the saved card where policy and the customer's consent allow it,
// and captured once; else a task of the order's owner. Cybersource's ledger is the oracle.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { account, approve, cancel, fulfil, invoiceOf, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, request, settled, startStage, type Row, type Stage } from "../support/stage.ts";
import { draft, openSession, storeToken, submitDraft, tokenFor } from "../support/card-entry.ts";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { RelayProcess } from "../sandbox/relay-process.ts";
import { capture, outcome } from "./changes.ts";

let stage: Stage;
let agreed: string;
let notAgreed: string;
let relay: RelayProcess;
/** A card that a payment saved, under these words. */
async function savedUnder(consentTextVersion: string, price: number): Promise<string> {
  const before = (await stage.rows("cybs_paymentmethod")).map((row) => row["cybs_paymentmethodid"]);
  const of = await draft(stage, price, { extra: { cybs_savecard: true, cybs_consenttextversion: consentTextVersion } });
  const session = await openSession(stage, of);
  await storeToken(stage, session, of.nonce, await tokenFor(stage, session));
  await submitDraft(stage, of);
  const [card] = await rowsWhere(stage, "cybs_paymentmethod", (row) => !before.includes(row["cybs_paymentmethodid"]));
  return String(card?.["cybs_paymentmethodid"]);
}
beforeAll(async () => {
  stage = await startStage({ at: "09:00" });
  relay = await stage.startRelay();
  [agreed, notAgreed] = [await savedUnder("2026-11-merchant", 901), await savedUnder("2026-11", 902)];
  await account(stage, { cybs_capturepolicy: CHOICE + 1, cybs_reauthorizepolicy: CHOICE + 1, cybs_releasepolicy: CHOICE + 1 });
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const REAUTHORIZE = CHOICE + 9;
const states = async (amount: number): Promise<readonly string[]> => (await stage.ledger()).filter((line) => line.amount === amount.toFixed(2)).map((line) => `${line.kind} ${line.state}`);
const requestsOf = async (taken: Taken): Promise<readonly Row[]> => (await stage.rows("cybs_paymentrequest")).filter((row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_action"] === REAUTHORIZE);
const tasksOf = async (taken: Taken): Promise<readonly string[]> => (await stage.rows("task")).filter((row) => row["regardingobjectid"] === taken.orderId).map((row) => String(row["subject"]));
const isAskedForAgain = (taken: Taken, amount: number) => eventually(async () => ((await tasksOf(taken)).some((subject) => subject.startsWith(`Take ${amount.toFixed(2)} USD`)) ? true : undefined), 20_000);
/** The stand-in's amount that Decision Manager reviews. */
const REVIEWED = 6022;
const OTHER = 6;
/** Written on a person's behalf, as flows do. */
async function releasedByFlow(taken: Taken, amount: number): Promise<string> {
  const [agent] = await stage.as("sysadmin").find("systemusers?$select=systemuserid&$filter=startswith(domainname,'refundagent@')");
  const response = await fetch(`${stage.dataverse.httpUrl}/api/data/v9.2/cybs_refundrequests`, {
    method: "POST", headers: { authorization: `Bearer ${stage.token("sysadmin")}`, "content-type": "application/json", mscrmcallerid: String(agent?.["systemuserid"]) },
    body: JSON.stringify({ "cybs_PaymentId@odata.bind": `/cybs_payments(${taken.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${taken.currencyId})`, cybs_action: CHOICE + 3, cybs_amount: amount, cybs_reasoncode: CHOICE + OTHER }),
  });
  return /\(([0-9a-f-]{36})\)/.exec(response.headers.get("odata-entityid") ?? "")?.[1] ?? "";
}

describe("with the customer's consent", () => {
  test("it is authorized again, without him, and captured once", async () => {
    const taken = await take(stage, agreed, 910);
    await stage.clock.advance("P8D");
    expect(await outcome(stage, await capture(stage, taken, 910))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "authorization_expired" });
    await rowsWhere(stage, "cybs_paymentrequest", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_action"] === REAUTHORIZE && row["cybs_amount"] === 910);
    await stage.clock.advance("PT1M");
    await eventually(async () => ((await states(910)).filter((state) => state.startsWith("capture")).length === 1 ? true : undefined), 20_000);
    await severalRounds();
    expect(await states(910)).toEqual(["authorization live", "authorization captured", "capture live"]);
    expect(await requestsOf(taken)).toHaveLength(1);
    expect((await tasksOf(taken)).filter((subject) => subject.startsWith("Take"))).toEqual([]);
  });

  test("for another order its end says nothing: nothing is authorized there", async () => {
    const ended = await take(stage, agreed, 914);
    await stage.clock.advance("P8D");
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === ended.paymentId && row["cybs_status"] === CHOICE + 11);
    const id = await request(stage, { orderId: await stage.order(915), amount: 915, cardId: agreed, by: "sysadmin", more: { cybs_action: REAUTHORIZE, "cybs_PaymentId@odata.bind": `/cybs_payments(${ended.paymentId})` } });
    expect(await settled(stage, id, [], 20_000)).toEqual([expect.objectContaining({ cybs_status: CHOICE + 5, cybs_reason: "not_reauthorizable" })]);
    expect(await states(915)).toEqual([]);
  });

  test("what its bank let go of earlier than the account says is authorized again, and captured once", async () => {
    const taken = await take(stage, agreed, 912);
    await stage.settings({ authorizationDays: 3 });
    await stage.clock.advance("P4D");
    expect(await outcome(stage, await capture(stage, taken, 912), 30_000, { step: "PT3M" })).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "authorization_expired" });
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_status"] === CHOICE + 11);
    await stage.settings({ authorizationDays: 7 });
    await eventually(async () => ((await states(912)).includes("capture live") ? true : undefined), 20_000);
    await severalRounds();
    expect(await states(912)).toEqual(["authorization live", "authorization captured", "capture live"]);
    expect(await requestsOf(taken)).toHaveLength(1);
  });

  test("a fulfilled order is authorized again and captured by its policy, once", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE + 2 });
    const taken = await take(stage, agreed, 920);
    await stage.clock.advance("P8D");
    await capture(stage, taken, 920).then((id) => outcome(stage, id));
    await fulfil(stage, taken.orderId);
    await rowsWhere(stage, "cybs_paymentrequest", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_action"] === REAUTHORIZE);
    await eventually(async () => ((await states(920)).includes("capture live") ? true : undefined), 20_000);
    await severalRounds();
    expect(await states(920)).toEqual(["authorization live", "authorization captured", "capture live"]);
    await account(stage, { cybs_capturepolicy: CHOICE + 1 });
  });

  test("what the relay let go of shortly before it lapsed is treated alike", async () => {
    await account(stage, { cybs_releasepolicy: CHOICE });
    const taken = await take(stage, agreed, 930);
    await stage.clock.advance("P6DT20H");
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_status"] === CHOICE + 10);
    expect(await outcome(stage, await capture(stage, taken, 930))).toMatchObject({ cybs_reason: "payment_not_live" });
    await rowsWhere(stage, "cybs_paymentrequest", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_action"] === REAUTHORIZE);
    await stage.clock.advance("PT1M");
    await eventually(async () => ((await states(930)).includes("capture live") ? true : undefined), 20_000);
    expect((await states(930)).filter((state) => state === "authorization captured")).toHaveLength(1);
    await account(stage, { cybs_releasepolicy: CHOICE + 1 });
  });

  test("what a person agreed to let go of, for whatever reason a flow gives, is not taken again", async () => {
    const taken = await take(stage, agreed, 935);
    const releaseId = await releasedByFlow(taken, 935);
    await rowsWhere(stage, "cybs_paymenttransaction", (row) => row["cybs_refundrequestid"] === releaseId && row["cybs_status"] === CHOICE);
    await approve(stage, { ...taken, requestId: releaseId, amount: 935, reason: OTHER });
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_status"] === CHOICE + 10);
    expect(await outcome(stage, await capture(stage, taken, 935))).toMatchObject({ cybs_reason: "payment_not_live" });
    await stage.clock.advance("PT1M");
    await severalRounds();
    expect(await requestsOf(taken)).toEqual([]);
  });

  test("declined the second time, it is a task of the order's owner, and nothing is captured", async () => {
    const taken = await take(stage, agreed, 940);
    await stage.clock.advance("P8D");
    await stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/payments$" }, fault: "status", times: 1, value: { status: 201, body: { id: "7000000000000000000940", status: "DECLINED", errorInformation: { reason: "INSUFFICIENT_FUND", message: "no" } } } });
    await outcome(stage, await capture(stage, taken, 940));
    await rowsWhere(stage, "cybs_paymentrequest", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_action"] === REAUTHORIZE);
    await stage.clock.advance("PT1M");
    await isAskedForAgain(taken, 940);
    expect(await states(940)).toEqual(["authorization live"]);
  });
});

describe("a capture that a living authorization would not have given", () => {
  test("of more than was authorized is a task, and nothing is authorized", async () => {
    const taken = await take(stage, agreed, 991, { amount: 390 });
    await stage.clock.advance("P8D");
    await outcome(stage, await capture(stage, taken, 980));
    await isAskedForAgain(taken, 980);
    expect(await requestsOf(taken)).toEqual([]);
  });

  test("asked for twice where the processor captures once, it is taken once", async () => {
    const taken = await take(stage, agreed, 992);
    await stage.clock.advance("P8D");
    for (const amount of [370, 370]) expect(await outcome(stage, await capture(stage, taken, amount))).toMatchObject({ cybs_reason: "authorization_expired" });
    await eventually(async () => ((await states(370)).includes("capture live") ? true : undefined), 20_000);
    await stage.clock.advance("PT5M");
    await severalRounds();
    expect((await states(370)).filter((state) => state.startsWith("capture"))).toHaveLength(1);
    expect(await requestsOf(taken)).toHaveLength(1);
    expect((await tasksOf(taken)).filter((subject) => subject.startsWith("Take"))).toEqual([]);
  });
});

describe("while the second authorization waits for a reviewer", () => {
  const IN_REVIEW = 2;
  const reviewed = async (id: unknown): Promise<void> => {
    const answer = await fetch(`${stage.cybersource.browserUrl}/_sandbox/cases`, { method: "POST", body: JSON.stringify({ id, decision: "ACCEPT" }) });
    if (!answer.ok) throw new Error(await answer.text());
    await delay(300);
  };
  const rowIn = async (requestId: string, status: number): Promise<Row> => {
    const [row] = await rowsWhere(stage, "cybs_paymenttransaction", (one) => one["cybs_paymentrequestid"] === requestId && one["cybs_status"] === CHOICE + status);
    return row ?? {};
  };
  /** The first authorization has ended, a capture came too late, and the second authorization of the same amount is in a case. */
  async function waitingForReviewer(): Promise<Taken & { readonly caseId: unknown; readonly againId: string }> {
    const taken = await take(stage, agreed, REVIEWED, { states: [IN_REVIEW] });
    await reviewed((await rowIn(taken.requestId, IN_REVIEW))["cybs_requestid"]);
    await looked(taken.requestId);
    await stage.clock.advance("P8D");
    await outcome(stage, await capture(stage, taken, REVIEWED));
    const [request] = await rowsWhere(stage, "cybs_paymentrequest", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_action"] === REAUTHORIZE);
    const againId = String(request?.["cybs_paymentrequestid"]);
    return { ...taken, againId, caseId: (await rowIn(againId, IN_REVIEW))["cybs_requestid"] };
  }
  /** Hours pass, with the look that each brings, until the case is known to be accepted, or what it held is let go of already. */
  const looked = (requestId: string): Promise<true> => eventually(async () => {
    if ((await stage.rows("cybs_paymenttransaction")).some((one) => one["cybs_paymentrequestid"] === requestId && [CHOICE + 1, CHOICE + 8].includes(Number(one["cybs_status"])))) return true;
    await stage.clock.advance("PT61M");
    await delay(1_500);
    return undefined;
  }, 25_000);
  const capturesUnder = async (id: unknown): Promise<number> => (await stage.ledger()).filter((line) => line.parentId === id && line.kind === "capture").length;

  /** The reviewer accepts, and the relay has had time for more than that. */
  async function expectNothingCaptured({ caseId, againId }: Awaited<ReturnType<typeof waitingForReviewer>>): Promise<void> {
    await reviewed(caseId);
    await looked(againId);
    await stage.clock.advance("PT10M");
    await severalRounds();
    expect(await capturesUnder(caseId)).toBe(0);
  }

  test("nothing is captured for an order that was called off meanwhile", async () => {
    const waiting = await waitingForReviewer();
    await cancel(stage, waiting.orderId);
    await expectNothingCaptured(waiting);
  }, 90_000);

  test("nothing is captured for an invoice that was paid in cash meanwhile", async () => {
    const waiting = await waitingForReviewer();
    const invoiceId = await invoiceOf(stage, waiting.orderId);
    await stage.as("sysadmin").create("cybs_manualpayments", {
      "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${waiting.currencyId})`, cybs_kind: CHOICE, cybs_amount: REVIEWED, cybs_receivedon: new Date().toISOString(),
    });
    await expectNothingCaptured(waiting);
  }, 90_000);
});

describe("without it", () => {
  test("it is a task of the order's owner, and nothing is authorized", async () => {
    const taken = await take(stage, notAgreed, 950);
    await stage.clock.advance("P8D");
    await outcome(stage, await capture(stage, taken, 950));
    await isAskedForAgain(taken, 950);
    expect(await requestsOf(taken)).toEqual([]);
    expect(await states(950)).toEqual(["authorization live"]);
  });

  test("by the policy of the account it is one, too", async () => {
    await account(stage, { cybs_reauthorizepolicy: CHOICE });
    const taken = await take(stage, agreed, 960);
    await stage.clock.advance("P8D");
    await outcome(stage, await capture(stage, taken, 960));
    await isAskedForAgain(taken, 960);
    expect(await requestsOf(taken)).toEqual([]);
  });
});

describe("after the ledger was lost", () => {
  const disk = mkdtempSync(join(tmpdir(), "cybs-empty-disk-"));
  afterAll(() => { rmSync(disk, { recursive: true, force: true }); });

  test("what the lost one let go of by rule is known as that: a capture that comes too late is a task", async () => {
    await account(stage, { cybs_releasepolicy: CHOICE, cybs_reauthorizepolicy: CHOICE });
    const taken = await take(stage, agreed, 970);
    await stage.clock.advance("P6DT20H");
    await rowsWhere(stage, "cybs_payment", (row) => row["cybs_paymentid"] === taken.paymentId && row["cybs_status"] === CHOICE + 10);
    await relay.stop();
    relay = await stage.startRelay({ LEDGER_DIR: join(disk, "ledger") });
    expect(await outcome(stage, await capture(stage, taken, 970))).toMatchObject({ cybs_reason: "payment_not_live" });
    await isAskedForAgain(taken, 970);
    expect(await requestsOf(taken)).toEqual([]);
  });
});
