// The Web API of an organization as a person, a flow or an admin uses it: whole calls, no socket, no weather.
import type { OpenDataverse } from "../sandbox/dataverse/start.ts";
import type { WebApi } from "../sandbox/web-api.ts";

/** What a caller is told instead of rows. */
export class Refused extends Error {
  readonly status: number;
  constructor(status: number, message: string) { super(message); this.status = status; }
}

export function apiOver(dataverse: OpenDataverse, user: string, more: Readonly<Record<string, string>> = {}): WebApi {
  const call = async (method: string, path: string, body?: unknown) => {
    const reply = await dataverse.answer({
      method, url: `/api/data/v9.2/${path}`, body: Buffer.from(body === undefined ? "" : JSON.stringify(body)),
      headers: { authorization: `Bearer ${dataverse.tokens[user] ?? ""}`, accept: "application/json", "content-type": "application/json", "odata-version": "4.0", ...more },
    });
    if (reply.status >= 300) throw new Refused(reply.status, `${method} ${path}: ${reply.status} ${String(reply.body)}`);
    return reply;
  };
  return {
    create: async (entitySet, row) => {
      const reply = await call("POST", entitySet, row);
      const at = Object.entries(reply.headers ?? {}).find(([name]) => name.toLowerCase() === "odata-entityid")?.[1] ?? "";
      return /\(([0-9a-f-]{36})\)/.exec(at)?.[1] ?? "";
    },
    find: async (path) => (JSON.parse(String((await call("GET", encodeURI(path))).body)) as { value: Record<string, unknown>[] }).value,
    send: async (method, path, body) => { await call(method, path, body); },
  };
}
