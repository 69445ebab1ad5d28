// What is due, and who does it. Leases are measured on the wire clock, due times on the business clock; both come in as arguments.
import { asOrganizationId, type OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import type { Ledger, LedgerTransaction, ScheduledWork, Work, WorkKind } from "../ports/ledger.ts";
import type { Row, Sql } from "./database.ts";

export const ON_CONFLICT = "on conflict (kind, organization_id, key) do update set due_at = least(work.due_at, excluded.due_at), version = work.version + 1, tries = 0, trace = coalesce(excluded.trace, work.trace)";

export async function schedule(sql: Sql, work: ScheduledWork): Promise<void> {
  await sql.write("work-schedule", `insert into work (kind, organization_id, key, due_at, trace) values ($1,$2,$3,$4,$5) ${ON_CONFLICT}`, [work.kind, work.organizationId, work.key, Math.ceil(work.dueAt), work.trace ?? null]);
}

/** One statement, because nothing a stranger sends may cost more. */
export async function hasten(sql: Sql, query: Parameters<LedgerTransaction["hasten"]>[0]): Promise<void> {
  await sql.write("work-hasten",
    `insert into work (kind, organization_id, key, due_at, trace)
    select case when looked.is_known then 'advance' else 'sweep' end, $1::text, case when looked.is_known then $2::text else $1::text end, $3::bigint, $4::text
    from (select exists (select 1 from session where organization_id = $1::text and payment_request_id = $2::text) as is_known) as looked ${ON_CONFLICT}`,
    [query.organizationId, query.paymentRequestId, Math.ceil(query.dueAt), query.trace ?? null]);
}

const LEASED = "kind = $1 and organization_id = $2 and key = $3 and lease = $4";

/** Kept when it was scheduled again while it ran: then it is due at once. Left alone when the lease has gone to another worker. */
export async function release(sql: Sql, work: Work, dueAt: Instant | undefined): Promise<void> {
  const leased = [work.kind, work.organizationId, work.key, work.lease, work.version];
  if (dueAt === undefined) await sql.write("work-done", `with done as (delete from work where ${LEASED} and version = $5 returning 1) update work set leased_until = null where ${LEASED} and not exists (select 1 from done)`, leased);
  else await sql.write("work-again", `update work set due_at = case when version = $5 then $6 else due_at end, leased_until = null where ${LEASED}`, [...leased, Math.ceil(dueAt)]);
}

const toWork = (row: Row): Work => ({
  kind: row["kind"] as WorkKind, organizationId: asOrganizationId(String(row["organization_id"])), key: String(row["key"]),
  dueAt: Number(row["due_at"]), tries: Number(row["tries"]), version: Number(row["version"]), lease: Number(row["lease"]), ...(typeof row["trace"] === "string" ? { trace: row["trace"] } : {}),
});

/**
 * Each organization that has work offers its oldest, and they are taken in turns. A flood is never read whole; more is offered than may be
 * taken, because other workers may hold some of it at this moment.
 */
const TAKE = `update work set leased_until = $3, tries = tries + 1, lease = nextval('work_lease') where (kind, organization_id, key) in (
  select work.kind, work.organization_id, work.key from work join (
    with recursive waiting as (
      (select organization_id from work order by organization_id limit 1)
      union all
      select (select work.organization_id from work where work.organization_id > waiting.organization_id order by work.organization_id limit 1) from waiting where waiting.organization_id is not null
    )
    select offered.kind, waiting.organization_id, offered.key, offered.due_at, share.most, row_number() over (partition by waiting.organization_id order by offered.due_at) as turn
    from waiting left join unnest($6::text[], $7::integer[]) as share (organization_id, most) on share.organization_id = waiting.organization_id
    cross join lateral (
      select kind, key, due_at from work where work.organization_id = waiting.organization_id and due_at <= $1 and (leased_until is null or leased_until < $2) and kind = any($4)
      order by due_at limit 4 * $5::integer
    ) as offered
    where coalesce(share.most, case when $6::text[] is null then $5::integer else 0 end) > 0
  ) as offer on offer.kind = work.kind and offer.organization_id = work.organization_id and offer.key = work.key
  where offer.turn <= coalesce(offer.most, 4 * $5::integer) and work.due_at <= $1 and (work.leased_until is null or work.leased_until < $2)
  order by offer.turn, offer.due_at limit $5 for update of work skip locked
) returning *`;

export async function takeDue(sql: Sql, query: Parameters<Ledger["takeDue"]>[0]): Promise<readonly Work[]> {
  const shares = query.perOrganization === undefined ? undefined : [...query.perOrganization];
  const { rows } = await sql.query("work-take", TAKE,
    [Math.floor(query.now), query.wireNow, query.leaseUntil, [...query.kinds], query.limit, shares?.map(([organizationId]) => organizationId) ?? null, shares?.map(([, most]) => most) ?? null]);
  return rows.map(toWork);
}

export async function extendLease(sql: Sql, work: Work, leaseUntil: Instant): Promise<void> {
  await sql.query("work-extend", "update work set leased_until = $4 where kind = $1 and organization_id = $2 and key = $3 and lease = $5 and leased_until is not null", [work.kind, work.organizationId, work.key, leaseUntil, work.lease]);
}

export async function nextDueAt(sql: Sql, kinds: readonly WorkKind[], organizations?: readonly OrganizationId[]): Promise<Instant | undefined> {
  const { rows: [row] } = await sql.query("work-next", "select min(due_at) as due_at from work where kind = any($1) and leased_until is null and ($2::text[] is null or organization_id = any($2::text[]))", [[...kinds], organizations === undefined ? null : [...organizations]]);
  return row?.["due_at"] === null || row === undefined ? undefined : Number(row["due_at"]);
}
