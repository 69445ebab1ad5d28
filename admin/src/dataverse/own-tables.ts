// The product's tables as they are in this environment: also those of a version that is newer or older than this command.
import { textAt } from "./row.ts";
import type { Dataverse } from "./web-api.ts";

export interface OwnTable { readonly logicalName: string; readonly entitySetName: string; readonly primaryId: string }

export async function readOwnTables(dataverse: Dataverse): Promise<readonly OwnTable[]> {
  const rows = await dataverse.list("EntityDefinitions?$select=LogicalName,EntitySetName,PrimaryIdAttribute,IsCustomEntity&$filter=IsCustomEntity eq true");
  return rows.map((row) => ({ logicalName: textAt(row, "LogicalName"), entitySetName: textAt(row, "EntitySetName"), primaryId: textAt(row, "PrimaryIdAttribute") })).filter(({ logicalName }) => logicalName.startsWith("cybs_"));
}
