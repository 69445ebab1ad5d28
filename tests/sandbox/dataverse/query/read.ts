// Reads: which rows a user sees, filtered, sorted, paged, expanded, written as Dataverse writes them.
import { badRequest, noColumn } from "../errors.ts";
import type { Single, Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import { assertPrivilege, depthOf, reaches } from "../security/access.ts";
import { assertFilterable, namesIn, visible } from "../security/columns.ts";
import { asText, isReference, type Row } from "../store/rows.ts";
import { checkFilter } from "./check-filter.ts";
import { askerOf } from "./crm-functions.ts";
import { columnOf, matches, testerOf } from "./evaluate.ts";
import type { Expand, QueryOptions } from "./options.ts";
import { firstOf, orderOf } from "./order.ts";
import { startOf, writeCookie } from "./paging.ts";
import { collectionTable, relatedRows } from "./related.ts";
import { serialize, type Annotate } from "./serialize.ts";
import type { Filter } from "./filter-parser.ts";

export interface ReadContext {
  readonly organization: Organization;
  readonly caller: Caller;
  readonly annotate: Annotate;
  readonly pageSize: number;
  readonly isPaged?: boolean;
}
export interface Page {
  readonly rows: readonly Record<string, unknown>[];
  readonly total: number;
  /** There is more: the number of the next page and the rows of this one. */
  readonly next: { readonly page: number; readonly after: readonly Row[] } | undefined;
}

export const PAGE_SIZE_MAX = 5_000;

/** The rows of a table that this user sees and that the filter lets through. */
export function findRows(context: ReadContext, table: Table, filter: Filter | undefined, within?: readonly Row[]): Row[] {
  const held = assertPrivilege(context.organization, context.caller, "Read", table);
  const asker = askerOf(context);
  if (filter !== undefined) checkFilter(asker, table, filter);
  assertFilterable(context.organization, context.caller, table, namesIn(filter));
  const found: Row[] = [];
  const isFor = filter === undefined ? undefined : testerOf(asker, table, filter);
  const isAll = held.reach.isGlobal && held.ofImpersonator === undefined;
  // Most rows fail the filter, and it is cheaper than the question whose they are.
  for (const row of within ?? narrowed(context.organization, table, filter) ?? context.organization.store.all(table.name)) {
    if ((isFor === undefined || isFor(row)) && (isAll || reaches(context.organization, context.caller, held, table, row))) found.push(row);
  }
  return found;
}

/** A page of a table as this user sees it. */
export function readPage(context: ReadContext, table: Table, options: QueryOptions, within?: readonly Row[]): Page {
  checkNames(context, table, options);
  assertFilterable(context.organization, context.caller, table, options.orderBy.map((one) => one.property));
  const found = findRows(context, table, options.filter, within);
  // With a page size asked for, Dataverse ignores $top.
  const top = context.isPaged === true ? undefined : options.top;
  const limit = top ?? Math.min(context.pageSize, PAGE_SIZE_MAX);
  const order = orderOf(context.organization, table, options);
  const sorted = options.cookie === undefined ? firstOf(found, options.skip + limit, order) : firstOf(found, found.length, order);
  const start = options.cookie === undefined ? options.skip : startOf(table, sorted, options.cookie, limit);
  const slice = sorted.slice(start, start + limit);
  const hasMore = top === undefined && slice.length > 0 && found.length > start + limit;
  return { rows: slice.map((row) => shape(context, table, row, options)), total: found.length, next: hasMore ? { page: (options.cookie?.page ?? 1) + 1, after: slice } : undefined };
}

/** An equality on a lookup is answered from its index. */
function narrowed(organization: Organization, table: Table, filter: Filter | undefined): readonly Row[] | undefined {
  if (filter?.kind === "and") return narrowed(organization, table, filter.left) ?? narrowed(organization, table, filter.right);
  if (filter?.kind !== "compare" || filter.operator !== "eq" || filter.left.kind !== "path" || filter.right.kind !== "value" || filter.left.path.length !== 1) return undefined;
  const column = table.columns.get(columnOf(table, filter.left.path[0] ?? ""));
  if (typeof filter.right.value !== "string" || column === undefined) return undefined;
  if (column.name === table.id) { const row = organization.store.get(table.name, filter.right.value); return row === undefined ? [] : [row]; }
  return column.targets === undefined ? undefined : organization.store.pointingAt(table.name, column.name, filter.right.value);
}

/** Names are looked up before rows are: an empty table refuses them too. */
export function checkNames(context: ReadContext, table: Table, options: QueryOptions): void {
  const isLeftOut = (property: string): boolean => !context.organization.switches.selectingNavigationIsRefused && (table.singles.has(property) || table.collections.has(property));
  for (const property of [...(options.select ?? []).filter((one) => !isLeftOut(one)), ...options.orderBy.map((one) => one.property)]) columnOf(table, property);
  for (const expand of options.expand) {
    const single = table.singles.get(expand.nav);
    const target = single === undefined ? collectionTable(context, table, expand.nav) : context.organization.model.table(single.target === "principal" ? "systemuser" : single.target);
    if (target === undefined) throw noColumn(table.name, expand.nav);
    if (expand.isReference && single === undefined) throw badRequest("Expand with $ref is only supported on lookup type navigation property.");
    if (single !== undefined && (expand.options.top !== undefined || expand.options.orderBy.length > 0)) throw badRequest("Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.");
    if (expand.options.filter !== undefined) checkFilter(askerOf(context), target, expand.options.filter);
    checkNames(context, target, expand.options);
  }
}

/** One row with what was selected and expanded. */
export function shape(context: ReadContext, table: Table, row: Row, options: QueryOptions): Record<string, unknown> {
  const body = serialize(context.organization, table, visible(context.organization, context.caller, table, row), options.select, context.annotate);
  // Only with a nested expand does the page size reach into the collections.
  const pageSize = options.expand.some((one) => one.options.expand.length > 0) ? context.pageSize : PAGE_SIZE_MAX;
  for (const expand of options.expand) Object.assign(body, expandRow({ ...context, isPaged: false, pageSize }, table, row, expand));
  return body;
}

/** An object or null, a list with the link that leads on, or the address alone. */
function expandRow(context: ReadContext, table: Table, row: Row, expand: Expand): Record<string, unknown> {
  const single = table.singles.get(expand.nav);
  if (single !== undefined) return { [expand.nav]: expandSingle(context, row, single, expand) };
  const target = collectionTable(context, table, expand.nav);
  if (target === undefined) throw noColumn(table.name, expand.nav);
  const page = readPage(context, target, expand.options, relatedRows(context, table, row, expand.nav));
  const query = [expand.query, ...(page.next === undefined ? [] : [`$skiptoken=${encodeURIComponent(writeCookie(target, page.next.page, page.next.after))}`])].filter((part) => part !== "").join("&");
  return { [expand.nav]: page.rows, [`${expand.nav}@odata.nextLink`]: `${context.organization.baseUrl}/api/data/v9.2/${table.set}(${asText(row[table.id])})/${expand.nav}${query === "" ? "" : `?${query}`}` };
}

/** What the user may not read is null, as on a form. */
function expandSingle(context: ReadContext, row: Row, single: Single, { options, isReference: isAddress }: Expand): Record<string, unknown> | null {
  const value = row[single.column];
  if (!isReference(value) || (single.target !== "principal" && value.table !== single.target)) return null;
  const target = context.organization.model.table(value.table);
  const found = context.organization.store.get(value.table, value.id);
  const depth = depthOf(context.organization, context.caller, "Read", target);
  if (found === undefined || depth === undefined || !reaches(context.organization, context.caller, depth, target, found)) return null;
  if (isAddress) return { "@odata.id": `${context.organization.baseUrl}/api/data/v9.2/${target.set}(${value.id})` };
  if (options.filter !== undefined && !matches({ asker: askerOf(context), table: target, row: found }, options.filter)) return null;
  // A single row that came along has no etag of its own.
  const { "@odata.etag": _etag, ...body } = shape(context, target, found, options);
  return body;
}
