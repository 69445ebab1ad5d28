// What the ledger keeps beside payments, in memory. Held to the SQL by tests/ledger.
import { deriveSums } from "../../domain/payment/derive-sums.ts";
import { TRAIL_MAX } from "../../domain/timeline/trail.ts";
import type { PaymentKey, SurroundingsLedger } from "../../ports/surroundings-ledger.ts";
import { keyOf, type MemoryTables } from "./memory-tables.ts";

const keyOfPayment = (key: PaymentKey): string => keyOf(key.organizationId, key.paymentRequestId);

export function surroundingsOver(tables: MemoryTables): SurroundingsLedger {
  return { ...refundsOver(tables), ...allocationsOver(tables), ...cardsOver(tables), ...trailOver(tables) };
}

function refundsOver(tables: MemoryTables): Pick<SurroundingsLedger, "lockBooks" | "bookRefund" | "releaseRefund" | "bookedRefund" | "spentMinor"> {
  return {
    // Transactions here run one after the other: there is nothing to lock.
    lockBooks: async () => undefined,
    bookRefund: async (refund) => {
      const key = keyOf(refund.organizationId, refund.refundRequestId);
      if (!tables.refunds.has(key)) tables.refunds.set(key, { refund, isReleased: false });
    },
    releaseRefund: async (organizationId, refundRequestId) => {
      const key = keyOf(organizationId, refundRequestId);
      const booked = tables.refunds.get(key);
      if (booked !== undefined) tables.refunds.set(key, { ...booked, isReleased: true });
    },
    bookedRefund: async (organizationId, refundRequestId) => tables.refunds.get(keyOf(organizationId, refundRequestId))?.refund,
    spentMinor: async (query) => tables.refunds.values()
      .filter(({ refund, isReleased }) => !isReleased && refund.organizationId === query.organizationId && refund.currency === query.currency && refund.at >= query.since && refund.at <= (query.until ?? Infinity) && refund.refundRequestId !== query.except
        && ("authorId" in query ? refund.authorId === query.authorId : refund.customerId === query.customerId))
      .reduce((sum, { refund }) => sum + refund.minor, 0n),
  };
}

function allocationsOver(tables: MemoryTables): Pick<SurroundingsLedger, "allocationsOf" | "allocatedMinor" | "saveAllocations" | "paymentsToWatch"> {
  const appliedTo = (key: string): bigint => (tables.allocations.get(key) ?? []).reduce((sum, row) => sum + row.amountMinor, 0n);
  return {
    allocationsOf: async (key) => tables.allocations.get(keyOfPayment(key)) ?? [],
    allocatedMinor: async ({ organizationId, invoiceId, except }) => tables.intents.values()
      .filter((intent) => intent.organizationId === organizationId && intent.paymentRequestId !== except)
      .flatMap((intent) => tables.allocations.get(keyOfPayment(intent)) ?? []).filter((row) => row.invoiceId === invoiceId).reduce((sum, row) => sum + row.amountMinor - row.refundedMinor, 0n),
    saveAllocations: async (key, allocations) => {
      const others = (tables.allocations.get(keyOfPayment(key)) ?? []).map((row) => allocations.find((one) => one.invoiceId === row.invoiceId) ?? row);
      tables.allocations.set(keyOfPayment(key), [...others, ...allocations.filter((one) => others.every((row) => row.invoiceId !== one.invoiceId))]);
    },
    paymentsToWatch: async ({ organizationId, after, limit }) => tables.intents.values()
      .filter((intent) => intent.organizationId === organizationId && intent.paymentRequestId > after && intent.command !== undefined)
      .filter((intent) => { const sums = deriveSums(intent); return sums.authorized - sums.reversed > sums.captured || sums.captured > appliedTo(keyOfPayment(intent)); })
      .map((intent) => intent.paymentRequestId).sort().slice(0, limit),
  };
}

function cardsOver(tables: MemoryTables): Pick<SurroundingsLedger, "notePaidWith" | "hasPaidWith" | "cardHolders" | "changeCardHolder"> {
  return {
    notePaidWith: async (query) => { tables.paidWith.set(keyOf(query.organizationId, query.customerId, query.paymentInstrumentId), true); },
    hasPaidWith: async (query) => tables.paidWith.has(keyOf(query.organizationId, query.customerId, query.paymentInstrumentId)),
    cardHolders: async ({ organizationId, cards }) => cards.map(({ paymentMethodId, customerId }) => {
      const key = keyOf(organizationId, paymentMethodId);
      if (!tables.cardHolders.has(key)) tables.cardHolders.set(key, customerId);
      return tables.cardHolders.get(key) ?? customerId;
    }),
    changeCardHolder: async ({ organizationId, paymentMethodId, customerId }) => { tables.cardHolders.set(keyOf(organizationId, paymentMethodId), customerId); },
  };
}

function trailOver(tables: MemoryTables): Pick<SurroundingsLedger, "appendTrail" | "happeningsOf" | "findPayment" | "isNoted" | "forgetNote"> {
  return {
    isNoted: async ({ organizationId, key }) => tables.inbox.has(keyOf(organizationId, "notice", key)),
    forgetNote: async ({ organizationId, key }) => { tables.inbox.delete(keyOf(organizationId, "notice", key)); },
    appendTrail: async (entry) => { tables.trail.set(keyOfPayment(entry), [...(tables.trail.get(keyOfPayment(entry)) ?? []), entry]); },
    happeningsOf: async (key) => ({ events: (tables.events.get(keyOfPayment(key)) ?? []).slice(-TRAIL_MAX), trail: (tables.trail.get(keyOfPayment(key)) ?? []).slice(-TRAIL_MAX) }),
    findPayment: async (id) => {
      const found = tables.intents.values().find((intent) => [intent.paymentRequestId, intent.paymentId, ...intent.effects.flatMap((effect) => [effect.effectId, ...effect.attempts.map((attempt) => attempt.merchantReference)])].some((one) => one === id));
      return found === undefined ? undefined : { organizationId: found.organizationId, paymentRequestId: found.paymentRequestId };
    },
  };
}
