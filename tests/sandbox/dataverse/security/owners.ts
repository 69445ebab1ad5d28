// Who gets a row must be able to read its table: a user by one of his roles or of his teams', a team by one of its own.
// Dataverse refuses an assignment to, for example, a default team without roles (type=9, roleCount=0).
import { DataverseError } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import type { Reference } from "../store/rows.ts";
import { privilegeName } from "./access.ts";
import { callerOf } from "./authenticate.ts";
import { grantsOf } from "./reach.ts";

const TYPES: Readonly<Record<string, readonly [string, number]>> = { systemuser: ["user", 8], team: ["team", 9] };

export function assertOwnerReads(organization: Organization, table: Table, owner: Reference): void {
  if (!organization.switches.ownerNeedsReadPrivilege) return;
  const user = owner.table === "team" ? undefined : callerOf(organization, owner.id);
  const grants = user?.grants ?? grantsOf(organization, owner.id, true);
  const privilege = privilegeName("Read", table);
  if (user?.isSystem === true || grants.some((grant) => grant.role.privileges.has(privilege.toLowerCase()) || grant.role.name === "System Administrator")) return;
  const [kind, type] = TYPES[owner.table] ?? ["user", 8];
  throw new DataverseError(403, "0x80040220", `Principal ${kind} (Id=${owner.id}, type=${type}, roleCount=${grants.length}, accessMode=0), is missing ${privilege} privilege on OTC=${table.code} for entity '${table.name}' (LocalizedName='${table.label}').`);
}
