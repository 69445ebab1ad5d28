// What stands behind a row's key: columns, navigations as far as they go, references, counts.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/retrieve-entity-using-web-api and associate-disassociate-entities-using-web-api
import { badRequest, methodNotAllowed, noSegment, notFound } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { onFile } from "../files/file-columns.ts";
import type { Collection, Table } from "../metadata/model.ts";
import { parseOptions } from "../query/options.ts";
import { readPage } from "../query/read.ts";
import { collectionTable, relatedRows } from "../query/related.ts";
import { asText, isReference, type Reference, type Row } from "../store/rows.ts";
import { idOf, resolveReference, type Address } from "./address.ts";
import { manyToMany } from "./many-to-many.ts";
import { contextUrl, created, load, readContext, retrieve, retrieveMultiple, rowUrl, text, writeContext } from "./operations.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "./request.ts";
import { create, remove, update } from "./write.ts";

const DEPTH_MAX = 20;
const COUNT_MAX = 5_000;

/** Follows `nav/nav/…` from the row that the key names. */
export function onMember(context: ApiContext, request: ApiRequest, address: Address): Reply {
  return follow(context, request, { table: address.table, id: idOf(context.organization, address.table, address.keyText ?? ""), rest: address.rest.slice(0, DEPTH_MAX) });
}

interface Place { readonly table: Table; readonly id: string; readonly rest: readonly string[] }

function follow(context: ApiContext, request: ApiRequest, { table, id, rest }: Place): Reply {
  const [name = "", ...after] = rest;
  if (name === "") return only(request, "GET", () => retrieve(context, request, table, id));
  const keyed = /^(\w+)\((.*)\)$/.exec(name);
  const nav = keyed?.[1] ?? name;
  const single = table.singles.get(nav);
  const target = single === undefined ? collectionTable(context, table, nav) : undefined;
  if (after[0] === "$ref" && after.length === 1 && (single !== undefined || target !== undefined)) return onReference(context, request, { table, id, nav, childKey: keyed?.[2] });
  const row = load(context, table, id);
  if (single !== undefined && keyed === null) {
    const value = row[single.column];
    if (!isReference(value)) return only(request, "GET", () => empty());
    return follow(context, request, { table: context.organization.model.table(value.table), id: value.id, rest: after });
  }
  if (target !== undefined) return onRelated(context, request, { table, row, nav, target, childKey: keyed?.[2], after });
  if (after.length > 1 || (after.length === 1 && after[0] !== "$value")) throw noSegment(after[0] ?? "");
  return onColumn(context, request, { table, id, row, name: /^_(.+)_value$/.exec(name)?.[1] ?? name, property: name, isRaw: after[0] === "$value" });
}

function only(request: ApiRequest, method: string, answer: () => Reply): Reply {
  if (request.method !== method) throw methodNotAllowed();
  return answer();
}

interface Related { readonly table: Table; readonly row: Row; readonly nav: string; readonly target: Table; readonly childKey: string | undefined; readonly after: readonly string[] }

/** A collection as a whole, one member of it, its count, or a new member. */
function onRelated(context: ApiContext, request: ApiRequest, { table, row, nav, target, childKey, after }: Related): Reply {
  const rows = relatedRows(context, table, row, nav);
  if (childKey !== undefined) {
    const id = idOf(context.organization, target, childKey);
    if (!rows.some((one) => one[target.id] === id)) throw notFound(target.name, id);
    return follow(context, request, { table: target, id, rest: after });
  }
  if (after[0] === "$count") return only(request, "GET", () => text(String(Math.min(readPage({ ...readContext(context, request), pageSize: 1 }, target, parseOptions(request.query), rows).total, COUNT_MAX))));
  if (after.length > 0) throw noSegment(after[0] ?? "");
  if (request.method === "GET") return retrieveMultiple(context, request, target, rows);
  const collection = table.collections.get(nav);
  if (request.method === "PUT" && collection !== undefined && target.name === "activityparty") return replaceParties(context, request, { table, row, collection, rows });
  if (request.method !== "POST" || collection === undefined) throw methodNotAllowed();
  const body = { ...jsonBody(request.body), [`${collection.nav}@odata.bind`]: `/${table.set}(${asText(row[table.id])})` };
  return created(context, request, target, context.organization.store.atomically(() => create(writeContext(context, request), target, body)), 201);
}

/** The parties of an activity are given as a whole: all that were are gone, or none. */
function replaceParties(context: ApiContext, request: ApiRequest, { table, row, collection, rows }: { readonly table: Table; readonly row: Row; readonly collection: Collection; readonly rows: readonly Row[] }): Reply {
  const { store, model } = context.organization;
  const { value } = jsonBody(request.body);
  if (!Array.isArray(value) || !value.every((one) => typeof one === "object" && one !== null && !Array.isArray(one))) throw badRequest("The request body has no list 'value'.", "0x80048d19");
  const parties = model.table(collection.table);
  store.atomically(() => {
    for (const one of rows) remove(writeContext(context, request), parties, asText(one[parties.id]));
    for (const one of value as Record<string, unknown>[]) create(writeContext(context, request), parties, { ...one, [`${collection.nav}@odata.bind`]: `/${table.set}(${asText(row[table.id])})` });
  });
  return empty();
}

function onColumn(context: ApiContext, request: ApiRequest, of: { table: Table; id: string; row: Row; name: string; property: string; isRaw: boolean }): Reply {
  const { table, id, row, name } = of;
  const column = table.columns.get(name);
  if (column === undefined || (column.targets !== undefined) !== (of.property !== name)) throw noSegment(of.property);
  if (column.type === "File") return onFile(context, request, { table, id, row, column, isRaw: of.isRaw });
  const change = (value: unknown): Reply => { context.organization.store.atomically(() => { update(writeContext(context, request), table, id, { [of.property]: value }); }); return empty(); };
  switch (request.method) {
    case "GET": {
      const value = row[name];
      const plain = isReference(value) ? value.id : value ?? null;
      if (plain === null) return empty();
      return of.isRaw ? text(String(plain)) : odata(200, { "@odata.context": contextUrl(context, `${table.set}(${id})/${of.property}`), value: plain });
    }
    case "PUT": {
      const body = jsonBody(request.body);
      if (!Object.hasOwn(body, "value")) throw badRequest("The request body has no 'value'.", "0x80048d19");
      return change(body["value"]);
    }
    case "DELETE": return change(null);
    default: throw methodNotAllowed();
  }
}

interface Of { readonly table: Table; readonly id: string; readonly nav: string; readonly childKey: string | undefined }

/** Addresses of what is related; associate and disassociate, in every spelling. */
function onReference(context: ApiContext, request: ApiRequest, of: Of): Reply {
  const { organization } = context;
  if (request.method === "GET") return readReferences(context, request, of);
  const write = writeContext(context, request);
  const isAdded = request.method !== "DELETE";
  const single = of.table.singles.get(of.nav);
  if (request.method !== "DELETE" && request.method !== (single === undefined ? "POST" : "PUT")) throw methodNotAllowed();
  const address = request.query.get("$id") ?? (request.body === "" ? undefined : jsonBody(request.body)["@odata.id"]);
  if (single !== undefined) {
    if (isAdded && typeof address !== "string") throw badRequest("The request body has no '@odata.id'.", "0x80048d19");
    organization.store.atomically(() => { update(write, of.table, of.id, { [`${of.nav}@odata.bind`]: isAdded ? address : null }); });
    return empty();
  }
  const target = collectionTable(context, of.table, of.nav);
  if (target === undefined) throw noSegment(of.nav);
  const other: Reference = of.childKey === undefined ? resolveReference(write, typeof address === "string" ? address : "") : { id: idOf(organization, target, of.childKey), table: target.name };
  if (other.table !== target.name) throw badRequest(`The reference does not point at ${target.name}.`);
  const row = organization.store.get(other.table, other.id);
  if (row === undefined) throw notFound(other.table, other.id);
  load(context, of.table, of.id);
  const many = manyToMany(context, { table: of.table.name, id: of.id, nav: of.nav });
  if (many !== undefined) { many.change(other.id, isAdded); return empty(); }
  const collection = of.table.collections.get(of.nav);
  if (collection === undefined) throw noSegment(of.nav);
  if (!isAdded && asText(row[collection.column]) !== of.id) throw notFound(other.table, other.id);
  organization.store.atomically(() => { update(write, target, other.id, { [`${collection.nav}@odata.bind`]: isAdded ? `/${of.table.set}(${of.id})` : null }); });
  return empty();
}

function readReferences(context: ApiContext, request: ApiRequest, { table, id, nav }: Of): Reply {
  const row = load(context, table, id);
  const single = table.singles.get(nav);
  if (single !== undefined) {
    const value = row[single.column];
    return isReference(value) ? odata(200, { "@odata.context": contextUrl(context, "$ref"), "@odata.id": rowUrl(context, context.organization.model.table(value.table), value.id) }) : empty();
  }
  const target = collectionTable(context, table, nav);
  if (target === undefined) throw noSegment(nav);
  const page = readPage(readContext(context, request), target, parseOptions(request.query), relatedRows(context, table, row, nav));
  return odata(200, { "@odata.context": contextUrl(context, "Collection($ref)"), value: page.rows.map((one) => ({ "@odata.id": rowUrl(context, target, String(one[target.id])) })) });
}
