// Paging cookies in Dataverse's shape: the number of the next page, and an inner cookie, encoded twice, that names the first and the last row
// of the page before. The next page begins behind that row, wherever it is by then.
// Source: learn.microsoft.com/power-apps/developer/data-platform/webapi/query/page-results and fetchxml/page-results
import { badRequest } from "../errors.ts";
import type { Table } from "../metadata/model.ts";
import { asText, type Row } from "../store/rows.ts";

export interface Cookie { readonly page: number; readonly last: string | undefined }

const mark = (table: Table, row: Row | undefined): string => `{${asText(row?.[table.id]).toUpperCase()}}`;

/** The cookie that leads to page `page`, after one with these rows. */
export function writeCookie(table: Table, page: number, rows: readonly Row[]): string {
  const inner = `<cookie page="${page - 1}"><${table.id} last="${mark(table, rows.at(-1))}" first="${mark(table, rows[0])}" /></cookie>`;
  return `<cookie pagenumber="${page}" pagingcookie="${encodeURIComponent(encodeURIComponent(inner))}" istracking="False" />`;
}

function decoded(text: string): string {
  let plain = text;
  for (let times = 0; times < 3 && /%[0-9a-f]{2}/i.test(plain); times++) {
    try { plain = decodeURIComponent(plain); } catch { break; }
  }
  return plain.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&quot;", '"').replaceAll("&amp;", "&");
}

/** Where an inner cookie says that the page before ended. */
export const lastIn = (text: string): string | undefined => / last="\{?([0-9a-f-]{36})\}?"/i.exec(decoded(text))?.[1]?.toLowerCase();

export function readCookie(token: string): Cookie {
  const plain = decoded(token);
  const page = /pagenumber="(\d{1,6})"/.exec(plain);
  if (page === null) throw badRequest("Malformed Skip Token.");
  return { page: Number(page[1]), last: lastIn(plain) };
}

/** How many rows of the sorted list come before the page. */
export function startOf(table: Table, rows: readonly Row[], cookie: Cookie, size: number): number {
  const at = cookie.last === undefined ? -1 : rows.findIndex((row) => row[table.id] === cookie.last);
  return at === -1 ? (cookie.page - 1) * size : at + 1;
}
