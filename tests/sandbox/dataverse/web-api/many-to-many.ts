// The relationships that are kept beside the rows: roles of users and teams, members of teams. Only the system administrator changes them.
// Source: learn.microsoft.com/power-apps/developer/data-platform/security-access-coding
import { DataverseError } from "../errors.ts";
import { assertAccess } from "../security/access.ts";
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

/** Kept in an intersect table of its own; who may append the one to the other changes it. */
const intersect = (input: { readonly through: string; readonly own: string; readonly otherColumn: string; readonly other: string }): Relationship => ({
  table: input.other, privilege: "",
  ids: ({ organization }, id) => [...organization.store.all(input.through)].filter((row) => row[input.own] === id).map((row) => asText(row[input.otherColumn])),
  change: ({ organization }, { id, other, isAdded }) => {
    const { store, model, random } = organization;
    const table = model.table(input.through);
    const found = [...store.all(table.name)].find((row) => row[input.own] === id && row[input.otherColumn] === other);
    if (isAdded && found === undefined) store.put(table, { [table.id]: random.uuid(), [input.own]: id, [input.otherColumn]: other, versionnumber: store.nextVersion() });
    if (!isAdded && found !== undefined) store.remove(table, asText(found[table.id]));
  },
});
const contactsOf = (through: string, document: string): readonly (readonly [string, Relationship])[] => [
  [`contact.${through}_association`, intersect({ through, own: "contactid", otherColumn: `${document}id`, other: document })], [`${document}.${through}_association`, intersect({ through, own: `${document}id`, otherColumn: "contactid", other: "contact" })],
];

const RELATIONSHIPS: Readonly<Record<string, Relationship>> = {
  "systemuser.systemuserroles_association": roles(), "team.teamroles_association": roles(),
  "fieldsecurityprofile.systemuserprofiles_association": ofProfile("systemuser"), "fieldsecurityprofile.teamprofiles_association": ofProfile("team"), "systemuser.systemuserprofiles_association": profilesOf(), "team.teamprofiles_association": profilesOf(),
  "team.teammembership_association": { table: "systemuser", privilege: "prvWriteTeam", ids: ({ organization }, id) => membersOf(organization.store.get("team", id) ?? {}), change: (context, { id, other, isAdded }) => { setMember(context, { team: id, user: other, isAdded }); } },
  "systemuser.teammembership_association": {
    table: "team", privilege: "prvWriteTeam", ids: ({ organization }, id) => [...organization.store.all("team")].filter((team) => membersOf(team).includes(id)).map((team) => asText(team["teamid"])),
    change: (context, { id, other, isAdded }) => { setMember(context, { team: other, user: id, isAdded }); },
  },
  ...Object.fromEntries([...contactsOf("contactorders", "salesorder"), ...contactsOf("contactinvoices", "invoice")]),
};

/** A table's many-to-many relationships: name and the table on the other side. */
export const manyToManyOf = (table: string): readonly (readonly [string, string])[] => Object.entries(RELATIONSHIPS).filter(([key]) => key.startsWith(`${table}.`)).map(([key, one]) => [key.slice(table.length + 1), one.table]);

interface One { readonly table: string; readonly id: string }
function assertAppendable({ organization, caller }: ApiContext, one: One, other: One): void {
  for (const [{ table, id }, right] of [[one, "Append"], [other, "AppendTo"]] as const) assertAccess(organization, caller, right, organization.model.table(table), organization.store.get(table, id) ?? {});
}

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
      if (found.privilege === "") assertAppendable(context, { table: of.table, id: of.id }, { table: found.table, id: other });
      else if (!context.caller.isSystem) throw new DataverseError(403, "0x80040220", `Principal user (Id=${context.caller.userId}, type=8, roleCount=${context.caller.roles.size}) is missing ${found.privilege} privilege.`);
      found.change(context, { id: of.id, other, isAdded });
    },
  };
}
