// Which version of a solution is installed, and whether another one waits beside it.
import type { Row } from "./row.ts";
import type { Dataverse } from "./web-api.ts";

export interface SolutionRow { readonly id: string; readonly version: string; readonly isManaged: boolean }

export async function readSolutions(dataverse: Dataverse, uniqueName: string): Promise<{ readonly installed: SolutionRow | undefined; readonly holding: SolutionRow | undefined }> {
  const rows = await dataverse.list(`solutions?$select=solutionid,uniquename,version,ismanaged&$filter=uniquename eq '${uniqueName}' or uniquename eq '${uniqueName}_Upgrade'`);
  const named = (name: string): SolutionRow | undefined => { const row = rows.find((one) => one["uniquename"] === name); return row === undefined ? undefined : solutionOf(row); };
  return { installed: named(uniqueName), holding: named(`${uniqueName}_Upgrade`) };
}

const solutionOf = (row: Row): SolutionRow => ({ id: String(row["solutionid"]), version: String(row["version"]), isManaged: row["ismanaged"] === true });
