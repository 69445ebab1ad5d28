// The Dataverse Web API as an admin needs it: read, create, change, delete, call an action. Reads are repeated within a budget. A write is
// repeated only when Dataverse said that it did nothing (429, 503): every create of ours carries its own id, so that running the command
// again finds what an unanswered write has done. learn.microsoft.com/power-apps/developer/data-platform/webapi/overview
import type { Tokens } from "../entra/sign-in.ts";
import { readJson, type HttpAnswer, type HttpRequest, type Network } from "../network.ts";
import { Stop } from "../stop.ts";
import type { Clock } from "../clock.ts";
import { refusedPart, writeChangeSet, type ChangeSetPart } from "./change-set.ts";
import { stopFor } from "./refusals.ts";
import { asRow, rowsAt, type Row } from "./row.ts";

export interface Dataverse {
  readonly url: string;
  /** One row or the answer of a function; undefined when it is not there (404). */
  find(path: string): Promise<Row | undefined>;
  /** All rows of a query, page after page, at most ROWS_MAX. */
  list(path: string): Promise<readonly Row[]>;
  create(entitySet: string, row: Row, options?: WriteOptions): Promise<void>;
  /** Changes an existing row; never creates one. */
  update(entitySet: string, id: string, row: Row): Promise<void>;
  remove(entitySet: string, id: string): Promise<void>;
  /** Puts a row into a collection of another: a role to a user. */
  associate(entitySet: string, id: string, collection: string, target: string): Promise<void>;
  act(action: string, body: Row): Promise<Row>;
  /** All of them or none. */
  changeSet(parts: readonly ChangeSetPart[]): Promise<void>;
  /** What the answers said besides: Dataverse's clock against ours, and what is left of the request allowance. */
  readonly observed: Observed;
}
export interface WriteOptions { readonly solution?: string; readonly deadlineMs?: number }
export interface Observed { serverAheadMs?: number; requestsLeft?: number }
export interface DataverseDeps { readonly url: string; readonly network: Network; readonly tokens: Tokens; readonly clock: Clock }

const PAGES_MAX = 200;
const BUDGET_MS = 90_000;
const WAIT_MS_MAX = 30_000;
/** An action carries a whole solution. */
const ACTION_MS = 300_000;
const GET_AGAIN = new Set([429, 502, 503, 504]);
const WRITE_AGAIN = new Set([429, 503]);

export function openDataverse(deps: DataverseDeps): Dataverse {
  const observed: Observed = {};
  const api = `${deps.url}/api/data/v9.2/`;
  const send = (method: HttpRequest["method"], path: string, more: { readonly body?: unknown; readonly text?: string; readonly headers?: Readonly<Record<string, string>>; readonly deadlineMs?: number } = {}) => sendPatiently(deps, observed, {
    method, url: path.startsWith("https:") || path.startsWith("http:") ? path : `${api}${path}`, ...(more.deadlineMs === undefined ? {} : { deadlineMs: more.deadlineMs }), ...(more.text === undefined ? {} : { body: more.text }), ...(more.body === undefined ? {} : { body: JSON.stringify(more.body) }),
    headers: { accept: "application/json", "content-type": "application/json; charset=utf-8", "odata-version": "4.0", "odata-maxversion": "4.0", ...more.headers },
  });
  const ok = async (answer: Promise<HttpAnswer>): Promise<Row> => { const given = await answer; if (given.kind === "no_answer" || given.status >= 300) throw stopFor(deps.url, given); return asRow(readJson(given.text)); };
  return {
    url: deps.url, observed,
    async find(path) {
      const answer = await send("GET", path);
      return answer.kind === "answer" && answer.status === 404 ? undefined : ok(Promise.resolve(answer));
    },
    async list(path) {
      const rows: Row[] = [];
      let next: string | undefined = path;
      for (let page = 0; next !== undefined; page++) {
        if (page === PAGES_MAX) throw new Stop("dataverse_refused", { message: `more than ${PAGES_MAX} pages of rows` });
        const body: Row = await ok(send("GET", next, { headers: { prefer: "odata.maxpagesize=1000" } }));
        rows.push(...rowsAt(body, "value"));
        const link: unknown = body["@odata.nextLink"];
        next = typeof link === "string" && link.startsWith(`${deps.url}/`) ? link : undefined;
      }
      return rows;
    },
    async create(entitySet, row, options = {}) { await ok(send("POST", entitySet, { body: row, ...(options.solution === undefined ? {} : { headers: { "mscrm.solutionuniquename": options.solution } }) })); },
    async update(entitySet, id, row) { await ok(send("PATCH", `${entitySet}(${id})`, { body: row, headers: { "if-match": "*" } })); },
    async remove(entitySet, id) { await ok(send("DELETE", `${entitySet}(${id})`, { deadlineMs: ACTION_MS })); },
    async associate(entitySet, id, collection, target) { await ok(send("POST", `${entitySet}(${id})/${collection}/$ref`, { body: { "@odata.id": `${api}${target}` } })); },
    async changeSet(parts) {
      if (parts.length === 0) return;
      const { contentType, body } = writeChangeSet(api, parts);
      const answer = await send("POST", "$batch", { text: body, headers: { "content-type": contentType }, deadlineMs: ACTION_MS });
      const refused = answer.kind === "answer" ? refusedPart(answer) : answer;
      if (refused !== undefined) throw stopFor(deps.url, refused);
    },
    act: (action, body) => ok(send("POST", action, { body, deadlineMs: ACTION_MS })),
  };
}

/** Obeys Retry-After; gives up when its budget is over and returns the last answer. */
async function sendPatiently(deps: DataverseDeps, observed: Observed, request: HttpRequest): Promise<HttpAnswer> {
  const { clock, network } = deps;
  const until = clock.now() + BUDGET_MS;
  for (let tries = 1; ; tries++) {
    const token = await deps.tokens(`${deps.url}/.default`);
    const sentAt = clock.now();
    const answer = await network.send({ ...request, headers: { ...request.headers, authorization: `Bearer ${token}` } });
    note(observed, answer, (sentAt + clock.now()) / 2);
    const again = answer.kind === "no_answer" ? request.method === "GET" : (request.method === "GET" ? GET_AGAIN : WRITE_AGAIN).has(answer.status);
    const waitMs = Math.min(WAIT_MS_MAX, retryAfterMs(answer) ?? 500 * 2 ** (tries - 1));
    // A host that is not there will not be there in a minute: three tries tell a person sooner.
    if (!again || clock.now() + waitMs > until || (answer.kind === "no_answer" && tries === 3)) return answer;
    await clock.sleep(waitMs);
  }
}

function retryAfterMs(answer: HttpAnswer): number | undefined {
  const seconds = Number(answer.kind === "answer" ? answer.headers["retry-after"] : undefined);
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function note(observed: Observed, answer: HttpAnswer, ourMs: number): void {
  if (answer.kind !== "answer") return;
  const theirs = Date.parse(answer.headers["date"] ?? "");
  if (!Number.isNaN(theirs)) observed.serverAheadMs = Math.round(theirs + 500 - ourMs);
  const left = Number(answer.headers["x-ms-ratelimit-burst-remaining-xrm-requests"]);
  if (Number.isFinite(left)) observed.requestsLeft = left;
}
