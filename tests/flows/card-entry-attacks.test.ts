// Card entry under attack, over the wire: each attempt is refused with a stable code and a sentence, and Cybersource's ledger stays empty.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { generateKeyPairSync, randomUUID, sign } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { draft, hashOf, newNonce, openSession, payWithNewCard, storeToken, submitDraft, tokenFor, type Answer, type Draft } from "../support/card-entry.ts";
import { CHOICE, request, startStage, type Stage } from "../support/stage.ts";
import { expectAgreement, mainOf, reaches, salesOf, STATUS } from "./recovery.ts";

let stage: Stage;
beforeAll(async () => { stage = await startStage(); await stage.startRelay({ MINT_LIMIT_PER_MINUTE: "100", NEW_CARD_DECLINE_LIMIT_PER_HOUR: "12" }); }, 60_000);
afterAll(async () => { await stage.close(); }, 30_000);

function expectRefusal(answer: Answer, status: number, code: string): void {
  expect({ status: answer.status, code: answer.body["code"] }).toEqual({ status, code });
  expect(String(answer.body["detail"])).toMatch(/^[A-Z].*\.$/);
  expect(answer.headers.get("content-type")).toContain("application/problem+json");
}
const patch = (of: Draft, by: string, row: Record<string, unknown>): Promise<void> => stage.as(by).send("PATCH", `cybs_paymentrequests(${of.id})`, row);

test("the honest way works: token, submit, one sale", async () => {
  const of = await payWithNewCard(stage, 801);
  await reaches(stage, of.id, [STATUS.approved]);
  await expectAgreement(stage, of.id, 801);
});

describe("a session is not opened", () => {
  afterEach(async () => { expect(await salesOf(stage, 802)).toEqual([]); });

  test("with a wrong nonce", async () => {
    const of = await draft(stage, 802);
    expectRefusal(await openSession(stage, { ...of, nonce: newNonce() }), 403, "nonce_wrong");
  });

  test("with the hash itself, or on a row that has none", async () => {
    const of = await draft(stage, 802);
    expectRefusal(await openSession(stage, { ...of, nonce: hashOf(of.nonce).slice(0, 43) }), 403, "nonce_wrong");
    const bare = await draft(stage, 802, { extra: { cybs_noncehash: null } });
    expectRefusal(await openSession(stage, bare), 403, "nonce_wrong");
  });

  test("with a nonce that was spent", async () => {
    const of = await draft(stage, 802);
    expect((await openSession(stage, of)).status).toBe(201);
    expectRefusal(await openSession(stage, of), 403, "nonce_spent");
  });

  test("twice at once with one nonce", async () => {
    const of = await draft(stage, 802);
    const answers = await Promise.all([1, 2, 3, 4].map(() => openSession(stage, of)));
    expect(answers.map((answer) => answer.status).sort()).toEqual([201, 403, 403, 403]);
  });

  test("with a nonce reused on another row", async () => {
    const of = await draft(stage, 802);
    expect((await openSession(stage, of)).status).toBe(201);
    const again = await draft(stage, 802, { extra: { cybs_noncehash: hashOf(of.nonce) } });
    expectRefusal(await openSession(stage, { ...again, nonce: of.nonce }), 403, "nonce_spent");
  });

  test("for a row older than fifteen minutes", async () => {
    const of = await draft(stage, 802);
    await stage.clock.advance("PT16M");
    expectRefusal(await openSession(stage, of), 403, "nonce_expired");
  });

  test("for a row that somebody else has touched", async () => {
    const of = await draft(stage, 802);
    await patch(of, "sysadmin", { cybs_noncehash: hashOf(of.nonce) });
    expectRefusal(await openSession(stage, of), 403, "not_author");
  });

  test("for a row given to somebody else", async () => {
    const of = await draft(stage, 802, { by: "sysadmin" });
    const [user] = await stage.as("sysadmin").find("systemusers?$select=systemuserid&$filter=startswith(domainname,'salesrep@')");
    await patch(of, "sysadmin", { "ownerid@odata.bind": `/systemusers(${String(user?.["systemuserid"])})` });
    expectRefusal(await openSession(stage, of), 403, "not_author");
  });

  test("in another organization", async () => {
    expectRefusal(await openSession(stage, await draft(stage, 802), { organizationId: randomUUID() }), 404, "request_not_found");
  });

  test("for a row that is not there", async () => {
    expectRefusal(await openSession(stage, { ...await draft(stage, 802), id: randomUUID() }), 404, "request_not_found");
  });

  test("for a row that was submitted", async () => {
    const of = await draft(stage, 802);
    await patch(of, "salesrep", { cybs_state: CHOICE + 2 });
    expectRefusal(await openSession(stage, of), 409, "not_draft");
  });

  test.each([["of a stranger", ["https://evil.example"]], ["of a stranger around an honest one", ["", "https://evil.example"]]])("inside a frame %s", async (_whose, origins) => {
    const of = await draft(stage, 802);
    const honest = `http://localhost:${Number(new URL(stage.relayUrl).port) - 1}`;
    expectRefusal(await openSession(stage, of, { ancestorOrigins: origins.map((origin) => origin || honest) }), 403, "chain_not_allowed");
  });
});

describe("a transient token is not taken", () => {
  const session = async (price: number): Promise<{ of: Draft; opened: Answer }> => { const of = await draft(stage, price); return { of, opened: await openSession(stage, of) }; };
  afterEach(async () => { expect(await salesOf(stage, 803)).toEqual([]); });

  test("without the nonce of its session", async () => {
    const { opened } = await session(803);
    expectRefusal(await storeToken(stage, opened, newNonce(), await tokenFor(stage, opened)), 403, "nonce_wrong");
  });

  test("of another context", async () => {
    const mine = await session(803);
    const other = await session(803);
    expectRefusal(await storeToken(stage, mine.opened, mine.of.nonce, await tokenFor(stage, other.opened)), 409, "token_of_other_context");
  });

  test("signed by somebody else with the same key id", async () => {
    const { of, opened } = await session(803);
    const [head = "", payload = ""] = (await tokenFor(stage, opened)).split(".");
    const forged = sign("sha256", Buffer.from(`${head}.${payload}`), generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey).toString("base64url");
    expectRefusal(await storeToken(stage, opened, of.nonce, `${head}.${payload}.${forged}`), 409, "token_of_other_context");
  });

  test("unsigned (alg none)", async () => {
    const { of, opened } = await session(803);
    const [, payload = ""] = (await tokenFor(stage, opened)).split(".");
    const none = Buffer.from(JSON.stringify({ alg: "none" })).toString("base64url");
    const answer = await storeToken(stage, opened, of.nonce, `${none}.${payload}.`);
    expect(answer.status).toBeGreaterThanOrEqual(400);
    expect(["token_of_other_context", "invalid_request"]).toContain(answer.body["code"]);
  });

  test("in a session that nobody opened", async () => {
    const { of, opened } = await session(803);
    const token = await tokenFor(stage, opened);
    expectRefusal(await storeToken(stage, { ...opened, body: { sessionId: randomUUID() } }, of.nonce, token), 410, "session_expired");
  });

  test("beside one that was given before: a card entered again takes its place, and one of them pays", async () => {
    const { of, opened } = await session(804);
    expect((await storeToken(stage, opened, of.nonce, await tokenFor(stage, opened))).status).toBe(204);
    await delay(1_100);
    const second = await storeToken(stage, opened, of.nonce, await tokenFor(stage, opened, { number: "5555555555554444" }));
    expect(second.status).toBe(204);
    await submitDraft(stage, of);
    await reaches(stage, of.id, [STATUS.approved]);
    await expectAgreement(stage, of.id, 804);
    expect(await salesOf(stage, 804)).toHaveLength(1);
    expect((await stage.rows("cybs_payment")).find((row) => row["cybs_capturedamount"] === 804)).toMatchObject({ cybs_lastfour: "4444" });
  });
});

test("a token that paid once cannot pay again: not in its own session, not for another request", async () => {
  const of = await draft(stage, 805);
  const opened = await openSession(stage, of);
  const token = await tokenFor(stage, opened);
  await storeToken(stage, opened, of.nonce, token);
  await submitDraft(stage, of);
  await reaches(stage, of.id, [STATUS.approved]);
  const again = await storeToken(stage, opened, of.nonce, token);
  // The same body is answered the same, and does nothing.
  expect(again.status).toBe(204);
  const second = await draft(stage, 805);
  const other = await openSession(stage, second);
  expectRefusal(await storeToken(stage, other, second.nonce, token), 409, "token_of_other_context");
  await submitDraft(stage, second);
  await stage.clock.advance("PT16M");
  expect(mainOf(await reaches(stage, second.id, [STATUS.expired, STATUS.refused]))["cybs_isfinal"]).toBe(true);
  expect(await salesOf(stage, 805)).toHaveLength(1);
}, 40_000);

describe("too much of it", () => {
  test("a hundred mintings in a minute: the hundred and first is told to wait, and Cybersource is not asked", async () => {
    await stage.clock.advance("PT5M");
    const of = await draft(stage, 806, { by: "refundagent" });
    const answers = await Promise.all(Array.from({ length: 100 }, () => openSession(stage, of)));
    expect(answers.filter((answer) => answer.status === 201)).toHaveLength(1);
    const minted = (await stage.calls()).filter((call) => call.path === "/microform/v2/sessions").length;
    const late = await openSession(stage, await draft(stage, 806, { by: "refundagent" }));
    expectRefusal(late, 429, "too_many_sessions");
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await stage.calls()).filter((call) => call.path === "/microform/v2/sessions")).toHaveLength(minted);
    await stage.clock.advance("PT2M");
    expect((await openSession(stage, await draft(stage, 806, { by: "refundagent" }))).status).toBe(201);
  }, 60_000);

  test("ten declines in an hour stop the user, for an hour", async () => {
    for (let count = 0; count < 10; count++) {
      const of = await payWithNewCard(stage, 6010);
      await reaches(stage, of.id, [STATUS.declined]);
    }
    const stopped = await openSession(stage, await draft(stage, 807));
    expectRefusal(stopped, 429, "too_many_declines");
    expect((await openSession(stage, await draft(stage, 807, { by: "refundagent" }))).status).toBe(201);
    await stage.clock.advance("PT61M");
    expect((await openSession(stage, await draft(stage, 807))).status).toBe(201);
  }, 60_000);

  test("declines of new cards stop new cards of the merchant account, whoever types them, for an hour; saved cards go on", async () => {
    await stage.clock.advance("PT61M");
    const open = await draft(stage, 809, { by: "refundagent" });
    const session = await openSession(stage, open);
    await storeToken(stage, session, open.nonce, await tokenFor(stage, session));
    for (const [by, count] of [["salesrep", 9], ["refundagent", 3]] as const) {
      for (let turn = 0; turn < count; turn++) await reaches(stage, (await payWithNewCard(stage, 6010, by)).id, [STATUS.declined]);
    }
    expectRefusal(await openSession(stage, await draft(stage, 808)), 429, "too_many_declines");
    // One that was opened before is not carried out either.
    await submitDraft(stage, open);
    expect(mainOf(await reaches(stage, open.id, [STATUS.refused]))).toMatchObject({ cybs_reason: "too_many_declines" });
    const saved = await request(stage, { orderId: await stage.order(808), amount: 808, cardId: await stage.savedCard() });
    await reaches(stage, saved, [STATUS.approved]);
    await stage.clock.advance("PT61M");
    expect((await openSession(stage, await draft(stage, 807))).status).toBe(201);
  }, 60_000);
});
