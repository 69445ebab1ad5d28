// Aggregates of FetchXML: groups by value or by a part of a date, and what is counted and summed over them.
// Source: learn.microsoft.com/power-apps/developer/data-platform/fetchxml/aggregate-data
import { DataverseError, invalidArgument } from "../errors.ts";
import type { Column } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import type { Row } from "../store/rows.ts";
import { tooManyToAggregate } from "./apply.ts";
import type { Scalar } from "./crm-functions.ts";
import type { FetchAttribute, FetchQuery } from "./fetch-parser.ts";
import { compare, sourcesOf, valueOf, type Tuple } from "./fetch-tuples.ts";
import { FORMATTED, formatValue, type Annotate } from "./serialize.ts";

const DAY_MS = 86_400_000;
const yearOf = (date: Date): number => date.getUTCFullYear();
const quarterOf = (date: Date): number => Math.floor(date.getUTCMonth() / 3) + 1;
/** Weeks begin on Sunday; the first is the one with 1 January. */
const weekOf = (date: Date): number => Math.floor((Math.floor((date.getTime() - Date.UTC(yearOf(date), 0)) / DAY_MS) + new Date(Date.UTC(yearOf(date), 0)).getUTCDay()) / 7) + 1;
const GROUPINGS: Readonly<Record<string, (date: Date) => Scalar>> = {
  year: yearOf, quarter: quarterOf, month: (date) => date.getUTCMonth() + 1, week: weekOf, day: (date) => date.getUTCDate(),
  "fiscal-year": (date) => `FY${yearOf(date)}`, "fiscal-period": (date) => `Quarter ${quarterOf(date)} FY${yearOf(date)}`,
};
const AGGREGATES = new Set(["count", "countcolumn", "sum", "avg", "min", "max"]);

interface Result { readonly source: string; readonly attribute: FetchAttribute; readonly column: Column | undefined; readonly name: string }

function grouped(value: Scalar, attribute: FetchAttribute): Scalar {
  const grouping = attribute.dateGrouping === undefined ? undefined : GROUPINGS[attribute.dateGrouping];
  return grouping === undefined || value === null ? value : grouping(new Date(String(value)));
}

function resultsOf(query: FetchQuery): readonly Result[] {
  const results = sourcesOf(query.root).flatMap((source) => (source.attributes === "all" ? [] : source.attributes.map((attribute): Result => ({ source: source.alias, attribute, column: source.table.columns.get(attribute.column), name: attribute.alias ?? "" }))));
  if (results.length === 0) throw invalidArgument("Attribute must have an aggregate or groupby in an aggregate query.");
  for (const { attribute, name } of results) {
    if (name === "") throw new DataverseError(400, "0x8004e021", `An alias is required for the attribute ${attribute.column} of an aggregate query.`);
    if (attribute.aggregate === undefined && !attribute.groupBy) throw invalidArgument("Attribute must have an aggregate or groupby in an aggregate query.");
    if (attribute.aggregate !== undefined && !AGGREGATES.has(attribute.aggregate)) throw invalidArgument(`Invalid aggregate '${attribute.aggregate}'.`);
    if (attribute.dateGrouping !== undefined && !Object.hasOwn(GROUPINGS, attribute.dateGrouping)) throw invalidArgument(`Invalid dategrouping '${attribute.dateGrouping}'.`);
  }
  for (const one of query.root.orders) if (one.column !== undefined) throw new DataverseError(400, "0x8004e020", "An attribute can not be specified for an order clause in an aggregate query. Use an alias.");
  return results;
}

/** One object a group. */
export function aggregate(organization: Organization, query: FetchQuery, tuples: readonly Tuple[], annotate: Annotate): readonly Record<string, unknown>[] {
  const results = resultsOf(query);
  if (tuples.length > organization.switches.aggregateRowsMax) throw tooManyToAggregate();
  const keys = results.filter(({ attribute }) => attribute.groupBy);
  const groups = new Map<string, Tuple[]>(keys.length === 0 ? [["[]", []]] : []);
  for (const tuple of tuples) {
    const key = JSON.stringify(keys.map(({ source, attribute }) => grouped(valueOf(tuple, source, attribute.column), attribute)));
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [tuple]);
    else group.push(tuple);
  }
  const values = [...groups.values()].map((group) => ({ group, of: new Map(results.map((one) => [one.name, one.attribute.groupBy ? grouped(valueOf(group[0] ?? new Map<string, Row>(), one.source, one.attribute.column), one.attribute) : combine(group, one)])) }));
  const orders = sourcesOf(query.root).flatMap((source) => source.orders).flatMap((one) => (one.alias === undefined ? [] : [{ name: one.alias, sign: one.isDescending ? -1 : 1 }]));
  const sorted = values.toSorted((left, right) => orders.reduce((order, { name, sign }) => (order === 0 ? compare(left.of.get(name) ?? null, right.of.get(name) ?? null) * sign : order), 0));
  return sorted.map(({ group, of }) => {
    const body: Record<string, unknown> = {};
    for (const one of results) {
      const value = of.get(one.name) ?? null;
      if (value === null) continue;
      const formatted = annotate(FORMATTED) ? formatResult(organization, one, value, group[0]) : undefined;
      if (formatted !== undefined) body[`${one.name}@${FORMATTED}`] = formatted;
      body[one.name] = value;
    }
    return body;
  });
}

function formatResult(organization: Organization, { source, attribute, column }: Result, value: Scalar, first: Tuple | undefined): string | undefined {
  const row = first?.get(source) ?? {};
  if (typeof value === "number" && (attribute.dateGrouping !== undefined || attribute.aggregate?.startsWith("count") === true || column === undefined)) return value.toLocaleString("en-US");
  return column === undefined || attribute.dateGrouping !== undefined ? undefined : formatValue(organization, column, attribute.groupBy ? row[column.name] : value, row);
}

function combine(group: readonly Tuple[], { source, attribute }: Result): Scalar {
  const values = group.map((tuple) => valueOf(tuple, source, attribute.column));
  const present = values.filter((value) => value !== null);
  const numbers = present.filter((value) => typeof value === "number");
  const sum = numbers.reduce((total, value) => total + value, 0);
  switch (attribute.aggregate) {
    case "count": return values.length;
    case "countcolumn": return attribute.isDistinct ? new Set(present).size : present.length;
    case "sum": return numbers.length === 0 ? null : Math.round(sum * 10_000) / 10_000;
    case "avg": return numbers.length === 0 ? null : sum / numbers.length;
    case "min": return present.toSorted(compare)[0] ?? null;
    default: return present.toSorted(compare).at(-1) ?? null;
  }
}
