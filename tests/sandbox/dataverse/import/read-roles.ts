// Security roles of a solution: once for the organization here (a real one copies each role into every business unit).
import { asText } from "../store/rows.ts";
import { DataverseError } from "../errors.ts";
import type { Depth, Organization, RoleDefinition } from "../organization.ts";
import { list, textOf, type XmlNode } from "./xml.ts";

const DEPTHS = new Set(["Basic", "Local", "Deep", "Global"]);

export function readRoles(content: XmlNode): readonly RoleDefinition[] {
  return list(content, "Roles", "Role").map((role) => {
    const id = textOf(role, "@id").replace(/[{}]/g, "").toLowerCase();
    const name = textOf(role, "@name");
    const privileges = new Map(list(role, "RolePrivileges", "RolePrivilege").map((one): [string, Depth] => {
      const level = textOf(one, "@level");
      if (!DEPTHS.has(level)) throw new DataverseError(400, "0x8004801a", `The level '${level}' of ${textOf(one, "@name")} in role ${name} is not known.`);
      return [textOf(one, "@name").toLowerCase(), level as Depth];
    }));
    return { id, name, privileges, isInherited: textOf(role, "@isinherited") !== "0" };
  });
}

/** Makes the role known; called once everything of the import has been read. */
export function keepRole(organization: Organization, role: RoleDefinition): void {
  organization.roles.set(role.id, role);
  organization.store.put(organization.model.table("role"), { roleid: role.id, name: role.name, businessunitid: { id: rootUnit(organization), table: "businessunit" }, versionnumber: organization.store.nextVersion() });
}

const rootUnit = (organization: Organization): string => asText([...organization.store.all("businessunit")].find((unit) => (unit["parentbusinessunitid"] ?? null) === null)?.["businessunitid"]);
