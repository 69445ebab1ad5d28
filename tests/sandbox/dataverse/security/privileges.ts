// Privileges by name and id: a row for each right on each table and for the few that belong to none; what a role holds, and changing it.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/addprivilegesrole, …/retrieveuserprivileges
import { invalidArgument, notFound } from "../errors.ts";
import type { Depth, Organization } from "../organization.ts";
import { stableId } from "../seed.ts";
import { asText, type Row } from "../store/rows.ts";
import { privilegeName, type Right } from "./access.ts";

const RIGHTS: readonly Right[] = ["Create", "Read", "Write", "Delete", "Append", "AppendTo", "Assign", "Share"];
/** Bits of accessright. */
const BITS: Readonly<Record<Right, number>> = { Read: 1, Write: 2, Append: 4, AppendTo: 16, Create: 32, Delete: 65_536, Share: 262_144, Assign: 524_288 };
const NAMED = ["prvActOnBehalfOfAnotherUser", "prvImportCustomization", "prvExportCustomization", "prvPublishCustomization", "prvBypassCustomPlugins", "prvBypassCustomBusinessLogic", "prvAssignRole", "prvCreateEntity", "prvReadEntity", "prvWriteEntity", "prvDeleteEntity", "prvCreateAttribute", "prvWriteAttribute", "prvDeleteAttribute", "prvCreateRelationship", "prvWriteRelationship", "prvDeleteRelationship", "prvMerge", "prvPublishDuplicateRule"];
export const DEPTHS: readonly Depth[] = ["Basic", "Local", "Deep", "Global"];

export const privilegeId = (name: string): string => stableId(`privilege ${name.toLowerCase()}`);

/** Rows of the privilege table. Called again when tables come. */
export function registerPrivileges(organization: Organization): void {
  const { store, model } = organization;
  const table = model.table("privilege");
  const put = (name: string, accessright: number): void => {
    const privilegeid = privilegeId(name);
    if (store.get(table.name, privilegeid) === undefined) store.put(table, { privilegeid, name, accessright, canbebasic: true, canbelocal: true, canbedeep: true, canbeglobal: true, versionnumber: store.nextVersion() });
  };
  for (const one of model.tables.values()) for (const right of RIGHTS) put(privilegeName(right, one), BITS[right]);
  for (const name of NAMED) put(name, 0);
}


const nameAt = (organization: Organization, id: string): string | undefined => { const row: Row | undefined = organization.store.get("privilege", id.toLowerCase()); return row === undefined ? undefined : asText(row["name"]); };

interface Wanted { readonly name: string; readonly depth: Depth }

/** [{PrivilegeId, Depth}] of a body: depths by name or number. */
export function wantedPrivileges(organization: Organization, value: unknown): readonly Wanted[] {
  if (!Array.isArray(value)) throw invalidArgument("Required field 'Privileges' is missing.");
  return value.map((one: unknown) => {
    const { PrivilegeId: id, PrivilegeName: given, Depth: depth } = typeof one === "object" && one !== null ? one as { readonly PrivilegeId?: unknown; readonly PrivilegeName?: unknown; readonly Depth?: unknown } : {};
    const name = typeof id === "string" ? nameAt(organization, id) : typeof given === "string" ? given : undefined;
    const level = typeof depth === "number" ? DEPTHS[depth] : DEPTHS.find((each) => each === depth);
    if (name === undefined) throw notFound("privilege", String(id));
    if (level === undefined) throw invalidArgument(`The privilege depth '${String(depth)}' is not valid.`);
    return { name, depth: level };
  });
}

/** Changes what a role holds; null takes a privilege away. */
export function setPrivileges(organization: Organization, roleId: string, changes: ReadonlyMap<string, Depth | null>, isReplaced: boolean): void {
  const role = organization.roles.get(roleId);
  if (role === undefined) throw notFound("role", roleId);
  const privileges = new Map(isReplaced ? [] : role.privileges);
  for (const [name, depth] of changes) {
    if (depth === null) privileges.delete(name.toLowerCase());
    else privileges.set(name.toLowerCase(), depth);
  }
  organization.roles.set(roleId, { ...role, privileges });
}

/** The deepest level at which each privilege is held through these roles. */
export function deepest(held: Iterable<ReadonlyMap<string, Depth>>): ReadonlyMap<string, Depth> {
  const found = new Map<string, Depth>();
  for (const privileges of held) for (const [name, depth] of privileges) if (DEPTHS.indexOf(depth) > DEPTHS.indexOf(found.get(name) ?? "Basic") || !found.has(name)) found.set(name, depth);
  return found;
}
