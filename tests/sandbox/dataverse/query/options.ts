// Query options of a read: $select, $filter, $expand (nested, its options parted by semicolons), $orderby, $top, $count, $apply, paging.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/query/overview and its neighbours
import { remembering } from "../../kit/remember.ts";
import { badRequest } from "../errors.ts";
import { parseFilter, type Filter } from "./filter-parser.ts";
import { readCookie, type Cookie } from "./paging.ts";

export interface Expand {
  readonly nav: string;
  /** `nav/$ref`: the address of the row alone. */
  readonly isReference: boolean;
  readonly options: QueryOptions;
  /** Its options as a query, for the link to the next page. */
  readonly query: string;
}
export interface QueryOptions {
  readonly select?: readonly string[];
  readonly filter?: Filter;
  readonly expand: readonly Expand[];
  readonly orderBy: readonly { readonly property: string; readonly isDescending: boolean }[];
  readonly top?: number;
  readonly count: boolean;
  readonly skip: number;
  readonly cookie?: Cookie;
  readonly apply?: string;
}

/** Splits at the separator where no bracket or quote is open. */
export function splitOutside(text: string, separator: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let isQuoted = false;
  let from = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === "'") isQuoted = !isQuoted;
    else if (!isQuoted && (character === "(" || character === "[")) depth += 1;
    else if (!isQuoted && (character === ")" || character === "]")) depth -= 1;
    else if (!isQuoted && depth === 0 && character === separator) { parts.push(text.slice(from, index)); from = index + 1; }
  }
  parts.push(text.slice(from));
  return parts.map((part) => part.trim()).filter((part) => part !== "");
}

const EXPANDS_MAX = 15;
const NESTED_MAX = 10;
const EXPAND_OPTIONS = new Set(["$select", "$filter", "$orderby", "$top", "$expand"]);

const countOf = (expands: readonly Expand[]): number => expands.reduce((total, one) => total + 1 + countOf(one.options.expand), 0);

const PIECES_MAX = 1_000;
const NO_EXPAND: readonly Expand[] = [];
// Queries differ in their instants and ids; what they select and expand comes again.
const outerExpand = remembering(PIECES_MAX, (text) => parseExpand(text, 0));
const selectIn = remembering(PIECES_MAX, (text) => splitOutside(text, ","));
const orderIn = remembering(PIECES_MAX, (text) => parseOrder(text));

function parseExpand(text: string, depth: number): readonly Expand[] {
  if (text === "") return NO_EXPAND;
  if (depth > NESTED_MAX) throw badRequest("The query has too many levels of $expand.");
  const expands = splitOutside(text, ",").map((item): Expand => {
    const match = /^([\w.]+)(\/\$ref)?(?:\((.*)\))?$/s.exec(item);
    if (match === null) throw badRequest(`Syntax error in $expand '${item}'.`);
    const pairs = splitOutside(match[3] ?? "", ";").map((part) => [part.slice(0, Math.max(part.indexOf("="), 0)).trim(), part.slice(part.indexOf("=") + 1).trim()] as const);
    const wrong = pairs.find(([name]) => !EXPAND_OPTIONS.has(name));
    if (wrong !== undefined) throw badRequest(`The query option '${wrong[0]}' is not supported inside $expand.`);
    return { nav: match[1] ?? "", isReference: match[2] !== undefined, options: parseNested(new Map(pairs), depth + 1), query: pairs.map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join("&") };
  });
  if (countOf(expands) > EXPANDS_MAX) throw badRequest("The number of $expand segments included in this query has exceeded the maximum limit allowed. The maximum number of $expand segments allowed is 15.", "0x80060888");
  return expands;
}

const isNested = (expands: readonly Expand[]): boolean => expands.some((one) => one.options.expand.length > 0);
const isSorted = (expands: readonly Expand[]): boolean => expands.some((one) => one.options.top !== undefined || one.options.orderBy.length > 0 || isSorted(one.options.expand));

function parseOrder(text: string): QueryOptions["orderBy"] {
  return splitOutside(text, ",").map((part) => {
    const [property = "", direction = "asc", ...rest] = part.split(/\s+/);
    if (rest.length > 0 || (direction !== "asc" && direction !== "desc")) throw badRequest(`Syntax error at position ${property.length} in '${part}'.`);
    return { property, isDescending: direction === "desc" };
  });
}

const known = new WeakMap<ReadonlyMap<string, string>, QueryOptions>();

/** `aliases` are @p1=… parameters, put in by text. */
export function parseOptions(query: ReadonlyMap<string, string>): QueryOptions {
  const found = known.get(query) ?? parsed(query);
  known.set(query, found);
  return found;
}

function parsed(query: ReadonlyMap<string, string>): QueryOptions {
  const options = parseNested(query, 0);
  if (isNested(options.expand) && isSorted(options.expand)) throw badRequest("Only $select and $filter clause can be provided while doing $expand on many-to-one relationship or nested one-to-many relationship.");
  return options;
}

function parseNested(query: ReadonlyMap<string, string>, depth: number): QueryOptions {
  const read = (name: string): string | undefined => withAliases(query.get(name), query);
  const top = read("$top");
  if (query.has("$skip")) throw badRequest("Skip Clause is not supported in CRM");
  if (query.has("$search")) throw badRequest("The query option '$search' is not supported.");
  if (top !== undefined && !/^\d{1,9}$/.test(top)) throw badRequest(`Invalid value '${top}' for $top query option found. The $top query option requires a non-negative integer value.`);
  const count = read("$count");
  if (count !== undefined && count !== "true" && count !== "false") throw badRequest(`Invalid value '${count}' for $count query option found. Valid values are 'true' and 'false'.`);
  const select = read("$select");
  const filter = read("$filter");
  const apply = read("$apply");
  const skipToken = query.get("$skiptoken");
  return {
    ...(select === undefined || select === "" ? {} : { select: selectIn(select) }),
    ...(filter === undefined || filter === "" ? {} : { filter: parseFilter(filter) }),
    expand: depth === 0 ? outerExpand(read("$expand") ?? "") : parseExpand(read("$expand") ?? "", depth), orderBy: orderIn(read("$orderby") ?? ""),
    ...(top === undefined ? {} : { top: Number(top) }), ...(apply === undefined ? {} : { apply }), ...(skipToken === undefined ? {} : { cookie: readCookie(skipToken) }),
    count: count === "true", skip: 0,
  };
}

function withAliases(text: string | undefined, query: ReadonlyMap<string, string>): string | undefined {
  return text?.includes("@") !== true ? text : text.replace(/@\w+/g, (alias) => query.get(alias) ?? alias);
}

function decode(piece: string): string {
  const text = piece.replaceAll("+", " ");
  if (!text.includes("%")) return text;
  try { return decodeURIComponent(text); } catch { throw badRequest("The request URI is not valid."); }
}

const QUERIES_MAX = 2_000;
const pairIn = remembering(QUERIES_MAX, (part): readonly [string, string] => {
  const at = part.indexOf("=");
  return at === -1 ? [decode(part), ""] : [decode(part.slice(0, at)), decode(part.slice(at + 1))];
});

/** Query text into names and values; + is a blank; decoded once. */
export const parseQuery = remembering(QUERIES_MAX, (text): ReadonlyMap<string, string> => new Map(text.split("&").filter((part) => part !== "").map(pairIn)));
