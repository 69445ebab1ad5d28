// The ledger in memory, for simulations of thousands of payments: real transactions (one after the other, taken back when they fail),
// the schema's constraints, the same refusals. Held to the others by tests/ledger. Gone with its process: never for money.
import { randomUUID } from "node:crypto";
import { OPEN_STATES } from "../../domain/payment/effect.ts";
import type { Instant } from "../../domain/time.ts";
import { SHOWN_AFTER_MS } from "../../domain/timeline/trail.ts";
import { deliveryWords, type Ledger, type LedgerGauges, type LedgerTransaction, type VelocityKey } from "../../ports/ledger.ts";
import { cardEntryOver } from "./memory-card-entry.ts";
import * as intents from "./memory-intents.ts";
import { customerKeysOver, ownedRowsOver } from "./memory-owned-rows.ts";
import { reportsOver } from "./memory-reports.ts";
import { surroundingsOver } from "./memory-surroundings.ts";
import { createTables, keyOf, type MemoryTables } from "./memory-tables.ts";
import { createMemoryTraffic } from "./memory-traffic.ts";
import * as work from "./memory-work.ts";
import { NO_OTHERS } from "../wake-others.ts";
import { pauseKey, pauseKeys } from "../pause-keys.ts";

const COUNT_MAX = 1_000;

/** `tables` are new unless given: a simulation looks into them, and goes back to older ones. */
export function openMemoryLedger(ledgerId: string = randomUUID(), tables: MemoryTables = createTables()): Ledger {
  const tx = transactionOver(tables);
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(run: () => Promise<T>): Promise<T> => {
    const mine = last.then(async () => {
      try { const value = await run(); tables.log.commit(); return value; } catch (error) { tables.log.rollback(); throw error; }
    });
    last = mine.catch(() => undefined);
    return mine;
  };
  return {
    ledgerId,
    transaction: (run) => inTurn(() => run(tx)),
    alone: (run) => inTurn(() => run(tx)),
    traffic: createMemoryTraffic(), others: NO_OTHERS,
    takeDue: (query) => inTurn(async () => work.takeDue(tables, query)),
    extendLease: (item, leaseUntil) => inTurn(async () => { work.extendLease(tables, item, leaseUntil); }),
    nextDueAt: (kinds, organizations) => inTurn(async () => work.nextDueAt(tables, kinds, organizations)),
    gauges: (now) => inTurn(async () => gauges(tables, now)),
    check: async () => undefined,
    close: async () => { await last; },
  };
}

function transactionOver(tables: MemoryTables): LedgerTransaction {
  return {
    ...cardEntryOver(tables), surroundings: surroundingsOver(tables), ownedRows: ownedRowsOver(tables), customerKeys: customerKeysOver(tables), reports: reportsOver(tables),
    loadIntent: async (organizationId, paymentRequestId) => tables.intents.get(keyOf(organizationId, paymentRequestId)),
    findByReference: async (organizationId, reference) =>
      tables.intents.values().find((intent) => intent.organizationId === organizationId && intent.effects.some((effect) => effect.attempts.some((attempt) => attempt.merchantReference === reference)))?.paymentRequestId,
    founderOf: async (organizationId, of) => intents.founderOf(tables, organizationId, of),
    dropClaim: async (intent) => { intents.dropClaim(tables, intent); },
    insertIntent: async (intent) => intents.insertIntent(tables, intent),
    saveIntent: async (before, after, options = {}) => { intents.saveIntent(tables, before, after, options.reserve === true); },
    appendEvents: async (intent, events) => {
      const key = keyOf(intent.organizationId, intent.paymentRequestId);
      tables.events.set(key, [...(tables.events.get(key) ?? []), ...events]);
    },
    lockDocument: async (query) => intents.lockDocument(tables, query),
    documentClaims: async (organizationId, document) => intents.documentClaims(tables, organizationId, document),
    loadWithClaims: async (organizationId, paymentRequestId) => {
      const intent = tables.intents.get(keyOf(organizationId, paymentRequestId));
      return intent === undefined ? undefined : { intent, claims: intent.command === undefined ? [] : intents.documentClaims(tables, organizationId, intent.command.document) };
    },
    recordVelocity: async (keys, at) => { for (const key of keys) tables.velocity.set(velocityKey(key), [...(tables.velocity.get(velocityKey(key)) ?? []), at]); },
    countVelocity: async (key, since) => Math.min(COUNT_MAX, (tables.velocity.get(velocityKey(key)) ?? []).filter((at) => at >= since).length),
    blockInstrument: async (query) => { tables.blocked.set(keyOf(query.organizationId, query.merchantId, query.paymentInstrumentId), true); },
    isInstrumentBlocked: async (query) => tables.blocked.has(keyOf(query.organizationId, query.merchantId, query.paymentInstrumentId)),
    pauseAccount: async (query) => { tables.pauses.set(keyOf(query.organizationId, pauseKey(query.merchantId, query.action)), query.until); },
    pausedUntil: async (query) => {
      const pauses = pauseKeys(query).flatMap((key) => tables.pauses.get(keyOf(query.organizationId, key)) ?? []);
      return pauses.length === 0 ? undefined : Math.max(...pauses);
    },
    insertInbox: async (query) => {
      const key = keyOf(query.organizationId, query.source, query.key);
      const isNew = !tables.inbox.has(key);
      if (isNew) tables.inbox.set(key, true);
      return isNew;
    },
    takeDelivery: async ({ organizationId, source, key, at, work: follows, names }) => {
      const inboxKey = keyOf(organizationId, source, key);
      const isNew = !tables.inbox.has(inboxKey);
      const named = names === undefined ? undefined : await surroundingsOver(tables).findPayment(names.merchantReference);
      if (named?.organizationId === organizationId) {
        await surroundingsOver(tables).appendTrail({ ...named, at, source: "webhook", what: deliveryWords(isNew), ...names });
        work.schedule(tables, { kind: "project", organizationId, key: named.paymentRequestId, dueAt: at + SHOWN_AFTER_MS });
      }
      if (!isNew) return false;
      tables.inbox.set(inboxKey, true);
      if (follows !== undefined) work.schedule(tables, { ...follows, organizationId });
      return true;
    },
    hasten: async ({ organizationId, paymentRequestId, ...when }) => {
      const isKnown = (tables.sessionsByRequest.get(keyOf(organizationId, paymentRequestId)) ?? []).length > 0;
      work.schedule(tables, { ...when, organizationId, kind: isKnown ? "advance" : "sweep", key: isKnown ? paymentRequestId : organizationId });
    },
    schedule: async (item) => { work.schedule(tables, item); },
    release: async (item, dueAt) => { work.release(tables, item, dueAt); },
    // What was projected is only counted by the database's gauges; nothing here reads it.
    markProjected: async () => undefined,
    openIncident: async (incident) => {
      const key = keyOf(incident.organizationId, incident.paymentRequestId, incident.kind);
      if (tables.incidents.get(key) === undefined) tables.incidents.set(key, incident);
    },
    connectedAt: async (organizationId, now) => {
      const known = tables.connections.get(organizationId);
      if (known === undefined) tables.connections.set(organizationId, now);
      return known ?? now;
    },
  };
}

const velocityKey = (key: VelocityKey): string => keyOf(key.organizationId, key.scope, key.key);

function countBy(words: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const word of words) counts[word] = (counts[word] ?? 0) + 1;
  return counts;
}

function gauges(tables: MemoryTables, now: Instant): LedgerGauges {
  const states = tables.intents.values().flatMap((intent) => intent.effects.map((effect) => effect.state));
  const due = tables.work.values().map((record) => record.work).filter((item) => item.dueAt <= now);
  return {
    openEffects: countBy(states.filter((state) => OPEN_STATES.includes(state) || state === "review" || state === "partial")), dueWork: countBy(due.map((item) => item.kind)),
    oldestDueAt: due.length === 0 ? undefined : Math.min(...due.map((item) => item.dueAt)), incidents: tables.incidents.values().length,
  };
}
