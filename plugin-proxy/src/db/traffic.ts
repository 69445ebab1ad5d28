// Idempotency keys, rate budgets and circuit breakers as rows. Each decision is one statement, so that replicas need no other agreement.
import { asOrganizationId } from "../domain/ids.ts";
import type { Circuit, GrantedTokens, IdempotencyAnswer, Traffic } from "../ports/traffic.ts";
import type { Row, Sql } from "./database.ts";

export function trafficOver(sql: Sql): Traffic {
  return {
    beginRequest: (query) => beginRequest(sql, query),
    finishRequest: async ({ scope, key, status, sealed }) => { await sql.write("idempotency-finish", "update idempotency set status = $3, answer = $4 where scope = $1 and key = $2 and status is null", [scope, key, status, sealed]); },
    takeTokens: (query) => takeTokens(sql, query),
    holdTokens: async ({ key, until }) => { await sql.write("budget-hold", "insert into budget (key, tokens, granted, refilled_at) values ($1,0,0,$2) on conflict (key) do update set tokens = 0, refilled_at = greatest(budget.refilled_at, $2)", [key, Math.ceil(until)]); },
    circuits: async () => (await sql.query("circuit-list", "select * from circuit")).rows.map(toCircuit),
    noteFailure: (query) => noteFailure(sql, query),
    closeCircuit: async ({ organizationId, merchantId }) => { await sql.write("circuit-close", "delete from circuit where organization_id = $1 and merchant_id = $2", [organizationId, merchantId]); },
    tryCircuit: async ({ organizationId, merchantId }) => { await sql.write("circuit-try", "update circuit set opened_at = null where organization_id = $1 and merchant_id = $2", [organizationId, merchantId]); },
    claimProbe: async ({ organizationId, merchantId, now, nextProbeAt }) =>
      (await sql.query("circuit-probe", "update circuit set probe_at = $4 where organization_id = $1 and merchant_id = $2 and opened_at is not null and probe_at <= $3", [organizationId, merchantId, Math.floor(now), Math.ceil(nextProbeAt)])).count === 1,
    now: async () => Number((await sql.query("clock", "select (extract(epoch from clock_timestamp()) * 1000)::bigint as now")).rows[0]?.["now"]),
  };
}

async function beginRequest(sql: Sql, query: Parameters<Traffic["beginRequest"]>[0]): Promise<IdempotencyAnswer> {
  const { scope, key, fingerprint, now, heldUntil } = query;
  const { count } = await sql.query("idempotency-begin",
    "insert into idempotency (scope, key, fingerprint, held_until, created_at) values ($1,$2,$3,$4,$5) on conflict (scope, key) do update set held_until = $4 where idempotency.status is null and idempotency.held_until < $5 and idempotency.fingerprint = $3 returning 1",
    [scope, key, fingerprint, Math.ceil(heldUntil), Math.floor(now)]);
  if (count === 1) return { kind: "begun" };
  const { rows: [row] } = await sql.query("idempotency-read", "select fingerprint, status, answer from idempotency where scope = $1 and key = $2", [scope, key]);
  if (row?.["fingerprint"] !== fingerprint) return { kind: "other_request" };
  return row["status"] === null ? { kind: "in_flight" } : { kind: "answered", status: Number(row["status"]), sealed: row["answer"] as Uint8Array };
}

/** A bucket begins full, refills with time, and never grants what it does not hold. */
async function takeTokens(sql: Sql, query: Parameters<Traffic["takeTokens"]>[0]): Promise<GrantedTokens> {
  const { key, perSecond, burst, wanted, now } = query;
  const held = "least($3::float8, budget.tokens + greatest(0, $5::bigint - budget.refilled_at) * $2::float8 / 1000)";
  const { rows: [row] } = await sql.query("budget-take",
    `insert into budget (key, tokens, granted, refilled_at) values ($1, $3::float8 - least($4::float8, floor($3::float8)), least($4::float8, floor($3::float8)), $5::bigint)
    on conflict (key) do update set tokens = ${held} - least($4::float8, floor(${held})), granted = least($4::float8, floor(${held})), refilled_at = greatest(budget.refilled_at, $5::bigint) returning granted, refilled_at`,
    [key, perSecond, burst, wanted, Math.floor(now)]);
  return { granted: Number(row?.["granted"] ?? 0), refilledAt: Number(row?.["refilled_at"] ?? now) };
}

async function noteFailure(sql: Sql, query: Parameters<Traffic["noteFailure"]>[0]): Promise<Circuit> {
  const { rows: [row] } = await sql.query("circuit-fail",
    `insert into circuit (organization_id, merchant_id, failures, opened_at, probe_at) values ($1,$2,1, case when $3::integer <= 1 then $4::bigint end, $5)
    on conflict (organization_id, merchant_id) do update set failures = circuit.failures + 1,
      opened_at = case when circuit.opened_at is null and circuit.failures + 1 >= $3::integer then $4::bigint else circuit.opened_at end, probe_at = greatest(circuit.probe_at, $5::bigint) returning *`,
    [query.organizationId, query.merchantId, query.failuresMax, Math.floor(query.at), Math.ceil(query.probeAt)]);
  return toCircuit(row ?? {});
}

const toCircuit = (row: Row): Circuit => ({
  organizationId: asOrganizationId(String(row["organization_id"])), merchantId: String(row["merchant_id"]), failures: Number(row["failures"]),
  openedAt: row["opened_at"] === null ? undefined : Number(row["opened_at"]), probeAt: Number(row["probe_at"]),
});
