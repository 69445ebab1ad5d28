// Rows on the other side of a collection-valued navigation: one-to-many from its index, many-to-many from where it is kept.
import type { Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import { asText, type Row } from "../store/rows.ts";
import { manyToMany, manyToManyTarget } from "../web-api/many-to-many.ts";

interface Context { readonly organization: Organization; readonly caller: Caller }

/** The table that the collection holds; undefined when the table has no such collection. */
export function collectionTable(context: Context, table: Table, nav: string): Table | undefined {
  const name = manyToManyTarget(table.name, nav) ?? table.collections.get(nav)?.table ?? activityTable(table, nav);
  return name === undefined ? undefined : context.organization.model.table(name);
}

/** What every activity has from activitypointer: its own row in the table of its kind, and its jobs. */
const OF_ACTIVITIES: Readonly<Record<string, string>> = { activity_pointer_email: "email", activity_pointer_task: "task", activity_pointer_order_close: "orderclose", ActivityPointer_AsyncOperations: "asyncoperation" };
export const activityCollections = (table: Table): readonly (readonly [string, string])[] => (table.id === "activityid" ? Object.entries(OF_ACTIVITIES) : []);
const activityTable = (table: Table, nav: string): string | undefined => (table.id === "activityid" && Object.hasOwn(OF_ACTIVITIES, nav) ? OF_ACTIVITIES[nav] : undefined);

export function relatedRows(context: Context, table: Table, row: Row, nav: string): readonly Row[] {
  const id = asText(row[table.id]);
  const many = manyToMany(context, { table: table.name, id, nav });
  if (many !== undefined) return many.rows();
  const collection = table.collections.get(nav);
  const own = collection === undefined ? activityTable(table, nav) : undefined;
  if (own === "asyncoperation") return context.organization.store.pointingAt(own, "regardingobjectid", id);
  if (own !== undefined) { const found = context.organization.store.get(own, id); return found === undefined ? [] : [found]; }
  return collection === undefined ? [] : context.organization.store.pointingAt(collection.table, collection.column, id);
}
