// One merchant account that is not reached, floods, or is slow: its own calls wait, everybody else's go on, and it comes back by itself.
// Two replicas on one ledger, time in the test's hands.
import { beforeEach, describe, expect, test } from "@jest/globals";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { asOrganizationId, asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { createAdmission, GUARD_DEFAULTS } from "../../plugin-proxy/src/jobs/guard-calls.ts";
import { createHands } from "../../plugin-proxy/src/jobs/hands.ts";
import { createRateBudget } from "../../plugin-proxy/src/jobs/rate-budget.ts";
import type { Admission } from "../../plugin-proxy/src/ports/admission.ts";
import type { GatewayAnswer, LookAnswer, MerchantBinding } from "../../plugin-proxy/src/ports/gateway.ts";
import type { Traffic } from "../../plugin-proxy/src/ports/traffic.ts";
import { T0 } from "../support/intents.ts";

const account = (merchantId: string, organizationId = "0a000000-0000-4000-8000-000000000001"): MerchantBinding => ({ organizationId: asOrganizationId(organizationId), merchantId, environment: "test" });
const contoso = account("contoso");
const fabrikam = account("fabrikam");
const ANSWERS = {
  approved: { kind: "approved", facts: { requestId: asRequestId("7000000000000000000001") } }, notSent: { kind: "not_sent", cause: "ECONNREFUSED" },
  noAnswer: { kind: "unknown", cause: "HTTP 502", event: "no_answer", isAlarming: false }, unreadable: { kind: "unknown", cause: "no id", event: "unreadable", isAlarming: true },
  refused: { kind: "refused", reason: "INVALID_DATA", isTransient: false, needsLook: false },
} as const satisfies Record<string, GatewayAnswer>;

let now = T0;
let traffic: Traffic;
let looks: MerchantBinding[];
let isReached: boolean | "refused";
let alarms: string[];
const look = async ({ binding }: { readonly binding: MerchantBinding }): Promise<LookAnswer> => { looks.push(binding); return isReached === true ? { kind: "looked", found: [], isComplete: true } : { kind: "unavailable", cause: "search", ...(isReached === "refused" ? { isRefused: true } : {}) }; };

function replica(more: { readonly inFlightMax?: number; readonly perSecond?: number } = {}): Admission {
  const clock = () => now;
  const budget = more.perSecond === undefined ? undefined : createRateBudget({ traffic, now: clock }, { perSecond: more.perSecond, burst: 2 * more.perSecond, handful: 1 });
  return createAdmission({
    traffic, gateway: { look }, hands: createHands(more.inFlightMax ?? 100), clocks: { wire: clock, business: clock }, budget, random: () => 0,
    reporter: { info: () => undefined, count: () => undefined, alarm: (name) => { alarms.push(name); } },
  }, GUARD_DEFAULTS);
}

async function call(of: Admission, binding: MerchantBinding, answer: GatewayAnswer): Promise<boolean> {
  const admitted = await of.admit(binding);
  if (admitted.isAdmitted) await of.settle(binding, answer);
  return admitted.isAdmitted;
}
const fail = async (of: Admission, times: number, answer: GatewayAnswer = ANSWERS.noAnswer): Promise<void> => { for (let count = 0; count < times; count++) await call(of, contoso, answer); };

beforeEach(async () => { now = T0; traffic = (await openLedger({ memory: true })).traffic; looks = []; isReached = false; alarms = []; });

describe("the circuit of a merchant account", () => {
  test.each(["notSent", "noAnswer"] as const)("opens after five calls in a row that were %s, for every replica, and says so once", async (kind) => {
    const [one, other] = [replica(), replica()];
    await fail(one, 4, ANSWERS[kind]);
    expect(await call(other, contoso, ANSWERS[kind])).toBe(true);
    now += 1_500;
    for (const each of [one, other]) expect(await each.admit(contoso)).toMatchObject({ isAdmitted: false, reason: "cybersource_away" });
    expect(alarms).toEqual(["cybersource_not_reached"]);
    expect(await call(one, fabrikam, ANSWERS.approved)).toBe(true);
  });

  test.each(["refused", "unreadable", "approved"] as const)("stays closed while something is answered, if only %s", async (kind) => {
    const one = replica();
    for (let count = 0; count < 6; count++) { await fail(one, 3); await call(one, contoso, ANSWERS[kind]); }
    expect(await one.admit(contoso)).toEqual({ isAdmitted: true });
  });

  test("is tried by a read, one replica at a time, ever more rarely; the first read that is answered opens the way", async () => {
    const [one, other] = [replica(), replica()];
    await fail(one, 5);
    now += 4_000;
    await one.admit(contoso);
    expect(looks).toHaveLength(0);
    const gaps: number[] = [];
    for (let probed = now; gaps.length < 6; now += 500) {
      const before = looks.length;
      for (const each of [one, other]) expect((await each.admit(contoso)).isAdmitted).toBe(false);
      expect(looks.length - before).toBeLessThanOrEqual(1);
      if (looks.length > before) { gaps.push(now - probed); probed = now; }
    }
    expect(gaps.slice(1)).toEqual([...gaps.slice(1)].sort((left, right) => left - right));
    expect(Math.max(...gaps)).toBeLessThanOrEqual(60_500);
    isReached = true;
    now += 61_000;
    expect(await call(one, contoso, ANSWERS.approved)).toBe(true);
    now += 1_500;
    expect(await other.admit(contoso)).toEqual({ isAdmitted: true });
    expect(await traffic.circuits()).toEqual([]);
  });

  test("after a read was answered, calls go one at a time until one was answered, too; one that was not opens it at once, for longer", async () => {
    const one = replica();
    await fail(one, 5);
    isReached = true;
    let gapMs = 0;
    for (const isAnswered of [false, false, true]) {
      const from = now;
      for (; !(await one.admit(contoso)).isAdmitted; now += 500) await Promise.resolve();
      expect(now - from).toBeGreaterThan(gapMs);
      gapMs = now - from;
      expect(await one.admit(contoso)).toMatchObject({ isAdmitted: false, reason: "account_busy" });
      await one.settle(contoso, isAnswered ? ANSWERS.refused : ANSWERS.noAnswer);
      if (!isAnswered) expect(await one.admit(contoso)).toMatchObject({ isAdmitted: false, reason: "cybersource_away" });
    }
    for (let count = 0; count < 3; count++) expect(await one.admit(contoso)).toEqual({ isAdmitted: true });
    expect(await traffic.circuits()).toEqual([]);
  });

  test("a read that is turned away (429, a key without the right to search) was answered: payments are not kept waiting for it", async () => {
    const one = replica();
    await fail(one, 5);
    isReached = "refused";
    now += 6_000;
    expect(await call(one, contoso, ANSWERS.approved)).toBe(true);
    expect(await traffic.circuits()).toEqual([]);
  });

  test("tells when to come back, and never before now", async () => {
    const one = replica();
    await fail(one, 5);
    const answer = await one.admit(contoso);
    expect(answer.isAdmitted ? 0 : answer.until).toBeGreaterThanOrEqual(now + 1_000);
  });
});

describe("the budget of a merchant account", () => {
  test("is shared by replicas, and nobody else's", async () => {
    const replicas = [replica({ perSecond: 10 }), replica({ perSecond: 10 })];
    let admitted = 0;
    for (let count = 0; count < 40; count++) if (await call(replicas[count % 2] ?? replica(), contoso, ANSWERS.approved)) admitted += 1;
    expect(admitted).toBe(20);
    expect(await replicas[0]?.admit(contoso)).toMatchObject({ isAdmitted: false, reason: "rate_limited", until: now + 100 });
    expect(await call(replicas[0] ?? replica(), fabrikam, ANSWERS.approved)).toBe(true);
    now += 500;
    for (let count = 0; count < 10; count++) if (await call(replicas[count % 2] ?? replica(), contoso, ANSWERS.approved)) admitted += 1;
    expect(admitted).toBe(25);
  });
});

describe("the hands of a process", () => {
  test("an account that does not answer for long gets no more than its share", async () => {
    const one = replica({ inFlightMax: 12 });
    const answers = await Promise.all(Array.from({ length: 16 }, () => one.admit(contoso)));
    expect(answers.filter((answer) => answer.isAdmitted)).toHaveLength(12);
    expect(answers.find((answer) => !answer.isAdmitted)).toMatchObject({ reason: "account_busy" });
    expect(await one.admit(fabrikam)).toEqual({ isAdmitted: true });
    await one.settle(contoso, undefined);
    expect(await one.admit(contoso)).toEqual({ isAdmitted: true });
  });

  test("a ledger that does not answer while its budget is asked for costs the account no hand", async () => {
    const whole = traffic;
    let isAway = true;
    traffic = { ...whole, takeTokens: (query) => (isAway ? Promise.reject(new Error("Connection terminated unexpectedly")) : whole.takeTokens(query)) };
    const one = replica({ inFlightMax: 2, perSecond: 10 });
    for (let count = 0; count < 5; count++) await expect(one.admit(contoso)).rejects.toThrow("Connection");
    isAway = false;
    expect(await one.admit(contoso)).toEqual({ isAdmitted: true });
  });
});
