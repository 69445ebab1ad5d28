// Roles are add-ons: privileges on our tables and on environment variables only, named as the platform names them. The relay's role
// alone also reaches the standard tables that the relay writes to (ADR 0009); activities share one set of privileges.
// A table owned by the organization knows no depth but Global.
// learn.microsoft.com/power-platform/admin/security-roles-privileges
import type { SolutionModel } from "../solution-model.ts";
import { descendants } from "../xml-elements.ts";
import { type Finding, findings } from "./finding.ts";

const PRIVILEGE = /^prv(Create|Read|Write|Delete|AppendTo|Append|Assign|Share)(.+)$/;
const LEVELS = new Set(["Basic", "Local", "Deep", "Global"]);
const OTHERS = new Set(["EnvironmentVariableDefinition", "EnvironmentVariableValue"]);
const RELAY_ROLE = "Cybersource Payments – Relay";
const RELAY_ONLY = new Set(["SalesOrder", "Invoice", "Activity", "appnotification"]);

export interface Privilege { verb: string; table: string; level: string }

/** The privileges of a role file, split into verb and table. */
export function privilegesOf(role: SolutionModel["roles"][number]): Privilege[] {
  return descendants(role.root, "RolePrivilege").map(({ attributes }) => {
    const [, verb = "", table = attributes.get("name") ?? ""] = PRIVILEGE.exec(attributes.get("name") ?? "") ?? [];
    return { verb, table, level: attributes.get("level") ?? "" };
  });
}

export function rolesGrantOurTablesOnly(solution: SolutionModel): Finding[] {
  const say = findings("roles-grant-our-tables-only");
  const tables = new Map(solution.tables.filter((table) => !table.isShell).map((table) => [table.schemaName, table]));
  return solution.roles.flatMap((role) => privilegesOf(role).flatMap(({ verb, table, level }) => {
    const name = `prv${verb}${table}`;
    const isKnown = tables.has(table) || OTHERS.has(table) || (RELAY_ONLY.has(table) && role.root.attributes.get("name") === RELAY_ROLE);
    if (verb === "" || !isKnown) return [say(role.path, `${name} is no privilege on a table of ours or on environment variables. Correct the name or remove it: rights on standard tables come from the customer's own roles.`)];
    if (!LEVELS.has(level)) return [say(role.path, `${name} has the level "${level}". Use Basic, Local, Deep or Global.`)];
    if (tables.get(table)?.ownership !== "OrgOwned") return [];
    if (verb === "Assign" || verb === "Share") return [say(role.path, `${table} is owned by the organization: there is no ${name}. Remove it.`)];
    return level === "Global" ? [] : [say(role.path, `${table} is owned by the organization: ${name} can only have the level Global.`)];
  }));
}
