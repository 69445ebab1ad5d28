// What replicas share about traffic, asked of all three ledgers: idempotency keys, budgets, circuits, and turns between organizations.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { asOrganizationId, asPaymentRequestId, type OrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import { T0 } from "../support/intents.ts";
import { PLACES, type Place } from "./places.ts";

const organization = (): OrganizationId => asOrganizationId(randomUUID());

describe.each(PLACES)("traffic on $name", ({ name, open }) => {
  let place: Place;
  let ledger: Ledger;
  beforeAll(async () => { place = await open(); ledger = place.ledger; }, 60_000);
  afterAll(() => place.close());

  describe("an idempotency key", () => {
    const begin = (key: string, more: { readonly fingerprint?: string; readonly now?: number } = {}) =>
      ledger.traffic.beginRequest({ scope: "s", key, fingerprint: more.fingerprint ?? "f", now: more.now ?? T0, heldUntil: (more.now ?? T0) + 60_000 });

    test("lets one of twenty begin; the rest hear that it runs", async () => {
      const key = randomUUID();
      const answers = await Promise.all(Array.from({ length: 20 }, () => begin(key)));
      expect(answers.filter((one) => one.kind === "begun")).toHaveLength(1);
      expect(answers.filter((one) => one.kind === "in_flight")).toHaveLength(19);
    });

    test("gives the first answer again, and keeps it", async () => {
      const key = randomUUID();
      await begin(key);
      await ledger.traffic.finishRequest({ scope: "s", key, status: 409, sealed: Uint8Array.of(7, 8) });
      await ledger.traffic.finishRequest({ scope: "s", key, status: 201, sealed: Uint8Array.of(9) });
      const again = await begin(key, { now: T0 + 10 * 365 * 86_400_000 });
      expect(again).toMatchObject({ kind: "answered", status: 409 });
      expect(again.kind === "answered" && [...again.sealed]).toEqual([7, 8]);
    });

    test("is refused to another request, before and after the answer", async () => {
      const key = randomUUID();
      await begin(key);
      expect(await begin(key, { fingerprint: "g" })).toEqual({ kind: "other_request" });
      await ledger.traffic.finishRequest({ scope: "s", key, status: 204, sealed: Uint8Array.of() });
      expect(await begin(key, { fingerprint: "g", now: T0 + 120_000 })).toEqual({ kind: "other_request" });
      expect(await ledger.traffic.beginRequest({ scope: "elsewhere", key, fingerprint: "g", now: T0, heldUntil: T0 })).toEqual({ kind: "begun" });
    });

    test("whose process died may begin anew once it is no longer waited for", async () => {
      const key = randomUUID();
      await begin(key);
      expect(await begin(key, { now: T0 + 60_000 })).toEqual({ kind: "in_flight" });
      expect(await begin(key, { now: T0 + 60_001 })).toEqual({ kind: "begun" });
    });
  });

  describe("a budget", () => {
    const take = async (key: string, wanted: number, now: number): Promise<number> => (await ledger.traffic.takeTokens({ key, perSecond: 2, burst: 10, wanted, now })).granted;

    test("begins full, is never overdrawn, and refills with time up to its burst", async () => {
      const key = randomUUID();
      expect([await take(key, 6, T0), await take(key, 6, T0), await take(key, 1, T0)]).toEqual([6, 4, 0]);
      expect([await take(key, 5, T0 + 1_000), await take(key, 5, T0 + 1_200), await take(key, 100, T0 + 3_600_000)]).toEqual([2, 0, 10]);
    });

    test("is shared: forty that ask at once get what is in it", async () => {
      const key = randomUUID();
      const granted = await Promise.all(Array.from({ length: 40 }, () => take(key, 1, T0)));
      expect(granted.reduce((sum, one) => sum + one, 0)).toBe(10);
    });

    test("gives nothing for a clock that goes back", async () => {
      const key = randomUUID();
      await take(key, 10, T0);
      expect(await take(key, 1, T0 - 60_000)).toBe(0);
      expect(await take(key, 9, T0 + 1_000)).toBe(2);
    });
  });

  describe("a budget that is held", () => {
    const take = (key: string, now: number) => ledger.traffic.takeTokens({ key, perSecond: 2, burst: 10, wanted: 5, now });

    test.each([{ name: "before anybody took of it", isNew: true }, { name: "in the middle", isNew: false }])("$name gives nothing until then, says so, and refills from there", async ({ isNew }) => {
      const key = randomUUID();
      if (!isNew) await take(key, T0);
      await ledger.traffic.holdTokens({ key, until: T0 + 60_000 });
      expect(await take(key, T0 + 1_000)).toEqual({ granted: 0, refilledAt: T0 + 60_000 });
      expect(await take(key, T0 + 60_000)).toEqual({ granted: 0, refilledAt: T0 + 60_000 });
      expect(await take(key, T0 + 61_000)).toEqual({ granted: 2, refilledAt: T0 + 61_000 });
    });

    test("is not let go by a shorter hold", async () => {
      const key = randomUUID();
      await ledger.traffic.holdTokens({ key, until: T0 + 60_000 });
      await ledger.traffic.holdTokens({ key, until: T0 + 5_000 });
      expect(await take(key, T0 + 10_000)).toEqual({ granted: 0, refilledAt: T0 + 60_000 });
    });
  });

  describe("a circuit", () => {
    test("opens after as many failures as it may have, is probed by one at a time, and closes", async () => {
      const of = { organizationId: organization(), merchantId: "m" };
      const fail = (at: number) => ledger.traffic.noteFailure({ ...of, failuresMax: 3, at, probeAt: at + 1_000 });
      expect((await fail(T0)).openedAt).toBeUndefined();
      expect((await fail(T0 + 1)).openedAt).toBeUndefined();
      expect(await ledger.traffic.claimProbe({ ...of, now: T0 + 9_000, nextProbeAt: T0 + 9_001 })).toBe(false);
      expect(await fail(T0 + 2)).toMatchObject({ failures: 3, openedAt: T0 + 2, probeAt: T0 + 1_002 });
      expect((await fail(T0 + 3)).openedAt).toBe(T0 + 2);
      expect((await ledger.traffic.circuits()).filter((one) => one.organizationId === of.organizationId)).toHaveLength(1);
      const probes = await Promise.all(Array.from({ length: 5 }, () => ledger.traffic.claimProbe({ ...of, now: T0 + 2_000, nextProbeAt: T0 + 12_000 })));
      expect(probes.filter(Boolean)).toHaveLength(1);
      await ledger.traffic.tryCircuit(of);
      expect((await ledger.traffic.circuits()).find((one) => one.organizationId === of.organizationId)).toMatchObject({ failures: 4, openedAt: undefined });
      expect(await fail(T0 + 3_000)).toMatchObject({ failures: 5, openedAt: T0 + 3_000 });
      await ledger.traffic.closeCircuit(of);
      expect((await ledger.traffic.circuits()).filter((one) => one.organizationId === of.organizationId)).toEqual([]);
    });
  });

  test("the store's clock is the database's, where there is one", async () => {
    const now = await ledger.traffic.now();
    if (name === "memory") expect(now).toBeUndefined();
    else expect(Math.abs(Number(now) - Date.now())).toBeLessThan(60_000);
  });

  describe("a delivery", () => {
    const take = (of: OrganizationId, key: string) => ledger.alone((tx) => tx.takeDelivery({ organizationId: of, source: "cybersource", key, at: T0, work: { kind: "event", key: `look at ${key}`, dueAt: T0 } }));
    const due = async (of: OrganizationId) => (await ledger.takeDue({ now: T0, wireNow: T0, leaseUntil: T0 + 1, kinds: ["event", "advance", "sweep"], limit: 1_000 })).filter((work) => work.organizationId === of);

    test("is taken once, and its work scheduled once, however many come at the same time", async () => {
      const of = organization();
      const taken = await Promise.all(Array.from({ length: 10 }, () => take(of, "one")));
      expect(taken.filter(Boolean)).toHaveLength(1);
      expect((await due(of)).map(({ kind, key, version }) => ({ kind, key, version }))).toEqual([{ kind: "event", key: "look at one", version: 1 }]);
    });

    test("is told apart from all that arrive with it, each of them twice", async () => {
      const of = organization();
      const keys = Array.from({ length: 250 }, (_, index) => `together ${index}`);
      const taken = await Promise.all([...keys, ...keys].map(async (key) => ((await take(of, key)) ? key : undefined)));
      expect(taken.filter((key) => key !== undefined).sort()).toEqual([...keys].sort());
      expect((await due(of)).map(({ key, version }) => `${key} ${version}`).sort()).toEqual(keys.map((key) => `look at ${key} 1`).sort());
    });

    test("shares its work with those that arrive with it and want the same", async () => {
      const of = organization();
      const taken = await Promise.all(Array.from({ length: 20 }, (_, index) => ledger.alone((tx) => tx.takeDelivery({ organizationId: of, source: "dataverse", key: `shared ${index}`, at: T0, work: { kind: "sweep", key: of, dueAt: T0 } }))));
      expect(taken).toEqual(Array.from({ length: 20 }, () => true));
      expect((await due(of)).map(({ kind, key }) => ({ kind, key }))).toEqual([{ kind: "sweep", key: of }]);
    });

    test("is taken although the database refuses one that arrives with it", async () => {
      const of = organization();
      // PostgreSQL keeps no text with this character.
      const outcomes = await Promise.allSettled(["before", "refused \u0000", "after"].map((key) => take(of, key)));
      expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", name === "memory" ? "fulfilled" : "rejected", "fulfilled"]);
      expect(await take(of, "before")).toBe(false);
    });

    test("with nothing to do is only kept", async () => {
      const of = organization();
      const query = { organizationId: of, source: "cybersource", key: "none", at: T0 } as const;
      expect([await ledger.alone((tx) => tx.takeDelivery(query)), await ledger.alone((tx) => tx.takeDelivery(query))]).toEqual([true, false]);
      expect(await due(of)).toEqual([]);
    });

    test("a poke hastens a row that card entry was opened for; every other one only the sweep", async () => {
      const of = organization();
      const [known, stranger] = [asPaymentRequestId(randomUUID()), asPaymentRequestId(randomUUID())];
      await ledger.alone((tx) => tx.insertSession({ sessionId: randomUUID(), organizationId: of, paymentRequestId: known, nonceHash: "h", userId: "u", mintedAt: T0, expiresAt: T0, action: "sale" }));
      for (const paymentRequestId of [known, stranger, stranger]) await ledger.alone((tx) => tx.hasten({ organizationId: of, paymentRequestId, dueAt: T0 }));
      expect((await due(of)).map(({ kind, key }) => `${kind} ${key}`).sort()).toEqual([`advance ${known}`, `sweep ${of}`]);
    });
  });

  describe("due work", () => {
    const flood = async (of: OrganizationId, count: number, from: number): Promise<void> => {
      await ledger.transaction(async (tx) => { for (let index = 0; index < count; index++) await tx.schedule({ kind: "advance", organizationId: of, key: `${index}`, dueAt: from + index }); });
    };
    const takeDue = (limit: number, perOrganization?: ReadonlyMap<OrganizationId, number>) => ledger.takeDue({ now: T0, wireNow: T0, leaseUntil: T0 + 1_000, kinds: ["advance"], limit, perOrganization });

    test("one organization floods, another has a single new piece: it is taken with the first", async () => {
      const [loud, quiet] = [organization(), organization()];
      await flood(loud, 300, T0 - 100_000);
      await flood(quiet, 1, T0 - 1);
      const first = await takeDue(4);
      expect(first.map((work) => work.organizationId).filter((id) => id === quiet)).toHaveLength(1);
      expect(first.filter((work) => work.organizationId === loud).map((work) => work.key).sort()).toEqual(["0", "1", "2"]);
      expect((await takeDue(500)).filter((work) => work.organizationId === loud)).toHaveLength(297);
    });

    test("an organization is given no more hands than it may have", async () => {
      const loud = organization();
      await flood(loud, 20, T0 - 1_000);
      expect((await takeDue(16, new Map([[loud, 3]]))).filter((work) => work.organizationId === loud)).toHaveLength(3);
      expect((await takeDue(16, new Map([[loud, 0]]))).filter((work) => work.organizationId === loud)).toHaveLength(0);
      expect((await takeDue(100)).filter((work) => work.organizationId === loud)).toHaveLength(17);
    });

    test("what is due for an organization that this process does not know is left to those that do", async () => {
      const [known, unknown] = [organization(), organization()];
      await flood(known, 2, T0 - 1_000);
      await flood(unknown, 2, T0 - 2_000);
      const taken = await takeDue(16, new Map([[known, 16]]));
      expect(taken.map((work) => work.organizationId)).toEqual([known, known]);
      expect(await ledger.nextDueAt(["advance"], [known])).toBeUndefined();
      expect(await ledger.nextDueAt(["advance"], [unknown])).toBe(T0 - 2_000);
      expect((await takeDue(100)).filter((work) => work.organizationId === unknown)).toHaveLength(2);
    });

    test("eight workers at once take each piece once", async () => {
      const of = organization();
      await flood(of, 64, T0 - 1_000);
      const taken = (await Promise.all(Array.from({ length: 8 }, () => takeDue(8)))).flat().filter((work) => work.organizationId === of);
      for (let left = await takeDue(16); left.length > 0; left = await takeDue(16)) taken.push(...left.filter((work) => work.organizationId === of));
      expect(new Set(taken.map((work) => work.key)).size).toBe(64);
      expect(taken).toHaveLength(64);
    });

    test("carries the trace of who asked for it last", async () => {
      const of = organization();
      const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
      await ledger.alone((tx) => tx.schedule({ kind: "advance", organizationId: of, key: "k", dueAt: T0, trace }));
      await ledger.alone((tx) => tx.schedule({ kind: "advance", organizationId: of, key: "k", dueAt: T0 }));
      expect((await takeDue(100)).find((work) => work.organizationId === of)?.trace).toBe(trace);
    });
  });
});
