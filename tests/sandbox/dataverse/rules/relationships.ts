// Which rows go along when a row is assigned, shared or deleted, by the behaviour of each relationship.
// Source: learn.microsoft.com/power-apps/developer/data-platform/configure-entity-relationship-cascading-behavior
import { DataverseError } from "../errors.ts";
import type { Collection, Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { asText, referenceId, type Row } from "../store/rows.ts";

export interface Child { readonly table: Table; readonly row: Row; readonly collection: Collection }

const pointing = (organization: Organization, collection: Collection, id: string): readonly Child[] =>
  organization.store.pointingAt(collection.table, collection.column, id).map((row) => ({ table: organization.model.table(collection.table), row, collection }));

/** Several navigations can stand for one relationship: each lookup counts once. */
function relationshipsOf(table: Table): readonly Collection[] {
  const found = new Map<string, Collection>();
  for (const collection of table.collections.values()) {
    const key = `${collection.table}.${collection.column}`;
    const known = found.get(key);
    if (known === undefined || (!known.isCascading && !known.isRestricted)) found.set(key, collection);
  }
  return [...found.values()];
}

/** Rows that an assignment, share or unshare of their parent takes along. */
export function followers(organization: Organization, table: Table, parent: Row, what: "assign" | "share" | "unshare"): readonly Child[] {
  return relationshipsOf(table).filter((collection) => collection.behavior[what] !== "NoCascade").flatMap((collection) => pointing(organization, collection, asText(parent[table.id])).filter(({ row, table: of }) => {
    if (of.ownership !== "UserOwned" || !("ownerid" in row)) return false;
    const how = collection.behavior[what];
    return how === "Cascade" || (how === "Active" && (row["statecode"] ?? 0) === 0) || (how === "UserOwned" && referenceId(row["ownerid"]) === referenceId(parent["ownerid"]));
  }));
}

/** What becomes of the rows that point at a deleted one. Throws when one of them forbids it. */
export function dependants(organization: Organization, table: Table, row: Row): { readonly deleted: readonly Child[]; readonly unlinked: readonly Child[] } {
  const id = asText(row[table.id]);
  const all = relationshipsOf(table).flatMap((collection) => pointing(organization, collection, id));
  if (all.some(({ collection }) => collection.isRestricted)) throw new DataverseError(405, "0x80040227", "The object you tried to delete is associated with another object and cannot be deleted.");
  return { deleted: all.filter(({ collection }) => collection.isCascading), unlinked: all.filter(({ collection }) => !collection.isCascading && collection.behavior.delete === "RemoveLink") };
}
