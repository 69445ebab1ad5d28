// Velocity, blocked cards, paused accounts, the inbox, incidents: small tables that say no, or say it once.
import type { OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { Incident, LedgerTransaction, VelocityKey } from "../ports/ledger.ts";
import type { Sql } from "./database.ts";
import { pauseKey, pauseKeys } from "./pause-keys.ts";

const COUNT_MAX = 1_000;

export async function recordVelocity(sql: Sql, keys: readonly VelocityKey[], at: Instant): Promise<void> {
  await sql.write("velocity-insert", "insert into velocity (organization_id, scope, key, happened_at) select *, $4::bigint from unnest($1::text[], $2::text[], $3::text[])",
    [keys.map((key) => key.organizationId), keys.map((key) => key.scope), keys.map((key) => key.key), Math.floor(at)]);
}

export async function countVelocity(sql: Sql, { organizationId, scope, key }: VelocityKey, since: Instant): Promise<number> {
  const { rows } = await sql.query("velocity-count", `select 1 as one from velocity where organization_id = $1 and scope = $2 and key = $3 and happened_at >= $4 limit ${COUNT_MAX}`, [organizationId, scope, key, since]);
  return rows.length;
}

export async function blockInstrument(sql: Sql, query: Parameters<LedgerTransaction["blockInstrument"]>[0]): Promise<void> {
  await sql.write("instrument-block", "insert into blocked_instrument (organization_id, merchant_id, payment_instrument_id, reason, blocked_at) values ($1,$2,$3,$4,$5) on conflict do nothing", [query.organizationId, query.merchantId, query.paymentInstrumentId, query.reason, query.at]);
}

export async function isInstrumentBlocked(sql: Sql, query: Parameters<LedgerTransaction["isInstrumentBlocked"]>[0]): Promise<boolean> {
  const { rows } = await sql.query("instrument-blocked", "select 1 as one from blocked_instrument where organization_id = $1 and merchant_id = $2 and payment_instrument_id = $3", [query.organizationId, query.merchantId, query.paymentInstrumentId]);
  return rows.length > 0;
}

export async function pauseAccount(sql: Sql, query: Parameters<LedgerTransaction["pauseAccount"]>[0]): Promise<void> {
  await sql.write("account-pause", "insert into account_pause (organization_id, merchant_id, paused_until, reason) values ($1,$2,$3,$4) on conflict (organization_id, merchant_id) do update set paused_until = $3, reason = $4", [query.organizationId, pauseKey(query.merchantId, query.action), query.until, query.reason]);
}

export async function pausedUntil(sql: Sql, query: Parameters<LedgerTransaction["pausedUntil"]>[0]): Promise<Instant | undefined> {
  const { rows: [row] } = await sql.query("account-paused", "select max(paused_until) as until from account_pause where organization_id = $1 and merchant_id = any($2::text[])", [query.organizationId, pauseKeys(query)]);
  return (row?.["until"] ?? null) === null ? undefined : Number(row?.["until"]);
}

export async function insertInbox(sql: Sql, query: Parameters<LedgerTransaction["insertInbox"]>[0]): Promise<boolean> {
  const { count } = await sql.query("inbox-insert", "insert into inbox (organization_id, source, key, received_at) values ($1,$2,$3,$4) on conflict do nothing", [query.organizationId, query.source, query.key, query.at]);
  return count === 1;
}

export async function openIncident(sql: Sql, incident: Incident): Promise<void> {
  await sql.write("incident-open", "insert into incident (organization_id, payment_request_id, kind, detail, happened_at) values ($1,$2,$3,$4,$5) on conflict do nothing", [incident.organizationId, incident.paymentRequestId, incident.kind, incident.detail, incident.at]);
}

export async function connectedAt(sql: Sql, organizationId: OrganizationId, now: Instant): Promise<Instant> {
  const read = (): ReturnType<Sql["query"]> => sql.query("organization-connected", "select connected_at from organization where organization_id = $1", [organizationId]);
  const known = (await read()).rows[0];
  if (known !== undefined) return Number(known["connected_at"]);
  await sql.query("organization-connect", "insert into organization (organization_id, connected_at) values ($1,$2) on conflict do nothing", [organizationId, now]);
  return Number((await read()).rows[0]?.["connected_at"]);
}
