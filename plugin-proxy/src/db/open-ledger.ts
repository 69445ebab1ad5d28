// The ledger on PostgreSQL or on PGlite: the same SQL, the same rules. In memory: the same rules without SQL.
import { randomUUID } from "node:crypto";
import type { EffectEvent } from "../domain/payment/events.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { toExactJson } from "../domain/exact-json.ts";
import { LedgerConflict, type Ledger, type LedgerGauges, type LedgerTransaction, type OtherProcesses } from "../ports/ledger.ts";
import * as cardEntry from "./card-entry.ts";
import { customerKeysOver } from "./customer-keys.ts";
import { openPGlite, type Database, type Sql } from "./database.ts";
import { createDeliveryDesk, takeDeliveries } from "./deliveries.ts";
import * as documents from "./documents.ts";
import * as guards from "./guards.ts";
import * as intents from "./intents.ts";
import { openMemoryLedger } from "./memory/open-memory-ledger.ts";
import { migrate } from "./migrate.ts";
import { ownedRowsOver } from "./owned-rows.ts";
import { FOR_EVER, openPostgres } from "./postgres.ts";
import { reportsOver } from "./reports.ts";
import { surroundingsOver } from "./surroundings.ts";
import { trafficOver } from "./traffic.ts";
import { NO_OTHERS, othersOver } from "./wake-others.ts";
import * as work from "./work.ts";

export type LedgerPlace = { readonly databaseUrl: string } | { readonly directory: string } | { readonly memory: true };

/** Opens, migrates, and reads (or makes) the ledger's id. On PGlite all leases of an earlier process end here: nobody else can hold them. */
export async function openLedger(place: LedgerPlace): Promise<Ledger> {
  if ("memory" in place) return openMemoryLedger();
  const isShared = "databaseUrl" in place;
  const database = isShared ? openPostgres(place.databaseUrl) : await openPGlite(place.directory);
  if (isShared) await migratePatiently(place.databaseUrl);
  else await migrate(database);
  if (!isShared) await database.query("work-unlease-all", "update work set leased_until = null");
  await database.query("identity-make", "insert into ledger_identity (ledger_id) values ($1) on conflict do nothing", [randomUUID()]);
  const { rows: [identity] } = await database.query("identity-read", "select ledger_id from ledger_identity");
  const others = isShared ? othersOver(place.databaseUrl, (text) => database.execute(text)) : NO_OTHERS;
  return ledgerOver(database, String(identity?.["ledger_id"]), others);
}

async function migratePatiently(url: string): Promise<void> {
  const patient = openPostgres(url, FOR_EVER);
  try { await migrate(patient); } finally { await patient.close(); }
}

function ledgerOver(database: Database, ledgerId: string, others: OtherProcesses): Ledger {
  // Outside a transaction deliveries wait for each other a moment, and go together.
  const alone: LedgerTransaction = { ...transactionOver(database), takeDelivery: createDeliveryDesk(database) };
  return {
    ledgerId,
    transaction: (run) => database.transaction((sql) => run(transactionOver(sql))).catch((error: unknown) => { throw asConflict(error); }),
    alone: (run) => run(alone).catch((error: unknown) => { throw asConflict(error); }),
    traffic: trafficOver(database), others,
    takeDue: (query) => work.takeDue(database, query),
    extendLease: (item, leaseUntil) => work.extendLease(database, item, leaseUntil),
    nextDueAt: (kinds, organizations) => work.nextDueAt(database, kinds, organizations),
    gauges: (now) => gauges(database, now),
    check: async () => { await database.query("check", "select 1 as one"); },
    close: () => database.close(),
  };
}

// unique_violation, check_violation, deadlock_detected, serialization_failure, and division_by_zero for an update that lost its race (intents.ts): https://www.postgresql.org/docs/current/errcodes-appendix.html
const CONFLICTS = ["23505", "23514", "40P01", "40001", "22012"];

/** What a constraint refused is a conflict, named after the constraint; everything else stays what it is. */
function asConflict(error: unknown): unknown {
  if (!(error instanceof Error)) return error;
  const { code, constraint } = error as Error & { code?: string; constraint?: string };
  return code !== undefined && CONFLICTS.includes(code) ? new LedgerConflict(constraint ?? error.message, { cause: error }) : error;
}

function transactionOver(sql: Sql): LedgerTransaction {
  return {
    loadIntent: (organizationId, paymentRequestId) => intents.loadIntent(sql, organizationId, paymentRequestId),
    findByReference: (organizationId, reference) => intents.findByReference(sql, organizationId, reference),
    founderOf: (organizationId, of) => intents.founderOf(sql, organizationId, of),
    dropClaim: (intent) => intents.dropClaim(sql, intent),
    insertIntent: (intent) => intents.insertIntent(sql, intent),
    saveIntent: (before, after, options = {}) => intents.saveIntent(sql, before, after, options.reserve === true),
    appendEvents: (intent, events) => appendEvents(sql, intent, events),
    lockDocument: (query) => documents.lockDocument(sql, query),
    documentClaims: (organizationId, document) => documents.documentClaims(sql, organizationId, document),
    loadWithClaims: (organizationId, paymentRequestId) => documents.loadWithClaims(sql, organizationId, paymentRequestId),
    insertSession: (session) => cardEntry.insertSession(sql, session),
    loadSession: (sessionId) => cardEntry.loadSession(sql, sessionId),
    latestSession: (organizationId, paymentRequestId) => cardEntry.latestSession(sql, organizationId, paymentRequestId),
    putTransientToken: (token) => cardEntry.putTransientToken(sql, token),
    loadTransientToken: (organizationId, paymentRequestId) => cardEntry.loadTransientToken(sql, organizationId, paymentRequestId),
    discardTransientToken: (organizationId, paymentRequestId) => cardEntry.discardTransientToken(sql, organizationId, paymentRequestId),
    putDetail: (organizationId, paymentRequestId, sealed) => cardEntry.putDetail(sql, organizationId, paymentRequestId, sealed),
    loadDetail: (organizationId, paymentRequestId) => cardEntry.loadDetail(sql, organizationId, paymentRequestId),
    discardDetail: (organizationId, paymentRequestId) => cardEntry.discardDetail(sql, organizationId, paymentRequestId),
    recordVelocity: (keys, at) => guards.recordVelocity(sql, keys, at),
    countVelocity: (key, since) => guards.countVelocity(sql, key, since),
    blockInstrument: (query) => guards.blockInstrument(sql, query),
    isInstrumentBlocked: (query) => guards.isInstrumentBlocked(sql, query),
    pauseAccount: (query) => guards.pauseAccount(sql, query),
    pausedUntil: (query) => guards.pausedUntil(sql, query),
    insertInbox: (query) => guards.insertInbox(sql, query),
    takeDelivery: async (query) => (await takeDeliveries(sql, [query]))[0] === true,
    hasten: (query) => work.hasten(sql, query),
    schedule: (item) => work.schedule(sql, item),
    release: (item, dueAt) => work.release(sql, item, dueAt),
    markProjected: async (organizationId, paymentRequestId, revision) => { await sql.write("intent-projected", "update intent set projected_revision = greatest(projected_revision, $3) where organization_id = $1 and payment_request_id = $2", [organizationId, paymentRequestId, revision]); },
    openIncident: (incident) => guards.openIncident(sql, incident),
    connectedAt: (organizationId, now) => guards.connectedAt(sql, organizationId, now),
    surroundings: surroundingsOver(sql), ownedRows: ownedRowsOver(sql), customerKeys: customerKeysOver(sql), reports: reportsOver(sql),
  };
}

async function appendEvents(sql: Sql, intent: Intent, events: readonly EffectEvent[]): Promise<void> {
  const columns = [events.map((event) => event.kind), events.map((event) => event.effectId), events.map((event) => event.evidence), events.map((event) => Math.floor(event.at)), events.map((event) => toExactJson(event))];
  await sql.write("event-append",
    "insert into event (organization_id, payment_request_id, kind, effect_id, evidence, happened_at, body) select $1, $2, * from unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::text[])",
    [intent.organizationId, intent.paymentRequestId, ...columns]);
}

async function gauges(sql: Sql, now: number): Promise<LedgerGauges> {
  const open = await sql.query("gauge-effects", "select state, count(*)::int as number from effect where state in ('claiming','planned','sent','unknown','review','partial') group by state");
  const due = await sql.query("gauge-work", "select kind, count(*)::int as number, min(due_at) as oldest from work where due_at <= $1 group by kind", [Math.floor(now)]);
  const incidents = await sql.query("gauge-incidents", "select count(*)::int as number from incident where resolved_at is null");
  const oldest = due.rows.map((row) => Number(row["oldest"]));
  return {
    openEffects: Object.fromEntries(open.rows.map((row) => [String(row["state"]), Number(row["number"])])),
    dueWork: Object.fromEntries(due.rows.map((row) => [String(row["kind"]), Number(row["number"])])),
    oldestDueAt: oldest.length === 0 ? undefined : Math.min(...oldest), incidents: Number(incidents.rows[0]?.["number"] ?? 0),
  };
}
