// Taking a solution away, or the part of it that a newer version no longer has. Managed: tables go with their rows; unmanaged: everything
// stays but the solution itself. Source: learn.microsoft.com/power-platform/alm/solution-concepts-alm
import { keepHistory, OPERATION } from "./history.ts";
import { DataverseError } from "../errors.ts";
import { removeColumn, removeTable } from "../metadata/model.ts";
import type { Footprint, Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { baseOf } from "./check.ts";

const NOTHING: Footprint = { tables: [], columns: [], roles: [], rows: [] };
const partsOf = (organization: Organization, uniqueName: string): readonly Organization["solutions"][number][] => organization.solutions.filter((one) => one.uniqueName === uniqueName || baseOf(one.uniqueName) === uniqueName);

/** Columns of other solutions that sit on this one's tables or point at them. */
function dependantsOf(organization: Organization, uniqueName: string): readonly string[] {
  const parts = partsOf(organization, uniqueName);
  const own = new Set(parts.flatMap((part) => part.footprint.tables));
  return organization.solutions.filter((other) => !parts.includes(other)).flatMap((other) => other.footprint.columns.filter(([table, column]) => own.has(table) || organization.model.tables.get(table)?.columns.get(column)?.targets?.some((target) => own.has(target.table)) === true).map(([table, column]) => `${other.uniqueName}: ${table}.${column}`));
}

/** Throws while another solution needs something of this one. */
export function assertUninstallable(organization: Organization, row: Row): void {
  const uniqueName = asText(row["uniquename"]);
  keepHistory(organization, { uniqueName, version: asText(row["version"]), isManaged: row["ismanaged"] === true, operation: OPERATION.uninstall });
  if (row["ismanaged"] !== true) return;
  if (dependantsOf(organization, uniqueName).length > 0) throw new DataverseError(400, "0x8004f01d", "Solution dependencies exist, cannot uninstall.");
}

/** Removes what was in `gone` and is in no solution that stays. */
function removeParts(organization: Organization, gone: Footprint, stays: readonly Footprint[]): void {
  const { store, model, roles, assignments } = organization;
  const has = (pairs: readonly (readonly [string, string])[], [table, name]: readonly [string, string]): boolean => pairs.some((pair) => pair[0] === table && pair[1] === name);
  const tables = gone.tables.filter((name) => !stays.some((one) => one.tables.includes(name)) && model.tables.has(name));
  const columns = gone.columns.filter((pair) => !tables.includes(pair[0]) && !stays.some((one) => has(one.columns, pair)));
  for (const [table, id] of gone.rows) if (!stays.some((one) => has(one.rows, [table, id]))) store.remove(model.table(table), id);
  const lost = gone.roles.filter((id) => !stays.some((one) => one.roles.includes(id)));
  for (const id of lost) store.remove(model.table("role"), id);
  for (const name of tables) for (const row of [...store.all(name)]) store.remove(model.table(name), asText(row[model.table(name).id]));
  for (const [table, column] of columns) for (const row of [...store.all(table)]) if (column in row) store.put(model.table(table), Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)));
  store.afterCommit(() => {
    for (const id of lost) { roles.delete(id); for (const own of assignments.values()) own.delete(id); }
    for (const name of tables) removeTable(model, name);
    for (const [table, column] of columns) removeColumn(model, table, column);
  });
}

/** After the solution's row is gone. Its patches go with it. */
export function uninstall(organization: Organization, row: Row): void {
  const uniqueName = asText(row["uniquename"]);
  const parts = partsOf(organization, uniqueName);
  const rest = organization.solutions.filter((one) => !parts.includes(one));
  for (const patch of parts) {
    const other = [...organization.store.all("solution")].find((one) => one["uniquename"] === patch.uniqueName);
    if (other !== undefined) organization.store.remove(organization.model.table("solution"), asText(other["solutionid"]));
    if (row["ismanaged"] === true) removeParts(organization, patch.footprint, rest.map((one) => one.footprint));
  }
  if (row["ismanaged"] === true) organization.store.afterCommit(() => { organization.solutions.splice(0, organization.solutions.length, ...rest); });
}

/** An upgrade: patches end, and what the new version no longer has goes. */
export function removeSuperseded(organization: Organization, before: readonly Footprint[], uniqueName: string): void {
  for (const patch of partsOf(organization, uniqueName).filter((one) => one.uniqueName !== uniqueName)) {
    const row = [...organization.store.all("solution")].find((one) => one["uniquename"] === patch.uniqueName);
    if (row !== undefined) organization.store.remove(organization.model.table("solution"), asText(row["solutionid"]));
    organization.solutions.splice(organization.solutions.indexOf(patch), 1);
  }
  for (const footprint of before) removeParts(organization, footprint, organization.solutions.map((one) => one.footprint));
}

export const footprintsOf = (organization: Organization, uniqueName: string): readonly Footprint[] => { const found = partsOf(organization, uniqueName).map((one) => one.footprint); return found.length === 0 ? [NOTHING] : found; };
