// Change tracking: the first answer holds everything and a delta link; the link gives what was created, changed and deleted since.
// Source: learn.microsoft.com/power-apps/developer/data-platform/use-change-tracking-synchronize-data-external-systems and the Web API unit on it
import { badRequest, DataverseError, invalidArgument } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import type { Table } from "../metadata/model.ts";
import { parseOptions } from "../query/options.ts";
import { readPage, type ReadContext } from "../query/read.ts";
import { odata, preferences, type ApiRequest } from "../web-api/request.ts";

export const TRACK = "odata.track-changes";
const REFUSED = ["$filter", "$orderby", "$expand", "$top", "$apply"];

/** Does this request want changes, or the first full set? */
export const wantsChanges = (request: ApiRequest): boolean => request.query.has("$deltatoken") || preferences(request.headers).has(TRACK);

/** 919042!08/22/2017 08:10:44 → 919042. A token of another life, or from the future, has expired. */
function versionOf(token: string, now: number): number {
  const version = Number(/^(\d+)!/.exec(token)?.[1]);
  if (!Number.isInteger(version)) throw invalidArgument(`The delta token '${token}' is not valid.`);
  if (version > now) throw new DataverseError(400, "0x80044352", "Version stamp associated with the client has expired. Please perform a full sync.");
  return version;
}

function tokenOf(version: number, at: Date): string {
  const [, year = "", month = "", day = "", hour = "", minute = "", second = ""] = /^([+-]?\d+)-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)/.exec(at.toISOString()) ?? [];
  return `${version}%21${month}%2F${day}%2F${year}%20${hour}%3A${minute}%3A${second}`;
}

export function readChanges(context: ReadContext, request: ApiRequest, table: Table): Reply {
  const { store, clock, baseUrl } = context.organization;
  if (table.isChangeTracked !== true) throw badRequest(`Entity: ${table.name} is not enabled for change tracking.`);
  const refused = REFUSED.find((name) => request.query.has(name));
  if (refused !== undefined) throw badRequest(`The query option '${refused}' is not supported with change tracking.`);
  const token = request.query.get("$deltatoken");
  const since = token === undefined ? undefined : versionOf(token, store.version);
  const rows = [...store.all(table.name)].filter((row) => since === undefined || Number(row["versionnumber"]) > since);
  const page = readPage({ ...context, isPaged: false, pageSize: Infinity }, table, { ...parseOptions(request.query), top: rows.length, skip: 0 }, rows);
  const deleted = since === undefined ? [] : store.removedSince(table.name, since).map((id) => ({ "@odata.context": `${baseUrl}/api/data/v9.2/$metadata#${table.set}/$deletedEntity`, id, reason: "deleted" }));
  const kept = request.rawQuery.split("&").filter((part) => part !== "" && !/^(\$|%24)deltatoken=/.test(part)).join("&");
  const select = request.query.get("$select");
  return odata(200, {
    "@odata.context": `${baseUrl}/api/data/v9.2/$metadata#${table.set}${select === undefined ? "" : `(${select})`}/$delta`,
    "@odata.deltaLink": `${baseUrl}/api/data/v9.2/${table.set}?${kept}${kept === "" ? "" : "&"}$deltatoken=${tokenOf(store.version, clock.now())}`,
    value: [...page.rows, ...deleted],
  }, { "preference-applied": TRACK });
}
