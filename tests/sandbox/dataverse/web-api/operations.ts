// The verbs of the Web API on tables: retrieve, create, update, upsert, delete, single properties, references, counts.
import { DataverseError, methodNotAllowed, notFound, versionMismatch } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { readChanges, wantsChanges } from "../change-tracking/delta.ts";
import type { Table } from "../metadata/model.ts";
import { applyTo } from "../query/apply.ts";
import { parseOptions } from "../query/options.ts";
import { writeCookie } from "../query/paging.ts";
import { PAGE_SIZE_MAX, readPage, shape, type ReadContext } from "../query/read.ts";
import { assertAccess, assertPrivilege } from "../security/access.ts";
import { visible } from "../security/columns.ts";
import { assertNoDuplicate } from "../rules/duplicates.ts";
import { addToSolution } from "../import/solution-components.ts";
import { asText, type Row } from "../store/rows.ts";
import { idOf, parseKey, type Address } from "./address.ts";
import { annotator, empty, jsonBody, odata, preferences, type ApiContext, type ApiRequest } from "./request.ts";
import { create, remove, update, type WriteContext } from "./write.ts";

export const readContext = (context: ApiContext, request: ApiRequest): ReadContext => {
  const prefer = preferences(request.headers);
  const asked = prefer.get("odata.maxpagesize");
  const isPaged = asked !== undefined && /^[1-9]\d{0,5}$/.test(asked);
  return { ...context, annotate: annotator(prefer), isPaged, pageSize: isPaged ? Math.min(Number(asked), PAGE_SIZE_MAX) : PAGE_SIZE_MAX };
};
export const writeContext = (context: ApiContext, request: ApiRequest): WriteContext => ({ ...context, contentIds: request.contentIds });
export const contextUrl = (context: ApiContext, suffix: string): string => `${context.organization.baseUrl}/api/data/v9.2/$metadata#${suffix}`;
export const rowUrl = (context: ApiContext, table: Table, id: string): string => `${context.organization.baseUrl}/api/data/v9.2/${table.set}(${id})`;

function applied(request: ApiRequest): Record<string, string> {
  const prefer = preferences(request.headers);
  const annotations = prefer.get("odata.include-annotations");
  const size = prefer.get("odata.maxpagesize");
  const names = [...(annotations === undefined ? [] : [`odata.include-annotations="${annotations}"`]), ...(size === undefined ? [] : [`odata.maxpagesize=${size}`])];
  return names.length === 0 ? {} : { "preference-applied": names.join(",") };
}

export function onCollection(context: ApiContext, request: ApiRequest, address: Address): Reply {
  const { table } = address;
  if (request.method === "GET") return wantsChanges(request) ? readChanges(readContext(context, request), request, table) : retrieveMultiple(context, request, table);
  if (request.method !== "POST") throw methodNotAllowed();
  const body = jsonBody(request.body);
  const id = context.organization.store.atomically(() => { const made = create(writeContext(context, request), table, body); assertNoDuplicate(context, request, table, made); addToSolution(context.organization, request.headers["mscrm.solutionuniquename"], { table: table.name, id: made }); return made; });
  return created(context, request, table, id, 201);
}

export function created(context: ApiContext, request: ApiRequest, table: Table, id: string, status: number): Reply {
  if (preferences(request.headers).get("return") !== "representation") return status === 200 && !context.organization.switches.patchNamesTheRow ? empty() : empty({ "odata-entityid": rowUrl(context, table, id), location: rowUrl(context, table, id) });
  const row = context.organization.store.get(table.name, id) ?? {};
  // An update's answer has no $expand.
  const options = parseOptions(request.query);
  return odata(status, { "@odata.context": contextUrl(context, `${table.set}/$entity`), ...shape(readContext(context, request), table, row, status === 200 ? { ...options, expand: [] } : options) }, { "preference-applied": ["return=representation", applied(request)["preference-applied"]].filter((one) => one !== undefined).join(",") });
}

export function retrieveMultiple(context: ApiContext, request: ApiRequest, table: Table, within?: readonly Row[]): Reply {
  const options = parseOptions(request.query);
  const reading = readContext(context, request);
  if (options.apply !== undefined) return odata(200, { "@odata.context": contextUrl(context, table.set), value: applyTo(reading, table, { ...options, apply: options.apply }, within) }, applied(request));
  const page = readPage(reading, table, options, within);
  const body: Record<string, unknown> = { "@odata.context": contextUrl(context, `${table.set}${selected(request)}`) };
  if (options.count) body["@odata.count"] = Math.min(page.total, COUNT_MAX);
  if (reading.annotate("Microsoft.Dynamics.CRM.totalrecordcount")) Object.assign(body, { "@Microsoft.Dynamics.CRM.totalrecordcount": options.count ? Math.min(page.total, COUNT_MAX) : -1, "@Microsoft.Dynamics.CRM.totalrecordcountlimitexceeded": options.count && page.total > COUNT_MAX });
  body["value"] = page.rows;
  if (page.next !== undefined) {
    const kept = request.rawQuery.split("&").filter((part) => part !== "" && !/^(\$|%24)skiptoken=/i.test(part)).join("&");
    body["@odata.nextLink"] = `${context.organization.baseUrl}/api/data/v9.2/${request.path}?${kept}${kept === "" ? "" : "&"}$skiptoken=${encodeURIComponent(writeCookie(table, page.next.page, page.next.after))}`;
  }
  return odata(200, body, applied(request));
}

/** The context names what was selected: `#accounts(name,accountid)`. */
const selected = (request: ApiRequest): string => { const select = request.query.get("$select"); return select === undefined || select === "" ? "" : `(${select.replaceAll(" ", "")})`; };
const COUNT_MAX = 5_000;

/** What $count says: never more than 5,000. */
export const countRows = (context: ApiContext, request: ApiRequest, table: Table): number => Math.min(readPage({ ...readContext(context, request), pageSize: 1 }, table, parseOptions(request.query)).total, COUNT_MAX);

export function onRow(context: ApiContext, request: ApiRequest, address: Address): Reply {
  const { table } = address;
  const keyText = address.keyText ?? "";
  switch (request.method) {
    case "GET": return retrieve(context, request, table, idOf(context.organization, table, keyText));
    case "PATCH": return upsert(context, request, table, keyText);
    case "DELETE": {
      const id = idOf(context.organization, table, keyText);
      assertVersion(context, request, table, id);
      context.organization.store.atomically(() => { remove(writeContext(context, request), table, id); });
      return empty();
    }
    default: throw methodNotAllowed();
  }
}

export function load(context: ApiContext, table: Table, id: string): Row {
  assertPrivilege(context.organization, context.caller, "Read", table);
  const row = context.organization.store.get(table.name, id);
  if (row === undefined) throw notFound(table.name, id);
  assertAccess(context.organization, context.caller, "Read", table, row);
  return visible(context.organization, context.caller, table, row);
}

export function retrieve(context: ApiContext, request: ApiRequest, table: Table, id: string): Reply {
  const row = load(context, table, id);
  const options = parseOptions(request.query);
  const etag = `W/"${asText(row["versionnumber"])}"`;
  const isPlain = options.expand.length === 0 && !preferences(request.headers).has("odata.include-annotations");
  if (request.headers["if-none-match"] === etag && isPlain) return { status: 304, headers: { "odata-version": "4.0" } };
  // A page of one: names are checked and the row is shaped the same way as in a list.
  const [body] = readPage(readContext(context, request), table, { ...options, skip: 0 }, [row]).rows;
  return odata(200, { "@odata.context": contextUrl(context, `${table.set}/$entity`), ...body }, { etag, ...applied(request) });
}

/** Throws 412 when the caller saw another version. */
function assertVersion(context: ApiContext, request: ApiRequest, table: Table, id: string): void {
  const ifMatch = request.headers["if-match"];
  if (ifMatch === undefined || ifMatch === "*") return;
  const row = context.organization.store.get(table.name, id);
  if (row === undefined) throw notFound(table.name, id);
  if (ifMatch !== `W/"${asText(row["versionnumber"])}"`) throw versionMismatch();
}

/** PATCH creates what is not there, unless If-Match says no. */
function upsert(context: ApiContext, request: ApiRequest, table: Table, keyText: string): Reply {
  const { store } = context.organization;
  const key = parseKey(context.organization, table, keyText);
  const row = key.kind === "id" ? store.get(table.name, key.id) : key.row;
  const body = jsonBody(request.body);
  if (row === undefined) {
    if (request.headers["if-match"] !== undefined) throw key.kind === "id" ? notFound(table.name, key.id) : new DataverseError(404, "0x80060891", `A record with the specified key values does not exist in ${table.name} entity`);
    const id = store.atomically(() => {
      const made = create(writeContext(context, request), table, key.kind === "id" ? body : { ...body, ...keyColumns(table, key.values) }, key.kind === "id" ? key.id : undefined);
      assertNoDuplicate(context, request, table, made);
      return made;
    });
    return created(context, request, table, id, 201);
  }
  if (request.headers["if-none-match"] === "*") throw new DataverseError(412, "0x80040237", "A record with matching key values already exists.");
  const id = asText(row[table.id]);
  assertVersion(context, request, table, id);
  store.atomically(() => { update(writeContext(context, request), table, id, body); assertNoDuplicate(context, request, table, id); });
  return created(context, request, table, id, 200);
}

const keyColumns = (table: Table, values: Readonly<Record<string, string | number>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(values).filter(([name]) => table.columns.get(name)?.targets === undefined));

export const text = (body: string): Reply => ({ status: 200, headers: { "content-type": "text/plain", "odata-version": "4.0" }, body });
