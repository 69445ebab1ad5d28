// How token management answers: its own family of errors, ETags, and pages of lists. Source: token management service guide, response codes.
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import { tokenError } from "../errors.ts";
import { path, text } from "../shape.ts";

export type Body = Record<string, unknown>;
export const gone = (): Reply => tokenError(410, "notAvailable", "Token not available.");
export const unknown = (): Reply => tokenError(404, "notFound", "Token not found");
export const noResource = (): Reply => tokenError(404, "notFound", "Resource not found");
export const invalid = (): Reply => tokenError(400, "invalidRequest", "Invalid HTTP Body");
export const wrongMethod = (): Reply => tokenError(405, "methodNotAllowed", "Method not allowed");
export const conflict = (message: string): Reply => tokenError(409, "conflict", message);
const stale = (): Reply => tokenError(412, "conflict", "Action cannot be performed as the if-match header value does not match the token etag");
export const noContent = (): Reply => ({ status: 204 });

export interface Tagged { etag: number; isDeleted: boolean }

/** With its ETag, and its address when it is new. */
export function tagged(status: number, body: Body, etag: number): Reply {
  const traced = status === 201 ? { uniqueTransactionID: text(body["id"]) ?? "" } : {};
  const location = status === 201 ? text(path(body, "_links", "self", "href")) : undefined;
  return json(status, body, { etag: `"${etag}"`, "content-type": "application/json;charset=utf-8", ...traced, ...(location === undefined ? {} : { location }) });
}

/** 404, 410 or 412 when the token cannot be worked on. if-match counts for changes only. */
export function whyNot(call: Call, token: Tagged | undefined): Reply | undefined {
  if (token === undefined) return unknown();
  if (token.isDeleted) return gone();
  const match = call.headers["if-match"];
  return call.method !== "GET" && match !== undefined && match !== `"${token.etag}"` ? stale() : undefined;
}

const PAGE_MAX = 100;
const PAGE = 20;

/** offset and limit (20, at most 100), with links to the neighbours. */
export function listed(call: Call, name: string, all: readonly Body[]): Reply {
  const [where = "", search = ""] = call.url.split("?");
  const query = new URLSearchParams(search);
  const [offset, limit] = [Number(query.get("offset") ?? 0), Number(query.get("limit") ?? PAGE)];
  if (!Number.isSafeInteger(offset) || !Number.isSafeInteger(limit) || offset < 0 || limit < 1 || limit > PAGE_MAX) return tokenError(400, "invalidParameters", "Invalid parameter values");
  const page = all.slice(offset, offset + limit);
  const link = (at: number): { href: string } => ({ href: `${where}?offset=${at}&limit=${limit}` });
  return json(200, {
    _links: { self: link(offset), first: link(0), ...(offset > 0 ? { prev: link(Math.max(0, offset - limit)) } : {}), ...(offset + limit < all.length ? { next: link(offset + limit) } : {}), last: link(Math.max(0, Math.floor((all.length - 1) / limit) * limit)) },
    object: "collection", offset, limit, count: page.length, total: all.length, _embedded: { [name]: page },
  });
}

/** `default` comes as a boolean or as its word. */
export const saysDefault = (body: Body): boolean => body["default"] === true || body["default"] === "true";
