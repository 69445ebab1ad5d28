// AddToQueue: puts a row into a queue. Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/addtoqueue
import { invalidArgument, notFound } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { nowText } from "../organization.ts";
import { assertAccess } from "../security/access.ts";
import { asText } from "../store/rows.ts";
import { jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";
import { boundId } from "./sales.ts";

/** Bound to a queue. One item a row: a row that waits in another queue moves. */
export function addToQueue(context: ApiContext, request: ApiRequest): Reply {
  const queueId = boundId(context, request);
  const { store, model, random } = context.organization;
  const target = jsonBody(request.body)["Target"];
  const given = typeof target === "object" && target !== null ? target as Record<string, unknown> : {};
  const type = typeof given["@odata.type"] === "string" ? given["@odata.type"].replace(/^#?Microsoft\.Dynamics\.CRM\./, "") : "";
  const table = model.tables.get(type);
  const id = table === undefined ? undefined : given[table.id] ?? given["activityid"];
  if (table === undefined || typeof id !== "string") throw invalidArgument("Required field 'Target' is missing.");
  const row = store.get(table.name, id.toLowerCase());
  if (row === undefined) throw notFound(table.name, id);
  assertAccess(context.organization, context.caller, "Write", table, row);
  const items = model.table("queueitem");
  const known = [...store.all("queueitem")].find((one) => asText(one["objectid"]) === id.toLowerCase());
  const queueitemid = known === undefined ? random.uuid() : asText(known["queueitemid"]);
  const at = nowText(context.organization);
  store.put(items, {
    createdon: at, statecode: 0, statuscode: 1, ...known, queueitemid, queueid: { id: queueId, table: "queue" }, objectid: { id: id.toLowerCase(), table: table.name }, objecttypecode: table.code, title: asText(row[table.primaryName]), enteredon: at, modifiedon: at,
    versionnumber: store.nextVersion(),
  });
  return odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.AddToQueueResponse`, QueueItemId: queueitemid });
}
