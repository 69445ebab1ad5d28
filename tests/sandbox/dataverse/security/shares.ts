// What has been shared with whom, as rows of principalobjectaccess. Rights are bits, written as Dataverse's names.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/reference/accessrights
import type { Organization } from "../organization.ts";
import { asText, isReference, type Reference, type Row } from "../store/rows.ts";

export const RIGHTS = { Read: 1, Write: 2, Append: 4, AppendTo: 16, Create: 32, Delete: 65_536, Share: 262_144, Assign: 524_288 } as const;
type Right = keyof typeof RIGHTS;
const TABLE = "principalobjectaccess";

/** Bits of "ReadAccess, WriteAccess"; undefined when a name is none. */
export function maskOf(text: string): number | undefined {
  let mask = 0;
  for (const name of text.split(",").map((one) => one.trim()).filter((one) => one !== "" && one !== "None")) {
    const right = name.replace(/Access$/, "");
    if (!Object.hasOwn(RIGHTS, right)) return undefined;
    mask |= RIGHTS[right as Right];
  }
  return mask;
}
export const namesOf = (mask: number): string => Object.entries(RIGHTS).filter(([, bit]) => (mask & bit) !== 0).map(([name]) => `${name}Access`).join(", ") || "None";

const rowsOf = (organization: Organization, id: string): readonly Row[] => organization.store.pointingAt(TABLE, "objectid", id);

export function isSharedWith(organization: Organization, asked: { readonly id: string; readonly principals: readonly string[]; readonly right: Right }): boolean {
  return rowsOf(organization, asked.id).some((row) => (Number(row["accessrightsmask"]) & RIGHTS[asked.right]) !== 0 && asked.principals.includes(asText(row["principalid"])));
}

export interface Share { readonly principal: Reference; readonly mask: number }

export const sharesOf = (organization: Organization, id: string): readonly Share[] => rowsOf(organization, id).flatMap((row) => (isReference(row["principalid"]) ? [{ principal: row["principalid"], mask: Number(row["accessrightsmask"]) }] : []));

/** Sets the rights of one principal on one row; none at all removes the share. */
export function setShare(organization: Organization, of: { readonly target: Reference; readonly principal: Reference; readonly mask: number }): void {
  const { store, model, random } = organization;
  const table = model.table(TABLE);
  const found = rowsOf(organization, of.target.id).find((row) => asText(row["principalid"]) === of.principal.id);
  if (of.mask === 0) { if (found !== undefined) store.remove(table, asText(found[table.id])); return; }
  store.put(table, { ...found, principalobjectaccessid: found === undefined ? random.uuid() : asText(found[table.id]), objectid: of.target, objecttypecode: of.target.table, principalid: of.principal, principaltypecode: of.principal.table, accessrightsmask: of.mask, versionnumber: store.nextVersion() });
}

/** A row that is gone is shared with nobody. */
export function dropShares(organization: Organization, id: string): void {
  for (const row of rowsOf(organization, id)) organization.store.remove(organization.model.table(TABLE), asText(row["principalobjectaccessid"]));
}
