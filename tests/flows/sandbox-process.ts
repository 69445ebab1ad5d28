// The sandbox as its users attach to it: `npm run -s sandbox`, one line of JSON, and then nothing but addresses, tokens and the certificate
// authority that the line names.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import https from "node:https";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { WebApi } from "../sandbox/web-api.ts";
import { signedCall } from "../support/stage.ts";

const root = join(import.meta.dirname, "..", "..");
const START_MS_MAX = 120_000;

export interface Told {
  readonly host: string; readonly dataverse: string; readonly relay: string; readonly cybersource: string; readonly ca: string;
  readonly merchant: { readonly id: string; readonly keyId: string; readonly sharedSecret: string };
  readonly tokens: Readonly<Record<string, string>>;
  readonly relayEnv?: Readonly<Record<string, string>>;
}
export interface Answered { readonly status: number; readonly headers: Readonly<Record<string, unknown>>; readonly text: string; readonly json: Record<string, unknown> }
export interface SandboxProcess {
  readonly told: Told;
  /** Everything that came out so far. */
  readonly stdout: () => string;
  readonly stderr: () => string;
  /** The processes that it consists of. */
  readonly pids: () => readonly number[];
  /** Over TLS, trusting the sandbox's own authority. Fails when the connection does. */
  call(method: string, url: string, body?: unknown, token?: string): Promise<Answered>;
  /** Over TLS to Cybersource, signed by its merchant. */
  signed(method: string, path: string, body?: unknown): ReturnType<typeof signedCall>;
  as(user: string): WebApi;
  control(part: "dataverse" | "cybersource", path: string, body?: unknown): Promise<Answered>;
  /** Asks it to end; gives what it ended with. */
  stop(): Promise<number | null>;
}

/** A process, and those that it started. */
export function familyOf(pid: number): readonly number[] {
  try {
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").split(" ").filter(Boolean).map(Number);
    return [pid, ...children.flatMap(familyOf)];
  } catch {
    return [];
  }
}
export const isRunning = (pid: number): boolean => {
  try { return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, "utf8")); } catch { return false; }
};

export interface Started { readonly pid: number; readonly stdout: () => string; readonly stderr: () => string; readonly ended: Promise<number | null>; readonly kill: (signal: NodeJS.Signals) => void }

/** `npm run -s <script> -- <args>`, with the environment of this process and some more. */
export function runScript(script: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Started {
  // What runs the tests must not change how the sandbox reads its sources.
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(NODE_OPTIONS|NODE_ENV|JEST_|npm_)/i.test(name)));
  const child = spawn("npm", ["run", "-s", script, "--", ...args], { cwd: root, env: { ...inherited, ...env }, stdio: ["ignore", "pipe", "pipe"] });
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) child[stream].setEncoding("utf8").on("data", (chunk: string) => { text[stream] += chunk; });
  const ended = new Promise<number | null>((resolve) => { child.once("close", (code) => { resolve(code); }); });
  return { pid: child.pid ?? 0, stdout: () => text.stdout, stderr: () => text.stderr, ended, kill: (signal) => { child.kill(signal); } };
}

/** Building takes minutes after somebody changed a control; it is no part of starting, so it is done before the waiting begins. */
export async function buildFirst(): Promise<void> {
  const build = runScript("build", []);
  if (await build.ended !== 0) throw new Error(build.stderr());
}
export const BUILD_MS_MAX = 600_000;

function callOf(ca: string): SandboxProcess["call"] {
  return (method, url, body, token) => new Promise((resolve, reject) => {
    const payload = body === undefined ? "" : Buffer.isBuffer(body) || typeof body === "string" ? body : JSON.stringify(body);
    const headers = { accept: "application/json", "content-type": "application/json", "content-length": String(Buffer.byteLength(payload)), ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) };
    const request = https.request(url, { method, ca, headers, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).once("error", reject);
      response.on("end", () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, text, json: /^\s*\{/.test(text) ? JSON.parse(text) as Record<string, unknown> : {} }); });
    });
    request.once("error", reject);
    request.end(payload);
  });
}

function apiOf(call: SandboxProcess["call"], url: string, token: string): WebApi {
  const checked = async (method: string, path: string, body?: unknown): Promise<Answered> => {
    const answer = await call(method, `${url}/api/data/v9.2/${encodeURI(path)}`, body, token);
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer;
  };
  return {
    create: async (set, row) => /\(([0-9a-f-]{36})\)/.exec(String((await checked("POST", set, row)).headers["odata-entityid"]))?.[1] ?? "",
    find: async (path) => (await checked("GET", path)).json["value"] as Record<string, unknown>[],
    send: async (method, path, body) => { await checked(method, path, body); },
  };
}

/** Starts it and waits for its line. */
export async function startSandboxProcess(args: readonly string[]): Promise<SandboxProcess> {
  const started = runScript("sandbox", ["--json", ...args]);
  const state = { isGone: false };
  void started.ended.then(() => { state.isGone = true; });
  const until = Date.now() + START_MS_MAX;
  while (!started.stdout().includes("\n")) {
    if (state.isGone || Date.now() > until) { started.kill("SIGTERM"); throw new Error(`no line from the sandbox: ${started.stderr()}`); }
    await delay(50);
  }
  const told = JSON.parse(started.stdout()) as Told;
  const call = callOf(readFileSync(told.ca, "utf8"));
  return {
    told, call, stdout: started.stdout, stderr: started.stderr, pids: () => familyOf(started.pid),
    signed: (method, path, body) => signedCall({ url: told.cybersource, merchant: told.merchant }, told.ca, { method, path, body }),
    as: (user) => apiOf(call, told.dataverse, told.tokens[user] ?? ""),
    control: (part, path, body) => call(body === undefined ? "GET" : "POST", `${told[part]}/_sandbox/${path}`, body),
    stop: async () => { started.kill("SIGTERM"); return started.ended; },
  };
}
