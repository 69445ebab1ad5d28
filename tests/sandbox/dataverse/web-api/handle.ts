// One request of the Web API to one answer. Refusals come out as Dataverse's error bodies; anything else is a bug of this stand-in.
import { DataverseError, methodNotAllowed, noSegment, notFound } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { callOperation, isOperation } from "../actions/actions.ts";
import { callCustomApi, isCustomApi } from "../actions/custom-apis.ts";
import { answerMetadata, isMetadata } from "../metadata/definitions.ts";
import { readFetch } from "../query/fetch-xml.ts";
import { assertAccess } from "../security/access.ts";
import { asText } from "../store/rows.ts";
import { parseAddress } from "./address.ts";
import { onMember } from "./members.ts";
import { countRows, onCollection, onRow, text } from "./operations.ts";
import { errorReply, odata, preferences, type ApiContext, type ApiRequest } from "./request.ts";

export function handle(context: ApiContext, request: ApiRequest): Reply {
  try {
    return route(context, request);
  } catch (error) {
    if (error instanceof DataverseError) return errorReply(error, preferences(request.headers).get("odata.include-annotations") === "*");
    throw error;
  }
}

function route(context: ApiContext, request: ApiRequest): Reply {
  const { path } = request;
  if (isPlain(context, path)) return onTable(context, request, path);
  if (path === "") return serviceDocument(context, request);
  if (isMetadata(path)) return answerMetadata(context, request);
  if (isOperation(path)) return callOperation(context, request);
  if (isCustomApi(context, path)) return callCustomApi(context, request);
  const referred = /^\$(\w+)(.*)$/.exec(path);
  const known = referred === null ? path : (request.contentIds.get(referred[1] ?? "") ?? "").replace(/^.*\/api\/data\/v9\.\d\//, "") + (referred[2] ?? "");
  if (known === "") throw new DataverseError(400, "0x80048d19", `Content-ID Reference: '$${referred?.[1] ?? ""}' does not exist in the batch context.`);
  return onTable(context, request, known);
}

/** An entity set, with or without a key: most requests, and nothing else is named like one. */
function isPlain({ organization }: ApiContext, path: string): boolean {
  const bracket = path.indexOf("(");
  return !path.includes("/") && organization.model.bySet.has(bracket === -1 ? path : path.slice(0, bracket));
}

function onTable(context: ApiContext, request: ApiRequest, path: string): Reply {
  const address = parseAddress(context.organization, path.includes("@") ? path.replace(/(?<=[=(])@\w+/g, (alias) => request.query.get(alias) ?? alias) : path);
  const at = path === request.path ? request : { ...request, path };
  if (address.keyText === undefined) {
    if (address.rest[0] === "$count" && address.rest.length === 1) { if (request.method !== "GET") throw methodNotAllowed(); return text(String(countRows(context, at, address.table))); }
    if (address.rest.length > 0) throw noSegment(address.rest[0] ?? "");
    const fetchXml = request.method === "GET" ? request.query.get("fetchXml") ?? request.query.get("fetchxml") ?? viewOf(context, request) : undefined;
    return fetchXml === undefined ? onCollection(context, at, address) : readFetch(context, at, address.table, fetchXml);
  }
  return address.rest.length === 0 ? onRow(context, at, address) : onMember(context, at, address);
}

/** The FetchXML of a system view (savedQuery) or of a user's own (userQuery). */
function viewOf(context: ApiContext, request: ApiRequest): string | undefined {
  for (const [parameter, name] of [["savedQuery", "savedquery"], ["userQuery", "userquery"]] as const) {
    const id = request.query.get(parameter);
    if (id === undefined) continue;
    const row = context.organization.store.get(name, id.replace(/[{}]/g, "").toLowerCase());
    if (row === undefined) throw notFound(name, id);
    assertAccess(context.organization, context.caller, "Read", context.organization.model.table(name), row);
    return asText(row["fetchxml"]);
  }
  return undefined;
}

/** What a client finds at the root: every entity set. */
function serviceDocument(context: ApiContext, request: ApiRequest): Reply {
  if (request.method !== "GET") throw methodNotAllowed();
  const { model, baseUrl } = context.organization;
  return odata(200, { "@odata.context": `${baseUrl}/api/data/v9.2/$metadata`, value: [...model.tables.values()].map(({ set }) => ({ name: set, kind: "EntitySet", url: set })) });
}
