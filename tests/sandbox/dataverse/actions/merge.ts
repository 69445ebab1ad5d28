// Merge: two accounts or contacts become one. The subordinate is deactivated and points at its master; every row that named it names the master
// from then on, closed ones too, and no Update step sees that. Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/merge
import type { Reply } from "../../kit/faults.ts";
import { DataverseError, invalidArgument, notFound } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import { nowText } from "../organization.ts";
import { assertAccess, assertNamedPrivilege } from "../security/access.ts";
import { isReference, type Row } from "../store/rows.ts";
import { empty, jsonBody, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { update } from "../web-api/write.ts";

const MERGEABLE = ["account", "contact"];

function rowIn(context: ApiContext, value: unknown, name: string): { readonly table: Table; readonly row: Row; readonly id: string } {
  const body = typeof value === "object" && value !== null ? value as Record<string, unknown> : {};
  const type = typeof body["@odata.type"] === "string" ? body["@odata.type"].replace(/^#?Microsoft\.Dynamics\.CRM\./, "") : "";
  if (!MERGEABLE.includes(type)) throw invalidArgument(`Required field '${name}' is missing.`);
  const table = context.organization.model.table(type);
  const id = typeof body[table.id] === "string" ? body[table.id] as string : "";
  const row = context.organization.store.get(type, id.toLowerCase());
  if (row === undefined) throw notFound(type, id);
  return { table, row, id: id.toLowerCase() };
}

/** Rows of every table that point at the subordinate. */
function repoint(context: ApiContext, table: Table, from: string, to: string): void {
  const { store, model } = context.organization;
  for (const other of model.tables.values()) {
    for (const column of other.columns.values()) {
      if (column.targets?.some((target) => target.table === table.name) !== true || column.name === "masterid") continue;
      for (const row of store.pointingAt(other.name, column.name, from)) {
        const value = row[column.name];
        if (isReference(value) && value.table === table.name) store.put(other, { ...row, [column.name]: { id: to, table: table.name }, modifiedon: nowText(context.organization), versionnumber: store.nextVersion() });
      }
    }
  }
}

export function merge(context: ApiContext, request: ApiRequest): Reply {
  const body = jsonBody(request.body);
  const target = rowIn(context, body["Target"], "Target");
  const subordinate = rowIn(context, body["Subordinate"], "Subordinate");
  if (typeof body["PerformParentingChecks"] !== "boolean") throw invalidArgument("Required field 'PerformParentingChecks' is missing.");
  if (target.table !== subordinate.table || target.id === subordinate.id) throw new DataverseError(400, "0x80040309", "Merge cannot be performed on master and sub-entities that are identical.");
  if (subordinate.row["merged"] === true || target.row["merged"] === true) throw new DataverseError(400, "0x80040308", "Merge is not allowed: one of the records has already been merged.");
  const { organization, caller } = context;
  assertNamedPrivilege(organization, caller, "prvMerge");
  for (const one of [target, subordinate]) assertAccess(organization, caller, "Write", one.table, one.row);
  const { "@odata.type": _type, ...content } = typeof body["UpdateContent"] === "object" && body["UpdateContent"] !== null ? body["UpdateContent"] as Record<string, unknown> : {};
  organization.store.atomically(() => {
    if (Object.keys(content).length > 0) update(context, target.table, target.id, content);
    repoint(context, target.table, subordinate.id, target.id);
    const { store } = organization;
    const left = store.get(target.table.name, subordinate.id);
    store.put(target.table, { ...left, statecode: 1, statuscode: 2, merged: true, masterid: { id: target.id, table: target.table.name }, modifiedon: nowText(organization), modifiedby: { id: caller.userId, table: "systemuser" }, versionnumber: store.nextVersion() });
  });
  return empty();
}
