// A form for a row that does not exist yet: values come from the caller by column name, lookups as column, columnname and columntype.
// Source: learn.microsoft.com/power-apps/developer/model-driven-apps/set-field-values-using-parameters-passed-form
import type { Metadata, Record_ } from "./api.ts";

const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const LOOKUPS = new Set(["Lookup", "Owner", "Customer"]);
const NUMBERS = new Set(["Money", "Decimal", "Double", "Integer", "Picklist", "BigInt"]);

export type FormValues = Readonly<Record<string, string>>;

/** The row as the form shows it before anything is saved. A parameter that is no column is an error, as the platform has it. */
export function recordOfValues(metadata: Metadata, values: FormValues): Record_ {
  const record: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(values)) {
    const type = metadata.attributes.get(name)?.type;
    if (type === undefined) { if (isLookupPart(metadata, name)) continue; throw new Error(`The parameter ${name} is not a column of ${metadata.table}.`); }
    if (LOOKUPS.has(type)) Object.assign(record, { [`_${name}_value`]: value.replace(/[{}]/g, "").toLowerCase(), [`_${name}_value${FORMATTED}`]: values[`${name}name`] ?? "", [`_${name}_value@Microsoft.Dynamics.CRM.lookuplogicalname`]: values[`${name}type`] ?? "" });
    else record[name] = NUMBERS.has(type) ? Number(value) : type === "Boolean" ? value === "1" || value === "true" : value;
  }
  return record;
}

const isLookupPart = (metadata: Metadata, name: string): boolean => ["name", "type"].some((end) => name.endsWith(end) && LOOKUPS.has(metadata.attributes.get(name.slice(0, -end.length))?.type ?? ""));

/** What is sent when the form is saved: columns by name, lookups bound to the set of the table they name. */
export async function bodyOf(metadata: Metadata, record: Record_, columns: Iterable<string>, setOf: (table: string) => Promise<string>): Promise<Record_> {
  const body: Record<string, unknown> = {};
  for (const column of columns) {
    if (!LOOKUPS.has(metadata.attributes.get(column)?.type ?? "")) { body[column] = record[column] ?? null; continue; }
    const id = record[`_${column}_value`];
    const table = record[`_${column}_value@Microsoft.Dynamics.CRM.lookuplogicalname`];
    const navigation = metadata.navigations.get(`${column}|${String(table)}`) ?? column;
    if (typeof id === "string" && typeof table === "string") body[`${navigation}@odata.bind`] = `/${await setOf(table)}(${id})`;
  }
  return body;
}
