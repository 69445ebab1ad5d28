// Due work in memory: the same leases and versions as work.ts.
import type { OrganizationId } from "../../domain/ids.ts";
import type { Instant } from "../../domain/time.ts";
import type { Ledger, LedgerTransaction, Work, WorkKind } from "../../ports/ledger.ts";
import { keyOf, type MemoryTables, type WorkRecord } from "./memory-tables.ts";

const workKey = (work: Pick<Work, "kind" | "organizationId" | "key">): string => keyOf(work.kind, work.organizationId, work.key);

export function schedule(tables: MemoryTables, item: Parameters<LedgerTransaction["schedule"]>[0]): void {
  const dueAt = Math.ceil(item.dueAt);
  const old = tables.work.get(workKey(item));
  const work: Work = old === undefined ? { ...item, dueAt, tries: 0, version: 1, lease: 0 } : { ...old.work, dueAt: Math.min(old.work.dueAt, dueAt), tries: 0, version: old.work.version + 1, ...(item.trace === undefined ? {} : { trace: item.trace }) };
  tables.work.set(workKey(item), { work, leasedUntil: old?.leasedUntil });
}

export function release(tables: MemoryTables, item: Work, dueAt: Instant | undefined): void {
  const old = tables.work.get(workKey(item));
  if (old?.work.lease !== item.lease) return;
  if (old.work.version !== item.version) tables.work.set(workKey(item), { ...old, leasedUntil: undefined });
  else if (dueAt === undefined) tables.work.delete(workKey(item));
  else tables.work.set(workKey(item), { work: { ...old.work, dueAt: Math.ceil(dueAt) }, leasedUntil: undefined });
}

export function takeDue(tables: MemoryTables, query: Parameters<Ledger["takeDue"]>[0]): readonly Work[] {
  const isDue = ({ work, leasedUntil }: WorkRecord): boolean => query.kinds.includes(work.kind) && work.dueAt <= query.now && (leasedUntil === undefined || leasedUntil < query.wireNow);
  const found = tables.work.filter(isDue);
  // Asked many times a second, and mostly there is nothing.
  if (found.length === 0) return [];
  const due = inTurns(found.sort((left, right) => left.work.dueAt - right.work.dueAt), query.perOrganization).slice(0, query.limit);
  return due.map((record) => {
    const lease = (tables.leases.get("last") ?? 0) + 1;
    tables.leases.set("last", lease);
    const work: Work = { ...record.work, tries: record.work.tries + 1, lease };
    tables.work.set(workKey(work), { work, leasedUntil: query.leaseUntil });
    return work;
  });
}

/** Every organization's first before any organization's second. */
function inTurns(records: readonly WorkRecord[], shares: ReadonlyMap<string, number> | undefined): readonly WorkRecord[] {
  const turns = new Map<string, number>();
  const numbered = records.map((record) => {
    const turn = turns.get(record.work.organizationId) ?? 0;
    turns.set(record.work.organizationId, turn + 1);
    return { record, turn };
  });
  return numbered.filter(({ record, turn }) => turn < (shares === undefined ? Infinity : shares.get(record.work.organizationId) ?? 0)).sort((left, right) => left.turn - right.turn).map(({ record }) => record);
}

export function extendLease(tables: MemoryTables, item: Work, leaseUntil: Instant): void {
  const old = tables.work.get(workKey(item));
  if (old?.leasedUntil !== undefined && old.work.lease === item.lease) tables.work.set(workKey(item), { ...old, leasedUntil: leaseUntil });
}

export function nextDueAt(tables: MemoryTables, kinds: readonly WorkKind[], organizations?: readonly OrganizationId[]): Instant | undefined {
  const isOurs = ({ kind, organizationId }: Work): boolean => kinds.includes(kind) && organizations?.includes(organizationId) !== false;
  const times = tables.work.values().filter(({ work, leasedUntil }) => leasedUntil === undefined && isOurs(work)).map(({ work }) => work.dueAt);
  return times.length === 0 ? undefined : Math.min(...times);
}
