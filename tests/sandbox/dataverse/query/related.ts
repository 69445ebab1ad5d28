// Rows on the other side of a collection-valued navigation: one-to-many from its index, many-to-many from where it is kept.
import type { Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { manyToMany, manyToManyTarget } from "../web-api/many-to-many.ts";

interface Context { readonly organization: Organization; readonly caller: Caller }

/** The table that the collection holds; undefined when the table has no such collection. */
export function collectionTable(context: Context, table: Table, nav: string): Table | undefined {
  const name = manyToManyTarget(table.name, nav) ?? table.collections.get(nav)?.table;
  return name === undefined ? undefined : context.organization.model.table(name);
}

export function relatedRows(context: Context, table: Table, row: Row, nav: string): readonly Row[] {
  const id = asText(row[table.id]);
  const many = manyToMany(context, { table: table.name, id, nav });
  if (many !== undefined) return many.rows();
  const collection = table.collections.get(nav);
  return collection === undefined ? [] : context.organization.store.pointingAt(collection.table, collection.column, id);
}
