// The difference between configuration as files and an environment, as a plan that can be read, reviewed and applied exactly. Pure.
import { createHash } from "node:crypto";
import type { ConfigurationRow } from "./configuration-shape.ts";

export type Change =
  | { readonly kind: "create"; readonly table: string; readonly key: string; readonly values: ConfigurationRow["values"] }
  | { readonly kind: "update"; readonly table: string; readonly key: string; readonly columns: Readonly<Record<string, { readonly from: string | number | boolean | null; readonly to: string | number | boolean | null }>> }
  /** In the environment, not in the files. Never deleted: shown, and left to a person. */
  | { readonly kind: "extra"; readonly table: string; readonly key: string };
export interface Plan {
  readonly organizationId: string;
  /** Fingerprint of what the environment held when the plan was made. */
  readonly before: string;
  readonly changes: readonly Change[];
}

const CHOICE = 727_000_000;
const identity = (row: ConfigurationRow): string => `${row.table} ${row.key}`;

export function planPromotion(input: { readonly files: readonly ConfigurationRow[]; readonly environment: readonly ConfigurationRow[]; readonly organizationId: string }): Plan {
  const there = new Map(input.environment.map((row) => [identity(row), row]));
  const wanted = new Set(input.files.map(identity));
  const changes = input.files.flatMap((row): readonly Change[] => {
    const existing = there.get(identity(row));
    if (existing === undefined) return [{ kind: "create", table: row.table, key: row.key, values: row.values }];
    const columns = Object.fromEntries(Object.keys(row.values).filter((name) => (existing.values[name] ?? null) !== (row.values[name] ?? null)).map((name) => [name, { from: existing.values[name] ?? null, to: row.values[name] ?? null }]));
    return Object.keys(columns).length === 0 ? [] : [{ kind: "update", table: row.table, key: row.key, columns }];
  });
  const extra = input.environment.filter((row) => !wanted.has(identity(row))).map((row): Change => ({ kind: "extra", table: row.table, key: row.key }));
  return { organizationId: input.organizationId, before: fingerprint(input.environment), changes: [...changes, ...extra] };
}

/** The same for the same content, whatever the order of rows. */
export function fingerprint(rows: readonly ConfigurationRow[]): string {
  const texts = rows.map((row) => JSON.stringify([row.table, row.key, Object.entries(row.values).sort(([left], [right]) => (left < right ? -1 : 1))])).sort();
  return createHash("sha256").update(texts.join("\n")).digest("hex");
}

/** Merchant ids that are for test: what must never reach production. Their rows belong to the environment they were made in. */
export const testAccountsIn = (plan: Plan): readonly string[] => plan.changes.filter((change) => change.table === "cybs_merchantaccount").flatMap((change) => {
  if (change.kind === "create") return change.values["cybs_environment"] === CHOICE ? [String(change.values["cybs_merchantid"])] : [];
  if (change.kind === "update") return change.key.endsWith(` · ${CHOICE}`) || change.columns["cybs_environment"]?.to === CHOICE ? [String(change.columns["cybs_merchantid"]?.to ?? change.key)] : [];
  return [];
});

/** One line a change, as an admin reads it. */
export function sentenceOf(change: Change): string {
  if (change.kind === "create") return `+ ${change.table}: ${change.key}`;
  if (change.kind === "extra") return `? ${change.table}: ${change.key} is only in the environment (left alone)`;
  return `~ ${change.table}: ${change.key}: ${Object.entries(change.columns).map(([name, { from, to }]) => `${name} ${String(from)} → ${String(to)}`).join(", ")}`;
}
