// EntityDefinitions, RelationshipDefinitions, GlobalOptionSetDefinitions and $metadata, answered from the model.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/query-metadata-web-api
import { badRequest, DataverseError, methodNotAllowed, noSegment } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import type { Organization } from "../organization.ts";
import { splitOutside } from "../query/options.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { describeColumn, describeKeys, describeOneToMany, describeTable, type Described } from "./describe.ts";
import { edmx } from "./edmx.ts";
import { dropChoice, globalChoices, keepChoice } from "./global-choices.ts";
import type { Table } from "./model.ts";
import { writeDefinition, type Named } from "./write-definitions.ts";

const SETS = ["EntityDefinitions", "RelationshipDefinitions", "GlobalOptionSetDefinitions"] as const;
export const isMetadata = (path: string): boolean => path === "$metadata" || /^(EntityDefinitions|RelationshipDefinitions|GlobalOptionSetDefinitions)\b/.test(path);

const TEXT = /^\(*\s*(contains|startswith|endswith)\(([\w/]+),\s*'((?:[^']|'')*)'\)\s*\)*$/;
const COMPARISON = /^\(*\s*([\w/]+) (eq|ne) (?:[\w.]+(?='))?('?)((?:[^']|'')*)\3\s*\)*$/;

function valueAt(row: Described, path: string): unknown {
  return path.split("/").reduce<unknown>((value, name) => (typeof value === "object" && value !== null && Object.hasOwn(value, name) ? (value as Described)[name] : undefined), row);
}

const wordOf = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value)).toLowerCase();

/** The filters that metadata knows: comparisons with values or enum members, text functions, and, or. Paging and sorting it does not know. */
function filtered(rows: readonly Described[], filter: string | undefined): readonly Described[] {
  if (filter === undefined || filter === "") return rows;
  const known = new Set(rows.flatMap((row) => Object.keys(row)));
  const holds = (row: Described, text: string): boolean => {
    const [, name, textPath, wanted] = TEXT.exec(text.trim()) ?? [];
    const [, path = textPath ?? "", operator, , literal = ""] = COMPARISON.exec(text.trim()) ?? [];
    if (!known.has(path.split("/")[0] ?? "")) throw badRequest(`The metadata query filter '${filter}' is not supported.`);
    const value = wordOf(valueAt(row, path) ?? "null");
    if (name === "contains") return value.includes((wanted ?? "").toLowerCase());
    if (name !== undefined) return name === "startswith" ? value.startsWith((wanted ?? "").toLowerCase()) : value.endsWith((wanted ?? "").toLowerCase());
    return (value === literal.toLowerCase()) === (operator === "eq");
  };
  return rows.filter((row) => filter.split(" or ").some((side) => side.split(" and ").every((text) => holds(row, text))));
}

interface Asked { readonly context: ApiContext; readonly request: ApiRequest; readonly set: (typeof SETS)[number]; readonly rest: readonly string[] }

const answer = ({ context }: Asked, suffix: string, body: Described): Reply => odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#${suffix}`, ...body });

function picked(request: ApiRequest, row: Described): Described {
  const select = request.query.get("$select")?.split(",").map((name) => name.trim()).filter((name) => name !== "") ?? [];
  const unknown = select.find((name) => !Object.hasOwn(row, name) && row["LogicalName"] !== undefined && row["EntitySetName"] !== undefined);
  if (unknown !== undefined) throw badRequest(`Could not find a property named '${unknown}' on type 'Microsoft.Dynamics.CRM.EntityMetadata'.`);
  return select.length === 0 ? row : Object.fromEntries(Object.entries(row).filter(([name]) => select.includes(name) || name === "MetadataId" || name.startsWith("@")));
}

export function answerMetadata(context: ApiContext, request: ApiRequest): Reply {
  if (request.path === "$metadata") return request.method === "GET" ? { status: 200, headers: { "content-type": "application/xml", "odata-version": "4.0" }, body: edmx(context.organization) } : refuse();
  const unsupported = ["$orderby", "$top", "$skip", "$count"].find((name) => request.query.has(name));
  if (unsupported !== undefined) throw badRequest(`The query option '${unsupported}' is not supported for metadata.`);
  const [first = "", ...rest] = splitOutside(request.path, "/");
  const set = SETS.find((one) => first === one || first.startsWith(`${one}(`));
  if (set === undefined) throw noSegment(first.split("(")[0] ?? "");
  const asked: Asked = { context, request, set, rest };
  const key = first.slice(set.length);
  if (set === "GlobalOptionSetDefinitions") return onChoices(asked, key);
  const rows = set === "EntityDefinitions" ? [...context.organization.model.tables.values()].map(describeTable) : [...context.organization.model.tables.values()].flatMap(describeOneToMany);
  if (request.method !== "GET") {
    const written = writeDefinition(context, request, set, namedBy(asked, rows, key));
    journalOf(context.organization).push({ method: request.method, path: request.path, body: request.body });
    return written;
  }
  if (key === "") return listed(asked, rows, rest[0]);
  const row = named(rows, key);
  if (set === "RelationshipDefinitions") return answer(asked, "RelationshipDefinitions/$entity", picked(request, row));
  const table = context.organization.model.table(String(row["LogicalName"]));
  return rest.length === 0 ? answer(asked, "EntityDefinitions/$entity", { ...picked(request, row), ...expanded(request, table) }) : part(asked, table, row);
}

/** What a write is about: one casts away, the rest of the address must name a table, a column of it, or a relationship. */
function namedBy({ context: { organization }, set, rest }: Asked, rows: readonly Described[], key: string): Named {
  const [part, ...more] = rest.filter((one) => !one.startsWith("Microsoft.Dynamics.CRM."));
  if (key === "") { if (part !== undefined) throw noSegment(part); return {}; }
  const row = named(rows, key);
  if (set === "RelationshipDefinitions") { if (part !== undefined) throw noSegment(part); return { relationship: { name: String(row["SchemaName"]), parent: organization.model.table(String(row["ReferencedEntity"])) } }; }
  const table = organization.model.table(String(row["LogicalName"]));
  if (part === undefined) return { table };
  const [, name, columnKey] = /^(\w+)(\(.*\))?$/.exec(part) ?? [];
  if (name !== "Attributes" || more.length > 0) throw methodNotAllowed();
  return columnKey === undefined ? { table } : { table, column: String(named([...table.columns.values()].map((column) => describeColumn(table, column)), columnKey)["LogicalName"]) };
}

interface Written { readonly method: string; readonly path: string; readonly body: string }
const journals = new WeakMap<Organization, Written[]>();
/** What was written to definitions, in order: a restart does it again. */
export function journalOf(organization: Organization): Written[] {
  const found = journals.get(organization) ?? [];
  journals.set(organization, found);
  return found;
}

const refuse = (): never => { throw methodNotAllowed(); };

function listed(asked: Asked, rows: readonly Described[], cast: string | undefined): Reply {
  const kept = cast === undefined ? rows : rows.filter((row) => row["@odata.type"] === `#${cast}`);
  return answer(asked, asked.set, { value: filtered(kept, asked.request.query.get("$filter")).map((row) => picked(asked.request, row)) });
}

/** `(guid)`, `(LogicalName='x')`, `(SchemaName='x')`, `(Name='x')`. */
function named(rows: readonly Described[], key: string): Described {
  const [, property = "MetadataId", value = ""] = /^\((?:(\w+)=)?'?([\w-]+)'?\)$/.exec(key) ?? [];
  const found = rows.find((row) => wordOf(row[property] ?? "") === value.toLowerCase());
  if (found === undefined) throw new DataverseError(404, "0x80040217", `Could not find an entity with name ${value} and specified or default metadataid`);
  return found;
}

const PARTS: Readonly<Record<string, (table: Table) => readonly Described[]>> = {
  Attributes: (table) => [...table.columns.values()].map((column) => describeColumn(table, column)), Keys: describeKeys, OneToManyRelationships: describeOneToMany, ManyToManyRelationships: () => [],
  ManyToOneRelationships: (table) => [...table.singles.values()].map((single) => ({ ReferencingEntity: table.name, ReferencingAttribute: single.column, ReferencedEntity: single.target, ReferencingEntityNavigationPropertyName: single.nav })),
};

/** $expand=Attributes($select=…),Keys on one table. */
function expanded(request: ApiRequest, table: Table): Described {
  return Object.fromEntries(splitOutside(request.query.get("$expand") ?? "", ",").map((item) => {
    const [, name = "", options = ""] = /^(\w+)(?:\((.*)\))?$/s.exec(item) ?? [];
    const read = PARTS[name];
    if (read === undefined) throw badRequest(`Could not find a property named '${name}' on type 'Microsoft.Dynamics.CRM.EntityMetadata'.`);
    const query = new Map(splitOutside(options, ";").map((one) => [one.slice(0, one.indexOf("=")), one.slice(one.indexOf("=") + 1)] as const));
    return [name, filtered(read(table), query.get("$filter")).map((row) => picked({ ...request, query }, row))];
  }));
}

/** A table's collections, with a cast, one member by name, or one property of the table itself. */
function part(asked: Asked, table: Table, row: Described): Reply {
  const [head = "", ...after] = asked.rest;
  const [, name = head, key] = /^(\w+)(\(.*\))$/.exec(head) ?? [];
  const read = Object.hasOwn(PARTS, name) ? PARTS[name] : undefined;
  if (read === undefined) return single(asked, `EntityDefinitions(${String(row["MetadataId"])})`, row, [name, ...after]);
  const cast = after.find((one) => one.startsWith("Microsoft.Dynamics.CRM."));
  const rows = read(table).filter((one) => cast === undefined || one["@odata.type"] === `#${cast}`);
  const { request } = asked;
  // OptionSet is a navigation: it comes with a cast and $expand only, and a column of another kind has none.
  const withChoices = (one: Described): Described => {
    const asks = splitOutside(request.query.get("$expand") ?? "", ",").map((item) => item.split("(")[0]);
    const plain = Object.fromEntries(Object.entries(picked(request, one)).filter(([property]) => property !== "OptionSet"));
    return { ...plain, ...(asks.includes("OptionSet") && one["OptionSet"] !== undefined ? { OptionSet: one["OptionSet"] } : {}), ...(asks.includes("GlobalOptionSet") ? { GlobalOptionSet: null } : {}) };
  };
  if (key === undefined) return answer(asked, `EntityDefinitions('${table.name}')/${name}${cast === undefined ? "" : `/${cast}`}`, { value: filtered(rows, request.query.get("$filter")).map(withChoices) });
  const found = named(rows, key);
  const more = after.filter((one) => one !== cast);
  return more.length === 0 ? answer(asked, `EntityDefinitions('${table.name}')/${name}/$entity`, withChoices(found)) : single(asked, `EntityDefinitions('${table.name}')/${name}`, found, more);
}

/** One property, as an object, a value or plain text. */
function single(asked: Asked, suffix: string, row: Described, [name = "", last]: readonly string[]): Reply {
  if (!Object.hasOwn(row, name) || (last !== undefined && last !== "$value")) throw noSegment(last ?? name);
  const value = row[name];
  if (last === "$value") return { status: 200, headers: { "content-type": "text/plain", "odata-version": "4.0" }, body: typeof value === "string" ? value : JSON.stringify(value) };
  return answer(asked, `${suffix}/${name}`, typeof value === "object" && value !== null && !Array.isArray(value) ? value as Described : { value });
}

function onChoices(asked: Asked, key: string): Reply {
  const { request, context: { organization, caller } } = asked;
  const rows = globalChoices(organization);
  if (request.method === "GET") return key === "" ? listed(asked, rows, undefined) : answer(asked, "GlobalOptionSetDefinitions/$entity", picked(request, named(rows, key)));
  if (!caller.isSystem) throw new DataverseError(403, "0x80040220", `Principal user (Id=${caller.userId}, type=8, roleCount=${caller.roles.size}) is missing prvCreateOptionSet privilege.`);
  if (request.method === "POST" && key === "") {
    const url = `${organization.baseUrl}/api/data/v9.2/GlobalOptionSetDefinitions(${keepChoice(organization, jsonBody(request.body))})`;
    return empty({ "odata-entityid": url, location: url });
  }
  const found = named(rows, key);
  if (request.method === "PUT") { keepChoice(organization, { ...jsonBody(request.body), Name: found["Name"] }, String(found["MetadataId"])); return empty(); }
  if (request.method !== "DELETE") throw methodNotAllowed();
  dropChoice(organization, String(found["Name"]));
  return empty();
}
