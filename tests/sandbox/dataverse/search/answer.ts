// Dataverse search: query, suggest and autocomplete over the names of rows that the caller may read. A plain search for parts of words: no
// ranking but by place, no index that lags. Source: learn.microsoft.com/power-apps/developer/data-platform/search/overview and …/search/query
import { DataverseError, invalidArgument, methodNotAllowed } from "../errors.ts";
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import type { Table } from "../metadata/model.ts";
import type { Caller, Organization } from "../organization.ts";
import { findRows } from "../query/read.ts";
import { depthOf } from "../security/access.ts";
import { asText, type Row } from "../store/rows.ts";
import { jsonBody } from "../web-api/request.ts";

const PATH = /^\/api\/search\/v(1|2)\.0\/(query|suggest|autocomplete)$/;
export const isSearch = (url: string): boolean => url.startsWith("/api/search/");

/** What an administrator has switched on for search: the tables that people look for. */
const SEARCHED = ["account", "contact", "salesorder", "invoice", "product"];
const TOP_MAX = 100;
const LETTERS_MIN = 3;

interface Hit { readonly table: Table; readonly row: Row; readonly name: string; readonly at: number }

/** `entities` is a list of names; version 2 sends it as text, of names or of objects. */
function tablesOf(organization: Organization, entities: unknown): readonly Table[] {
  const given: unknown = typeof entities === "string" ? JSON.parse(entities) : entities;
  const names = Array.isArray(given) ? given.map((one: unknown) => (typeof one === "string" ? one : String((one as { name?: unknown } | null)?.name))) : [...SEARCHED, ...[...organization.model.tables.keys()].filter((name) => name.includes("_"))];
  return names.map((name) => {
    const table = organization.model.tables.get(name);
    if (table === undefined) throw new DataverseError(400, "0x80048d0b", `The table '${name}' is not enabled for search.`);
    return table;
  });
}

function find(organization: Organization, caller: Caller, body: Readonly<Record<string, unknown>>): readonly Hit[] {
  const words = String(body["search"]).toLowerCase().replace(/[*"~+]/g, "").trim();
  return tablesOf(organization, body["entities"]).filter((table) => depthOf(organization, caller, "Read", table) !== undefined).flatMap((table) =>
    findRows({ organization, caller, annotate: () => false, pageSize: TOP_MAX }, table, undefined).flatMap((row): readonly Hit[] => {
      const name = asText(row[table.primaryName]);
      const at = name.toLowerCase().indexOf(words);
      return at < 0 ? [] : [{ table, row, name, at }];
    })).sort((one, other) => one.at - other.at);
}

const marked = ({ name, at }: Hit, length: number): string => `${name.slice(0, at)}{crmhit}${name.slice(at, at + length)}{/crmhit}${name.slice(at + length)}`;
const documentOf = ({ table, row, name }: Hit): Record<string, unknown> => ({ "@search.objectid": row[table.id], "@search.entityname": table.name, "@search.objecttypecode": table.code, [table.id]: row[table.id], [table.primaryName]: name, createdon: row["createdon"], modifiedon: row["modifiedon"] });

export function answerSearch(organization: Organization, caller: Caller, call: Call): Reply {
  const [, version, kind] = PATH.exec(call.url.split("?")[0] ?? "") ?? [];
  if (kind === undefined) throw new DataverseError(404, "0x80048d0a", "No HTTP resource was found that matches the request URI.");
  if (call.method !== "POST") throw methodNotAllowed();
  const body = jsonBody(call.body.toString("utf8"));
  const { search, top = 50 } = body;
  if (typeof search !== "string" || search.trim().length < (kind === "query" ? 1 : LETTERS_MIN)) throw invalidArgument("The search term is missing or too short.");
  if (typeof top !== "number" || !Number.isInteger(top) || top < 1 || top > TOP_MAX) throw invalidArgument("'top' must be a whole number from 1 to 100.");
  const hits = find(organization, caller, body);
  const length = search.trim().length;
  const counted = body["returntotalrecordcount"] === true || body["returnTotalRecordCount"] === true || body["count"] === true ? hits.length : -1;
  const page = hits.slice(0, top);
  const context = null;
  if (kind === "autocomplete") { const [first] = page; return reply(version, { value: first === undefined ? "" : marked(first, length), querycontext: context }, { Value: first === undefined ? "" : marked(first, length) }); }
  if (kind === "suggest") return reply(version, { value: page.map((hit) => ({ text: marked(hit, length), document: documentOf(hit) })), querycontext: context }, { Value: page.map((hit) => ({ Text: marked(hit, length), Document: documentOf(hit) })) });
  const highlights = (hit: Hit): Record<string, unknown> => ({ [hit.table.primaryName]: [marked(hit, length)] });
  return reply(version, { value: page.map((hit) => ({ "@search.score": 1, "@search.highlights": highlights(hit), ...documentOf(hit) })), facets: {}, totalrecordcount: counted, querycontext: context },
    { Value: page.map((hit) => ({ Id: hit.row[hit.table.id], EntityName: hit.table.name, ObjectTypeCode: hit.table.code, Attributes: documentOf(hit), Highlights: highlights(hit), Score: 1 })), Facets: {}, Count: counted });
}

/** Version 2 answers with the same as a text in one member. */
const reply = (version: string | undefined, first: Record<string, unknown>, second: Record<string, unknown>): Reply => json(200, version === "1" ? first : { response: JSON.stringify({ Error: null, ...second, QueryContext: null }) }, { "odata-version": "4.0" });
