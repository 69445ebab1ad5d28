// The relationships that are kept beside the rows: roles of users and teams, members of teams. Only the system administrator changes them.
// Source: learn.microsoft.com/power-apps/developer/data-platform/security-access-coding
import { DataverseError } from "../errors.ts";
import { membersOf } from "../security/authenticate.ts";
import { asText, type Row } from "../store/rows.ts";
import type { ApiContext } from "./request.ts";

interface Relationship { readonly table: string; readonly ids: (context: ApiContext, id: string) => readonly string[]; readonly change: (context: ApiContext, of: { readonly id: string; readonly other: string; readonly isAdded: boolean }) => void; readonly privilege: string }

const roles = (): Relationship => ({
  table: "role", privilege: "prvAssignRole", ids: (context, id) => [...context.organization.assignments.get(id) ?? []],
  change: ({ organization }, { id, other, isAdded }) => {
    const own = new Set(organization.assignments.get(id));
    if (isAdded) own.add(other);
    else own.delete(other);
    organization.assignments.set(id, own);
  },
});

function setMember({ organization }: ApiContext, input: { readonly team: string; readonly user: string; readonly isAdded: boolean }): void {
  const row = organization.store.get("team", input.team);
  if (row === undefined) return;
  if (row["isdefault"] === true) throw input.isAdded ? new DataverseError(400, "0x8004830b", "Can't add members to the default business unit team.") : new DataverseError(400, "0x8004830c", "Can't remove members from the default business unit team.");
  const members = new Set(membersOf(row));
  if (input.isAdded) members.add(input.user);
  else members.delete(input.user);
  organization.store.put(organization.model.table("team"), { ...row, memberids: [...members].join(",") });
}

/** Users and teams of a field security profile, kept on its row. */
const ofProfile = (table: "systemuser" | "team"): Relationship => ({
  table, privilege: "prvWriteFieldSecurityProfile",
  ids: ({ organization }, id) => membersOf(organization.store.get("fieldsecurityprofile", id) ?? {}).filter((one) => organization.store.get(table, one) !== undefined),
  change: ({ organization }, { id, other, isAdded }) => { setProfile(organization, { profile: id, principal: other, isAdded }); },
});
const profilesOf = (): Relationship => ({
  table: "fieldsecurityprofile", privilege: "prvWriteFieldSecurityProfile",
  ids: ({ organization }, id) => [...organization.store.all("fieldsecurityprofile")].filter((profile) => membersOf(profile).includes(id)).map((profile) => asText(profile["fieldsecurityprofileid"])),
  change: ({ organization }, { id, other, isAdded }) => { setProfile(organization, { profile: other, principal: id, isAdded }); },
});

function setProfile(organization: ApiContext["organization"], input: { readonly profile: string; readonly principal: string; readonly isAdded: boolean }): void {
  const row = organization.store.get("fieldsecurityprofile", input.profile);
  if (row === undefined) return;
  const members = new Set(membersOf(row));
  if (input.isAdded) members.add(input.principal);
  else members.delete(input.principal);
  organization.store.put(organization.model.table("fieldsecurityprofile"), { ...row, memberids: [...members].join(",") });
}

const RELATIONSHIPS: Readonly<Record<string, Relationship>> = {
  "systemuser.systemuserroles_association": roles(), "team.teamroles_association": roles(),
  "fieldsecurityprofile.systemuserprofiles_association": ofProfile("systemuser"), "fieldsecurityprofile.teamprofiles_association": ofProfile("team"), "systemuser.systemuserprofiles_association": profilesOf(), "team.teamprofiles_association": profilesOf(),
  "team.teammembership_association": { table: "systemuser", privilege: "prvWriteTeam", ids: ({ organization }, id) => membersOf(organization.store.get("team", id) ?? {}), change: (context, { id, other, isAdded }) => { setMember(context, { team: id, user: other, isAdded }); } },
  "systemuser.teammembership_association": {
    table: "team", privilege: "prvWriteTeam", ids: ({ organization }, id) => [...organization.store.all("team")].filter((team) => membersOf(team).includes(id)).map((team) => asText(team["teamid"])),
    change: (context, { id, other, isAdded }) => { setMember(context, { team: other, user: id, isAdded }); },
  },
};

export interface ManyToMany { readonly table: string; rows(): readonly Row[]; change(other: string, isAdded: boolean): void }

/** The table on the other side, if the table has a relationship of this name. */
export const manyToManyTarget = (table: string, nav: string): string | undefined => (Object.hasOwn(RELATIONSHIPS, `${table}.${nav}`) ? RELATIONSHIPS[`${table}.${nav}`]?.table : undefined);

/** The relationship of this name, if the table has it. */
export function manyToMany(context: ApiContext, of: { readonly table: string; readonly id: string; readonly nav: string }): ManyToMany | undefined {
  const key = `${of.table}.${of.nav}`;
  const found = Object.hasOwn(RELATIONSHIPS, key) ? RELATIONSHIPS[key] : undefined;
  if (found === undefined) return undefined;
  return {
    table: found.table,
    rows: () => found.ids(context, of.id).map((id) => context.organization.store.get(found.table, id)).filter((row) => row !== undefined),
    change: (other, isAdded) => {
      if (!context.caller.isSystem) throw new DataverseError(403, "0x80040220", `Principal user (Id=${context.caller.userId}, type=8, roleCount=${context.caller.roles.size}) is missing ${found.privilege} privilege.`);
      found.change(context, { id: of.id, other, isAdded });
    },
  };
}
