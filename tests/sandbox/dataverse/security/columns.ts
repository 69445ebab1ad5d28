// Column security: a secured column is readable and writable only through a field security profile of the user or of one of his teams.
// What may not be read is null. Source: learn.microsoft.com/power-platform/admin/field-level-security; codes of the public error list.
import { DataverseError } from "../errors.ts";
import type { Column, Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import { asText, referenceId, type Row } from "../store/rows.ts";

export type ColumnRight = "canread" | "cancreate" | "canupdate";
const ALLOWED = 4;

/** Users and teams of a profile are kept on its row, beside its columns. */
const membersOf = (profile: Row): readonly string[] => asText(profile["memberids"] ?? "").split(",").filter((id) => id !== "");
const NONE: readonly Column[] = [];
function securedOf(table: Table): readonly Column[] {
  // Nearly no table has one, and this is asked of every table after every write.
  let found: Column[] | undefined;
  for (const column of table.columns.values()) if (column.isSecured === true) (found ??= []).push(column);
  return found ?? NONE;
}

function isAllowed(organization: Organization, caller: Caller, right: ColumnRight, table: Table, column: string): boolean {
  if (caller.isSystem) return true;
  const principals = new Set([caller.userId, ...caller.teams]);
  return [...organization.store.all("fieldpermission")].some((permission) => {
    if (permission["entityname"] !== table.name || permission["attributelogicalname"] !== column || permission[right] !== ALLOWED) return false;
    const profile = organization.store.get("fieldsecurityprofile", referenceId(permission["fieldsecurityprofileid"]) ?? "");
    return profile !== undefined && membersOf(profile).some((id) => principals.has(id));
  });
}

/** The row with null for what this user may not read; the row itself when there is nothing of the kind. */
export function visible(organization: Organization, caller: Caller, table: Table, row: Row): Row {
  const hidden = hiddenColumns(organization, caller, table);
  return hidden.length === 0 ? row : { ...row, ...Object.fromEntries(hidden.map((name) => [name, null])) };
}

interface Known { readonly changes: number; readonly byTable: Map<string, readonly string[]> }
const known = new WeakMap<Caller, Known>();

/** What was found of a caller since the last write. */
function knownOf({ store: { changes } }: Organization, caller: Caller): Known["byTable"] {
  const found = known.get(caller);
  if (found?.changes === changes) return found.byTable;
  const fresh: Known = { changes, byTable: new Map() };
  known.set(caller, fresh);
  return fresh.byTable;
}

/** Columns that this user may not read. Asked once per table while nothing is written. */
export function hiddenColumns(organization: Organization, caller: Caller, table: Table): readonly string[] {
  const mine = knownOf(organization, caller);
  const found = mine.get(table.name) ?? securedOf(table).filter((column) => !isAllowed(organization, caller, "canread", table, column.name)).flatMap((column) => [column.name, ...(table.columns.has(`${column.name}_base`) ? [`${column.name}_base`] : [])]);
  mine.set(table.name, found);
  return found;
}

/** Columns that a parsed filter compares on the row itself, found as they are asked for: mostly nobody does. */
export function* namesIn(filter: unknown): Generator<string> {
  if (typeof filter !== "object" || filter === null) return;
  for (const [name, value] of Object.entries(filter)) {
    if (name === "path" && Array.isArray(value)) { if (value.length === 1) yield String(value[0]); } else if (Array.isArray(value)) for (const one of value) yield* namesIn(one);
    else yield* namesIn(value);
  }
}

/** Throws when a filter or a sort names what the user may not read. */
export function assertFilterable(organization: Organization, caller: Caller, table: Table, names: Iterable<string>): void {
  if (!organization.switches.securedFilterIsRefused) return;
  const hidden = hiddenColumns(organization, caller, table);
  if (hidden.length === 0) return;
  for (const name of names) if (hidden.includes(name)) throw new DataverseError(403, "0x8004f506", "The Query contained a secured attribute to which the caller does not have access");
}

/** Throws when a written column is secured and no profile lets the caller write it. */
export function assertColumns(organization: Organization, caller: Caller, right: "cancreate" | "canupdate", table: Table, names: readonly string[]): void {
  const refused = names.find((name) => table.columns.get(name)?.isSecured === true && !isAllowed(organization, caller, right, table, name));
  if (refused === undefined) return;
  const verb = right === "cancreate" ? "Create" : "Update";
  throw new DataverseError(403, "0x8004f507", `The user doesn't have AttributePrivilege${verb} and not granted shared access for a secured attribute during ${verb.toLowerCase()} operation. Attribute: ${refused}, entity: ${table.name}.`);
}
