// Answers FetchXML: joins, filters, orders, aggregates, pages. Null columns are left out, linked columns come as alias.column.
// Source: learn.microsoft.com/power-apps/developer/data-platform/fetchxml
import type { Reply } from "../../kit/faults.ts";
import { invalidArgument } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import { assertPrivilege, reaches } from "../security/access.ts";
import { visible } from "../security/columns.ts";
import { isReference, type Row } from "../store/rows.ts";
import { annotator, odata, preferences, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { askerOf, type Asker, type Scalar } from "./crm-functions.ts";
import { asScalar } from "./evaluate.ts";
import { aggregate } from "./fetch-aggregate.ts";
import { holdsCondition } from "./fetch-conditions.ts";
import { compare, sourcesOf, valueOf, type Tuple } from "./fetch-tuples.ts";
import { parseFetch, type FetchCondition, type FetchFilter, type FetchLink, type FetchQuery, type FetchSource } from "./fetch-parser.ts";
import { writeCookie } from "./paging.ts";
import { type Annotate, formatValue, serialize, shortMoney, writeLinked } from "./serialize.ts";

const PAGE_MAX = 5_000;
const TUPLES_MAX = 500_000;

export function readFetch(context: ApiContext, request: ApiRequest, table: Table, xml: string): Reply {
  const query = parseFetch(context.organization, xml, table);
  const annotate = annotator(preferences(request.headers));
  const tuples = select(context, query);
  const kept = query.isAggregate ? [] : distinct(query, sorted(context, query, tuples));
  const all = query.isAggregate ? aggregate(context.organization, query, tuples, annotate) : kept;
  const size = query.top ?? Math.min(query.count ?? PAGE_MAX, PAGE_MAX);
  const from = query.top === undefined ? (query.page - 1) * size : 0;
  const page = kept.slice(from, from + size);
  const rows = query.isAggregate ? all.slice(from, from + size) : page.map((tuple) => write(context, query, tuple, annotate));
  const hasMore = query.top === undefined && size > 0 && all.length > from + size;
  return odata(200, {
    "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#${table.set}`,
    ...(query.wantsCount || request.query.get("$count") === "true" ? { "@odata.count": Math.min(all.length, PAGE_MAX), "@Microsoft.Dynamics.CRM.totalrecordcount": all.length, "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded": all.length > PAGE_MAX } : {}),
    ...(hasMore && annotate("Microsoft.Dynamics.CRM.morerecords") ? { "@Microsoft.Dynamics.CRM.fetchxmlpagingcookie": writeCookie(table, query.page + 1, page.map((tuple) => tuple.get(query.root.alias) ?? {})), "@Microsoft.Dynamics.CRM.morerecords": true } : {}),
    value: rows,
  });
}

function select(context: ApiContext, query: FetchQuery): readonly Tuple[] {
  const asker = askerOf(context);
  const { root } = query;
  for (const { table } of sourcesOf(root)) assertPrivilege(context.organization, context.caller, "Read", table);
  let tuples: Tuple[] = [];
  for (const row of readable(context, root.table, narrowed(context, root))) tuples.push(new Map([[root.alias, row]]));
  for (const link of root.links) tuples = join(context, tuples, root.alias, link, asker);
  return tuples.filter((tuple) => root.filters.every((filter) => holds({ context, asker, tuple, alias: root.alias }, filter)));
}

/** An equality on the key or a lookup is answered from the index. */
function narrowed(context: ApiContext, { table, filters }: FetchSource): Iterable<Row> {
  const { store } = context.organization;
  for (const filter of filters) {
    const condition = filter.isOr ? undefined : filter.conditions.find((one) => one.alias === undefined && one.against === undefined && one.operator === "eq" && (one.column === table.id || table.columns.get(one.column)?.targets !== undefined));
    if (condition === undefined) continue;
    const id = condition.value.replace(/[{}]/g, "").toLowerCase();
    if (condition.column !== table.id) return store.pointingAt(table.name, condition.column, id);
    const row = store.get(table.name, id);
    return row === undefined ? [] : [row];
  }
  return store.all(table.name);
}

function* readable(context: ApiContext, table: Table, rows: Iterable<Row>): Generator<Row> {
  const depth = assertPrivilege(context.organization, context.caller, "Read", table);
  for (const row of rows) if (reaches(context.organization, context.caller, depth, table, row)) yield visible(context.organization, context.caller, table, row);
}

function join(context: ApiContext, tuples: readonly Tuple[], parent: string, link: FetchLink, asker: Asker): Tuple[] {
  const found: Tuple[] = [];
  for (const tuple of tuples) {
    const own = matchesOf(context, tuple, parent, link, asker);
    if (link.kind === "inner") found.push(...own);
    else if (link.kind === "outer") found.push(...(own.length === 0 ? [tuple] : own));
    else if (link.kind === "first") found.push(...own.slice(0, 1));
    else if (own.length > 0) found.push(tuple);
    if (found.length > TUPLES_MAX) throw invalidArgument("The query returns more rows than can be joined here.");
  }
  return found;
}

/** The tuple with each partner that meets the link's own conditions. */
function matchesOf(context: ApiContext, tuple: Tuple, parent: string, link: FetchLink, asker: Asker): Tuple[] {
  const row = tuple.get(parent);
  let own: Tuple[] = row === undefined ? [] : [...readable(context, link.table, partners(context, row, link))].map((other) => new Map([...tuple, [link.alias, other]]));
  for (const inner of link.links) own = join(context, own, link.alias, inner, asker);
  return own.filter((one) => link.filters.every((filter) => holds({ context, asker, tuple: one, alias: link.alias }, filter)));
}

function partners(context: ApiContext, row: Row, link: FetchLink): Iterable<Row> {
  const { store } = context.organization;
  const value = row[link.to];
  const plain = isReference(value) ? value.id : value;
  if (plain === null || plain === undefined) return [];
  if (link.from === link.table.id) { const other = store.get(link.table.name, String(plain)); return other === undefined ? [] : [other]; }
  if (link.table.columns.get(link.from)?.targets !== undefined) return store.pointingAt(link.table.name, link.from, String(plain));
  return [...store.all(link.table.name)].filter((other) => asScalar(other[link.from]) === plain);
}

interface Here { readonly context: ApiContext; readonly asker: Asker; readonly tuple: Tuple; readonly alias: string }

function holds(here: Here, filter: FetchFilter): boolean {
  const tests = [...filter.conditions.map((one) => () => meets(here, one)), ...filter.filters.map((inner) => () => holds(here, inner)), ...filter.links.map((link) => () => hasPartner(here, link))];
  return tests.length === 0 || (filter.isOr ? tests.some((test) => test()) : tests.every((test) => test()));
}

function meets({ asker, tuple, alias }: Here, condition: FetchCondition): boolean {
  const { against, table, column } = condition;
  const row = tuple.get(condition.alias ?? alias) ?? {};
  if (against === undefined) return holdsCondition({ value: asScalar(row[column]), table, row, column }, condition, asker);
  const other = valueOf(tuple, against.alias ?? alias, against.column);
  return other !== null && holdsCondition({ value: asScalar(row[column]), table, row, column }, { ...condition, value: String(other), values: [] }, asker);
}

/** A link in a filter: is there a partner, none, or partners none of which meets the conditions? */
function hasPartner({ context, asker, tuple, alias }: Here, link: FetchLink): boolean {
  const isMet = matchesOf(context, tuple, alias, link, asker).length > 0;
  if (link.kind === "exists") return isMet;
  if (link.kind === "none") return !isMet;
  const row = tuple.get(alias);
  return !isMet && row !== undefined && [...readable(context, link.table, partners(context, row, link))].length > 0;
}

/** The entity's orders come first, then those of its links. Choices sort by their label and lookups by name, unless raw values are asked for. */
function sorted(context: ApiContext, query: FetchQuery, tuples: readonly Tuple[]): readonly Tuple[] {
  const sources = sourcesOf(query.root);
  const orders = sources.flatMap((source) => source.orders.flatMap((one) => {
    const of = sources.find((other) => other.alias === (one.of ?? source.alias)) ?? source;
    const column = one.column === undefined ? undefined : of.table.columns.get(one.column);
    return column === undefined ? [] : [{ alias: of.alias, column, isLabelled: !query.isRawOrder && (column.options !== undefined || column.targets !== undefined), sign: one.isDescending ? -1 : 1 }];
  }));
  if (orders.length === 0) return tuples;
  const sortable = (tuple: Tuple, { alias, column, isLabelled }: (typeof orders)[number]): Scalar => {
    const row = tuple.get(alias) ?? {};
    return isLabelled ? formatValue(context.organization, column, row[column.name], row) ?? null : asScalar(row[column.name]);
  };
  return tuples.toSorted((left, right) => orders.reduce((order, one) => (order === 0 ? compare(sortable(left, one), sortable(right, one)) * one.sign : order), 0));
}

const chosen = (source: FetchSource): readonly string[] => (source.attributes === "all" ? [...source.table.columns.keys()] : source.attributes.map((one) => one.column));

function distinct(query: FetchQuery, tuples: readonly Tuple[]): readonly Tuple[] {
  if (!query.isDistinct) return tuples;
  const sources = sourcesOf(query.root);
  const seen = new Map(tuples.map((tuple) => [JSON.stringify(sources.map((source) => chosen(source).map((column) => valueOf(tuple, source.alias, column)))), tuple]));
  return [...seen.values()];
}

function write(context: ApiContext, query: FetchQuery, tuple: Tuple, annotate: Annotate): Record<string, unknown> {
  const { root } = query;
  const row = tuple.get(root.alias) ?? {};
  const plain = root.attributes === "all" ? [] : root.attributes.filter((one) => one.alias === undefined || one.alias === one.column).map((one) => one.column);
  const names = root.attributes === "all" || root.attributes.length === 0 ? undefined : plain;
  const body = Object.fromEntries(Object.entries(serialize(context.organization, root.table, row, names, annotate)).filter(([, value]) => value !== null));
  for (const source of sourcesOf(root)) {
    const other = tuple.get(source.alias);
    if (other === undefined) continue;
    const aliases = source.attributes === "all" ? new Map<string, string>() : new Map(source.attributes.flatMap((one) => (one.alias === undefined ? [] : [[one.column, one.alias]])));
    for (const column of source === root ? [...aliases.keys()].filter((name) => !plain.includes(name)) : chosen(source)) writeLinked(context.organization, { table: source.table, row: other, column, property: aliases.get(column) ?? `${source.alias}${context.organization.switches.fetchAliasesHaveDots ? "." : "_x002e_"}${column}` }, annotate, body);
  }
  return Object.fromEntries(Object.entries(body).map(([name, value]) => [name, shortMoney(value)]));
}
