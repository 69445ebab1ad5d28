// Small steps every control takes with rows: bind a lookup, read a bound lookup, ask whether the user may create.
import type { Host } from "./words.ts";

const PRIVILEGE_CREATE = 1;
const DEPTH_BASIC = 0;

export const plainId = (id: string): string => id.replace(/[{}]/g, "").toLowerCase();

/** `@odata.bind` of a lookup, or nothing when there is nothing to bind. */
export const bind = (navigation: string, entitySet: string, id: string | undefined): Readonly<Record<string, string>> => (id === undefined ? {} : { [`${navigation}@odata.bind`]: `/${entitySet}(${id})` });

/** Whether a row of this table may be created; where the host does not say, Dataverse will. */
export function mayCreate(host: Host, table: string): boolean {
  try { return host.utils.hasEntityPrivilege(table, PRIVILEGE_CREATE, DEPTH_BASIC); } catch { return true; }
}

/** The row a bound lookup column names, on a new row too. */
export function lookupOf(parameter: ComponentFramework.PropertyTypes.LookupProperty | undefined): string | undefined {
  const [value] = parameter?.raw ?? [];
  return value?.id === undefined || value.id === "" ? undefined : plainId(value.id);
}

/** Lines of a row set that Dataverse pages: the first page is all a person can look at. */
export const readRows = async (api: ComponentFramework.WebApi, table: string, query: string): Promise<readonly Readonly<Record<string, unknown>>[]> => (await api.retrieveMultipleRecords(table, query)).entities;
