// $batch: multipart/mixed in and out, change sets that are everything or nothing, Content-IDs. Lenient to each client's dialect (LF or CRLF,
// quoted or bare boundary, absolute or relative addresses). Source: learn.microsoft.com, execute batch operations using the Web API.
import { STATUS_CODES } from "node:http";
import { DataverseError, uriTooLong } from "../errors.ts";
import type { Reply } from "../../kit/faults.ts";
import { remembering } from "../../kit/remember.ts";
import { parseQuery } from "../query/options.ts";
import { errorReply, preferences, type ApiContext, type ApiRequest } from "./request.ts";
import { handle } from "./handle.ts";

interface Part { readonly headers: Readonly<Record<string, string>>; readonly rest: string }
/** A change set has its parts' list, anything else none. */
interface Operation { readonly part: Part; readonly changes: readonly Part[] | undefined }
const OPERATIONS_MAX = 1_000;

const isChangeSet = (part: Part): boolean => (part.headers["content-type"] ?? "").startsWith("multipart/mixed");
const boundaryOf = (contentType: string): string | undefined => /boundary="?([^";\s]+)"?/i.exec(contentType)?.[1];

function split(text: string, boundary: string): readonly Part[] {
  const normal = `\n${text.includes("\r") ? text.replaceAll("\r\n", "\n") : text}`;
  return normal.split(`\n--${boundary}`).slice(1).filter((piece) => !piece.startsWith("--")).map((piece) => parsePart(piece.replace(/^[ \t]*\n/, "")));
}

/** Where the first empty line begins and ends. */
function emptyLine(text: string): { readonly from: number; readonly to: number } | undefined {
  for (let from = text.indexOf("\n"); from !== -1; from = text.indexOf("\n", from + 1)) {
    let to = from + 1;
    while (text[to] === " " || text[to] === "\t") to += 1;
    if (text[to] === "\n") return { from, to: to + 1 };
  }
  return undefined;
}

const HEADS_MAX = 2_000;
/** Parts begin with the same few heads. */
const headersIn = remembering(HEADS_MAX, (head): Readonly<Record<string, string>> =>
  Object.fromEntries(head.split("\n").map((line) => /^([\w-]+):\s*(.*?)\s*$/.exec(line)).filter((match) => match !== null).map((match) => [(match[1] ?? "").toLowerCase(), match[2] ?? ""])));

function parsePart(text: string): Part {
  const end = emptyLine(text);
  return end === undefined ? { headers: headersIn(text), rest: "" } : { headers: headersIn(text.slice(0, end.from)), rest: text.slice(end.to) };
}

/** "GET /api/data/v9.2/accounts HTTP/1.1", headers, body. */
function parseRequest(part: Part, contentIds: Map<string, string>, inherited: Readonly<Record<string, string>>): ApiRequest {
  const text = part.rest.replace(/^\n+/, "");
  const line = /^(GET|POST|PATCH|PUT|DELETE)\s+(\S+)(?:\s+HTTP\/\d\.\d)?[ \t]*(?:\n|$)/.exec(text);
  if (line === null) throw new DataverseError(400, "0x80048d19", "The batch request contains a part that is not an HTTP request.");
  const after = parsePart(text.slice(line[0].length).startsWith("\n") ? `\n${text.slice(line[0].length)}` : text.slice(line[0].length));
  const body = after.rest === "" && !/^[\w-]+:/.test(text.slice(line[0].length)) ? text.slice(line[0].length) : after.rest;
  const url = (line[2] ?? "").replace(/^https?:\/+[^/]+/, "").replace(/^\/?api\/data\/v9\.\d\//, "").replace(/^\//, "");
  const at = url.indexOf("?");
  const rawQuery = at === -1 ? "" : url.slice(at + 1);
  return { method: line[1] ?? "", path: decoded(at === -1 ? url : url.slice(0, at)), query: parseQuery(rawQuery), rawQuery, headers: { ...inherited, ...after.headers }, body: body.trim(), contentIds };
}

/** Inside a batch an address may be twice as long. */
function short(context: ApiContext, request: ApiRequest): ApiRequest {
  if (request.path.length + request.rawQuery.length > 2 * context.organization.switches.urlCharactersMax) throw uriTooLong();
  return request;
}

function decoded(path: string): string {
  if (!path.includes("%")) return path;
  try { return decodeURIComponent(path); } catch { throw new DataverseError(400, "0x80060888", "The request URI is not valid."); }
}

/** A refused part names its request besides. */
function writeHttp({ organization }: ApiContext, reply: Reply): string {
  let head = `HTTP/1.1 ${reply.status} ${STATUS_CODES[reply.status] ?? ""}\r\n${isFailure(reply) ? `REQ_ID: ${organization.random.uuid()}\r\n` : ""}`;
  for (const name in reply.headers) head += `${NAMES[name] ?? name}: ${reply.headers[name] ?? ""}\r\n`;
  return `${head}\r\n${reply.body?.toString() ?? ""}\r\n`;
}
const NAMES: Readonly<Record<string, string>> = { "odata-entityid": "OData-EntityId", "odata-version": "OData-Version", location: "Location", "content-type": "Content-Type", "preference-applied": "Preference-Applied", etag: "ETag" };
const PART_HEAD = "Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n";

export function handleBatch(context: ApiContext, input: { readonly contentType: string; readonly headers: Readonly<Record<string, string>>; readonly body: string }): Reply {
  const boundary = boundaryOf(input.contentType);
  if (boundary === undefined) return errorReply(new DataverseError(400, "0x80048d19", "The batch request has no boundary."), false);
  const answerBoundary = `batchresponse_${context.organization.random.uuid()}`;
  const goesOn = preferences(input.headers).has("odata.continue-on-error");
  const sections: string[] = [];
  let failed: number | undefined;
  try {
    const operations = split(input.body, boundary).map((part): Operation => ({ part, changes: isChangeSet(part) ? split(part.rest, boundaryOf(part.headers["content-type"] ?? "") ?? "") : undefined }));
    if (operations.reduce((sum, { changes }) => sum + (changes?.length ?? 1), 0) > OPERATIONS_MAX) throw new DataverseError(400, "0x80060888", "The batch request contains more than 1000 operations.");
    for (const { part, changes } of operations) {
      const answer = changes === undefined ? single(context, part, input.headers) : changeSet(context, changes, input.headers);
      sections.push(answer.text);
      if (answer.failed !== undefined) failed ??= answer.failed;
      if (failed !== undefined && !goesOn) break;
    }
  } catch (error) {
    if (error instanceof DataverseError) return errorReply(error, false);
    throw error;
  }
  const body = `${sections.map((section) => `--${answerBoundary}\r\n${section}`).join("")}--${answerBoundary}--\r\n`;
  return { status: failed === undefined || goesOn ? 200 : 400, headers: { "content-type": `multipart/mixed; boundary=${answerBoundary}`, "odata-version": "4.0" }, body };
}

interface Section { readonly text: string; readonly failed?: number }
const isFailure = (reply: Reply): boolean => reply.status >= 400;

/** Only what belongs to a row's own request comes from the outer one: annotations. */
const inherited = (headers: Readonly<Record<string, string>>): Record<string, string> => (headers["prefer"]?.includes("include-annotations") === true ? { prefer: headers["prefer"].split(",").filter((part) => !part.includes("continue-on-error")).join(",") } : {});

function single(context: ApiContext, part: Part, headers: Readonly<Record<string, string>>): Section {
  const reply = singleReply(context, part, headers);
  return { text: `${PART_HEAD}\r\n${writeHttp(context, reply)}`, ...(isFailure(reply) ? { failed: reply.status } : {}) };
}

function singleReply(context: ApiContext, part: Part, headers: Readonly<Record<string, string>>): Reply {
  try {
    const request = short(context, parseRequest(part, new Map(), inherited(headers)));
    return request.path === "$batch" ? errorReply(new DataverseError(400, "0x80060888", "A batch request cannot contain another batch request."), false) : handle(context, request);
  } catch (error) {
    if (error instanceof DataverseError) return errorReply(error, false);
    throw error;
  }
}

class Failed extends Error {
  readonly reply: Reply;
  constructor(reply: Reply) { super("change set failed"); this.reply = reply; }
}

function changeSet(context: ApiContext, changes: readonly Part[], headers: Readonly<Record<string, string>>): Section {
  const answerBoundary = `changesetresponse_${context.organization.random.uuid()}`;
  const contentIds = new Map<string, string>();
  try {
    const replies = context.organization.store.atomically(() => changes.map((inner) => {
      const request = short(context, parseRequest(inner, contentIds, inherited(headers)));
      if (request.method === "GET") throw new Failed(errorReply(new DataverseError(400, "0x80060888", "GET is not allowed in a change set."), false));
      const reply = handle(context, request);
      if (isFailure(reply)) throw new Failed(reply);
      const id = inner.headers["content-id"];
      const entityId = reply.headers?.["odata-entityid"];
      if (id !== undefined && entityId !== undefined) contentIds.set(id, entityId);
      return `--${answerBoundary}\r\n${PART_HEAD}${id === undefined ? "" : `Content-ID: ${id}\r\n`}\r\n${writeHttp(context, reply)}`;
    }));
    return { text: `Content-Type: multipart/mixed; boundary=${answerBoundary}\r\n\r\n${replies.join("")}--${answerBoundary}--\r\n` };
  } catch (error) {
    if (error instanceof DataverseError) return { text: `${PART_HEAD}\r\n${writeHttp(context, errorReply(error, false))}`, failed: error.status };
    if (error instanceof Failed) return { text: `${PART_HEAD}\r\n${writeHttp(context, error.reply)}`, failed: error.reply.status };
    throw error;
  }
}
