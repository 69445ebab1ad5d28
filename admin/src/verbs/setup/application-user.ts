// The relay's user in Dataverse: an application user with the role Relay, and a role of its own for the standard tables it reads and marks.
// The application itself is made in Microsoft Entra ID by somebody who may; that step is printed to be forwarded.
import { textAt } from "../../dataverse/row.ts";
import type { Dataverse } from "../../dataverse/web-api.ts";
import { CONNECTION } from "../../plans/plan-connection.ts";
import { stableId } from "../../plans/plan-import.ts";
import { Stop } from "../../stop.ts";
import type { Context } from "../../verb.ts";

export const STANDARD_ROLE = { id: stableId("role standard tables"), name: "Cybersource Payments – Relay, standard tables" };
const READ = ["SalesOrder", "SalesOrderDetail", "Invoice", "InvoiceDetail", "Account", "Contact", "Product", "UoM", "TransactionCurrency", "BusinessUnit", "User", "Team", "Organization"];
const APPEND_TO = ["SalesOrder", "Invoice", "Account", "Contact", "TransactionCurrency", "User"];
const WRITE = ["SalesOrder", "Invoice"];
/** As docs/reference/roles.md says, for the whole organization. Order and invoice lines have no privileges of their own. */
export const STANDARD_PRIVILEGES: readonly string[] = [...READ.filter((table) => !table.endsWith("Detail")).map((table) => `prvRead${table}`), ...APPEND_TO.map((table) => `prvAppendTo${table}`), ...WRITE.flatMap((table) => [`prvWrite${table}`, `prvAppend${table}`])];

/** Gives the user's id. Stops, with a request to forward, when the application is not known yet. */
export async function ensureApplicationUser(context: Context, dataverse: Dataverse, applicationId: string | undefined): Promise<string> {
  if (applicationId === undefined) {
    context.screen.request(["To the administrator of Microsoft Entra ID:", "Please register an application “Cybersource Payments relay” in our tenant (single tenant, no redirect address, no API permissions),", "create a client secret or upload a certificate for it, and give the secret to the operator of the relay (DATAVERSE_CLIENT_SECRET).", "I need its application (client) id."].join("\n"));
    throw new Stop("waiting_for_others", { what: "The relay's application in Microsoft Entra ID" }, "Give its id with --application-id.");
  }
  const found = await findUser(dataverse, applicationId);
  const userId = found ?? await createUser(context, dataverse, applicationId);
  await ensureStandardRole(dataverse);
  await giveRole(context, dataverse, { userId, role: "Cybersource Payments – Relay" });
  await giveRole(context, dataverse, { userId, role: STANDARD_ROLE.name });
  return userId;
}

async function findUser(dataverse: Dataverse, applicationId: string): Promise<string | undefined> {
  const [user] = await dataverse.list(`systemusers?$select=systemuserid,isdisabled&$filter=applicationid eq ${applicationId}`);
  return user === undefined ? undefined : textAt(user, "systemuserid");
}

async function createUser(context: Context, dataverse: Dataverse, applicationId: string): Promise<string> {
  const [unit] = await dataverse.list("businessunits?$select=businessunitid&$filter=_parentbusinessunitid_value eq null");
  // Dataverse fills in the name from Entra ID; it refuses an application that is not in the tenant.
  await dataverse.create("systemusers", { applicationid: applicationId, "businessunitid@odata.bind": `/businessunits(${textAt(unit, "businessunitid")})` });
  context.screen.say("✓ application user created");
  const created = await findUser(dataverse, applicationId);
  if (created === undefined) throw new Stop("verification_failed", { what: "the application user was not created" });
  return created;
}

async function ensureStandardRole(dataverse: Dataverse): Promise<void> {
  const [existing] = await dataverse.list(`roles?$select=roleid&$filter=name eq '${STANDARD_ROLE.name}'`);
  const [unit] = await dataverse.list("businessunits?$select=businessunitid&$filter=_parentbusinessunitid_value eq null");
  const unitId = textAt(unit, "businessunitid");
  if (existing === undefined) await dataverse.create("roles", { roleid: STANDARD_ROLE.id, name: STANDARD_ROLE.name, "businessunitid@odata.bind": `/businessunits(${unitId})` }, { solution: CONNECTION });
  const filter = STANDARD_PRIVILEGES.map((name) => `name eq '${name}'`).join(" or ");
  const privileges = await dataverse.list(`privileges?$select=privilegeid,name&$filter=${filter}`);
  await dataverse.act(`roles(${existing === undefined ? STANDARD_ROLE.id : textAt(existing, "roleid")})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: privileges.map((row) => ({ PrivilegeId: textAt(row, "privilegeid"), Depth: "Global", BusinessUnitId: unitId })) });
}

/** A role exists once in each business unit; a user takes the one of his own. */
export async function giveRole(context: Context, dataverse: Dataverse, { userId, role }: { readonly userId: string; readonly role: string }): Promise<void> {
  const [user, held] = await Promise.all([dataverse.find(`systemusers(${userId})?$select=_businessunitid_value`), dataverse.list(`systemusers(${userId})/systemuserroles_association?$select=name`)]);
  if (held.some((one) => textAt(one, "name") === role)) return;
  const roles = await dataverse.list(`roles?$select=roleid,_businessunitid_value&$filter=name eq '${role}'`);
  const fitting = roles.find((one) => textAt(one, "_businessunitid_value") === textAt(user, "_businessunitid_value")) ?? roles[0];
  if (fitting === undefined) throw new Stop("not_installed", {}, `It has no role “${role}”.`);
  await dataverse.associate("systemusers", userId, "systemuserroles_association", `roles(${textAt(fitting, "roleid")})`);
  context.screen.say(`✓ role given: ${role}`);
}

/** The default teams of business units own what nobody else can; each needs the role that lets it (docs/reference/roles.md). */
export async function ensureTeamReaders(context: Context, dataverse: Dataverse): Promise<number> {
  const role = "Cybersource Payments – Team reader";
  const teams = await dataverse.list("teams?$select=teamid,name,_businessunitid_value&$filter=isdefault eq true");
  const roles = await dataverse.list(`roles?$select=roleid,_businessunitid_value&$filter=name eq '${role}'`);
  const held = await Promise.all(teams.map((team) => dataverse.list(`teams(${textAt(team, "teamid")})/teamroles_association?$select=name`)));
  const lacking = teams.filter((_, index) => held[index]?.some((one) => textAt(one, "name") === role) !== true);
  for (const team of lacking) {
    const fitting = roles.find((one) => textAt(one, "_businessunitid_value") === textAt(team, "_businessunitid_value")) ?? roles[0];
    if (fitting === undefined) throw new Stop("not_installed", {}, `It has no role “${role}”.`);
    await dataverse.associate("teams", textAt(team, "teamid"), "teamroles_association", `roles(${textAt(fitting, "roleid")})`);
  }
  if (lacking.length > 0) context.screen.say(`✓ ${role}: given to ${lacking.length} default team(s)`);
  return lacking.length;
}
