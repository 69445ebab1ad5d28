// Writes: what a body says, checked column by column, with the rights it needs. Rows get owner, unit, currency, numbers and dates as
// Dataverse gives them. Read-only documents refuse. Sources: learn.microsoft.com/power-apps/developer/data-platform/webapi (create, update).
import { DataverseError, invalidArgument, notFound, undeclaredNavigation, unknownProperty } from "../errors.ts";
import type { Column, Table } from "../metadata/model.ts";
import { nowText, withoutFraction, type Caller, type Organization } from "../organization.ts";
import { assertCanOwn } from "../rules/principals.ts";
import { dependants, followers, type Child } from "../rules/relationships.ts";
import { assertAccess, assertPrivilege, missingPrivilege, reaches } from "../security/access.ts";
import { assertColumns } from "../security/columns.ts";
import { assertOwnerReads } from "../security/owners.ts";
import { dropShares } from "../security/shares.ts";
import { asText, assertNew, isReference, type Reference, type Row, type Value } from "../store/rows.ts";
import { resolveReference } from "./address.ts";
import { afterDelete, afterWrite, beforeDelete, beforeWrite } from "../rules/business-rules.ts";

export interface WriteContext {
  readonly organization: Organization;
  readonly caller: Caller;
  /** Content-ID → address of what an earlier part of the change set made. */
  readonly contentIds?: ReadonlyMap<string, string>;
  /** The platform itself writes, for an action of the caller's. */
  readonly byPlatform?: boolean;
}
type Body = Record<string, unknown>;

const IGNORED = /^@odata\.|@OData|@odata\.(?!bind)|^@Microsoft|@Microsoft/;
const READ_ONLY = new Set(["createdon", "modifiedon", "createdby", "modifiedby", "createdonbehalfby", "modifiedonbehalfby", "versionnumber", "owningbusinessunit", "owninguser", "owningteam", "organizationid"]);
const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export interface Parsed { readonly values: Row; readonly children: readonly { readonly nav: string; readonly bodies: readonly Body[] }[] }

/** Columns out of a body; throws Dataverse's words for what it does not know. */
export function parseBody(context: WriteContext, table: Table, body: Body): Parsed {
  const values: Row = {};
  const children: { nav: string; bodies: readonly Body[] }[] = [];
  for (const [key, raw] of Object.entries(body)) {
    const isAnnotation = key.includes("@");
    if (isAnnotation && key.endsWith("@odata.bind")) { Object.assign(values, bind(context, table, key.slice(0, -"@odata.bind".length), raw)); continue; }
    if (isAnnotation && IGNORED.test(key)) continue;
    const column = table.columns.get(key);
    const single = table.singles.get(key);
    if (raw === null && single !== undefined) { values[single.column] = null; continue; }
    if (raw !== null && typeof raw === "object" && !Array.isArray(raw) && single !== undefined) { values[single.column] = createNested(context, single.target, raw as Body); continue; }
    if (Array.isArray(raw) && table.collections.has(key)) { children.push({ nav: key, bodies: raw.map((one) => nestedBody(one, key)) }); continue; }
    if (column === undefined) throw unknownProperty(key, table.name);
    if (column.targets !== undefined && raw !== null) throw unknownProperty(key, table.name);
    if (column.type === "File" || column.isPlatforms === true) { if (context.byPlatform === true) values[key] = raw as Value; else if (column.type === "File") throw invalidArgument(`The file column '${key}' cannot be set in a create or update request.`); continue; }
    if (!READ_ONLY.has(key) && column.baseOf === undefined) values[key] = convert(table, column, raw);
  }
  return { values, children };
}

function nestedBody(one: unknown, nav: string): Body {
  if (typeof one === "object" && one !== null && !Array.isArray(one)) return one as Body;
  throw new DataverseError(400, "0x80048d19", `Error identified in Payload provided by the user for Entity :'${nav}', For more information on this error please follow this help link. InnerException : An unexpected 'PrimitiveValue' node was found when reading from the JSON reader. A 'StartObject' node was expected.`);
}

function bind(context: WriteContext, table: Table, nav: string, raw: unknown): Row {
  const single = table.singles.get(nav);
  if (single === undefined) throw undeclaredNavigation(nav);
  if (raw === null) return { [single.column]: null };
  if (typeof raw !== "string") throw invalidArgument(`The value of '${nav}@odata.bind' must be a text.`);
  const reference = resolveReference(context, raw);
  if (single.target !== "principal" && reference.table !== single.target) throw new DataverseError(400, "0x80048d19", `A resource was found with type 'Microsoft.Dynamics.CRM.${reference.table}', but the type 'Microsoft.Dynamics.CRM.${single.target}' was expected for '${nav}'.`);
  const target = context.organization.model.table(reference.table);
  const row = context.organization.store.get(reference.table, reference.id);
  if (row === undefined) throw notFound(reference.table, reference.id);
  if (single.column !== "ownerid") { assertPrivilege(context.organization, context.caller, "Append", table); assertAppendTo(context, target, row); }
  return { [single.column]: reference };
}

function assertAppendTo(context: WriteContext, target: Table, row: Row): void {
  // Currencies, units and users can be pointed at by everybody who may read them.
  if (["transactioncurrency", "businessunit", "systemuser", "team", "uom"].includes(target.name)) return;
  const depth = assertPrivilege(context.organization, context.caller, "AppendTo", target);
  if (!reaches(context.organization, context.caller, depth, target, row)) throw missingPrivilege(context.organization, context.caller, "AppendTo", target);
}

function createNested(context: WriteContext, tableName: string, body: Body): Reference {
  if (tableName === "principal") throw invalidArgument("An owner cannot be created together with the record that it owns.");
  const id = create(context, context.organization.model.table(tableName), body);
  return { id, table: tableName };
}

function convert(table: Table, column: Column, raw: unknown): Value {
  if (raw === null || raw === undefined) return null;
  const wrong = (): Error => new DataverseError(400, "0x80048d19", `Error identified in Payload provided by the user for Entity :'${table.name}', For more information on this error please follow this help link. InnerException : Cannot convert the value of '${column.name}' to the expected type.`);
  switch (column.type) {
    case "String": case "Memo":
      if (typeof raw !== "string") throw wrong();
      if (column.max !== undefined && raw.length > column.max) throw new DataverseError(400, "0x80044331", `A validation error occurred.  The length of the '${column.name}' attribute of the '${table.name}' entity exceeded the maximum allowed length of '${column.max}'.`);
      return raw;
    case "Boolean": if (typeof raw !== "boolean") throw wrong(); return raw;
    case "Picklist": case "State": case "Status":
      if (typeof raw !== "number" || !Number.isInteger(raw)) throw wrong();
      if (column.options !== undefined && !column.options.some((option) => option.value === raw)) throw new DataverseError(400, "0x8004431a", `A validation error occurred.  The value ${raw} of '${column.name}' on record of type '${table.name}' is outside the valid range. Accepted Values: ${column.options.map((option) => option.value).join(",")}`);
      return raw;
    case "Integer": case "BigInt":
      if (typeof raw !== "number" || !Number.isInteger(raw)) throw wrong();
      assertRange(table, column, raw);
      return raw;
    case "Money": case "Decimal": case "Double":
      if (typeof raw !== "number" || !Number.isFinite(raw)) throw wrong();
      assertRange(table, column, raw);
      return column.type === "Money" ? Math.round(raw * 10_000) / 10_000 : raw;
    case "Uniqueidentifier": if (typeof raw !== "string" || !GUID.test(raw)) throw wrong(); return raw.toLowerCase();
    case "DateTime": case "DateOnly":
      if (typeof raw !== "string" || Number.isNaN(Date.parse(raw))) throw wrong();
      return column.type === "DateOnly" ? raw.slice(0, 10) : withoutFraction(new Date(raw));
    default: throw wrong();
  }
}

/** Money reaches as far as Dataverse's widest money column, other numbers as far as their column says. */
const MONEY_MAX = 922_337_203_685_477;
function assertRange(table: Table, column: Column, value: number): void {
  const { minimum = column.type === "Money" ? -MONEY_MAX : -Infinity, maximum = column.type === "Money" ? MONEY_MAX : Infinity } = column;
  if (value < minimum || value > maximum) throw new DataverseError(400, column.type === "Integer" || column.type === "BigInt" ? "0x8004432f" : "0x80044330", `A validation error occurred.  The value ${value} of '${column.name}' on record of type '${table.name}' is outside the valid range.`);
}

/** System required columns have a value. Business required ones are the forms' affair, unless the switch says otherwise. */
function assertComplete(organization: Organization, table: Table, row: Row, names?: readonly string[]): void {
  for (const column of table.columns.values()) {
    const isEnforced = column.isSystemRequired === true || (column.required === true && organization.switches.businessRequiredIsEnforced);
    if (isEnforced && (names === undefined || names.includes(column.name)) && (row[column.name] ?? null) === null) throw new DataverseError(400, "0x80040200", `Attribute '${column.name}' cannot be NULL`);
  }
}

/** Creates one row (and what is nested in it). Returns its id. */
export function create(context: WriteContext, table: Table, body: Body, forcedId?: string): string {
  const { organization, caller } = context;
  const depth = assertPrivilege(organization, caller, "Create", table);
  const { values, children } = parseBody(context, table, body);
  assertColumns(organization, caller, "cancreate", table, Object.keys(values));
  const asked = forcedId ?? (typeof values[table.id] === "string" ? asText(values[table.id]) : undefined);
  const id = asked ?? organization.random.uuid();
  assertNew(organization.store, table, id);
  const row: Row = { ...defaults(organization, caller, table), ...values, [table.id]: id, ...stamps(organization, caller, true) };
  settleOwner(organization, caller, table, row);
  if (!reaches(organization, caller, depth, table, row)) throw missingPrivilege(organization, caller, "Create", table);
  const change = { table, before: undefined, row, changed: Object.keys(values) };
  beforeWrite(context, change);
  assertComplete(organization, table, row);
  row["versionnumber"] = organization.store.nextVersion();
  organization.store.put(table, row);
  afterWrite(context, change);
  for (const child of children) createChildren(context, table, id, child);
  announce(context, "Create", table, row, Object.keys(values));
  return id;
}

function createChildren(context: WriteContext, table: Table, id: string, child: Parsed["children"][number]): void {
  const collection = table.collections.get(child.nav);
  if (collection === undefined) throw unknownProperty(child.nav, table.name);
  for (const body of child.bodies) create(context, context.organization.model.table(collection.table), { ...body, [`${collection.nav}@odata.bind`]: `/${table.set}(${id})` });
}

function defaults(organization: Organization, caller: Caller, table: Table): Row {
  const row: Row = {};
  const state = table.columns.get("statecode");
  const status = table.columns.get("statuscode");
  if (state !== undefined) row["statecode"] = 0;
  if (status !== undefined) row["statuscode"] = status.options?.filter((option) => option.state === 0).map((option) => option.value).sort((left, right) => left - right)[0] ?? 1;
  for (const column of table.columns.values()) {
    if (column.defaultValue !== undefined) row[column.name] = column.type === "Boolean" ? column.defaultValue === 1 : column.defaultValue;
    if (column.autoNumber !== undefined) row[column.name] = nextNumber(organization, table, column.autoNumber);
  }
  const owner = table.columns.get("organizationid");
  if (owner !== undefined) row["organizationid"] = owner.targets === undefined ? organization.id : { id: organization.id, table: "organization" };
  if (table.ownership === "UserOwned") row["ownerid"] = { id: caller.userId, table: "systemuser" };
  return row;
}

function nextNumber(organization: Organization, table: Table, format: string): string {
  const next = (organization.numbers.get(table.name) ?? 0) + 1;
  organization.numbers.set(table.name, next);
  return format.replace(/\{SEQNUM:(\d+)\}/, (_match, digits: string) => String(next).padStart(Number(digits), "0")).replace(/\{RANDSTRING:(\d+)\}/, (_match, digits: string) => organization.random.hex(Number(digits)).toUpperCase());
}

function stamps(organization: Organization, caller: Caller, isNew: boolean): Row {
  const user: Reference = { id: caller.userId, table: "systemuser" };
  const onBehalf: Value = caller.callerId === caller.userId ? null : { id: caller.callerId, table: "systemuser" };
  const now = nowText(organization);
  return { modifiedon: now, modifiedby: user, modifiedonbehalfby: onBehalf, ...(isNew ? { createdon: now, createdby: user, createdonbehalfby: onBehalf } : {}) };
}

function settleOwner(organization: Organization, caller: Caller, table: Table, row: Row): void {
  if (table.ownership !== "UserOwned") return;
  const owner = isReference(row["ownerid"]) ? row["ownerid"] : { id: caller.userId, table: "systemuser" };
  const record = organization.store.get(owner.table, owner.id);
  if (record === undefined) throw notFound(owner.table, owner.id);
  assertCanOwn(record, owner.table);
  assertOwnerReads(organization, table, owner);
  row["owningbusinessunit"] = record["businessunitid"];
  row["owninguser"] = owner.table === "systemuser" ? owner : null;
  row["owningteam"] = owner.table === "team" ? owner : null;
}

/** Changes one row. Reassigning needs Assign besides. */
export function update(context: WriteContext, table: Table, id: string, body: Body): void {
  const { organization, caller } = context;
  const before = organization.store.get(table.name, id);
  if (before === undefined) throw notFound(table.name, id);
  assertAccess(organization, caller, "Write", table, before);
  const { values } = parseBody(context, table, body);
  assertColumns(organization, caller, "canupdate", table, Object.keys(values));
  if (Object.entries(values).some(([name, value]) => name !== "ownerid" && isReference(value))) assertAccess(organization, caller, "Append", table, before);
  const changed: Row = Object.fromEntries(Object.entries(values).filter(([name]) => name !== table.id));
  if ("ownerid" in changed && asText(changed["ownerid"]) !== asText(before["ownerid"])) assertAccess(organization, caller, "Assign", table, before);
  const row: Row = { ...before, ...changed, ...stamps(organization, caller, false) };
  const isAssigned = "ownerid" in changed && asText(changed["ownerid"]) !== asText(before["ownerid"]);
  if (isAssigned) settleOwner(organization, caller, table, row);
  const change = { table, before, row, changed: Object.keys(changed) };
  beforeWrite(context, change);
  assertComplete(organization, table, row, Object.keys(changed));
  row["versionnumber"] = organization.store.nextVersion();
  organization.store.put(table, row);
  afterWrite(context, change);
  announce(context, "Update", table, row, Object.keys(changed), before);
  const owner = row["ownerid"];
  if (isAssigned && isReference(owner)) for (const child of followers(organization, table, before, "assign")) assign(context, child, owner);
}

/** A row that goes along when its parent is assigned. */
function assign(context: WriteContext, { table, row }: Child, owner: Reference): void {
  const { model } = context.organization;
  const nav = table.columns.get("ownerid")?.targets?.[0]?.nav;
  if (nav !== undefined && asText(row["ownerid"]) !== owner.id) update({ ...context, byPlatform: true }, table, asText(row[table.id]), { [`${nav}@odata.bind`]: `/${model.table(owner.table).set}(${owner.id})` });
}

export function remove(context: WriteContext, table: Table, id: string): void {
  const { organization, caller } = context;
  const row = organization.store.get(table.name, id);
  if (row === undefined) throw notFound(table.name, id);
  assertAccess(organization, caller, "Delete", table, row);
  beforeDelete(context, table, row);
  const { deleted, unlinked } = dependants(organization, table, row);
  for (const child of deleted) if (organization.store.get(child.table.name, asText(child.row[child.table.id])) !== undefined) remove({ ...context, byPlatform: true }, child.table, asText(child.row[child.table.id]));
  for (const child of unlinked) {
    const current = organization.store.get(child.table.name, asText(child.row[child.table.id]));
    if (current !== undefined) organization.store.put(child.table, { ...current, [child.collection.column]: null, versionnumber: organization.store.nextVersion() });
  }
  erase(context, table, row);
}

function erase(context: WriteContext, table: Table, row: Row): void {
  context.organization.store.remove(table, asText(row[table.id]));
  dropShares(context.organization, asText(row[table.id]));
  afterDelete(context, table, row);
  announce(context, "Delete", table, row, []);
}

function announce(context: WriteContext, message: "Create" | "Update" | "Delete", table: Table, row: Row, changed: readonly string[], before?: Row): void {
  const { organization, caller } = context;
  const change = { message, table: table.name, row, changed, userId: caller.userId, initiatingUserId: caller.callerId, ...(before === undefined ? {} : { before }), ...(caller.bypass === undefined ? {} : { bypass: caller.bypass }), ...(caller.tag === undefined ? {} : { tag: caller.tag }) };
  // Steps see what was committed; what a change set takes back never happened.
  organization.store.afterCommit(() => { for (const listener of organization.listeners) listener(change); });
}
