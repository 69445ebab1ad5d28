// The index of an alternate key is built by a system job: Pending, then Active, or Failed when rows share a key.
// Source: learn.microsoft.com/power-apps/developer/data-platform/define-alternate-keys-entity
import { DataverseError, invalidArgument } from "../errors.ts";
import type { Key, Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { enterJob, OPERATION_TYPES } from "./system-jobs.ts";

const INDEX_FAILED = "The index could not be created.";

/** Starts building the index of a key. */
export function buildIndex(organization: Organization, table: Table, key: Key, userId: string): void {
  key.status = "Pending";
  enterJob(organization, {
    name: `Create index for ${key.name} for table ${table.name}`, operationType: OPERATION_TYPES.indexManagement, userId, delayMs: organization.switches.indexBuildMs, more: { primaryentitytype: table.name },
    work: () => {
      if (organization.switches.indexBuildFails) { key.status = "Failed"; throw new DataverseError(400, "0x80040216", INDEX_FAILED); }
      key.status = "Active";
      try {
        organization.store.reindex(table);
      } catch (error) {
        key.status = "Failed";
        throw error;
      }
    },
  });
}

/** ReactivateEntityKey: builds an index again that has failed. */
export function reactivateKey(organization: Organization, names: { readonly table: unknown; readonly key: unknown }, userId: string): void {
  const table = typeof names.table === "string" ? organization.model.tables.get(names.table) : undefined;
  const key = table?.keys.find((one) => one.name === names.key);
  if (table === undefined || key === undefined) throw invalidArgument("The entity key does not exist.");
  if (key.status !== "Failed") throw new DataverseError(400, "0x80060897", "Reactivate entity key is only supported for failed job");
  buildIndex(organization, table, key, userId);
}
