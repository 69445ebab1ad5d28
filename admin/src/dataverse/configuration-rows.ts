// Configuration rows of an environment, in words; and a plan's changes back into rows, in one change set: all or nothing.
import { CONFIGURATION, shapeOf, toConfigurationRow, type ConfigurationRow, type ConfigurationTable } from "../plans/configuration-shape.ts";
import type { Change } from "../plans/plan-promotion.ts";
import { stableId } from "../plans/plan-import.ts";
import { Stop } from "../stop.ts";
import { textAt, type Row } from "./row.ts";
import type { ChangeSetPart } from "./change-set.ts";
import type { Dataverse } from "./web-api.ts";

interface Named { readonly rows: readonly ConfigurationRow[]; /** table + key → id, to write with. */ readonly ids: ReadonlyMap<string, string> }

/** Every table of the list that this environment has. */
export async function readConfiguration(dataverse: Dataverse): Promise<Named> {
  const present = await Promise.all(CONFIGURATION.map(async (shape) => (await dataverse.find(`EntityDefinitions(LogicalName='${shape.table}')?$select=LogicalName`)) !== undefined));
  const rows: ConfigurationRow[] = [];
  const ids = new Map<string, string>();
  for (const shape of CONFIGURATION.filter((_, index) => present[index])) {
    const names = await readNames(dataverse, shape);
    for (const row of await dataverse.list(shape.entitySet)) {
      const named = toConfigurationRow(shape, row, (lookup, id) => names.get(`${lookup} ${id}`) ?? id);
      rows.push(named);
      ids.set(`${named.table} ${named.key}`, textAt(row, shape.primaryId));
    }
  }
  return { rows, ids };
}

async function readNames(dataverse: Dataverse, shape: ConfigurationTable): Promise<ReadonlyMap<string, string>> {
  const names = new Map<string, string>();
  for (const [column, target] of Object.entries(shape.lookups)) for (const row of await dataverse.list(`${target.entitySet}?$select=${target.name}`)) names.set(`${column} ${textAt(row, target.primaryId)}`, textAt(row, target.name));
  return names;
}

/** Resolves every name first; only then anything is written, in one change set. `names` maps a name of the files to one of this environment. */
export async function writeChanges(dataverse: Dataverse, changes: readonly Change[], input: { readonly ids: ReadonlyMap<string, string>; readonly names: Readonly<Record<string, string>> }): Promise<void> {
  const parts: ChangeSetPart[] = [];
  for (const change of changes) {
    const shape = shapeOf(change.table);
    if (shape === undefined || change.kind === "extra") continue;
    const values = change.kind === "create" ? change.values : Object.fromEntries(Object.entries(change.columns).map(([name, { to }]) => [name, to]));
    const row = await toRow(dataverse, { shape, values, names: input.names });
    const id = input.ids.get(`${change.table} ${change.key}`);
    parts.push(change.kind === "create" ? { method: "POST", path: shape.entitySet, body: { [shape.primaryId]: stableId(`configuration ${change.table} ${change.key}`), ...row } } : { method: "PATCH", path: `${shape.entitySet}(${id ?? ""})`, body: row });
  }
  await dataverse.changeSet(parts);
}

async function toRow(dataverse: Dataverse, { shape, values, names }: { readonly shape: ConfigurationTable; readonly values: ConfigurationRow["values"]; readonly names: Readonly<Record<string, string>> }): Promise<Row> {
  const row: Record<string, unknown> = {};
  for (const [column, value] of Object.entries(values)) {
    const lookup = shape.lookups[column];
    if (lookup === undefined) { row[column] = value; continue; }
    if (value === null) { row[`${lookup.nav}@odata.bind`] = null; continue; }
    const name = names[String(value)] ?? String(value);
    const [target] = await dataverse.list(`${lookup.entitySet}?$select=${lookup.name}&$filter=${lookup.name} eq '${name.replaceAll("'", "''")}'`);
    if (target === undefined) throw new Stop("unresolved_reference", { what: `${lookup.entitySet.replace(/s$/, "")} “${name}”` });
    row[`${lookup.nav}@odata.bind`] = `/${lookup.entitySet}(${textAt(target, lookup.primaryId)})`;
  }
  return row;
}
