// One behaviour, three ledgers: PostgreSQL, PGlite in a folder, and memory. Whatever the relay relies on is asked of each of them.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Effect, EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { LedgerConflict, type Ledger, type LedgerTransaction, type Session, type StoredToken } from "../../plugin-proxy/src/ports/ledger.ts";
import { command, effect, event, intent, T0, usd } from "../support/intents.ts";
import { row } from "../support/changes.ts";
import { PLACES, type Place } from "./places.ts";

/** An intent of its own in the test's organization. Documents and ids are its own unless said otherwise. */
function makeIntent(organizationId = asOrganizationId(randomUUID()), more: { readonly state?: EffectState; readonly documentId?: string; readonly minor?: bigint } = {}): Intent {
  const paymentRequestId = asPaymentRequestId(randomUUID());
  const attempts = [{ attempt: 1, merchantReference: asMerchantReference(`REF-${paymentRequestId}`), transactionId: asTransactionId(`TX-${paymentRequestId}`) }];
  const main = effect(more.state ?? "planned", { effectId: asEffectId(randomUUID()), amount: usd(more.minor ?? 12_400n), attempts });
  const frozen = command({ organizationId, paymentRequestId, document: { kind: "salesorder", id: more.documentId ?? randomUUID() }, amount: usd(more.minor ?? 12_400n) });
  return intent(main, { organizationId, paymentRequestId, paymentId: randomUUID(), command: frozen });
}
const withEffects = (before: Intent, effects: readonly Effect[]): Intent => ({ ...before, effects, revision: before.revision + 1 });
const mainOf = mainEffect;
const moved = (before: Intent, more: Partial<Effect>): Intent => withEffects(before, [{ ...mainOf(before), ...more }, ...before.effects.slice(1)]);
const session = (of: Intent, more: Partial<Session> = {}): Session => ({ sessionId: randomUUID(), organizationId: of.organizationId, paymentRequestId: of.paymentRequestId, nonceHash: randomUUID(), userId: "u", mintedAt: T0, expiresAt: T0 + 900_000, action: "sale", ...more });
const token = (of: Intent, more: Partial<StoredToken> = {}): StoredToken => ({ organizationId: of.organizationId, paymentRequestId: of.paymentRequestId, sessionId: "s-1", jti: randomUUID(), bodyHash: "h", sealed: Uint8Array.of(1, 2, 3), expiresAt: T0, lastFour: "1111", ...more });

describe.each(PLACES)("the ledger on $name", ({ open }) => {
  let place: Place;
  let ledger: Ledger;
  let organizationId = asOrganizationId(randomUUID());
  const inTx = <T>(work: (tx: LedgerTransaction) => Promise<T>): Promise<T> => ledger.transaction(work);
  const insert = async (of: Intent): Promise<Intent> => { expect(await inTx((tx) => tx.insertIntent(of))).toBe(true); return of; };
  const load = (of: Intent) => inTx((tx) => tx.loadIntent(of.organizationId, of.paymentRequestId));
  beforeAll(async () => { place = await open(); ledger = place.ledger; }, 60_000);
  afterAll(() => place.close());
  beforeEach(() => { organizationId = asOrganizationId(randomUUID()); });

  test("gives back an intent as it was put in, money exact", async () => {
    const put = await insert(makeIntent(organizationId, { minor: 9_007_199_254_740_993n }));
    expect(await load(put)).toEqual(put);
    expect(await inTx((tx) => tx.loadIntent(asOrganizationId(randomUUID()), put.paymentRequestId))).toBeUndefined();
  });

  test("takes an intent once", async () => {
    const put = await insert(makeIntent(organizationId));
    expect(await inTx((tx) => tx.insertIntent(put))).toBe(false);
  });

  test("a save that lost the race writes nothing", async () => {
    const put = await insert(makeIntent(organizationId));
    const sent = moved(put, { state: "sent" });
    await inTx((tx) => tx.saveIntent(put, sent));
    await expect(inTx((tx) => tx.saveIntent(put, moved(put, { state: "withdrawn" })))).rejects.toBeInstanceOf(LedgerConflict);
    expect((await load(put))?.effects[0]?.state).toBe("sent");
  });

  test("of twenty that want to send, one does", async () => {
    const put = await insert(makeIntent(organizationId));
    const tries = await Promise.allSettled(Array.from({ length: 20 }, () => inTx((tx) => tx.saveIntent(put, moved(put, { state: "sent" })))));
    expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  });

  test("everything in a transaction that fails is taken back", async () => {
    const put = makeIntent(organizationId);
    await expect(inTx(async (tx) => {
      await tx.insertIntent(put);
      await tx.insertSession(session(put));
      await tx.schedule({ kind: "advance", organizationId, key: put.paymentRequestId, dueAt: T0 });
      throw new Error("power cut");
    })).rejects.toThrow("power cut");
    expect(await load(put)).toBeUndefined();
    expect(await inTx((tx) => tx.latestSession(organizationId, put.paymentRequestId))).toBeUndefined();
    expect((await ledger.takeDue({ now: T0, wireNow: T0, leaseUntil: T0 + 1, kinds: ["advance"], limit: 100 })).filter((work) => work.organizationId === organizationId)).toEqual([]);
  });

  test("a payment has one open effect, and an undo runs beside an unknown", async () => {
    const put = await insert(makeIntent(organizationId, { state: "unknown" }));
    const second: Effect = { ...effect("planned", { effectId: asEffectId(randomUUID()), step: "capture-1", kind: "capture", attempts: [] }) };
    await expect(inTx((tx) => tx.saveIntent(put, withEffects(put, [...put.effects, second])))).rejects.toMatchObject({ name: "LedgerConflict", message: "one_open_effect" });
    const undo = { ...second, effectId: asEffectId(randomUUID()), step: "timeout_reversal-1", kind: "timeout_reversal" as const, undoes: mainOf(put).effectId };
    const undoing = withEffects(put, [...put.effects, undo]);
    await inTx((tx) => tx.saveIntent(put, undoing));
    expect(await load(put)).toEqual(undoing);
    const again = { ...undo, effectId: asEffectId(randomUUID()), step: "timeout_reversal-2" };
    await expect(inTx((tx) => tx.saveIntent(undoing, withEffects(undoing, [...undoing.effects, again])))).rejects.toMatchObject({ message: "one_open_undo" });
    const surplus = { ...again, targetRequestId: asRequestId("7000000000000000000009") };
    await inTx((tx) => tx.saveIntent(undoing, withEffects(undoing, [...undoing.effects, surplus])));
  });

  test.each([["merchantReference", "attempt_merchant_reference_key"], ["transactionId", "attempt_transaction_id_key"]] as const)("an attempt's %s is used once for ever", async (name, constraint) => {
    const first = await insert(makeIntent(organizationId));
    const other = makeIntent(organizationId);
    const attempt = { ...mainOf(other).attempts[0], [name]: mainOf(first).attempts[0]?.[name] } as Effect["attempts"][number];
    await expect(inTx((tx) => tx.insertIntent({ ...other, effects: [{ ...mainOf(other), attempts: [attempt] }] }))).rejects.toMatchObject({ name: "LedgerConflict", message: constraint });
    expect(await load(other)).toBeUndefined();
  });

  test("a new attempt is kept with the effect", async () => {
    const put = await insert(makeIntent(organizationId));
    const attempts = [...mainOf(put).attempts, { attempt: 2, merchantReference: asMerchantReference(randomUUID()), transactionId: asTransactionId(randomUUID()) }];
    const after = moved(put, { attempts });
    await inTx((tx) => tx.saveIntent(put, after));
    expect(await load(put)).toEqual(after);
  });

  describe("a document", () => {
    const frozenAt = (of: Intent): Intent => ({ ...of, revision: of.revision + 1 });
    /** Claimed without money, then frozen and planned: the step that reserves. */
    async function reserve(documentId: string, minor: bigint, limitMinor: bigint): Promise<Intent> {
      const planned = makeIntent(organizationId, { documentId, minor });
      const claimed: Intent = { ...planned, command: undefined, effects: [{ ...mainOf(planned), state: "claiming", amount: undefined, attempts: [] }] };
      await insert(claimed);
      await inTx(async (tx) => {
        await tx.lockDocument({ organizationId, document: { kind: "salesorder", id: documentId }, limitMinor, currency: "USD", except: planned.paymentRequestId });
        await tx.saveIntent(claimed, frozenAt(planned), { reserve: true });
      });
      return frozenAt(planned);
    }

    test("is never overdrawn by a wish", async () => {
      await reserve("order-a", 7_000n, 10_000n);
      await expect(reserve("order-a", 3_001n, 10_000n)).rejects.toMatchObject({ name: "LedgerConflict", message: "document_not_overdrawn" });
      await reserve("order-a", 3_000n, 10_000n);
    });

    test("is never overdrawn by many at once", async () => {
      const tries = await Promise.allSettled(Array.from({ length: 12 }, () => reserve("order-b", 3_000n, 10_000n)));
      expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(3);
      const claims = await inTx((tx) => tx.documentClaims(organizationId, { kind: "salesorder", id: "order-b" }));
      expect(claims.reduce((sum, claim) => sum + claim.exposureMinor, 0n)).toBe(9_000n);
    });

    test("gives back what a payment no longer takes", async () => {
      const first = await reserve("order-c", 10_000n, 10_000n);
      await inTx((tx) => tx.saveIntent(first, moved(first, { state: "declined" })));
      await reserve("order-c", 10_000n, 10_000n);
    });

    test("lets a fact raise its limit, because money that was found is taken", async () => {
      const gone = await reserve("order-d", 10_000n, 10_000n);
      const absent = moved(gone, { state: "absent" });
      await inTx((tx) => tx.saveIntent(gone, absent));
      await reserve("order-d", 10_000n, 10_000n);
      await inTx((tx) => tx.saveIntent(absent, moved(absent, { state: "approved" })));
      await expect(reserve("order-d", 1n, 10_000n)).rejects.toBeInstanceOf(LedgerConflict);
    });

    test("tells what others take, without the one who asks", async () => {
      const first = await reserve("order-e", 4_000n, 10_000n);
      const second = await reserve("order-e", 5_000n, 10_000n);
      const asked = await inTx((tx) => tx.lockDocument({ organizationId, document: { kind: "salesorder", id: "order-e" }, limitMinor: 10_000n, currency: "USD", except: second.paymentRequestId }));
      expect(asked).toEqual([{
        paymentRequestId: first.paymentRequestId, paymentId: first.paymentId, exposureMinor: 4_000n, authorizedMinor: 0n, capturedMinor: 0n, refundedMinor: 0n,
        isOpen: true, isUnknown: false, needsAttention: false, authorName: "Ann Weiler", since: T0,
      }]);
      expect(await inTx((tx) => tx.documentClaims(asOrganizationId(randomUUID()), { kind: "salesorder", id: "order-e" }))).toEqual([]);
    });

    test("is seen in one look with a payment and all claims on it", async () => {
      const first = await reserve("order-f", 4_000n, 10_000n);
      const second = await reserve("order-f", 5_000n, 10_000n);
      await reserve("order-g", 1_000n, 10_000n);
      const seen = await ledger.alone((tx) => tx.loadWithClaims(organizationId, second.paymentRequestId));
      expect(seen?.intent).toEqual(await load(second));
      const claims = await inTx((tx) => tx.documentClaims(organizationId, { kind: "salesorder", id: "order-f" }));
      const inOrder = (of: typeof claims): typeof claims => [...of].sort((a, b) => (a.paymentRequestId < b.paymentRequestId ? -1 : 1));
      expect(inOrder(seen?.claims ?? [])).toEqual(inOrder(claims));
      expect(claims.map((claim) => claim.paymentRequestId).sort()).toEqual([first.paymentRequestId, second.paymentRequestId].sort());
      expect(await ledger.alone((tx) => tx.loadWithClaims(asOrganizationId(randomUUID()), second.paymentRequestId))).toBeUndefined();
    });
  });

  test("a delivery that names a payment stands on its timeline and is shown within a minute, a repeated one as ignored; of another organization's nothing is said", async () => {
    const named = await insert(makeIntent(organizationId));
    const merchantReference = asMerchantReference(String(mainOf(named).attempts[0]?.merchantReference));
    const take = (of: typeof organizationId, reference = merchantReference) => ledger.alone((tx) => tx.takeDelivery({ organizationId: of, source: "cybersource", key: "d-1", at: T0, names: { merchantReference: reference, kind: "payments.capture", requestId: "7" } }));
    expect([await take(organizationId), await take(organizationId), await take(asOrganizationId(randomUUID())), await take(organizationId, asMerchantReference("NOBODY"))]).toEqual([true, false, true, false]);
    const line = { organizationId, paymentRequestId: named.paymentRequestId, at: T0, source: "webhook", kind: "payments.capture", requestId: "7", merchantReference };
    expect(await inTx((tx) => tx.surroundings.happeningsOf(named))).toMatchObject({ trail: [{ ...line, what: "received" }, { ...line, what: "duplicate_ignored" }] });
    const due = async (now: number): Promise<readonly string[]> => (await ledger.takeDue({ now, wireNow: now, leaseUntil: now + 1, kinds: ["project"], limit: 100 })).filter((work) => work.organizationId === organizationId).map((work) => work.key);
    expect([await due(T0 + 59_999), await due(T0 + 60_000)]).toEqual([[], [named.paymentRequestId]]);
  });

  describe("later rows of a payment", () => {
    const approvedSale = (): Intent => {
      const of = makeIntent(organizationId, { state: "approved" });
      return { ...of, effects: [{ ...mainOf(of), kind: "sale", facts: { requestId: asRequestId("7000000000000000000001"), amount: usd(12_400n), isCaptured: true } }] };
    };
    const withRow = (of: Intent, minor: bigint): Intent => {
      const wish = row("refund", minor, { commandId: asPaymentRequestId(randomUUID()) });
      const claim: Effect = { ...effect("queued", { effectId: asEffectId(randomUUID()), step: "claim", kind: "refund", amount: usd(minor), attempts: [] }), commandId: wish.commandId, parentId: mainOf(of).effectId };
      return { ...of, commands: [...of.commands, wish], effects: [...of.effects, claim], revision: of.revision + 1 };
    };

    test("belong to one payment, found by either id, and a row is claimed once", async () => {
      const put = await insert(approvedSale());
      const after = withRow(put, 1_000n);
      const commandId = after.commands[0]?.commandId ?? asPaymentRequestId("");
      await inTx((tx) => tx.saveIntent(put, after));
      expect(await load(put)).toEqual(after);
      expect(await inTx((tx) => tx.founderOf(organizationId, { commandId }))).toBe(put.paymentRequestId);
      expect(await inTx((tx) => tx.founderOf(organizationId, { paymentId: put.paymentId }))).toBe(put.paymentRequestId);
      expect(await inTx((tx) => tx.founderOf(asOrganizationId(randomUUID()), { commandId }))).toBeUndefined();
      const provisional = makeIntent(organizationId);
      expect(await inTx((tx) => tx.insertIntent({ ...provisional, paymentRequestId: commandId }))).toBe(false);
    });

    test("a claim moves to its payment in one transaction, or not at all", async () => {
      const target = await insert(approvedSale());
      const made = makeIntent(organizationId, { state: "claiming" });
      const claiming: Intent = { ...made, command: undefined, effects: [{ ...mainOf(made), amount: undefined, attempts: [] }] };
      await insert(claiming);
      const moveTo = (after: Intent): Intent => ({ ...after, effects: [...after.effects.slice(0, -1), { ...(after.effects.at(-1) ?? mainOf(claiming)), effectId: mainOf(claiming).effectId }] });
      const after = moveTo(withRow(target, 500n));
      await expect(inTx(async (tx) => { await tx.dropClaim(claiming); await tx.saveIntent(target, after); throw new Error("power cut"); })).rejects.toThrow("power cut");
      expect(await load(claiming)).toEqual(claiming);
      await inTx(async (tx) => { await tx.dropClaim(claiming); await tx.saveIntent(target, after); });
      expect(await load(claiming)).toBeUndefined();
      expect(await load(target)).toEqual(after);
    });

    test("never give back more of a capture than it took, whatever the caller thinks", async () => {
      const put = await insert(approvedSale());
      const first = withRow(put, 12_000n);
      await inTx((tx) => tx.saveIntent(put, first, { reserve: true }));
      await expect(inTx((tx) => tx.saveIntent(first, withRow(first, 401n), { reserve: true }))).rejects.toMatchObject({ name: "LedgerConflict", message: "capture_not_overdrawn" });
      const exact = withRow(first, 400n);
      await inTx((tx) => tx.saveIntent(first, exact, { reserve: true }));
      const found = withRow(exact, 5n);
      await inTx((tx) => tx.saveIntent(exact, found));
      expect(await load(put)).toEqual(found);
    });
  });

  test("a nonce mints once in an organization, and the latest session is found", async () => {
    const of = makeIntent(organizationId);
    const first = session(of);
    const later = session(of, { mintedAt: T0 + 1 });
    expect(await inTx((tx) => tx.insertSession(first))).toBe("inserted");
    expect(await inTx((tx) => tx.insertSession(session(of, { nonceHash: first.nonceHash })))).toBe("nonce_spent");
    expect(await inTx((tx) => tx.insertSession({ ...session(of, { nonceHash: first.nonceHash }), organizationId: asOrganizationId(randomUUID()) }))).toBe("inserted");
    expect(await inTx((tx) => tx.insertSession(later))).toBe("inserted");
    expect(await inTx((tx) => tx.latestSession(organizationId, of.paymentRequestId))).toEqual(later);
    expect(await inTx((tx) => tx.loadSession(first.sessionId))).toEqual(first);
    expect(await inTx((tx) => tx.loadSession(randomUUID()))).toBeUndefined();
  });

  test("a token is stored once, and cannot come back after it was discarded", async () => {
    const of = makeIntent(organizationId);
    const one = token(of, { typeCode: "001" });
    expect(await inTx((tx) => tx.putTransientToken(one))).toBe("stored");
    expect(await inTx((tx) => tx.putTransientToken(one))).toBe("same");
    expect(await inTx((tx) => tx.putTransientToken({ ...one, sessionId: "s-2" }))).toBe("replayed");
    const loaded = await inTx((tx) => tx.loadTransientToken(organizationId, of.paymentRequestId));
    expect({ ...loaded, sealed: [...(loaded?.sealed ?? [])] }).toEqual({ ...one, sealed: [1, 2, 3] });
    await inTx((tx) => tx.discardTransientToken(organizationId, of.paymentRequestId));
    expect(await inTx((tx) => tx.loadTransientToken(organizationId, of.paymentRequestId))).toBeUndefined();
    expect(await inTx((tx) => tx.putTransientToken({ ...one, sessionId: "s-3" }))).toBe("replayed");
  });

  test("details are replaced, read and dropped", async () => {
    const { paymentRequestId } = makeIntent(organizationId);
    await inTx((tx) => tx.putDetail(organizationId, paymentRequestId, Uint8Array.of(1)));
    await inTx((tx) => tx.putDetail(organizationId, paymentRequestId, Uint8Array.of(2)));
    expect([...((await inTx((tx) => tx.loadDetail(organizationId, paymentRequestId))) ?? [])]).toEqual([2]);
    await inTx((tx) => tx.discardDetail(organizationId, paymentRequestId));
    expect(await inTx((tx) => tx.loadDetail(organizationId, paymentRequestId))).toBeUndefined();
  });

  test("counts what happened since, per organization, scope and key", async () => {
    const key = { organizationId, scope: "decline", key: "user-1" } as const;
    for (const at of [T0, T0 + 1, T0 + 2]) await inTx((tx) => tx.recordVelocity([key, { ...key, key: "user-2" }], at));
    expect(await inTx((tx) => tx.countVelocity(key, T0 + 1))).toBe(2);
    expect(await inTx((tx) => tx.countVelocity({ ...key, scope: "mint" }, T0))).toBe(0);
    expect(await inTx((tx) => tx.countVelocity({ ...key, organizationId: asOrganizationId(randomUUID()) }, T0))).toBe(0);
  });

  test("blocks a card, pauses an account, keeps the later pause", async () => {
    const card = { organizationId, merchantId: "m", paymentInstrumentId: "PI" };
    expect(await inTx((tx) => tx.isInstrumentBlocked(card))).toBe(false);
    await inTx((tx) => tx.blockInstrument({ ...card, reason: "stolen", at: T0 }));
    await inTx((tx) => tx.blockInstrument({ ...card, reason: "stolen", at: T0 }));
    expect(await inTx((tx) => tx.isInstrumentBlocked(card))).toBe(true);
    const account = { organizationId, merchantId: "m" };
    expect(await inTx((tx) => tx.pausedUntil(account))).toBeUndefined();
    for (const until of [T0, T0 + 60_000]) await inTx((tx) => tx.pauseAccount({ ...account, until, reason: "401" }));
    expect(await inTx((tx) => tx.pausedUntil(account))).toBe(T0 + 60_000);
    await inTx((tx) => tx.pauseAccount({ ...account, action: "refund", until: T0 + 90_000, reason: "INVALID_MERCHANT_CONFIGURATION" }));
    expect(await inTx((tx) => tx.pausedUntil({ ...account, actions: ["void", "refund"] }))).toBe(T0 + 90_000);
    expect(await inTx((tx) => tx.pausedUntil({ ...account, actions: ["sale"] }))).toBe(T0 + 60_000);
  });

  test("a message is received once", async () => {
    const message = { organizationId, source: "dataverse", key: "k", at: T0 } as const;
    expect(await inTx((tx) => tx.insertInbox(message))).toBe(true);
    expect(await inTx((tx) => tx.insertInbox(message))).toBe(false);
    expect(await inTx((tx) => tx.insertInbox({ ...message, source: "decision" }))).toBe(true);
  });

  test("remembers when it first met an organization", async () => {
    expect(await inTx((tx) => tx.connectedAt(organizationId, T0))).toBe(T0);
    expect(await inTx((tx) => tx.connectedAt(organizationId, T0 + 5))).toBe(T0);
  });

  test("events and repeated incidents are taken", async () => {
    const put = await insert(makeIntent(organizationId));
    const before = (await ledger.gauges(T0)).incidents;
    await inTx((tx) => tx.appendEvents(put, [event("send"), event("approved", { facts: { requestId: asRequestId("7"), amount: usd(1n) } })]));
    for (const detail of ["a", "b"]) await inTx((tx) => tx.openIncident({ organizationId, paymentRequestId: put.paymentRequestId, kind: "found_live", detail, at: T0 }));
    await inTx((tx) => tx.markProjected(organizationId, put.paymentRequestId, 1));
    expect((await ledger.gauges(T0)).incidents).toBe(before + 1);
  });

  describe("work", () => {
    const due = (wireNow: number, now = T0 + 10): Promise<readonly string[]> =>
      ledger.takeDue({ now, wireNow, leaseUntil: wireNow + 1_000, kinds: ["advance"], limit: 100 }).then((works) => works.filter((work) => work.organizationId === organizationId).map((work) => work.key));
    const put = (key: string, dueAt: number): Promise<void> => inTx((tx) => tx.schedule({ kind: "advance", organizationId, key, dueAt }));
    const takeOne = async () => {
      const [work] = (await ledger.takeDue({ now: T0 + 10, wireNow: T0, leaseUntil: T0 + 1_000, kinds: ["advance"], limit: 100 })).filter((one) => one.organizationId === organizationId);
      if (work === undefined) throw new Error("nothing was due");
      return work;
    };

    test("is taken when due, by one, until its lease ends", async () => {
      await put("a", T0);
      await put("later", T0 + 60_000);
      expect(await due(T0)).toEqual(["a"]);
      expect(await due(T0 + 999)).toEqual([]);
      expect(await due(T0 + 1_001)).toEqual(["a"]);
    });

    test("an extended lease holds longer", async () => {
      await put("a", T0);
      await ledger.extendLease(await takeOne(), T0 + 5_000);
      expect(await due(T0 + 4_999)).toEqual([]);
      expect(await due(T0 + 5_001)).toEqual(["a"]);
    });

    test("is due at the earlier of two times", async () => {
      await put("a", T0 + 50.5);
      await put("a", T0 + 5);
      await put("a", T0 + 90);
      expect(await takeOne()).toMatchObject({ dueAt: T0 + 5, tries: 1, version: 3 });
    });

    test("is gone when done, again when asked, and stays when it was scheduled meanwhile", async () => {
      await put("a", T0);
      const first = await takeOne();
      await inTx((tx) => tx.release(first, T0 + 5));
      const second = await takeOne();
      expect(second).toMatchObject({ dueAt: T0 + 5, tries: 2 });
      await put("a", T0 + 6);
      await inTx((tx) => tx.release(second, undefined));
      const third = await takeOne();
      await inTx((tx) => tx.release(third, undefined));
      expect(await due(T0 + 99_999)).toEqual([]);
    });

    test("a worker that slept through its lease neither ends nor moves what another one holds", async () => {
      await put("a", T0);
      const slept = await takeOne();
      const [holds] = (await ledger.takeDue({ now: T0 + 10, wireNow: T0 + 2_000, leaseUntil: T0 + 3_000, kinds: ["advance"], limit: 100 })).filter((one) => one.organizationId === organizationId);
      if (holds === undefined) throw new Error("the lease did not end");
      await inTx((tx) => tx.release(slept, undefined));
      await ledger.extendLease(slept, T0 + 90_000);
      expect(await due(T0 + 2_500)).toEqual([]);
      await inTx((tx) => tx.release(holds, T0 + 5));
      expect(await due(T0 + 2_500)).toEqual(["a"]);
    });

    test("a worker that slept until its work was done, scheduled anew and taken does not end what it does not hold", async () => {
      await put("a", T0);
      await put("a", T0);
      const slept = await takeOne();
      const [other] = (await ledger.takeDue({ now: T0 + 10, wireNow: T0 + 2_000, leaseUntil: T0 + 3_000, kinds: ["advance"], limit: 100 })).filter((one) => one.organizationId === organizationId);
      if (other === undefined) throw new Error("the lease did not end");
      await inTx((tx) => tx.release(other, undefined));
      await put("a", T0);
      const anew = await takeOne();
      await put("a", T0 + 1);
      expect(anew.lease).not.toBe(slept.lease);
      await inTx((tx) => tx.release(slept, undefined));
      await inTx((tx) => tx.release(anew, undefined));
      expect(await due(T0)).toEqual(["a"]);
    });

    test("ten workers at once share it without taking anything twice", async () => {
      for (let index = 0; index < 30; index++) await put(`k${index}`, T0);
      const taken = await Promise.all(Array.from({ length: 10 }, () => ledger.takeDue({ now: T0 + 10, wireNow: T0, leaseUntil: T0 + 1_000, kinds: ["advance"], limit: 5 })));
      const keys = taken.flat().filter((work) => work.organizationId === organizationId).map((work) => work.key);
      expect(new Set(keys).size).toBe(keys.length);
    });

    test("tells when the next is due", async () => {
      await put("a", T0 - 86_400_000);
      expect(await ledger.nextDueAt(["advance"])).toBe(T0 - 86_400_000);
      await inTx((tx) => tx.release({ kind: "advance", organizationId, key: "a", dueAt: T0, tries: 0, version: 1, lease: 0 }, undefined));
    });
  });
});
