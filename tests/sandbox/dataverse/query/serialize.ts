// A row as the Web API writes it: etag, columns, `_x_value` for lookups, annotations when they are asked for, before the value they describe.
import { lookupNamed, type Column, type Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { asText, isReference, type Row, type Value } from "../store/rows.ts";

/** Does the caller want this annotation ("OData.Community.Display.V1.FormattedValue", …)? */
export type Annotate = (name: string) => boolean;
export const FORMATTED = "OData.Community.Display.V1.FormattedValue";
const LOOKUP_TABLE = "Microsoft.Dynamics.CRM.lookuplogicalname";
const NAVIGATION = "Microsoft.Dynamics.CRM.associatednavigationproperty";

const MARK = "\u0000money:";
/** Money is a JSON number with four decimals on the wire; JSON.stringify would drop the zeros, so the text is put in afterwards. */
const moneyMark = (value: number): string => `${MARK}${value.toFixed(4)}`;
/** FetchXML writes money with no more decimals than it needs, and at least one. */
export const shortMoney = (value: unknown): unknown => (typeof value === "string" && value.startsWith(MARK) ? value.replace(/0{1,3}$/, "") : value);
export const writeMoney = (json: string): string => (json.includes("\\u0000money:") ? marksOut(json) : json);
const marksOut = (json: string): string => json.replace(/"\\u0000money:(-?\d+\.\d+)"/g, "$1");

export function serialize(organization: Organization, table: Table, row: Row, select: readonly string[] | undefined, annotate: Annotate): Record<string, unknown> {
  const body: Record<string, unknown> = { "@odata.etag": `W/"${asText(row["versionnumber"] ?? 1)}"` };
  const wanted = select?.map((property) => lookupNamed(property) ?? property);
  for (const name of wanted ?? table.columns.keys()) {
    const column = table.columns.get(name);
    if (column !== undefined && name !== "authvalue") writeColumn(organization, row, column, annotate, body);
  }
  if (wanted?.includes("versionnumber") === true) {
    if (annotate(FORMATTED)) body[`versionnumber@${FORMATTED}`] = NUMBER.format(Number(row["versionnumber"]));
    body["versionnumber"] = row["versionnumber"];
  }
  const id = table.columns.get(table.id);
  if (wanted !== undefined && id !== undefined && !wanted.includes(table.id)) writeColumn(organization, row, id, annotate, body);
  // Users and teams are principals: their key is named ownerid besides.
  if (table.name === "systemuser" || table.name === "team") body["ownerid"] = row[table.id];
  const currency = table.columns.get("transactioncurrencyid");
  if (wanted !== undefined && currency !== undefined && !wanted.includes("transactioncurrencyid") && wanted.some((name) => table.columns.get(name)?.type === "Money")) writeColumn(organization, row, currency, annotate, body);
  return body;
}

/** A linked row's column under the name that FetchXML gives it; nothing for null. */
export function writeLinked(organization: Organization, from: { readonly table: Table; readonly row: Row; readonly column: string; readonly property: string }, annotate: Annotate, body: Record<string, unknown>): void {
  const column = from.table.columns.get(from.column);
  if (column !== undefined && column.name !== "authvalue" && (from.row[column.name] ?? null) !== null) writeColumn(organization, from.row, column, annotate, body, from.property);
}

function writeColumn(organization: Organization, row: Row, column: Column, annotate: Annotate, body: Record<string, unknown>, property = column.targets === undefined ? column.name : `_${column.name}_value`): void {
  const value = row[column.name];
  const formatted = annotate(FORMATTED) ? formatValue(organization, column, value, row) : undefined;
  if (formatted !== undefined) body[`${property}@${FORMATTED}`] = formatted;
  if (isReference(value)) {
    const nav = column.targets?.find((target) => target.table === value.table || target.table === "principal")?.nav;
    if (nav !== undefined && annotate(NAVIGATION)) body[`${property}@${NAVIGATION}`] = nav;
    if (annotate(LOOKUP_TABLE)) body[`${property}@${LOOKUP_TABLE}`] = value.table;
  }
  body[property] = isReference(value) ? value.id : column.type === "Money" && typeof value === "number" ? moneyMark(value) : value ?? null;
}

const SYMBOLS: Readonly<Record<string, string>> = { USD: "$", EUR: "€", GBP: "£", JPY: "¥", KWD: "KWD " };

// Made once: a format costs many times what it writes.
const NUMBER = new Intl.NumberFormat("en-US");
const MOMENT = new Intl.DateTimeFormat("en-US", { timeZone: "UTC", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "2-digit" });
const DAY = new Intl.DateTimeFormat("en-US", { timeZone: "UTC" });
const AMOUNTS = [0, 1, 2, 3].map((digits) => new Intl.NumberFormat("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits }));

export function formatValue(organization: Organization, column: Column, value: Value, row: Row): string | undefined {
  if (value === null || value === undefined) return undefined;
  if (isReference(value)) return nameOf(organization, value.table, value.id);
  switch (column.type) {
    case "Picklist": case "State": case "Status": return column.options?.find((option) => option.value === value)?.label;
    case "Boolean": return value === true ? "Yes" : "No";
    case "Money": return formatMoney(organization, Number(value), column.baseOf === undefined ? row : {});
    case "Integer": case "Decimal": case "Double": return NUMBER.format(Number(value));
    case "DateTime": return MOMENT.format(new Date(String(value))).replaceAll("\u202f", " ").replace(", ", " ");
    case "DateOnly": return DAY.format(new Date(String(value)));
    default: return undefined;
  }
}

function formatMoney(organization: Organization, amount: number, row: Row): string {
  const currency = row["transactioncurrencyid"];
  const code = isReference(currency) ? asText(organization.store.get("transactioncurrency", currency.id)?.["isocurrencycode"]) : "USD";
  const digits = code === "JPY" ? 0 : code === "KWD" ? 3 : 2;
  return `${SYMBOLS[code] ?? `${code} `}${AMOUNTS[digits]?.format(amount) ?? ""}`;
}

export function nameOf(organization: Organization, tableName: string, id: string): string | undefined {
  const table = organization.model.tables.get(tableName);
  const name = table === undefined ? undefined : organization.store.get(tableName, id)?.[table.primaryName];
  return typeof name === "string" ? name : undefined;
}
