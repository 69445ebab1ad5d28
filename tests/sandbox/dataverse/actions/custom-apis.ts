// Custom APIs: actions and functions that rows of customapi describe. No plug-in runs here, so the properties of an answer have the defaults
// of their types, as Dataverse answers for an API without code. Source: learn.microsoft.com/power-apps/developer/data-platform/custom-api
import { DataverseError, invalidArgument, methodNotAllowed, noSegment } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { assertNamedPrivilege } from "../security/access.ts";
import { asText, type Row } from "../store/rows.ts";
import { idOf, parseAddress } from "../web-api/address.ts";
import { runInBackground, wantsBackground } from "../jobs/background.ts";
import { empty, errorReply, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";

const NAME = /^(?:(.*)\/)?(?:Microsoft\.Dynamics\.CRM\.)?(\w+_\w+)(?:\((.*)\))?$/s;
const BINDING = { global: 0, row: 1, collection: 2 } as const;

const find = ({ organization }: ApiContext, path: string): Row | undefined => {
  const match = NAME.exec(path);
  if (match === null || organization.model.bySet.has(match[2] ?? "")) return undefined;
  return [...organization.store.all("customapi")].find((row) => row["uniquename"] === match[2]);
};
export const isCustomApi = (context: ApiContext, path: string): boolean => find(context, path) !== undefined;

type Kind = "boolean" | "text" | "number" | "guid" | "object" | "list";
interface Type { readonly kind: Kind; readonly initial: unknown }
const NONE: Type = { kind: "object", initial: null };
/** By value of the choice customapifieldtype. */
const TYPES: readonly Type[] = [
  { kind: "boolean", initial: false }, { kind: "text", initial: "0001-01-01T00:00:00Z" }, { kind: "number", initial: 0 }, NONE, NONE, NONE, { kind: "number", initial: 0 }, { kind: "number", initial: 0 }, { kind: "number", initial: 0 }, { kind: "number", initial: 0 },
  { kind: "text", initial: null }, { kind: "list", initial: [] }, { kind: "guid", initial: "00000000-0000-0000-0000-000000000000" },
];
const GUID = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const FITS: Readonly<Record<Kind, (value: unknown) => boolean>> = {
  boolean: (value) => typeof value === "boolean", text: (value) => typeof value === "string", number: (value) => typeof value === "number", guid: (value) => typeof value === "string" && GUID.test(value),
  object: (value) => typeof value === "object" && value !== null, list: Array.isArray,
};

/** `name=value` or `name=@p1` in the brackets of a function. */
function argumentsOf(request: ApiRequest): Record<string, unknown> {
  const inner = NAME.exec(request.path)?.[3] ?? "";
  return Object.fromEntries([...inner.matchAll(/(\w+)=(@\w+|'(?:[^']|'')*'|[^,]+)/g)].map((match): [string, unknown] => {
    const raw = match[2] ?? "";
    const value = raw.startsWith("@") ? request.query.get(raw) ?? "" : raw;
    if (value.startsWith("'")) return [match[1] ?? "", value.slice(1, -1).replaceAll("''", "'")];
    try { return [match[1] ?? "", JSON.parse(value)]; } catch { return [match[1] ?? "", value]; }
  }));
}

function checkBinding(context: ApiContext, api: Row, path: string): void {
  const where = NAME.exec(path)?.[1];
  const binding = api["bindingtype"] ?? BINDING.global;
  if (where === undefined ? binding !== BINDING.global : binding === BINDING.global) throw noSegment(asText(api["uniquename"]));
  if (where === undefined) return;
  const address = parseAddress(context.organization, where);
  if (address.table.name !== api["boundentitylogicalname"] || (address.keyText === undefined) !== (binding === BINDING.collection)) throw noSegment(asText(api["uniquename"]));
  if (address.keyText !== undefined) idOf(context.organization, address.table, address.keyText);
}

/** The same request, as it would be answered without the preference. */
function answerLater(context: ApiContext, request: ApiRequest): Reply {
  try {
    return callCustomApi(context, { ...request, headers: { ...request.headers, prefer: "" } });
  } catch (error) {
    if (error instanceof DataverseError) return errorReply(error, false);
    throw error;
  }
}

export function callCustomApi(context: ApiContext, request: ApiRequest): Reply {
  const api = find(context, request.path);
  if (api === undefined) throw noSegment(request.path);
  const { store, baseUrl } = context.organization;
  if (wantsBackground(request)) return runInBackground(context, asText(api["uniquename"]), () => answerLater(context, request));
  if (request.method !== (api["isfunction"] === true ? "GET" : "POST")) throw methodNotAllowed();
  checkBinding(context, api, request.path);
  const privilege = asText(api["executeprivilegename"]);
  if (privilege !== "") assertNamedPrivilege(context.organization, context.caller, privilege);
  const id = asText(api["customapiid"]);
  const given = api["isfunction"] === true ? argumentsOf(request) : jsonBody(request.body);
  const parameters = store.pointingAt("customapirequestparameter", "customapiid", id);
  for (const name of Object.keys(given)) if (!name.startsWith("@") && !parameters.some((one) => one["uniquename"] === name)) throw new DataverseError(400, "0x80048d19", `The parameter '${name}' in the request payload is not a valid parameter for the operation '${asText(api["uniquename"])}'.`);
  for (const parameter of parameters) {
    const name = asText(parameter["uniquename"]);
    const value = given[name] ?? null;
    if (value === null && parameter["isoptional"] !== true) throw invalidArgument(`Required field '${name}' is missing.`);
    if (value !== null && !FITS[(TYPES[Number(parameter["type"])] ?? NONE).kind](value)) throw new DataverseError(400, "0x80048d19", `Cannot convert the value of the parameter '${name}' to the expected type.`);
  }
  const properties = store.pointingAt("customapiresponseproperty", "customapiid", id);
  if (properties.length === 0) return empty();
  return odata(200, { "@odata.context": `${baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.${asText(api["uniquename"])}Response`, ...Object.fromEntries(properties.map((one) => [asText(one["uniquename"]), (TYPES[Number(one["type"])] ?? NONE).initial])) });
}
