// Other people's edits and customers' keys, asked of all three ledgers alike; what a key that was thrown away leaves of a customer's details.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { createSealer } from "../../plugin-proxy/src/crypto/seal.ts";
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { keepDetail, openDetail } from "../../plugin-proxy/src/flows/detail.ts";
import { eraseDetails } from "../../plugin-proxy/src/flows/erase-details.ts";
import type { Ledger, LedgerTransaction } from "../../plugin-proxy/src/ports/ledger.ts";
import { command, effect, intent, T0, usd } from "../support/intents.ts";
import { PLACES, type Place } from "./places.ts";

const ADA = { billTo: { lastName: "Lovelace", city: "London" }, lines: [] } as const;
const NOTHING = { billTo: {}, lines: [] };

describe.each(PLACES)("on $name", ({ open }) => {
  let place: Place;
  let ledger: Ledger;
  let organizationId = asOrganizationId(randomUUID());
  const sealer = createSealer(() => ["the configuration's key"]);
  const inTx = <T>(work: (tx: LedgerTransaction) => Promise<T>): Promise<T> => ledger.transaction(work);
  const erase = (customerId: string, paymentRequestIds: readonly string[], withKey = true) => eraseDetails({ ledger, clocks: { business: () => T0 + 5, wire: () => T0 + 5 } }, { organizationId, customerId, paymentRequestIds, withKey });
  beforeAll(async () => { place = await open(); ledger = place.ledger; }, 60_000);
  afterAll(() => place.close());
  beforeEach(() => { organizationId = asOrganizationId(randomUUID()); });

  const detailOf = (customerId: string, paymentRequestId = asPaymentRequestId(randomUUID())) => ({ organizationId, customerId, paymentRequestId });
  function sale(state: "approved" | "sent"): Intent {
    const paymentRequestId = asPaymentRequestId(randomUUID());
    const attempts = [{ attempt: 1, merchantReference: asMerchantReference(`REF-${paymentRequestId}`), transactionId: asTransactionId(`TX-${paymentRequestId}`) }];
    return intent(effect(state, { effectId: asEffectId(randomUUID()), amount: usd(100n), attempts }), { organizationId, paymentRequestId, paymentId: randomUUID(), command: command({ organizationId, paymentRequestId, document: { kind: "salesorder", id: randomUUID() }, amount: usd(100n) }) });
  }

  test("positions are kept by organization and table, and written over", async () => {
    await inTx(async (tx) => { await tx.ownedRows.keepPositions(organizationId, { payment: "a", transaction: "b" }); await tx.ownedRows.keepPositions(organizationId, { payment: "c" }); });
    expect(await inTx((tx) => tx.ownedRows.positions(organizationId))).toEqual({ payment: "c", transaction: "b" });
    expect(await inTx((tx) => tx.ownedRows.positions(asOrganizationId(randomUUID())))).toEqual({});
  });

  test("a row is found by payment, by effect and by what was noted, in its own organization only", async () => {
    const one = sale("approved");
    const noted = randomUUID();
    await inTx(async (tx) => { await tx.insertIntent(one); await tx.ownedRows.noteRows({ ...one, rowIds: [noted] }); await tx.ownedRows.noteRows({ ...one, rowIds: [noted] }); });
    for (const rowId of [one.paymentId, one.effects[0]?.effectId ?? "", noted]) {
      expect(await inTx((tx) => tx.ownedRows.paymentOfRow(organizationId, rowId))).toBe(one.paymentRequestId);
      expect(await inTx((tx) => tx.ownedRows.paymentOfRow(asOrganizationId(randomUUID()), rowId))).toBeUndefined();
    }
  });

  test("a payment is behind where a later revision of it is shown, in its own organization only", async () => {
    const one = sale("approved");
    await inTx((tx) => tx.insertIntent({ ...one, revision: 4 }));
    const shown = (revision: number) => [{ paymentId: one.paymentId, revision }, { paymentId: randomUUID(), revision: 99 }];
    expect(await inTx((tx) => tx.ownedRows.behindOf(organizationId, shown(5)))).toEqual([{ paymentRequestId: one.paymentRequestId, revision: 5 }]);
    expect(await inTx((tx) => tx.ownedRows.behindOf(organizationId, shown(4)))).toEqual([]);
    expect(await inTx((tx) => tx.ownedRows.behindOf(asOrganizationId(randomUUID()), shown(5)))).toEqual([]);
    expect(await inTx((tx) => tx.ownedRows.behindOf(organizationId, []))).toEqual([]);
  });

  test("of rows that the relay wrote, those are unknown that change a payment of this ledger and were never met here", async () => {
    const one = sale("approved");
    const other = sale("approved");
    await inTx(async (tx) => { await tx.insertIntent(one); await tx.insertIntent(other); });
    const written = (paymentId: string, paymentRequestId: string) => ({ table: "refundrequest", paymentId, paymentRequestId: asPaymentRequestId(paymentRequestId) } as const);
    const lost = written(one.paymentId, randomUUID());
    const met = [written(one.paymentId, one.paymentRequestId), written(one.paymentId, other.paymentRequestId)];
    const ofNobody = written(randomUUID(), randomUUID());
    expect(await inTx((tx) => tx.ownedRows.unknownOf(organizationId, [...met, lost, ofNobody]))).toEqual([lost]);
    expect(await inTx((tx) => tx.ownedRows.unknownOf(asOrganizationId(randomUUID()), [lost]))).toEqual([]);
    expect(await inTx((tx) => tx.ownedRows.unknownOf(organizationId, []))).toEqual([]);
  });

  test("details are sealed under their customer's key; without it nothing opens them, and another customer's stay open", async () => {
    const [ada, later, bob] = [detailOf("ada"), detailOf("ada"), detailOf("bob")];
    await inTx(async (tx) => { for (const one of [ada, later, bob]) await keepDetail(tx, sealer, one, ADA); });
    expect(await inTx((tx) => openDetail(tx, sealer, later))).toEqual(ADA);
    // As a backup holds it: the box, and no key.
    const box = await inTx((tx) => tx.loadDetail(organizationId, ada.paymentRequestId));
    expect(await erase("ada", [ada.paymentRequestId])).toEqual({ erased: [ada.paymentRequestId], kept: [], key: "thrown_away" });
    await inTx((tx) => tx.putDetail(organizationId, ada.paymentRequestId, box ?? new Uint8Array()));
    for (const one of [ada, later]) expect(await inTx((tx) => openDetail(tx, sealer, one))).toEqual(NOTHING);
    expect(await inTx((tx) => openDetail(tx, sealer, bob))).toEqual(ADA);
    expect(await inTx((tx) => tx.customerKeys.erasedAt(ada))).toBe(T0 + 5);
  });

  test("who comes back gets another key, which opens nothing of before", async () => {
    const [before, after] = [detailOf("ada"), detailOf("ada")];
    await inTx((tx) => keepDetail(tx, sealer, before, ADA));
    await erase("ada", []);
    await inTx((tx) => keepDetail(tx, sealer, after, ADA));
    expect(await inTx((tx) => openDetail(tx, sealer, after))).toEqual(ADA);
    expect(await inTx((tx) => openDetail(tx, sealer, before))).toEqual(NOTHING);
    expect(await inTx((tx) => tx.customerKeys.erasedAt(after))).toBe(T0 + 5);
  });

  test("a payment that is not finished keeps its details and the key; a customer nobody knows has none", async () => {
    const open = sale("sent");
    const owner = detailOf("ada", open.paymentRequestId);
    await inTx(async (tx) => { await tx.insertIntent(open); await keepDetail(tx, sealer, owner, ADA); });
    expect(await erase("ada", [open.paymentRequestId])).toEqual({ erased: [], kept: [open.paymentRequestId], key: "kept" });
    expect(await inTx((tx) => openDetail(tx, sealer, owner))).toEqual(ADA);
    expect(await erase("ada", [], false)).toMatchObject({ key: "kept" });
    expect(await erase("nobody", [])).toEqual({ erased: [], kept: [], key: "none" });
  });

  test("what was kept before customers had keys still opens, and a key is unwrapped by either of two while they are exchanged", async () => {
    const [old, ada] = [detailOf("old"), detailOf("ada")];
    await inTx(async (tx) => { await tx.putDetail(organizationId, old.paymentRequestId, sealer.seal(JSON.stringify(ADA), `detail:${organizationId}:${old.paymentRequestId}`)); await keepDetail(tx, sealer, ada, ADA); });
    const exchanged = createSealer(() => ["a newer key", "the configuration's key"]);
    for (const one of [old, ada]) expect(await inTx((tx) => openDetail(tx, exchanged, one))).toEqual(ADA);
    // The old key is gone: what it opened is closed, and what is kept from now on has a key of its own again, which can be thrown away.
    const newer = createSealer(() => ["a newer key"]);
    expect(await inTx((tx) => openDetail(tx, newer, ada))).toEqual(NOTHING);
    const later = detailOf("ada");
    for (let times = 0; times < 2; times++) await inTx((tx) => keepDetail(tx, newer, later, ADA));
    expect(await inTx((tx) => openDetail(tx, newer, later))).toEqual(ADA);
    const box = await inTx((tx) => tx.loadDetail(organizationId, later.paymentRequestId));
    await erase("ada", []);
    expect(box).toBeDefined();
    expect(await inTx((tx) => openDetail(tx, newer, later))).toEqual(NOTHING);
  });
});
