// The same organization as in organization.ts, without sockets: for tests that ask ten thousand times.
import { openDataverse, type OpenDataverse } from "../sandbox/dataverse/start.ts";
import { createClock } from "../sandbox/kit/clock.ts";
import type { Call, Reply } from "../sandbox/kit/faults.ts";
import { solutionZip } from "./foreign-solution.ts";

export interface Asked { readonly status: number; readonly text: string; readonly code: string }
export interface OpenOrganization {
  readonly open: OpenDataverse;
  call(user: string, method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Asked>;
  sandbox(method: string, path: string, body: Buffer): Promise<Asked>;
}

function read(reply: Reply): Asked {
  const text = String(reply.body ?? "");
  const isJson = (reply.headers?.["content-type"] ?? "").startsWith("application/json") && text !== "";
  const error = isJson ? (JSON.parse(text) as { error?: { code?: string } }).error : undefined;
  return { status: reply.status, text, code: error?.code ?? "" };
}

export async function openOrganization(): Promise<OpenOrganization> {
  const open = openDataverse({ clock: createClock(), seed: 7 });
  open.organization.baseUrl = "https://dataverse.example";
  const answer = async (call: Call): Promise<Asked> => read(await open.answer(call));
  const sandbox: OpenOrganization["sandbox"] = (method, path, body) => answer({ method, url: `/_sandbox/${path}`, headers: {}, body });
  const imported = await sandbox("POST", "import", Buffer.from(solutionZip()));
  if (imported.status !== 200) throw new Error(imported.text);
  return {
    open, sandbox,
    call: (user, method, path, body, headers = {}) => answer({
      method, url: `/api/data/v9.2/${path}`, headers: { authorization: `Bearer ${open.tokens[user] ?? user}`, accept: "application/json", "content-type": "application/json", ...headers },
      body: Buffer.from(body === undefined ? "" : typeof body === "string" ? body : JSON.stringify(body)),
    }),
  };
}
