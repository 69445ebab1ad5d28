// Faults on demand, in front of a stand-in's handler: lose the request, lose the answer, delay, answer a status, run twice, reorder, a slow or half
// body, a reset connection.
import type { IncomingMessage, ServerResponse } from "node:http";
import { setTimeout as delay } from "node:timers/promises";
import { resetConnection } from "./connections.ts";

const FAULTS = ["drop-before", "drop-after", "delay", "status", "duplicate", "reorder", "slow-body", "half-body", "reset"] as const;
export type Fault = (typeof FAULTS)[number];
export interface FaultRule {
  readonly match: { readonly method?: string; readonly path?: string };
  readonly fault: Fault;
  /** How often it strikes; once by default. */
  readonly times?: number;
  /** delay, slow-body: milliseconds. status: {status, body?, headers?}. reorder: milliseconds after which a first answer goes out alone. */
  readonly value?: unknown;
}
export interface Call {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: Buffer;
}
export interface Reply {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | Buffer;
}
/** A stand-in's handler: a whole request in, a whole answer out. */
export type Answer = (call: Call) => Promise<Reply>;

export interface Faults {
  add(rule: FaultRule): void;
  clear(): void;
  wrap(answer: Answer): (request: IncomingMessage, response: ServerResponse) => void;
}

const BODY_BYTES_MAX = 64 * 1024 * 1024;

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request) {
    const bytes = chunk as Buffer;
    size += bytes.length;
    if (size > BODY_BYTES_MAX) throw new Error("body too large");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}

function matches(rule: FaultRule, call: Call): boolean {
  const { method, path } = rule.match;
  return (method === undefined || method.toUpperCase() === call.method) && (path === undefined || call.url.startsWith(path) || new RegExp(path).test(call.url));
}

function write(response: ServerResponse, reply: Reply): void {
  if (response.destroyed) return;
  const body = typeof reply.body === "string" ? Buffer.from(reply.body) : reply.body ?? Buffer.alloc(0);
  response.writeHead(reply.status, { ...reply.headers, "content-length": String(body.length) });
  response.end(body);
}

/** The whole head, half of the body, and then nothing more, or the rest after a while. */
async function writeHalf(response: ServerResponse, reply: Reply, restAfterMs: number | undefined): Promise<void> {
  const body = Buffer.from(reply.body ?? "");
  const middle = Math.floor(body.length / 2);
  response.writeHead(reply.status, { ...reply.headers, "content-length": String(body.length) });
  await new Promise<void>((resolve) => { response.write(body.subarray(0, middle), () => { resolve(); }); });
  if (restAfterMs === undefined) { response.destroy(); return; }
  await delay(restAfterMs);
  response.end(body.subarray(middle));
}

const HELD_MS_MAX = 2_000;

export function createFaults(): Faults {
  const rules: { rule: FaultRule; left: number }[] = [];
  let held: { readonly rule: FaultRule; readonly release: () => void } | undefined;
  const take = (call: Call): FaultRule | undefined => {
    const found = rules.find((entry) => entry.left > 0 && matches(entry.rule, call));
    if (found === undefined) return undefined;
    found.left -= 1;
    return found.rule;
  };

  /** The first of two answers waits until the next one that the rule fits has gone out. */
  const hold = async (rule: FaultRule): Promise<void> => {
    await new Promise<void>((resolve) => {
      const mine = { rule, release: () => { if (held === mine) held = undefined; resolve(); } };
      held = mine;
      setTimeout(mine.release, Number(rule.value ?? HELD_MS_MAX)).unref();
    });
  };

  async function serve(answer: Answer, request: IncomingMessage, response: ServerResponse): Promise<void> {
    const call: Call = { method: request.method ?? "GET", url: request.url ?? "/", headers: request.headers, body: await readBody(request) };
    const rule = call.url.startsWith("/_sandbox/") ? undefined : take(call);
    if (rule?.fault === "drop-before") { request.socket.destroy(); return; }
    if (rule?.fault === "status") {
      const value = (rule.value ?? { status: 503 }) as { status: number; body?: unknown; headers?: Record<string, string> };
      write(response, { status: value.status, headers: { "content-type": "application/json", ...value.headers }, body: typeof value.body === "string" ? value.body : JSON.stringify(value.body ?? {}) });
      return;
    }
    if (rule?.fault === "delay") await delay(Number(rule.value ?? 1_000));
    const reply = await answer(call);
    if (rule?.fault === "duplicate") await answer(call); // the network's copy comes second, and its answer is nobody's
    if (rule?.fault === "drop-after") { request.socket.destroy(); return; }
    if (rule?.fault === "reset") { resetConnection(request.socket); return; }
    if (rule?.fault === "half-body") { await writeHalf(response, reply, undefined); return; }
    if (rule?.fault === "slow-body") { await writeHalf(response, reply, Number(rule.value ?? 1_000)); return; }
    const first = held !== undefined && !call.url.startsWith("/_sandbox/") && matches(held.rule, call) ? held : undefined;
    if (rule?.fault === "reorder" && first === undefined) await hold(rule);
    write(response, reply);
    first?.release();
  }

  return {
    add: (rule) => {
      if (!(FAULTS as readonly unknown[]).includes(rule.fault)) throw new Error(`no such fault: ${rule.fault}`);
      RegExp(rule.match.path ?? "");
      rules.push({ rule, left: rule.times ?? 1 });
    },
    clear: () => { rules.length = 0; held?.release(); },
    wrap: (answer) => (request, response) => {
      serve(answer, request, response).catch((error: unknown) => {
        process.stderr.write(`stand-in: ${error instanceof Error ? error.stack ?? error.message : String(error)}\n`);
        write(response, { status: 500, headers: { "content-type": "text/plain" }, body: "stand-in failed" });
      });
    },
  };
}
