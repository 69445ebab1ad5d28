// A Dataverse stand-in with a small foreign solution in it, for tests of the stand-in itself: nothing of the product is needed.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startDataverse, type DataverseSandbox } from "../sandbox/dataverse/start.ts";
import { issueCertificates } from "../sandbox/kit/certificates.ts";
import { createClock, type BusinessClock } from "../sandbox/kit/clock.ts";
import { solutionZip } from "./foreign-solution.ts";

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  /** The body as JSON; an empty object when there is none. */
  readonly json: Record<string, unknown>;
  readonly error: { readonly code: string; readonly message: string };
}
export interface TestOrganization {
  readonly dataverse: DataverseSandbox;
  readonly http: string;
  readonly caFile: string;
  readonly clock: BusinessClock;
  /** One request below /api/data/v9.2/ as a sandbox user. */
  call(user: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer>;
  /** Creates as the system administrator and gives the id. */
  create(set: string, row: Record<string, unknown>): Promise<string>;
  id(set: string, filter: string): Promise<string>;
  sandbox(method: string, path: string, body?: unknown): Promise<Answer>;
  close(): Promise<void>;
}

async function read(response: Response): Promise<Answer> {
  const text = await response.text();
  const isJson = (response.headers.get("content-type") ?? "").startsWith("application/json") && text !== "";
  const json = isJson ? JSON.parse(text) as Record<string, unknown> : {};
  return { status: response.status, headers: response.headers, text, json, error: (json["error"] ?? { code: "", message: "" }) as Answer["error"] };
}

export const idFrom = (answer: Answer): string => /\(([0-9a-f-]{36})\)$/.exec(answer.headers.get("odata-entityid") ?? "")?.[1] ?? "";

export async function startOrganization(options: { readonly dataDir?: string; readonly withoutSolution?: boolean } = {}): Promise<TestOrganization> {
  const dir = mkdtempSync(join(tmpdir(), "dataverse-"));
  const tls = await issueCertificates(dir);
  const clock = createClock();
  const dataverse = await startDataverse({ port: 0, httpPort: 0, tls, clock, seed: 7, ...(options.dataDir === undefined ? {} : { dataDir: options.dataDir }) });
  const http = dataverse.httpUrl ?? "";
  const call: TestOrganization["call"] = async (user, method, path, body, headers = {}) => read(await fetch(`${http}/api/data/v9.2/${path}`, {
    method, headers: { ...(user === "" ? {} : { authorization: `Bearer ${dataverse.tokens[user] ?? user}` }), accept: "application/json", "content-type": "application/json", ...headers },
    ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
  }));
  const sandbox: TestOrganization["sandbox"] = async (method, path, body) => read(await fetch(`${http}/_sandbox/${path}`, { method, ...(body === undefined ? {} : { body: body instanceof Uint8Array ? new Uint8Array(body) : JSON.stringify(body) }) }));
  const create: TestOrganization["create"] = async (set, row) => {
    const answer = await call("sysadmin", "POST", set, row);
    if (answer.status !== 204) throw new Error(`POST ${set}: ${answer.status} ${answer.text}`);
    return idFrom(answer);
  };
  if (options.withoutSolution !== true) {
    const imported = await sandbox("POST", "import", solutionZip());
    if (imported.status !== 200) throw new Error(imported.text);
  }
  return {
    dataverse, http, caFile: tls.caFile, clock, call, sandbox, create,
    id: async (set, filter) => {
      const [row] = (await call("sysadmin", "GET", `${set}?$filter=${encodeURIComponent(filter)}`)).json["value"] as Record<string, string>[];
      return row?.[ID_OF[set] ?? ""] ?? "";
    },
    close: async () => { await dataverse.close(); rmSync(dir, { recursive: true }); },
  };
}
const ID_OF: Readonly<Record<string, string>> = { systemusers: "systemuserid", transactioncurrencies: "transactioncurrencyid", teams: "teamid", roles: "roleid", businessunits: "businessunitid", sdkmessages: "sdkmessageid", sdkmessagefilters: "sdkmessagefilterid" };
