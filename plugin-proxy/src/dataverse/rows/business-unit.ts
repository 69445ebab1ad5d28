// The tree of business units: merchant accounts are looked for from a document's unit upwards.
import { z } from "zod";
import type { BusinessUnit } from "../../ports/dataverse.ts";
import { collectionOf, guidColumn } from "./column-kinds.ts";
import { businessUnit } from "./standard-tables.ts";

const { columns, lookupValues } = businessUnit;

export const businessUnitsPath = `${businessUnit.entitySetName}?$select=${columns.id},${lookupValues.parent}`;
const Rows = collectionOf(z.object({ [columns.id]: z.guid(), [lookupValues.parent]: guidColumn }));

export function toBusinessUnits(body: unknown): readonly BusinessUnit[] | undefined {
  const parsed = Rows.safeParse(body);
  return parsed.success ? parsed.data.value.map((row) => ({ id: row[columns.id].toLowerCase(), parentId: row[lookupValues.parent] })) : undefined;
}
