// Tables, columns and one-to-many relationships that a client makes, changes and deletes over the Web API. Kept as long as the organization runs.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/create-update-entity-definitions-using-web-api and
// create-update-column-definitions-using-web-api. Refusals of doubles have no documented code: 0x80040203 [mem].
import { DataverseError, invalidArgument, methodNotAllowed, noSegment } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { assertNamedPrivilege } from "../security/access.ts";
import { registerPrivileges } from "../security/privileges.ts";
import { asText } from "../store/rows.ts";
import { empty, jsonBody, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { registerMessages } from "../webhooks/deliver.ts";
import { metadataId } from "./describe.ts";
import { addTable, connect, removeColumn, removeTable, type Behavior, type Cascade, type Column, type ColumnType, type Table, type TableDefinition } from "./model.ts";

type Body = Readonly<Record<string, unknown>>;
const at = (value: unknown, ...path: readonly string[]): unknown => path.reduce<unknown>((inner, name) => (typeof inner === "object" && inner !== null ? (inner as Body)[name] : undefined), value);
const labelOf = (value: unknown): string | undefined => { const text = at(value, "LocalizedLabels", "0", "Label"); return typeof text === "string" && text !== "" ? text : undefined; };

const CLASSES: Readonly<Record<string, ColumnType>> = {
  String: "String", Memo: "Memo", Integer: "Integer", BigInt: "BigInt", Decimal: "Decimal", Double: "Double", Money: "Money", Boolean: "Boolean", DateTime: "DateTime", Picklist: "Picklist", File: "File",
};
const FILE_KB = 32_768;

/** A custom name has its publisher's prefix. */
function schemaOf(body: unknown, what: string): string {
  const name = at(body, "SchemaName");
  if (typeof name !== "string" || !/^[a-z][a-z0-9]{1,7}_\w+$/i.test(name)) throw new DataverseError(400, "0x80048062", `Invalid name for ${what} ${String(name)}. Custom names must start with a valid customization prefix.`);
  return name;
}

function columnOf(body: unknown): Column {
  const schema = schemaOf(body, "attribute");
  const kind = /^#?Microsoft\.Dynamics\.CRM\.(\w+)AttributeMetadata$/.exec(String(at(body, "@odata.type")))?.[1] ?? "";
  const type = CLASSES[kind];
  if (type === undefined) throw invalidArgument(`Attribute of type ${kind} cannot be created through the CreateAttribute message.`);
  const number = (name: string): number | undefined => { const value = at(body, name); return typeof value === "number" ? value : undefined; };
  const [max, minimum, maximum, size] = [number("MaxLength"), number("MinValue"), number("MaxValue"), number("MaxSizeInKB")];
  const given = at(body, "OptionSet", "Options");
  const options = Array.isArray(given) ? given.map((one: unknown) => ({ value: Number(at(one, "Value")), label: labelOf(at(one, "Label")) ?? String(at(one, "Value")) })) : undefined;
  const [label, auto] = [labelOf(at(body, "DisplayName")), at(body, "AutoNumberFormat")];
  return {
    name: schema.toLowerCase(), schema, type: type === "DateTime" && at(body, "Format") === "DateOnly" ? "DateOnly" : type, ...(label === undefined ? {} : { label }), ...(max === undefined ? {} : { max }), ...(minimum === undefined ? {} : { minimum }), ...(maximum === undefined ? {} : { maximum }),
    ...(options === undefined ? {} : { options }), ...(typeof auto === "string" && auto !== "" ? { autoNumber: auto } : {}), ...(at(body, "RequiredLevel", "Value") === "ApplicationRequired" ? { required: true } : {}), ...(at(body, "IsSecured") === true ? { isSecured: true } : {}),
    ...(type === "File" ? { max: (size ?? FILE_KB) * 1_024 } : {}),
  };
}

const STATES: readonly Column[] = [
  { name: "statecode", type: "State", label: "Status", options: [{ value: 0, label: "Active" }, { value: 1, label: "Inactive" }] },
  { name: "statuscode", type: "Status", label: "Status Reason", options: [{ value: 1, label: "Active", state: 0 }, { value: 2, label: "Inactive", state: 1 }] },
];
/** Money brings its currency along. */
const CURRENCY: readonly Column[] = [{ name: "transactioncurrencyid", type: "Lookup", label: "Currency", targets: [{ table: "transactioncurrency", nav: "transactioncurrencyid" }] }, { name: "exchangerate", type: "Decimal", label: "Exchange Rate" }];
const withCurrency = (columns: readonly Column[], has: (name: string) => boolean): readonly Column[] => (columns.some((one) => one.type === "Money") ? [...columns, ...CURRENCY.filter((one) => !has(one.name))] : columns);

/** Puts a definition into the model, and what hangs on it. */
function install(context: ApiContext, definition: TableDefinition): void {
  const { organization } = context;
  addTable(organization.model, definition);
  connect(organization.model);
  registerPrivileges(organization);
  registerMessages(organization);
}
const shellOf = (table: Table, more: Partial<TableDefinition>): TableDefinition => ({ name: table.name, schema: table.schema, set: table.set, id: table.id, primaryName: table.primaryName, code: table.code, label: table.label, plural: table.plural, ownership: table.ownership, columns: [], partners: {}, ...more });

function createTable(context: ApiContext, body: Body): string {
  const schema = schemaOf(body, "entity");
  const name = schema.toLowerCase();
  const { model } = context.organization;
  if (model.tables.has(name)) throw invalidArgument(`An entity with the specified name ${name} already exists. Specify a unique name.`);
  const given = Array.isArray(body["Attributes"]) ? body["Attributes"] : [];
  const primary: unknown = given.find((one: unknown) => at(one, "IsPrimaryName") === true);
  if (primary === undefined) throw invalidArgument("The entity must have an attribute whose IsPrimaryName is true.");
  const columns = given.map(columnOf);
  const label = labelOf(body["DisplayName"]) ?? schema;
  install(context, {
    name, schema, set: `${name}s`, id: `${name}id`, primaryName: columnOf(primary).name, code: 10_000 + model.tables.size, label, plural: labelOf(body["DisplayCollectionName"]) ?? label, ownership: body["OwnershipType"] === "OrganizationOwned" ? "OrgOwned" : "UserOwned",
    columns: withCurrency([{ name: `${name}id`, schema: `${schema}Id`, type: "Uniqueidentifier" }, ...columns, ...STATES], () => false), partners: {}, ...(body["ChangeTrackingEnabled"] === true ? { isChangeTracked: true } : {}),
  });
  return `EntityDefinitions(${metadataId(`table ${name}`)})`;
}

function createColumn(context: ApiContext, table: Table, body: Body): string {
  const column = columnOf(body);
  if (table.columns.has(column.name)) throw invalidArgument(`An attribute with the specified name ${column.name} already exists for entity ${table.name}.`);
  install(context, shellOf(table, { columns: withCurrency([column], (name) => table.columns.has(name)) }));
  return `EntityDefinitions(${metadataId(`table ${table.name}`)})/Attributes(${metadataId(`column ${table.name}.${column.name}`)})`;
}

const CASCADES: readonly Cascade[] = ["NoCascade", "Cascade", "Active", "UserOwned"];
const DELETES: readonly Behavior["delete"][] = ["Cascade", "Restrict", "RemoveLink", "NoCascade"];
const cascadeOf = (body: Body): Behavior => {
  const word = (name: string): unknown => at(body, "CascadeConfiguration", name);
  const cascade = (name: string): Cascade => CASCADES.find((one) => one === word(name)) ?? "NoCascade";
  return { assign: cascade("Assign"), share: cascade("Share"), unshare: cascade("Unshare"), delete: DELETES.find((one) => one === word("Delete")) ?? "RemoveLink" };
};

/** A one-to-many relationship, and the lookup that comes with it. */
function createRelationship(context: ApiContext, body: Body): string {
  const { model } = context.organization;
  if (!String(body["@odata.type"]).endsWith("OneToManyRelationshipMetadata")) throw invalidArgument("Only one-to-many relationships can be created here.");
  const name = schemaOf(body, "relationship");
  const [from, to] = [model.tables.get(String(body["ReferencingEntity"])), model.tables.get(String(body["ReferencedEntity"]))];
  if (from === undefined || to === undefined) throw new DataverseError(404, "0x80040217", `Could not find an entity with name ${String(from === undefined ? body["ReferencingEntity"] : body["ReferencedEntity"])}`);
  if (to.collections.has(name)) throw invalidArgument(`The relationship ${name} already exists.`);
  const schema = schemaOf(body["Lookup"], "attribute");
  const label = labelOf(at(body["Lookup"], "DisplayName"));
  const behavior = cascadeOf(body);
  install(context, shellOf(from, {
    columns: [{ name: schema.toLowerCase(), schema, type: "Lookup", targets: [{ table: to.name, nav: schema }], ...(label === undefined ? {} : { label }) }], partners: { [schema]: name }, behaviors: { [name]: behavior },
    restricted: behavior.delete === "Restrict" ? [name] : [], cascading: behavior.delete === "Cascade" ? [name] : [],
  }));
  return `RelationshipDefinitions(${metadataId(`relationship ${name}`)})`;
}

function dropColumn(context: ApiContext, tableName: string, column: string): void {
  const { store, model } = context.organization;
  const table = model.table(tableName);
  if (!column.includes("_") || column === table.primaryName || column === table.id) throw new DataverseError(400, "0x8004f01f", `Attribute ${column} cannot be deleted.`);
  for (const row of [...store.all(tableName)]) if (column in row) store.put(table, Object.fromEntries(Object.entries(row).filter(([name]) => name !== column)));
  removeColumn(model, tableName, column);
}

/** A table goes with its rows, unless another one's lookup needs it. */
function dropTable(context: ApiContext, table: Table): void {
  const { store, model } = context.organization;
  if (!table.name.includes("_") || table.collections.size > 0) throw new DataverseError(400, "0x8004f01f", `Entity ${table.name} cannot be deleted: other components require it.`);
  for (const row of [...store.all(table.name)]) store.remove(table, asText(row[table.id]));
  removeTable(model, table.name);
}

/** What the request's address has named: a table, one of its columns, or a relationship. */
export interface Named { readonly table?: Table; readonly column?: string; readonly relationship?: { readonly name: string; readonly parent: Table } }

/** POST into a set, PUT on a definition (all of it is sent, as documented), DELETE of one. */
export function writeDefinition(context: ApiContext, request: ApiRequest, set: "EntityDefinitions" | "RelationshipDefinitions", of: Named): Reply {
  const allowed = (right: string, what: string): void => { assertNamedPrivilege(context.organization, context.caller, `prv${right}${what}`); };
  const what = set === "RelationshipDefinitions" ? "Relationship" : of.column !== undefined || (of.table !== undefined && request.method === "POST") ? "Attribute" : "Entity";
  const known = of.column !== undefined || of.relationship !== undefined || (of.table !== undefined && request.method !== "POST");
  switch (request.method) {
    case "POST": {
      if (known) throw methodNotAllowed();
      allowed("Create", what);
      const body = jsonBody(request.body);
      const path = what === "Relationship" ? createRelationship(context, body) : of.table === undefined ? createTable(context, body) : createColumn(context, of.table, body);
      const url = `${context.organization.baseUrl}/api/data/v9.2/${path}`;
      return empty({ "odata-entityid": url, location: url });
    }
    case "PUT": if (!known) throw methodNotAllowed(); allowed("Write", what); change(of, jsonBody(request.body)); return empty();
    case "DELETE": {
      if (!known) throw methodNotAllowed();
      allowed("Delete", what);
      if (of.relationship !== undefined) drop(context, of.relationship);
      else if (of.table !== undefined && of.column !== undefined) dropColumn(context, of.table.name, of.column);
      else if (of.table !== undefined) dropTable(context, of.table);
      return empty();
    }
    default: throw methodNotAllowed();
  }
}

/** Deleting the relationship deletes the lookup. */
function drop(context: ApiContext, { name, parent }: NonNullable<Named["relationship"]>): void {
  const found = parent.collections.get(name);
  if (found === undefined) throw noSegment(name);
  dropColumn(context, found.table, found.column);
}

function change({ table, column, relationship }: Named, body: Body): void {
  if (relationship !== undefined) {
    const { name, parent } = relationship;
    const found = parent.collections.get(name);
    if (found !== undefined) { const behavior = cascadeOf(body); parent.collections.set(name, { ...found, behavior, isRestricted: behavior.delete === "Restrict", isCascading: behavior.delete === "Cascade" }); }
    return;
  }
  if (table === undefined) return;
  const label = labelOf(body["DisplayName"]);
  const old = column === undefined ? undefined : table.columns.get(column);
  if (old === undefined) { table.label = label ?? table.label; table.plural = labelOf(body["DisplayCollectionName"]) ?? table.plural; return; }
  const wanted = columnOf({ SchemaName: old.schema ?? old.name, "@odata.type": `Microsoft.Dynamics.CRM.${old.type === "DateOnly" ? "DateTime" : old.type}AttributeMetadata`, ...(old.type === "DateOnly" ? { Format: "DateOnly" } : {}), ...body });
  if (wanted.type !== old.type) throw new DataverseError(400, "0x80044150", `Attribute ${old.name} is a ${old.type}, but a ${wanted.type} type was specified.`);
  table.columns.set(old.name, { ...old, ...wanted, name: old.name, schema: old.schema ?? old.name });
}
