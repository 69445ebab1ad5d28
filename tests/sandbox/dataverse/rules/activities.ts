// Activities: each has a row among the activity pointers beside its own, under the same id. A completed one gets its end, parties belong to one.
// Source: learn.microsoft.com/power-apps/developer/data-platform/activity-entities
import type { Table } from "../metadata/model.ts";
import { nowText } from "../organization.ts";
import { asText, isReference, type Row } from "../store/rows.ts";
import type { Change, RuleContext } from "./change.ts";

const ACTIVITIES = new Set(["task", "email", "orderclose"]);
const COMPLETED = 1;
const CANCELED = 2;
const POINTER_STATUS: Readonly<Record<number, number>> = { 0: 1, [COMPLETED]: 2, [CANCELED]: 3 };

/** Its kind, and the end of one that is closed. */
export function settleActivity({ organization }: RuleContext, { table, before, row, changed }: Change): void {
  if (table.name === "annotation") { settleNote(row); return; }
  if (table.name === "queueitem") { row["enteredon"] ??= nowText(organization); row["title"] = titleOf(organization.store.get(isReference(row["objectid"]) ? row["objectid"].table : "", isReference(row["objectid"]) ? row["objectid"].id : "")) ?? row["title"] ?? null; return; }
  if (!ACTIVITIES.has(table.name)) return;
  row["activitytypecode"] = table.name;
  if (changed?.includes("statecode") !== true || before?.["statecode"] === row["statecode"]) return;
  row["actualend"] = row["statecode"] === 0 ? null : row["actualend"] ?? nowText(organization);
  if (table.name === "task" && row["statecode"] === COMPLETED) row["percentcomplete"] = 100;
}

const titleOf = (activity: Row | undefined): string | undefined => (typeof activity?.["subject"] === "string" ? activity["subject"] : undefined);

/** A note knows the table it hangs on, and the size of its document. */
function settleNote(row: Row): void {
  row["objecttypecode"] = isReference(row["objectid"]) ? row["objectid"].table : null;
  const body = row["documentbody"];
  row["isdocument"] = typeof body === "string" && body !== "";
  row["filesize"] = typeof body === "string" ? Buffer.from(body, "base64").length : 0;
}

/** The pointer of an activity that was written. */
export function mirrorActivity({ organization }: RuleContext, table: Table, row: Row): void {
  if (!ACTIVITIES.has(table.name)) return;
  const pointer = organization.model.table("activitypointer");
  const common = Object.fromEntries([...pointer.columns.keys()].filter((name) => name in row).map((name) => [name, row[name]]));
  organization.store.put(pointer, { ...common, activityid: row[table.id], statuscode: POINTER_STATUS[Number(row["statecode"] ?? 0)] ?? 1, versionnumber: row["versionnumber"] });
}

export function dropPointer({ organization }: RuleContext, table: Table, row: Row): void {
  if (ACTIVITIES.has(table.name)) organization.store.remove(organization.model.table("activitypointer"), asText(row[table.id]));
}
