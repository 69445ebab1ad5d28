// Who may do what to which row: privilege × depth, ownership, teams, shares, impersonation. The system administrator may everything.
// Source: learn.microsoft.com/power-platform/admin/security-roles-privileges. Texts are Dataverse's own as far as they are public.
import { DataverseError } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import { asText, referenceId, type Row } from "../store/rows.ts";
import { EVERYWHERE, reachOf, type Reach } from "./reach.ts";
import { isSharedWith } from "./shares.ts";

export type Right = "Create" | "Read" | "Write" | "Delete" | "Append" | "AppendTo" | "Assign" | "Share";

export const privilegeName = (right: Right, table: Table): string => `prv${right}${PRIVILEGE_NAMES[table.name] ?? table.schema}`;
/** Some tables share another one's privileges. */
const PRIVILEGE_NAMES: Readonly<Record<string, string>> = {
  salesorderdetail: "SalesOrder", invoicedetail: "Invoice", quotedetail: "Quote", opportunityproduct: "Opportunity", systemuser: "User", usersettings: "User", transactioncurrency: "TransactionCurrency", annotation: "Note", task: "Activity", email: "Activity", orderclose: "Activity",
  activitypointer: "Activity", activityparty: "Activity", productpricelevel: "PriceLevel", uomschedule: "UoM", queueitem: "Queue", environmentvariablevalue: "EnvironmentVariableValue",
};

const SYSTEM_TYPE = 8;
const modeOf = (organization: Organization, caller: Caller): string => asText(organization.store.get("systemuser", caller.userId)?.["accessmode"] ?? 0);

/** A privilege as it was found: how far it goes, and the same for who impersonates. */
export interface Held { readonly right: Right; readonly reach: Reach; readonly ofImpersonator?: Reach }

/** How far the caller's roles carry this right, or undefined when none gives it. Who acts for another has only what both have. */
export function depthOf(organization: Organization, caller: Caller, right: Right, table: Table): Held | undefined {
  if (caller.isPlatform === true) return { right, reach: EVERYWHERE };
  const privilege = privilegeName(right, table).toLowerCase();
  const reach = reachOf(organization, caller, privilege);
  if (reach === undefined) return undefined;
  if (caller.impersonator === undefined) return { right, reach };
  const ofImpersonator = reachOf(organization, caller.impersonator, privilege);
  return ofImpersonator === undefined ? undefined : { right, reach, ofImpersonator };
}

export function missingPrivilege(organization: Organization, caller: Caller, right: Right, table: Table): DataverseError {
  return new DataverseError(403, "0x80040220", `Principal user (Id=${caller.userId}, type=${SYSTEM_TYPE}, roleCount=${caller.roles.size}, accessMode=${modeOf(organization, caller)}), is missing ${privilegeName(right, table)} privilege on OTC=${table.code} for entity '${table.name}' (LocalizedName='${table.label}').`);
}

/** No row of a table is involved: an action asks for a privilege by its own name. */
export function assertNamedPrivilege(organization: Organization, caller: Caller, privilege: string): void {
  const held = reachOf(organization, caller, privilege.toLowerCase());
  if (held === undefined) throw new DataverseError(403, "0x80040220", `Principal user (Id=${caller.userId}, type=${SYSTEM_TYPE}, roleCount=${caller.roles.size}) is missing ${privilege} privilege.`);
}

const deniedRow = (caller: Caller, right: Right, table: Table, row: Row): DataverseError => new DataverseError(403, "0x80040220",
  `SecLib::AccessCheckEx failed. Returned hr = -2147187962, ObjectID: ${asText(row[table.id])}, OwnerId: ${asText(row["ownerid"])}, OwnerIdType: ${asText(row["owningteam"] ?? null) === "" ? SYSTEM_TYPE : 9} and CallingUser: ${caller.userId}. ObjectTypeCode: ${table.code}, objectBusinessUnitId: ${asText(row["owningbusinessunit"])}, AccessRights: ${right}Access`);

/** Throws when no role gives the privilege at all. */
export function assertPrivilege(organization: Organization, caller: Caller, right: Right, table: Table): Held {
  const held = depthOf(organization, caller, right, table);
  if (held === undefined) throw missingPrivilege(organization, caller, right, table);
  return held;
}

/** Throws when the privilege does not reach this row. Lines of an order are reached through it. */
export function assertAccess(organization: Organization, caller: Caller, right: Right, table: Table, row: Row): void {
  const held = assertPrivilege(organization, caller, right, table);
  if (!reaches(organization, caller, held, table, row)) throw deniedRow(caller, right, table, row);
}

/** Does a right that the caller has go as far as this row: by owner, by unit, or because the row is shared? */
export function reaches(organization: Organization, caller: Caller, held: Held, table: Table, row: Row): boolean {
  if (table.ownership === "OrgOwned") return true;
  const parent = parentOf(organization, table, row);
  if (parent !== undefined) return reaches(organization, caller, held, parent.table, parent.row);
  const id = asText(row[table.id]);
  const isOwn = contains(held.reach, row) || isSharedWith(organization, { id, principals: [caller.userId, ...caller.teams], right: held.right });
  if (!isOwn || held.ofImpersonator === undefined || caller.impersonator === undefined) return isOwn;
  const { userId, teams } = caller.impersonator;
  return contains(held.ofImpersonator, row) || isSharedWith(organization, { id, principals: [userId, ...teams], right: held.right });
}

function contains(reach: Reach, row: Row): boolean {
  if (reach.isGlobal) return true;
  const owner = referenceId(row["ownerid"]);
  const unit = referenceId(row["owningbusinessunit"]);
  return (owner !== undefined && reach.owners.has(owner)) || (unit !== undefined && reach.units.has(unit));
}

const PARENTS: Readonly<Record<string, { readonly table: string; readonly column: string }>> = { salesorderdetail: { table: "salesorder", column: "salesorderid" }, invoicedetail: { table: "invoice", column: "invoiceid" }, quotedetail: { table: "quote", column: "quoteid" }, opportunityproduct: { table: "opportunity", column: "opportunityid" } };

function parentOf(organization: Organization, table: Table, row: Row): { table: Table; row: Row } | undefined {
  const rule = PARENTS[table.name];
  const id = rule === undefined ? undefined : referenceId(row[rule.column]);
  const parent = rule === undefined || id === undefined ? undefined : organization.store.get(rule.table, id);
  return rule === undefined || parent === undefined ? undefined : { table: organization.model.table(rule.table), row: parent };
}
