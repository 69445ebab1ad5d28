// Rows of a FetchXML query, and the words of their cells as Dataverse formats them.
import { entitySetOf, type Record_ } from "./api.ts";

const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const LOOKUP = "@Microsoft.Dynamics.CRM.lookuplogicalname";

export async function fetchRows(table: string, fetchXml: string): Promise<readonly Record_[]> {
  const response = await fetch(`/api/data/v9.2/${await entitySetOf(table)}?fetchXml=${encodeURIComponent(fetchXml)}`, { headers: { accept: "application/json", prefer: "odata.include-annotations=\"*\"" } });
  const body = await response.json() as { value?: Record_[]; error?: { message: string } };
  if (!response.ok) throw new Error(body.error?.message ?? `HTTP ${response.status}`);
  return body.value ?? [];
}

/** The property that holds a column: lookups have one of their own name. */
const propertyOf = (row: Record_, column: string): string => (`_${column}_value` in row ? `_${column}_value` : column);

export function cellText(row: Record_, column: string): string {
  const property = propertyOf(row, column);
  const shown = row[`${property}${FORMATTED}`] ?? row[property];
  return typeof shown === "string" || typeof shown === "number" ? String(shown) : typeof shown === "boolean" ? (shown ? "Yes" : "No") : "";
}

/** Where a lookup leads. */
export function cellTarget(row: Record_, column: string): { readonly table: string; readonly id: string } | undefined {
  const property = propertyOf(row, column);
  const [table, id] = [row[`${property}${LOOKUP}`], row[property]];
  return typeof table === "string" && typeof id === "string" ? { table, id } : undefined;
}
