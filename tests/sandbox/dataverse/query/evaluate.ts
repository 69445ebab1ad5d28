// Is a row what a filter asks for? Text compares without case, % and _ are wildcards as in SQL, null compares as SQL does not.
import { noColumn } from "../errors.ts";
import { lookupNamed, type Table } from "../metadata/model.ts";
import { isReference, type Row, type Value } from "../store/rows.ts";
import { holdsFunction, type Asker, type Scalar } from "./crm-functions.ts";
import type { Filter, Operand } from "./filter-parser.ts";
import { collectionTable, relatedRows } from "./related.ts";

/** A row in its table. */
export interface Place { readonly table: Table; readonly row: Row | undefined }
export interface Scope {
  readonly asker: Asker;
  readonly table: Table;
  readonly row: Row;
  /** Variables of the lambdas around. */
  readonly named?: ReadonlyMap<string, Place>;
}

/** Column of `_x_value` or plain name; throws Dataverse's text for unknown ones. */
export function columnOf(table: Table, property: string): string {
  const lookup = lookupNamed(property);
  const name = lookup ?? property;
  const column = table.columns.get(name);
  // A lookup is read as _x_value; its bare name is a navigation or nothing.
  if ((column === undefined && name !== "versionnumber") || (column?.targets === undefined) === (lookup !== undefined)) throw noColumn(table.name, property);
  return name;
}

/** Functions name a lookup by its logical name (PropertyName='ownerid'); its `_x_value` counts too. */
export const functionColumn = (table: Table, property: string): string => (table.columns.get(property)?.targets === undefined ? columnOf(table, property) : property);

const known = new WeakMap<Table, Map<string, string>>();

/** columnOf, remembered: it is asked once a row. */
function columnFor(table: Table, property: string): string {
  const columns = known.get(table) ?? new Map<string, string>();
  known.set(table, columns);
  const found = columns.get(property) ?? columnOf(table, property);
  columns.set(property, found);
  return found;
}

export const asScalar = (value: Value): Scalar => (value === undefined ? null : isReference(value) ? value.id : value);

/** Follows single-valued navigations to where the last name of the path is. */
function walk(scope: Scope, path: readonly string[]): Place & { readonly last: string } {
  const named = scope.named?.get(path[0] ?? "");
  const names = named === undefined ? path : path.slice(1);
  let { table, row }: Place = named ?? scope;
  const { organization } = scope.asker;
  for (const nav of names.slice(0, -1)) {
    const single = table.singles.get(nav);
    if (single === undefined) throw noColumn(table.name, nav);
    const next: Value = row?.[single.column];
    const target: string = single.target === "principal" ? (isReference(next) ? next.table : "systemuser") : single.target;
    row = isReference(next) && next.table === target ? organization.store.get(target, next.id) : undefined;
    table = organization.model.table(target);
  }
  return { table, row, last: names.at(-1) ?? "" };
}

function readPath(scope: Scope, path: readonly string[]): Scalar {
  // The common case, once a row of a long table.
  if (path.length === 1) return asScalar(scope.row[columnFor(scope.table, path[0] ?? "")]);
  const { table, row, last } = walk(scope, path);
  const column = columnFor(table, last);
  return row === undefined ? null : asScalar(row[column]);
}

const valueOf = (scope: Scope, operand: Operand): Scalar => (operand.kind === "value" ? operand.value : readPath(scope, operand.path));

function compare(left: Scalar, right: Scalar): number | undefined {
  if (left === null || right === null) return undefined;
  if (left === right) return 0;
  if (typeof left === "number" || typeof right === "number") return Number(left) - Number(right);
  const isDate = (text: string): boolean => /^\d{4}-\d\d-\d\d/.test(text);
  const [one, other] = [String(left), String(right)];
  if (isDate(one) && isDate(other)) return Date.parse(one) - Date.parse(other);
  return one.toLowerCase() < other.toLowerCase() ? -1 : one.toLowerCase() > other.toLowerCase() ? 1 : 0;
}

const PATTERNS_MAX = 200;
const patterns = new Map<string, RegExp>();

/** Brackets are SQL's wildcards; a bracket that is never closed is only a bracket. */
function compile(expression: string): RegExp {
  try {
    return new RegExp(expression, "is");
  } catch {
    return new RegExp(expression.replace(/[[\]]/g, "\\$&"), "is");
  }
}

function matchesText(name: "contains" | "startswith" | "endswith", text: string, pattern: string): boolean {
  const body = pattern.replace(/[.*+?^${}()|\\]/g, "\\$&").replaceAll("%", ".*").replaceAll("_", ".");
  const expression = name === "contains" ? body : name === "startswith" ? `^${body}` : `${body}$`;
  const compiled = patterns.get(expression) ?? compile(expression);
  if (patterns.size > PATTERNS_MAX) patterns.clear();
  patterns.set(expression, compiled);
  return compiled.test(text);
}

export function matches(scope: Scope, filter: Filter): boolean {
  switch (filter.kind) {
    case "and": return matches(scope, filter.left) && matches(scope, filter.right);
    case "or": return matches(scope, filter.left) || matches(scope, filter.right);
    case "not": return !matches(scope, filter.filter);
    case "compare": return holdsComparison(scope, filter);
    case "text": { const value = valueOf(scope, filter.operand); return typeof value === "string" && matchesText(filter.name, value, filter.value); }
    case "lambda": return holdsLambda(scope, filter);
    case "function": return askFunction(scope, filter);
  }
}

/** The filter as one function of a row: what is the same for every row of a long table is worked out once. */
export function testerOf(asker: Asker, table: Table, filter: Filter): (row: Row) => boolean {
  switch (filter.kind) {
    case "and": { const [left, right] = [testerOf(asker, table, filter.left), testerOf(asker, table, filter.right)]; return (row) => left(row) && right(row); }
    case "or": { const [left, right] = [testerOf(asker, table, filter.left), testerOf(asker, table, filter.right)]; return (row) => left(row) || right(row); }
    case "not": { const inner = testerOf(asker, table, filter.filter); return (row) => !inner(row); }
    case "compare": return comparisonOf(table, filter) ?? ((row) => matches({ asker, table, row }, filter));
    default: return (row) => matches({ asker, table, row }, filter);
  }
}

/** A column of the row itself against a value, the common case. */
function comparisonOf(table: Table, { operator, left, right }: Extract<Filter, { kind: "compare" }>): ((row: Row) => boolean) | undefined {
  if (left.kind !== "path" || left.path.length !== 1 || right.kind !== "value") return undefined;
  const column = columnFor(table, left.path[0] ?? "");
  const { value } = right;
  if (typeof value !== "number") return (row) => holds(operator, asScalar(row[column]), value);
  const isFor = NUMBERS[operator];
  return (row) => { const one = row[column]; return typeof one === "number" ? isFor(one, value) : holds(operator, asScalar(one), value); };
}
const NUMBERS: Readonly<Record<Extract<Filter, { kind: "compare" }>["operator"], (one: number, other: number) => boolean>> = {
  eq: (one, other) => one === other, ne: (one, other) => one !== other, gt: (one, other) => one > other, ge: (one, other) => one >= other, lt: (one, other) => one < other, le: (one, other) => one <= other,
};

function holdsComparison(scope: Scope, { operator, left, right }: Extract<Filter, { kind: "compare" }>): boolean {
  const [one, other] = [valueOf(scope, left), valueOf(scope, right)];
  // Two columns of which one is null are neither equal nor different.
  if (left.kind === "path" && right.kind === "path" && (one === null || other === null)) return false;
  return holds(operator, one, other);
}

function holds(operator: "eq" | "ne" | "gt" | "ge" | "lt" | "le", left: Scalar, right: Scalar): boolean {
  if (operator === "eq" || operator === "ne") {
    const isSame = left === null || right === null ? left === right : compare(left, right) === 0;
    return operator === "eq" ? isSame : !isSame;
  }
  const order = compare(left, right);
  if (order === undefined) return false;
  return operator === "gt" ? order > 0 : operator === "ge" ? order >= 0 : operator === "lt" ? order < 0 : order <= 0;
}

function holdsLambda(scope: Scope, filter: Extract<Filter, { kind: "lambda" }>): boolean {
  const { table, row, last } = walk(scope, filter.path);
  const target = collectionTable(scope.asker, table, last);
  if (target === undefined) throw noColumn(table.name, last);
  const rows = row === undefined ? [] : relatedRows(scope.asker, table, row, last);
  const { filter: inner } = filter;
  if (inner === undefined) return rows.length > 0;
  const test = (one: Row): boolean => matches({ ...scope, named: new Map([...scope.named ?? [], [filter.variable, { table: target, row: one }]]) }, inner);
  return filter.name === "any" ? rows.some(test) : rows.every(test);
}

function askFunction(scope: Scope, filter: Extract<Filter, { kind: "function" }>): boolean {
  const { table, row, last } = walk(scope, filter.path);
  const column = functionColumn(table, last);
  return holdsFunction(filter.name, { value: row === undefined ? null : asScalar(row[column]), values: filter.values, table, row: row ?? {}, column }, scope.asker);
}
