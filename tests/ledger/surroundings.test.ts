// What the ledger keeps beside payments, asked of all three ledgers alike.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { asEffectId, asMerchantReference, asOrganizationId, asPaymentRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import type { Ledger, LedgerTransaction } from "../../plugin-proxy/src/ports/ledger.ts";
import type { BookedRefund } from "../../plugin-proxy/src/ports/surroundings-ledger.ts";
import { command, effect, event, intent, T0, usd } from "../support/intents.ts";
import { PLACES, type Place } from "./places.ts";

function approvedPayment(organizationId: Intent["organizationId"], kind: "authorization" | "sale"): Intent {
  const paymentRequestId = asPaymentRequestId(randomUUID());
  const main = effect("approved", {
    effectId: asEffectId(randomUUID()), kind, amount: usd(100n), facts: { requestId: randomUUID() as never, amount: usd(100n), isCaptured: kind === "sale" },
    attempts: [{ attempt: 1, merchantReference: asMerchantReference(`REF-${paymentRequestId}`), transactionId: asTransactionId(`TX-${paymentRequestId}`) }],
  });
  return intent(main, { organizationId, paymentRequestId, paymentId: randomUUID(), command: command({ organizationId, paymentRequestId, document: { kind: "salesorder", id: randomUUID() }, amount: usd(100n) }) });
}

describe.each(PLACES)("beside payments, on $name", ({ open }) => {
  let place: Place;
  let ledger: Ledger;
  let organizationId = asOrganizationId(randomUUID());
  const inTx = <T>(work: (tx: LedgerTransaction["surroundings"], whole: LedgerTransaction) => Promise<T>): Promise<T> => ledger.transaction((tx) => work(tx.surroundings, tx));
  beforeAll(async () => { place = await open(); ledger = place.ledger; }, 60_000);
  afterAll(() => place.close());
  beforeEach(() => { organizationId = asOrganizationId(randomUUID()); });
  const booked = (more: Partial<BookedRefund> = {}): BookedRefund => ({ organizationId, refundRequestId: asPaymentRequestId(randomUUID()), authorId: "carla", customerId: "fabrikam", currency: "USD", minor: 40n, at: T0, hands: ["carla", "flow"], ...more });
  const key = () => ({ organizationId, paymentRequestId: asPaymentRequestId(randomUUID()) });

  test("refunds count by author and by customer since an instant, in their currency, until they are released", async () => {
    const first = booked();
    await inTx(async (tx) => {
      for (const one of [first, booked({ minor: 2n, authorId: "bob" }), booked({ minor: 4n, customerId: "contoso" }), booked({ minor: 8n, currency: "EUR" }), booked({ minor: 16n, at: T0 - 1 })]) await tx.bookRefund(one);
      await tx.bookRefund({ ...first, minor: 999n });
    });
    const spent = (more: { authorId: string } | { customerId: string }, except = asPaymentRequestId("none"), until?: number) => inTx((tx) => tx.spentMinor({ organizationId, currency: "USD", since: T0, until, except, ...more }));
    expect(await spent({ authorId: "carla" })).toBe(44n);
    expect([await spent({ authorId: "carla" }, undefined, T0), await spent({ authorId: "carla" }, undefined, T0 - 1)]).toEqual([44n, 0n]);
    expect(await spent({ customerId: "fabrikam" })).toBe(42n);
    expect(await spent({ authorId: "carla" }, first.refundRequestId)).toBe(4n);
    expect(await inTx((tx) => tx.bookedRefund(organizationId, first.refundRequestId))).toEqual(first);
    await inTx((tx) => tx.releaseRefund(organizationId, first.refundRequestId));
    expect(await spent({ authorId: "carla" })).toBe(4n);
  });

  test("who locks a book is alone with it", async () => {
    const order: string[] = [];
    await Promise.all(["first", "second"].map((name) => inTx(async (tx) => {
      await tx.lockBooks(organizationId, ["author carla", "customer fabrikam"]);
      order.push(`${name} in`);
      await tx.spentMinor({ organizationId, currency: "USD", since: 0, except: asPaymentRequestId("none"), authorId: "carla" });
      order.push(`${name} out`);
    })));
    expect(order[0]?.split(" ")[0]).toBe(order[1]?.split(" ")[0]);
  });

  test("allocations stand by payment and invoice, and sum up over the other payments of an invoice", async () => {
    const [one, other] = await inTx(async (_, tx) => {
      const both = [approvedPayment(organizationId, "sale"), approvedPayment(organizationId, "sale")] as const;
      for (const payment of both) await tx.insertIntent(payment);
      return both;
    });
    await inTx((tx) => tx.saveAllocations(one, [{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 0n }, { invoiceId: "i2", amountMinor: 40n, refundedMinor: 0n }], T0));
    await inTx((tx) => tx.saveAllocations(one, [{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 10n }], T0 + 1));
    expect(await inTx((tx) => tx.allocationsOf(one))).toEqual([{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 10n }, { invoiceId: "i2", amountMinor: 40n, refundedMinor: 0n }]);
    expect(await inTx((tx) => tx.allocatedMinor({ organizationId, invoiceId: "i1", except: other.paymentRequestId }))).toBe(50n);
    expect(await inTx((tx) => tx.allocatedMinor({ organizationId, invoiceId: "i1", except: one.paymentRequestId }))).toBe(0n);
  });

  test("what has something left to capture or to apply is watched, page by page", async () => {
    const payments = await inTx(async (_, tx) => {
      const all = [approvedPayment(organizationId, "authorization"), approvedPayment(organizationId, "sale"), approvedPayment(organizationId, "sale")];
      for (const payment of all) await tx.insertIntent(payment);
      return all;
    });
    const applied = payments[2];
    if (applied !== undefined) await inTx((tx) => tx.saveAllocations(applied, [{ invoiceId: "i1", amountMinor: 100n, refundedMinor: 0n }], T0));
    const expected = payments.slice(0, 2).map((payment) => payment.paymentRequestId).sort();
    const first = await inTx((tx) => tx.paymentsToWatch({ organizationId, after: "", limit: 1 }));
    expect(first).toEqual(expected.slice(0, 1));
    expect(await inTx((tx) => tx.paymentsToWatch({ organizationId, after: first[0] ?? "", limit: 9 }))).toEqual(expected.slice(1));
  });

  test("a card keeps the holder it was first seen with until that is changed", async () => {
    const [mine, other] = [randomUUID(), randomUUID()];
    const seen = (...cards: readonly (readonly [string, string])[]): Promise<readonly string[]> => inTx((tx) => tx.cardHolders({ organizationId, cards: cards.map(([paymentMethodId, customerId]) => ({ paymentMethodId, customerId })) }));
    expect(await seen([mine, "fabrikam"])).toEqual(["fabrikam"]);
    expect(await seen([other, "adventure"], [mine, "contoso"])).toEqual(["adventure", "fabrikam"]);
    await inTx((tx) => tx.changeCardHolder({ organizationId, paymentMethodId: mine, customerId: "contoso" }));
    expect(await seen([mine, "fabrikam"], [other, "contoso"])).toEqual(["contoso", "adventure"]);
    expect(await seen()).toEqual([]);
  });

  test("a customer has paid with what was noted, and with nothing else", async () => {
    await inTx((tx) => tx.notePaidWith({ organizationId, customerId: "fabrikam", paymentInstrumentId: "pi" }));
    await inTx((tx) => tx.notePaidWith({ organizationId, customerId: "fabrikam", paymentInstrumentId: "pi" }));
    expect(await inTx((tx) => tx.hasPaidWith({ organizationId, customerId: "fabrikam", paymentInstrumentId: "pi" }))).toBe(true);
    expect(await inTx((tx) => tx.hasPaidWith({ organizationId, customerId: "contoso", paymentInstrumentId: "pi" }))).toBe(false);
  });

  test("the trail and the events of a payment come back in the order they were written", async () => {
    const of = key();
    const entries = [{ ...of, at: T0 + 5, source: "gateway" as const, what: "called", answer: "approved", durationMs: 12 }, { ...of, at: T0, source: "webhook" as const, what: "duplicate_ignored" }];
    for (const entry of entries) await inTx((tx) => tx.appendTrail(entry));
    expect(await inTx((tx) => tx.happeningsOf(of))).toEqual({ events: [], trail: entries });
    const payment = approvedPayment(organizationId, "sale");
    const events = [event("send"), event("approved")];
    await inTx(async (_, tx) => { await tx.insertIntent(payment); await tx.appendEvents(payment, events); });
    expect((await inTx((tx) => tx.happeningsOf(payment))).events.map((one) => one.kind)).toEqual(["send", "approved"]);
  });

  test("a payment is found by its request, its row, its transaction and its reference", async () => {
    const payment = approvedPayment(organizationId, "sale");
    await inTx((_, tx) => tx.insertIntent(payment));
    const found = { organizationId, paymentRequestId: payment.paymentRequestId };
    for (const id of [payment.paymentRequestId, payment.paymentId, payment.effects[0]?.effectId ?? "", payment.effects[0]?.attempts[0]?.merchantReference ?? ""]) expect(await inTx((tx) => tx.findPayment(id))).toEqual(found);
    expect(await inTx((tx) => tx.findPayment(randomUUID()))).toBeUndefined();
  });
});
