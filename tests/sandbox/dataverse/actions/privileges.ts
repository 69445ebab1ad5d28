// AddPrivilegesRole, ReplacePrivilegesRole, RemovePrivilegeRole, RetrieveRolePrivilegesRole, RetrieveUserPrivileges.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference
import type { Reply } from "../../kit/faults.ts";
import { invalidArgument } from "../errors.ts";
import type { Depth } from "../organization.ts";
import { assertNamedPrivilege } from "../security/access.ts";
import { callerOf } from "../security/authenticate.ts";
import { deepest, privilegeId, setPrivileges, wantedPrivileges } from "../security/privileges.ts";
import { asText } from "../store/rows.ts";
import { idOf, parseAddress } from "../web-api/address.ts";
import { empty, jsonBody, odata, type ApiContext, type ApiRequest } from "../web-api/request.ts";

function boundTo(context: ApiContext, request: ApiRequest, table: string): string {
  const address = parseAddress(context.organization, request.path.slice(0, Math.max(0, request.path.indexOf("/Microsoft.Dynamics.CRM."))));
  if (address.table.name !== table || address.keyText === undefined) throw invalidArgument(`The operation is bound to ${table}, and the address names none.`);
  return idOf(context.organization, address.table, address.keyText);
}

const change = (isReplaced: boolean) => (context: ApiContext, request: ApiRequest): Reply => {
  assertNamedPrivilege(context.organization, context.caller, "prvWriteRole");
  const role = boundTo(context, request, "role");
  const wanted = wantedPrivileges(context.organization, jsonBody(request.body)["Privileges"]);
  setPrivileges(context.organization, role, new Map(wanted.map(({ name, depth }): [string, Depth] => [name, depth])), isReplaced);
  return empty();
};
export const addPrivileges = change(false);
export const replacePrivileges = change(true);

export function removePrivilege(context: ApiContext, request: ApiRequest): Reply {
  assertNamedPrivilege(context.organization, context.caller, "prvWriteRole");
  const id = jsonBody(request.body)["PrivilegeId"];
  const row = typeof id === "string" ? context.organization.store.get("privilege", id.toLowerCase()) : undefined;
  if (row === undefined) throw invalidArgument("Required field 'PrivilegeId' is missing.");
  setPrivileges(context.organization, boundTo(context, request, "role"), new Map([[asText(row["name"]), null]]), false);
  return empty();
}

const answer = (context: ApiContext, name: string, held: ReadonlyMap<string, Depth>, unit: string): Reply => odata(200, {
  "@odata.context": `${context.organization.baseUrl}/api/data/v9.2/$metadata#Microsoft.Dynamics.CRM.${name}Response`,
  RolePrivileges: [...held].map(([privilege, depth]) => ({ Depth: depth, PrivilegeId: privilegeId(privilege), BusinessUnitId: unit, PrivilegeName: asText(context.organization.store.get("privilege", privilegeId(privilege))?.["name"] ?? privilege) })),
});

export function rolePrivileges(context: ApiContext, request: ApiRequest): Reply {
  assertNamedPrivilege(context.organization, context.caller, "prvReadRole");
  const id = boundTo(context, request, "role");
  return answer(context, "RetrieveRolePrivilegesRole", context.organization.roles.get(id)?.privileges ?? new Map<string, Depth>(), asText(context.organization.store.get("role", id)?.["businessunitid"]));
}

/** What a user holds by his own roles and his teams'. */
export function userPrivileges(context: ApiContext, request: ApiRequest): Reply {
  assertNamedPrivilege(context.organization, context.caller, "prvReadUser");
  const user = callerOf(context.organization, boundTo(context, request, "systemuser"));
  const all = user.isSystem ? [new Map([...context.organization.store.all("privilege")].map((row): [string, Depth] => [asText(row["name"]).toLowerCase(), "Global"]))] : user.grants.map((grant) => grant.role.privileges);
  return answer(context, "RetrieveUserPrivileges", deepest(all), user.businessUnitId);
}
