// Where a URL points: entity set, key (guid, named or alternate), what comes after it. Tolerates the spellings real clients send.
import { DataverseError, noSegment, notFound } from "../errors.ts";
import { isActive, type Table } from "../metadata/model.ts";
import type { Organization } from "../organization.ts";
import { asText, type Reference, type Row } from "../store/rows.ts";

export interface Address {
  readonly table: Table;
  readonly keyText: string | undefined;
  /** Path after the key: property, navigation, $ref, $count, $value, bound action. */
  readonly rest: readonly string[];
}

/** Path below /api/data/v9.x/. */
export function parseAddress(organization: Organization, path: string): Address {
  const segments = splitPath(path);
  const match = /^([A-Za-z_][\w]*)(?:\((.*)\))?$/s.exec(segments[0] ?? "");
  const set = match?.[1] ?? "";
  const table = organization.model.bySet.get(set);
  if (table === undefined) throw noSegment(set === "" ? path : set);
  return { table, keyText: match?.[2], rest: segments.slice(1) };
}

function splitPath(path: string): readonly string[] {
  if (!path.includes("/")) return path === "" ? [] : [path];
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let current = "";
  for (const character of path) {
    if (character === "'" && depth > 0) isQuoted = !isQuoted;
    if (character === "(" && !isQuoted) depth += 1;
    if (character === ")" && !isQuoted) depth -= 1;
    if (character === "/" && depth === 0) { parts.push(current); current = ""; } else current += character;
  }
  parts.push(current);
  return parts.filter((part) => part !== "");
}

const GUID = /^\{?([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})\}?$/i;

export type KeyMatch = { readonly kind: "id"; readonly id: string } | { readonly kind: "key"; readonly values: Readonly<Record<string, string | number>>; readonly row: Row | undefined };

/** What the key names; throws for keys the table does not have. */
export function parseKey(organization: Organization, table: Table, keyText: string): KeyMatch {
  const text = keyText.trim();
  const guid = GUID.exec(text);
  if (guid !== null) return { kind: "id", id: (guid[1] ?? "").toLowerCase() };
  const values = Object.fromEntries([...text.matchAll(/(\w+)=('(?:[^']|'')*'|[^,]+)/g)].map((match) => [match[1] ?? "", keyValue(match[2] ?? "")]));
  const names = Object.keys(values);
  if (names.length === 1 && names[0] === table.id && table.name !== "systemuser" && table.name !== "team") return { kind: "id", id: String(values[table.id]).toLowerCase() };
  const plain = names.map((name) => /^_(.+)_value$/.exec(name)?.[1] ?? name);
  const key = table.keys.find((one) => one.columns.length === plain.length && one.columns.every((column) => plain.includes(column)));
  if (key === undefined || names.length === 0) {
    throw new DataverseError(400, "0x80060888", `The key in the request URI is not valid for resource 'Microsoft.Dynamics.CRM.${table.name}'. Ensure that the names and number of key properties match the declared or alternate key properties for the resource 'Microsoft.Dynamics.CRM.${table.name}'.`);
  }
  if (!isActive(key)) throw new DataverseError(400, "0x80060890", `The specified key attributes are not a defined key for the ${table.name} entity`);
  const ordered = key.columns.map((column) => values[names[plain.indexOf(column)] ?? ""] ?? null);
  const found = key.columns.some((column) => table.columns.get(column)?.targets !== undefined)
    ? organization.store.byKey(table, key.name, ordered.map((value) => value))
    : organization.store.byKey(table, key.name, ordered);
  return { kind: "key", values: Object.fromEntries(plain.map((name, index) => [name, values[names[index] ?? ""] ?? ""])), row: found };
}

function keyValue(text: string): string | number {
  if (text.startsWith("'")) return text.slice(1, -1).replaceAll("''", "'");
  return /^-?\d+$/.test(text) ? Number(text) : text.toLowerCase();
}

/** The id a key names; 404 when an alternate key finds nothing. */
export function idOf(organization: Organization, table: Table, keyText: string): string {
  const key = parseKey(organization, table, keyText);
  if (key.kind === "id") return key.id;
  if (key.row === undefined) throw new DataverseError(404, "0x80060891", `A record with the specified key values does not exist in ${table.name} entity`);
  return asText(key.row[table.id]);
}

/** `/accounts(guid)`, `accounts(guid)`, an absolute address, an alternate key, or `$1` of this change set. */
export function resolveReference(context: { readonly organization: Organization; readonly contentIds?: ReadonlyMap<string, string> }, text: string): Reference {
  const { organization } = context;
  const byContentId = /^\/?\$(\S+)$/.exec(text)?.[1];
  const plain = byContentId === undefined ? text : context.contentIds?.get(byContentId);
  if (plain === undefined) throw new DataverseError(400, "0x80048d19", `Content-ID Reference: '$${byContentId ?? ""}' does not exist in the batch context.`);
  const path = plain.replace(/^https?:\/+[^/]+/, "").replace(/^\/?api\/data\/v9\.\d\//, "").replace(/^\//, "");
  const address = parseAddress(organization, path);
  if (address.keyText === undefined) throw notFound(address.table.name, text);
  return { id: idOf(organization, address.table, address.keyText), table: address.table.name };
}
