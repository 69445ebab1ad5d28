// The order of rows that $orderby asks for, and the first rows in it.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/query/order-rows
import type { Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { isReference, type Row } from "../store/rows.ts";
import { asScalar, columnOf } from "./evaluate.ts";
import type { QueryOptions } from "./options.ts";
import { nameOf } from "./serialize.ts";

type Order = (left: Row, right: Row) => number;

/** Lookups sort by the name of what they point at, choices by their number. */
export function orderOf(organization: Organization, table: Table, options: QueryOptions): Order | undefined {
  if (options.orderBy.length === 0) return undefined;
  const keys = options.orderBy.map((one) => ({ read: readerOf(organization, table, columnOf(table, one.property)), sign: one.isDescending ? -1 : 1 }));
  return (left, right) => {
    for (const { read, sign } of keys) {
      const one = read(left);
      const other = read(right);
      if (one === other) continue;
      if (one === null) return -sign;
      if (other === null) return sign;
      return (one < other ? -1 : 1) * sign;
    }
    return 0;
  };
}

/** What a row is sorted by in this column. It is asked once a row of a long table. */
function readerOf(organization: Organization, table: Table, column: string): (row: Row) => ReturnType<typeof asScalar> {
  const plain = (value: ReturnType<typeof asScalar>): ReturnType<typeof asScalar> => (typeof value === "string" ? value.toLowerCase() : value);
  if (table.columns.get(column)?.targets === undefined) return (row) => { const value = row[column]; return typeof value === "number" ? value : plain(asScalar(value)); };
  return (row) => { const value = row[column]; return plain(isReference(value) ? nameOf(organization, value.table, value.id) ?? null : asScalar(value)); };
}

const SELECTED_MAX = 500;

/** The first rows in order. For a short page of a long table only the page is kept in order, not the table. */
export function firstOf(rows: readonly Row[], count: number, order: Order | undefined): readonly Row[] {
  if (order === undefined) return rows.slice(0, count);
  if (count > SELECTED_MAX || count >= rows.length) return rows.toSorted(order).slice(0, count);
  const kept: Row[] = [];
  for (const row of rows) {
    const last = kept.at(-1);
    if (kept.length === count && last !== undefined && order(row, last) >= 0) continue;
    let [low, high] = [0, kept.length];
    while (low < high) {
      const middle = (low + high) >> 1;
      const at = kept[middle];
      if (at !== undefined && order(row, at) < 0) high = middle;
      else low = middle + 1;
    }
    kept.splice(low, 0, row);
    if (kept.length > count) kept.pop();
  }
  return kept;
}
