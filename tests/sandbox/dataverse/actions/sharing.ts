// GrantAccess, ModifyAccess, RevokeAccess, RetrievePrincipalAccess, RetrieveSharedPrincipalsAndAccess.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/grantaccess and its neighbours
import type { Reply } from "../../kit/faults.ts";
import { DataverseError, invalidArgument, notFound } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import { followers } from "../rules/relationships.ts";
import { assertAccess, depthOf, reaches, type Right } from "../security/access.ts";
import { callerOf } from "../security/authenticate.ts";
import { maskOf, namesOf, RIGHTS, setShare, sharesOf } from "../security/shares.ts";
import { asText, type Reference, type Row } from "../store/rows.ts";
import { idOf, parseAddress, resolveReference } from "../web-api/address.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> => typeof value === "object" && value !== null && !Array.isArray(value);

/** {"@odata.type":"Microsoft.Dynamics.CRM.account","accountid":"…"} or {"@odata.id":"accounts(…)"}. */
function referenceIn(context: ApiContext, value: unknown, name: string): Reference {
  if (!isObject(value)) throw invalidArgument(`Required field '${name}' is missing.`);
  if (typeof value["@odata.id"] === "string") return resolveReference(context, value["@odata.id"]);
  const type = typeof value["@odata.type"] === "string" ? value["@odata.type"].replace(/^#?Microsoft\.Dynamics\.CRM\./, "") : "";
  const table = context.organization.model.tables.get(type);
  const id = table === undefined ? undefined : value[table.id] ?? value["ownerid"];
  if (table === undefined || typeof id !== "string") throw invalidArgument(`Required field '${name}' is missing.`);
  return { id: id.toLowerCase(), table: table.name };
}

function rowOf({ organization }: ApiContext, reference: Reference): { readonly table: Table; readonly row: Row } {
  const row = organization.store.get(reference.table, reference.id);
  if (row === undefined) throw notFound(reference.table, reference.id);
  return { table: organization.model.table(reference.table), row };
}

function principalIn(context: ApiContext, value: unknown, name: string): Reference {
  const principal = referenceIn(context, value, name);
  if (principal.table !== "systemuser" && principal.table !== "team") throw new DataverseError(400, "0x8004020c", "Invalid share id.");
  rowOf(context, principal);
  return principal;
}

/** Who shares must have Share on the row and each of the rights that he gives away. */
function assertMayGive(context: ApiContext, table: Table, row: Row, mask: number): void {
  assertAccess(context.organization, context.caller, "Share", table, row);
  for (const [right, bit] of Object.entries(RIGHTS)) if (right !== "Create" && (mask & bit) !== 0) assertAccess(context.organization, context.caller, right as Right, table, row);
}

/** The share of a row, and of the rows that go along with it. */
function spread(context: ApiContext, of: { readonly table: Table; readonly row: Row; readonly principal: Reference; readonly maskFor: (before: number) => number; readonly what: "share" | "unshare" }): void {
  const { table, row, principal } = of;
  const target: Reference = { id: asText(row[table.id]), table: table.name };
  const before = sharesOf(context.organization, target.id).find((share) => share.principal.id === principal.id)?.mask ?? 0;
  setShare(context.organization, { target, principal, mask: of.maskFor(before) });
  for (const child of followers(context.organization, table, row, of.what)) spread(context, { ...of, table: child.table, row: child.row });
}

function change(context: ApiContext, request: ApiRequest, how: "grant" | "modify"): Reply {
  const body = jsonBody(request.body);
  const { table, row } = rowOf(context, referenceIn(context, body["Target"], "Target"));
  const access = body["PrincipalAccess"];
  if (!isObject(access)) throw invalidArgument("Required field 'PrincipalAccess' is missing.");
  const mask = typeof access["AccessMask"] === "string" ? maskOf(access["AccessMask"]) : undefined;
  if (mask === undefined) throw invalidArgument(`The AccessMask '${String(access["AccessMask"])}' is not valid.`);
  const principal = principalIn(context, access["Principal"], "PrincipalAccess.Principal");
  if (table.ownership !== "UserOwned") throw invalidArgument(`Sharing is not supported for the entity '${table.name}'.`);
  if (asText(row["ownerid"]) === principal.id) throw new DataverseError(400, "0x80040214", "An item cannot be shared with the owning user.");
  assertMayGive(context, table, row, mask);
  context.organization.store.atomically(() => { spread(context, { table, row, principal, what: "share", maskFor: (before) => (how === "grant" ? before | mask : mask) }); });
  return empty();
}

export const grantAccess = (context: ApiContext, request: ApiRequest): Reply => change(context, request, "grant");
export const modifyAccess = (context: ApiContext, request: ApiRequest): Reply => change(context, request, "modify");

export function revokeAccess(context: ApiContext, request: ApiRequest): Reply {
  const body = jsonBody(request.body);
  const { table, row } = rowOf(context, referenceIn(context, body["Target"], "Target"));
  const principal = principalIn(context, body["Revokee"], "Revokee");
  assertAccess(context.organization, context.caller, "Share", table, row);
  context.organization.store.atomically(() => { spread(context, { table, row, principal, what: "unshare", maskFor: () => 0 }); });
  return empty();
}

const answer = (context: ApiContext, name: string, body: Readonly<Record<string, unknown>>): Reply => odata(200, { "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.${name}Response`, ...body });

/** A parameter by alias: Name(Target=@t)?@t={'@odata.id':'accounts(…)'}. */
function aliased(context: ApiContext, request: ApiRequest): Reference {
  const alias = /\(\s*Target\s*=\s*(@\w+)\s*\)/.exec(request.path)?.[1] ?? "";
  const text = request.query.get(alias) ?? "";
  const address = /['"]@odata\.id['"]\s*:\s*['"](.+?)['"]\s*\}/.exec(text)?.[1];
  if (address === undefined) throw invalidArgument("Required field 'Target' is missing.");
  return resolveReference(context, address);
}

/** systemusers(…)/Microsoft.Dynamics.CRM.RetrievePrincipalAccess(Target=@t): every right that the user has on the row. */
export function retrievePrincipalAccess(context: ApiContext, request: ApiRequest): Reply {
  const { organization } = context;
  const bound = parseAddress(organization, request.path.slice(0, request.path.indexOf("/Microsoft.Dynamics.CRM.")));
  const { table, row } = rowOf(context, aliased(context, request));
  const user = callerOf(organization, idOf(organization, bound.table, bound.keyText ?? ""));
  const rights = (Object.keys(RIGHTS) as Right[]).filter((right) => {
    const held = depthOf(organization, user, right, table);
    return held !== undefined && reaches(organization, user, held, table, row);
  });
  return answer(context, "RetrievePrincipalAccess", { AccessRights: namesOf(rights.reduce((mask, right) => mask | RIGHTS[right], 0)) });
}

export function retrieveShares(context: ApiContext, request: ApiRequest): Reply {
  const { table, row } = rowOf(context, aliased(context, request));
  assertAccess(context.organization, context.caller, "Read", table, row);
  const shares = sharesOf(context.organization, asText(row[table.id]));
  return answer(context, "RetrieveSharedPrincipalsAndAccess", { PrincipalAccesses: shares.map(({ principal, mask }) => ({ AccessMask: namesOf(mask), Principal: { "@odata.type": `#Microsoft.Dynamics.CRM.${principal.table}`, [`${principal.table}id`]: principal.id, ownerid: principal.id } })) });
}
