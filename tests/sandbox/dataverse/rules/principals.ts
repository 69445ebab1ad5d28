// Business units, teams and users: a unit brings its default team, which nobody changes by hand; what owns rows or has children stays.
// Codes and texts of the public error list; learn.microsoft.com/power-platform/admin/manage-teams
import { DataverseError } from "../errors.ts";
import { nowText, type Organization } from "../organization.ts";
import type { Table } from "../metadata/model.ts";
import { asText, type Row } from "../store/rows.ts";
import type { Change, RuleContext } from "./change.ts";

const refuse = (code: string, message: string): DataverseError => new DataverseError(400, code, message);
const ACCESS_TEAM = 1;
const SYSTEM_ADMINISTRATOR = "System Administrator";

const isLastAdministrator = (organization: Organization, userId: string): boolean => {
  const admin = [...organization.roles.values()].find((role) => role.name === SYSTEM_ADMINISTRATOR)?.id ?? "";
  const others = [...organization.assignments].filter(([id, roles]) => id !== userId && roles.has(admin) && organization.store.get("systemuser", id)?.["isdisabled"] === false);
  return organization.assignments.get(userId)?.has(admin) === true && others.length === 0;
};

/** Before a unit, team or user is written. */
export function guardPrincipal({ organization }: RuleContext, { table, before, row, changed = [] }: Change): void {
  if (table.name === "team" && before?.["isdefault"] === true && changed.includes("name") && row["name"] !== before["name"]) throw refuse("0x8004830a", "The default business unit team name can't be updated.");
  if (table.name === "systemuser" && before !== undefined && row["isdisabled"] === true && isLastAdministrator(organization, asText(row[table.id]))) throw refuse("0x80041d2f", "A user cannot be disabled if they are the only user that has the System Administrator Role.");
  if (table.name === "businessunit" && before !== undefined && row["isdisabled"] === true && (row["parentbusinessunitid"] ?? null) === null) throw refuse("0x80041d63", "Root Business unit cannot be disabled.");
}

/** A new unit has a team of all its users. */
export function addDefaultTeam({ organization }: RuleContext, { table, before, row }: Change): void {
  if (table.name !== "businessunit" || before !== undefined) return;
  const { store, model, random } = organization;
  const at = nowText(organization);
  store.put(model.table("team"), { teamid: random.uuid(), name: row["name"], isdefault: true, teamtype: 0, businessunitid: { id: asText(row[table.id]), table: table.name }, memberids: "", createdon: at, modifiedon: at, versionnumber: store.nextVersion() });
}

/** A role that is made by hand holds nothing yet. */
export function addRole({ organization }: RuleContext, { table, before, row }: Change): void {
  const id = asText(row[table.id]);
  if (table.name === "role" && before === undefined && !organization.roles.has(id)) organization.store.afterCommit(() => { organization.roles.set(id, { id, name: asText(row["name"]), privileges: new Map() }); });
}

/** Before a unit or team is deleted. */
export function guardDeletion({ organization }: RuleContext, table: Table, row: Row): void {
  const id = asText(row[table.id]);
  if (table.name === "team") {
    if (row["isdefault"] === true) throw refuse("0x80048307", "The default business unit team can't be deleted.");
    if (ownsRows(organization, id)) throw refuse("0x8004830e", "Can't delete a team which owns records. Reassign the records and try again.");
  }
  if (table.name !== "businessunit") return;
  if (row["isdisabled"] !== true) throw refuse("0x80041d60", "Not disabled business unit cannot be deleted.");
  if (organization.store.pointingAt("businessunit", "parentbusinessunitid", id).length > 0) throw refuse("0x80041d61", "Business unit has a child business unit and cannot be deleted.");
  for (const team of organization.store.pointingAt("team", "businessunitid", id)) organization.store.remove(organization.model.table("team"), asText(team["teamid"]));
}

const ownsRows = (organization: Organization, id: string): boolean => [...organization.model.tables.values()].some((table) => table.ownership === "UserOwned" && organization.store.pointingAt(table.name, "ownerid", id).length > 0);

/** Who can own: no access team, nobody disabled. */
export function assertCanOwn(owner: Row, tableName: string): void {
  if (tableName === "team" && owner["teamtype"] === ACCESS_TEAM) throw refuse("0x80048340", "You cannot assign a record to the access team. You can assign a record to the owner team.");
  if (tableName === "systemuser" && owner["isdisabled"] === true) throw refuse("0x8004022b", "The specified owner has been disabled.");
}
