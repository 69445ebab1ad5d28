// $apply: filter, groupby and aggregate, the subset that Dataverse knows.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/query/aggregate-data
import { badRequest, DataverseError, noColumn } from "../errors.ts";
import type { Column, Table } from "../metadata/model.ts";
import { visible } from "../security/columns.ts";
import { isReference, type Row } from "../store/rows.ts";
import type { Scalar } from "./crm-functions.ts";
import { asScalar, columnOf } from "./evaluate.ts";
import { parseFilter, type Filter } from "./filter-parser.ts";
import { splitOutside, type QueryOptions } from "./options.ts";
import { findRows, type ReadContext } from "./read.ts";
import { FORMATTED, formatValue } from "./serialize.ts";

/** A property that is grouped by: its own, or one of a row that a lookup leads to. */
interface Property { readonly name: string; readonly via: string | undefined; readonly table: Table; readonly column: Column }
const METHODS = ["sum", "average", "min", "max", "countdistinct"] as const;
interface Aggregate { readonly property: Property | undefined; readonly method: (typeof METHODS)[number] | "count"; readonly as: string }
interface Plan { readonly filters: readonly Filter[]; readonly groups: readonly Property[]; readonly aggregates: readonly Aggregate[] }

export const tooManyToAggregate = (): DataverseError => new DataverseError(400, "0x8004e023", "The maximum record limit is exceeded. Reduce the number of records.");

function propertyOf(context: ReadContext, table: Table, text: string): Property {
  const names = text.split("/");
  const [first = "", second] = names;
  const single = second === undefined ? undefined : table.singles.get(first);
  if (names.length > 2 || (second !== undefined && (single === undefined || single.target === "principal"))) throw noColumn(table.name, first);
  const target = single === undefined ? table : context.organization.model.table(single.target);
  const name = columnOf(target, second ?? first);
  const column = target.columns.get(name);
  if (column === undefined) throw noColumn(target.name, name);
  return { name: single === undefined ? first : `${target.name}_${name}`, via: single?.column, table: target, column };
}

function parseAggregates(context: ReadContext, table: Table, text: string): readonly Aggregate[] {
  const found = splitOutside(text, ",").map((part): Aggregate => {
    const counted = /^\$count as (\w+)$/.exec(part);
    if (counted !== null) return { property: undefined, method: "count", as: counted[1] ?? "" };
    const match = /^(\S+) with (\w+) as (\w+)$/.exec(part);
    const method = METHODS.find((one) => one === match?.[2]);
    if (match === null || method === undefined) throw badRequest(`Syntax error in $apply '${part}'.`);
    return { property: propertyOf(context, table, match[1] ?? ""), method, as: match[3] ?? "" };
  });
  if (found.length === 0) throw badRequest("The aggregate transformation of $apply is empty.");
  return found;
}

function parsePlan(context: ReadContext, table: Table, apply: string): Plan {
  const filters: Filter[] = [];
  let plan: Plan | undefined;
  for (const step of splitOutside(apply, "/")) {
    const [, name, inner = ""] = /^(\w+)\((.*)\)$/s.exec(step) ?? [];
    if (plan !== undefined) throw badRequest("The query node is not supported after a grouping.");
    if (name === "filter") filters.push(parseFilter(inner));
    else if (name === "aggregate") plan = { filters, groups: [], aggregates: parseAggregates(context, table, inner) };
    else if (name === "groupby") {
      const [keys = "", ...rest] = splitOutside(inner, ",");
      const aggregate = /^aggregate\((.*)\)$/s.exec(rest[0] ?? "");
      if (!/^\(.+\)$/s.test(keys) || rest.length > 1 || (rest.length === 1 && aggregate === null)) throw badRequest(`Syntax error in $apply '${step}'.`);
      const groups = splitOutside(keys.slice(1, -1), ",").map((key) => propertyOf(context, table, key));
      if (groups.some(({ column }) => column.type === "DateTime")) throw badRequest("Grouping by a date and time is not supported.");
      plan = { filters, groups, aggregates: aggregate === null ? [] : parseAggregates(context, table, aggregate[1] ?? "") };
    } else throw badRequest(`Syntax error in $apply '${step}'.`);
  }
  if (plan === undefined) throw badRequest("The $apply query option needs groupby or aggregate.");
  return plan;
}

function read(context: ReadContext, property: Property, row: Row): { readonly row: Row; readonly value: Row[string] } {
  if (property.via === undefined) return { row, value: row[property.column.name] };
  const reference = row[property.via];
  const other = isReference(reference) && reference.table === property.table.name ? context.organization.store.get(reference.table, reference.id) ?? {} : {};
  return { row: other, value: other[property.column.name] };
}

function combine(method: Aggregate["method"], values: readonly Scalar[]): Scalar {
  const present = values.filter((value) => value !== null);
  const numbers = present.filter((value) => typeof value === "number");
  const total = numbers.reduce((sum, value) => sum + value, 0);
  switch (method) {
    case "count": return values.length;
    case "countdistinct": return new Set(present).size;
    case "sum": return numbers.length === 0 ? null : Math.round(total * 10_000) / 10_000;
    case "average": return numbers.length === 0 ? null : total / numbers.length;
    default: return present.toSorted((left, right) => (left < right ? -1 : left > right ? 1 : 0)).at(method === "min" ? 0 : -1) ?? null;
  }
}

/** The groups, each as one object of the answer. */
export function applyTo(context: ReadContext, table: Table, options: QueryOptions & { readonly apply: string }, within?: readonly Row[]): readonly Record<string, unknown>[] {
  const plan = parsePlan(context, table, options.apply);
  const filter = [...plan.filters, ...(options.filter === undefined ? [] : [options.filter])].reduce<Filter | undefined>((left, right) => (left === undefined ? right : { kind: "and", left, right }), undefined);
  const rows = findRows(context, table, filter, within).map((row) => visible(context.organization, context.caller, table, row));
  if (rows.length > context.organization.switches.aggregateRowsMax) throw tooManyToAggregate();
  const names = new Set(plan.groups.map((one) => one.name));
  for (const { property } of options.orderBy) if (!names.has(property)) throw badRequest("The query node SingleValueOpenPropertyAccess is not supported.");
  const groups = new Map<string, Row[]>(plan.groups.length === 0 ? [["[]", []]] : []);
  for (const row of rows) {
    const key = JSON.stringify(plan.groups.map((property) => asScalar(read(context, property, row).value)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [row]);
    else group.push(row);
  }
  const results = [...groups.values()].map((group) => write(context, plan, group));
  const [order] = options.orderBy;
  const sorted = order === undefined ? results : results.toSorted((left, right) => compareText(left[order.property], right[order.property]) * (order.isDescending ? -1 : 1));
  return options.top === undefined ? sorted : sorted.slice(0, options.top);
}

function compareText(left: unknown, right: unknown): number {
  if (typeof left === "number" && typeof right === "number") return left - right;
  return JSON.stringify(left ?? "").localeCompare(JSON.stringify(right ?? ""));
}

function write(context: ReadContext, plan: Plan, group: readonly Row[]): Record<string, unknown> {
  const body: Record<string, unknown> = {};
  const isFormatted = context.annotate(FORMATTED);
  for (const property of plan.groups) {
    const { row, value } = read(context, property, group[0] ?? {});
    const formatted = isFormatted ? formatValue(context.organization, property.column, value, row) : undefined;
    if (formatted !== undefined) body[`${property.name}@${FORMATTED}`] = formatted;
    body[property.name] = asScalar(value);
  }
  for (const { property, method, as } of plan.aggregates) {
    const value = combine(method, group.map((row) => (property === undefined ? 1 : asScalar(read(context, property, row).value))));
    if (isFormatted && typeof value === "number") body[`${as}@${FORMATTED}`] = value.toLocaleString("en-US");
    body[as] = value;
  }
  return body;
}
