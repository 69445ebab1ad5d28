// Where the documentation is silent the stand-in can play the worst permitted case. Each strictness bites when it is on and is mild when off.
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { amount, payment, reversal, startMerchant, voiding, type Answered, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
beforeEach(async () => { await merchant.control("reset", {}); await merchant.control("settings", { searchLagMs: 0 }); });
afterAll(async () => { await merchant.close(); });

const post = (path: string, body: unknown): Promise<Answered> => merchant.call("POST", `/pts/v2/${path}`, body);
const pay = async (...input: Parameters<typeof payment>): Promise<string> => String((await post("payments", payment(...input))).body["id"]);
const set = (settings: Json): Promise<unknown> => merchant.control("settings", settings);
const advance = (duration: string): Promise<unknown> => merchant.control("clock", { advance: duration });
const found = async (code: string): Promise<unknown> => (await merchant.call("POST", "/tss/v2/searches", { query: `clientReferenceInformation.code:${code}` })).body["totalCount"];
const detail = (id: string): Promise<Answered> => merchant.call("GET", `/tss/v2/transactions/${id}`);
const statusOf = async (id: string): Promise<unknown> => ((await detail(id)).body["applicationInformation"] as Json | undefined)?.["status"];
const reasonOf = ({ status, body }: Answered): unknown => (status === 201 ? body["status"] : body["reason"]);
const states = async (): Promise<readonly unknown[]> => (await merchant.ledger()).filter((one) => one["kind"] === "authorization" || one["kind"] === "sale").map((one) => one["state"]);

describe("What search and detail tell", () => {
  test("comes after a minute at the earliest and a day at the latest when the lag has a long tail", async () => {
    await set({ longSearchLag: 1 });
    const codes = Array.from({ length: 12 }, (_, index) => `TAIL-${index}`);
    for (const code of codes) await pay("5.00", { code });
    const count = async (): Promise<number> => (await Promise.all(codes.map(found))).filter((one) => one === 1).length;
    const before = await count();
    await advance("PT1H");
    const afterAnHour = await count();
    await advance("P1D");
    expect([before, afterAnHour > 0 && afterAnHour < codes.length, await count()]).toEqual([0, true, codes.length]);
  });

  test.each([[1, 0], [0, 1]])("with neverInSearch %d is found %d times by its code, however late, and always by its id", async (neverInSearch, times) => {
    await set({ neverInSearch });
    const id = await pay("5.00", { code: "GHOST" });
    await advance("P3D");
    expect([await found("GHOST"), await statusOf(id)]).toEqual([times, "AUTHORIZED"]);
  });

  test.each([[1, "AUTHORIZED", 0], [0, "REVERSED", 1]])("with staleStatus %d is %s right after a reversal, with %d related, and true later", async (staleStatus, status, count) => {
    await set({ staleStatus });
    const id = await pay("5.00");
    await post(`payments/${id}/reversals`, reversal("5.00"));
    const { body } = await detail(id);
    expect([await statusOf(id), ((body["_links"] as Json)["relatedTransactions"] as unknown[]).length]).toEqual([status, count]);
    await advance("PT11M");
    expect(await statusOf(id)).toBe("REVERSED");
  });

  test.each([[1, false], [0, true]])("with staleStatus %d search knows of a capture that a decision brought right away: %p; later in any case", async (staleStatus, isKnown) => {
    await set({ staleStatus });
    const id = await pay("6022.00", { capture: true, code: "DECIDED" });
    await merchant.call("POST", `/risk/v1/decisions/${id}/actions`, { decisionInformation: { decision: "ACCEPT", comments: "known" }, processingInformation: { actionList: ["CAPTURE"] } });
    // The capture itself has the same reference: only the original's own summary counts.
    const isBilled = async (): Promise<boolean> => {
      const { body } = await merchant.call("POST", "/tss/v2/searches", { query: "clientReferenceInformation.code:DECIDED" });
      const own = (body["_embedded"] as { transactionSummaries: Json[] }).transactionSummaries.find((one) => one["id"] === id);
      return JSON.stringify(own?.["applicationInformation"]).includes("ics_bill");
    };
    expect(await isBilled()).toBe(isKnown);
    await advance("PT11M");
    expect(await isBilled()).toBe(true);
  });
});

describe("An attempt that got no good answer", () => {
  test("completes right after its timeout reversal was refused", async () => {
    await set({ lateAuthorization: 1 });
    expect((await post("payments", payment("5.00", { transactionId: "LATE-1" }))).status).toBe(502);
    expect(await states()).toEqual([]);
    expect(reasonOf(await post("reversals", reversal("5.00", { transactionId: "LATE-1" })))).toBe("INVALID_DATA");
    expect(await states()).toEqual(["live"]);
    expect(reasonOf(await post("reversals", reversal("5.00", { transactionId: "LATE-1" })))).toBe("REVERSED");
  });

  test("completes by itself when nobody undoes it", async () => {
    await set({ lateAuthorization: 1 });
    await post("payments", payment("5.00", { transactionId: "LATE-2", code: "LATE-2" }));
    expect(await found("LATE-2")).toBe(0);
    await advance("PT21M");
    expect([await states(), await found("LATE-2")]).toEqual([["live"], 1]);
  });

  test("was executed all the same, whether the answer was 429 or 502", async () => {
    await set({ failsAfterExecution: 1 });
    const answers = new Set<number>();
    for (let index = 0; index < 12; index++) answers.add((await post("payments", payment("5.00", { code: `DONE-${index}` }))).status);
    expect([...answers].sort()).toEqual([429, 502]);
    expect(await states()).toHaveLength(12);
  });

  test.each([[true, "VOIDED"], [false, "NOT_VOIDABLE"]])("and failed: with voidsFailedOriginals %p its timeout void is %s", async (voidsFailedOriginals, answer) => {
    await set({ voidsFailedOriginals });
    await post("payments", payment("6010.00", { capture: true, transactionId: "FAILED-1" }));
    expect(reasonOf(await post("voids", voiding({ transactionId: "FAILED-1" })))).toBe(answer);
  });

  test.each([[true, "AUTHORIZED", 2], [false, "INVALID_DATA", 1]])("sent twice under one transaction id: with acceptsRepeatedTransactionId %p is %s, %d holds", async (acceptsRepeatedTransactionId, answer, holds) => {
    await set({ acceptsRepeatedTransactionId });
    await pay("5.00", { transactionId: "TWICE-1" });
    expect(reasonOf(await post("payments", payment("5.00", { transactionId: "TWICE-1" })))).toBe(answer);
    expect(await states()).toHaveLength(holds);
  });
});

describe("What is done to a payment", () => {
  test.each([[true, "PENDING"], [false, "INVALID_AMOUNT"]])("a second full refund: with acceptsSecondRefund %p is %s", async (acceptsSecondRefund, answer) => {
    await set({ acceptsSecondRefund });
    const id = await pay("5.00", { capture: true });
    await post(`payments/${id}/refunds`, amount("5.00"));
    expect(reasonOf(await post(`payments/${id}/refunds`, amount("5.00")))).toBe(answer);
  });

  test.each([[true, "REVERSED"], [false, "AUTH_ALREADY_REVERSED"]])("a void: with holdAfterVoid %p the reversal that follows is %s", async (holdAfterVoid, answer) => {
    await set({ holdAfterVoid });
    const id = await pay("5.00", { capture: true });
    await post(`payments/${id}/voids`, voiding());
    expect(reasonOf(await post(`payments/${id}/reversals`, reversal("5.00")))).toBe(answer);
  });

  test.each([[false, "AUTH_ALREADY_REVERSED"], [true, "PENDING"]])("a partial capture: with multiCapture %p the second one is %s", async (multiCapture, answer) => {
    await set({ multiCapture });
    const id = await pay("5.00");
    await post(`payments/${id}/captures`, amount("2.00"));
    expect(reasonOf(await post(`payments/${id}/captures`, amount("3.00")))).toBe(answer);
  });

  test.each([[false, "MISSING_AUTH"], [true, "REVERSED"]])("a fraud review: with reversesReviews %p its reversal is %s", async (reversesReviews, answer) => {
    await set({ reversesReviews });
    expect(reasonOf(await post(`payments/${await pay("6022.00")}/reversals`, reversal("6022.00")))).toBe(answer);
  });

  test.each([[1, "NOT_VOIDABLE"], [0, "VOIDED"]])("a look, then a void: with batchedBeforeVoid %d is %s", async (batchedBeforeVoid, answer) => {
    await set({ batchedBeforeVoid });
    const id = await pay("5.00", { capture: true });
    expect((await detail(id)).status).toBe(200);
    expect(reasonOf(await post(`payments/${id}/voids`, voiding()))).toBe(answer);
  });

  test("too many decimals are cut off, or refused where that is switched off", async () => {
    const id = await pay("5.009");
    expect((await merchant.ledger())[0]?.["amount"]).toBe("5.00");
    expect(reasonOf(await post(`payments/${id}/reversals`, reversal("5.00")))).toBe("REVERSED");
    await set({ truncatesAmounts: false });
    expect(await post("payments", payment("5.009"))).toMatchObject({ status: 400, body: { reason: "INVALID_DATA", details: [{ field: "orderInformation.amountDetails.totalAmount" }] } });
  });
});

test("One switch turns the worst on by seed, picks the same for the same references, and turns it off again", async () => {
  const codes = Array.from({ length: 60 }, (_, index) => `SEED-${index}`);
  const round = async (): Promise<readonly number[]> => {
    await merchant.control("reset", {});
    await set({ worst: true });
    const answers: number[] = [];
    for (const code of codes) answers.push((await post("payments", payment("5.00", { code, transactionId: code }))).status);
    return answers;
  };
  const first = await round();
  expect(new Set(first)).toEqual(new Set([201, 429, 502]));
  expect(await round()).toEqual(first);
  expect(await set({ worst: false })).toMatchObject({ failsAfterExecution: 0, lateAuthorization: 0, neverInSearch: 0 });
  expect((await post("payments", payment("5.00", { code: codes[first.indexOf(502)] ?? "" }))).status).toBe(201);
});
