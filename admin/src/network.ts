// One HTTP exchange for everything the command asks of others: a deadline, a size limit, no redirect followed, no retry. Who may repeat what
// is decided by the callers. Trouble on the way is a value.
import { Agent } from "undici";

export interface HttpRequest {
  readonly method: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  readonly deadlineMs?: number;
}
export type HttpAnswer =
  | { readonly kind: "answer"; readonly status: number; readonly headers: Readonly<Record<string, string>>; readonly text: string }
  | { readonly kind: "no_answer"; readonly cause: string };
export interface Network {
  send(request: HttpRequest): Promise<HttpAnswer>;
  close(): Promise<void>;
}

const DEADLINE_MS = 60_000;
const ANSWER_BYTES_MAX = 64 * 1024 * 1024;

/** `ca`: PEM of an additional authority (a proxy that inspects TLS, the sandbox). */
export function openNetwork(ca: string | undefined): Network {
  const agent = new Agent({ connections: 8, allowH2: false, maxResponseSize: ANSWER_BYTES_MAX, connect: { timeout: 10_000, ...(ca === undefined ? {} : { ca }) } });
  return {
    close: () => agent.close(),
    async send({ method, url, headers = {}, body, deadlineMs = DEADLINE_MS }) {
      try {
        const target = new URL(url);
        const response = await agent.request({ origin: target.origin, path: `${target.pathname}${target.search}`, method, headers, body: body ?? null, signal: AbortSignal.timeout(deadlineMs), headersTimeout: deadlineMs, bodyTimeout: deadlineMs });
        const text = await response.body.text();
        return { kind: "answer", status: response.statusCode, headers: flat(response.headers), text };
      } catch (error) {
        return { kind: "no_answer", cause: causeOf(error) };
      }
    },
  };
}

const flat = (headers: Readonly<Record<string, string | string[] | undefined>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(headers).flatMap(([name, value]) => (value === undefined ? [] : [[name, Array.isArray(value) ? value.join(", ") : value]])));

/** The code of a network error, never its message: that may quote what was sent. */
function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return "network error";
  if (error.name === "TimeoutError") return "no answer in time";
  return "code" in error && typeof error.code === "string" ? error.code : error.name;
}

/** JSON, or undefined. */
export function readJson(text: string): unknown {
  try { return JSON.parse(text); } catch { return undefined; }
}
