// One call on the wire, once: no retry in any layer, no redirect followed, one request at a time on a socket. Says whether the bytes can
// have left: before undici hands the request to a connected socket nothing was sent; after that, silence proves nothing.
import { Agent, type Dispatcher } from "undici";
import { textAt } from "./json-shape.ts";

export interface WireRequest {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  readonly origin: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
  /** Shorter than the transport's own. */
  readonly deadlineMs?: number | undefined;
}
export interface Replied { readonly kind: "replied"; readonly status: number; readonly headers: Readonly<Record<string, string | string[] | undefined>>; readonly text: string }
export type WireReply =
  | Replied
  | { readonly kind: "not_sent"; readonly cause: string }
  | { readonly kind: "no_reply"; readonly cause: string };

export interface Transport {
  send(request: WireRequest): Promise<WireReply>;
  close(): Promise<void>;
}

const ANSWER_BYTES_MAX = 4 * 1024 * 1024;
const KEEP_ALIVE_MS = 4_000;
const CONNECT_MS_MAX = 10_000;

/** `ca` is PEM text of an additional authority (the sandbox's); TLS 1.2 at least. */
export function createTransport(options: { readonly deadlineMs: number; readonly ca?: string | undefined; readonly connections?: number }): Transport {
  const agent = new Agent({
    pipelining: 1, allowH2: false, keepAliveTimeout: KEEP_ALIVE_MS, keepAliveMaxTimeout: KEEP_ALIVE_MS, connections: options.connections ?? 64, maxResponseSize: ANSWER_BYTES_MAX,
    headersTimeout: options.deadlineMs, bodyTimeout: options.deadlineMs,
    connect: { timeout: CONNECT_MS_MAX, minVersion: "TLSv1.2", ...(options.ca === undefined ? {} : { ca: options.ca }) },
  });
  return { send: (request) => dispatch(agent, request, Math.min(request.deadlineMs ?? Infinity, options.deadlineMs)), close: () => agent.close() };
}

const causeOf = (error: unknown): string => textAt(error, "code") ?? textAt(error, "message") ?? String(error);

function dispatch(agent: Agent, request: WireRequest, deadlineMs: number): Promise<WireReply> {
  return new Promise((resolve) => {
    let isHandedOver = false;
    let isSettled = false;
    let abort: ((reason: Error) => void) | undefined;
    let status = 0;
    let headers: Readonly<Record<string, string | string[] | undefined>> = {};
    const chunks: Buffer[] = [];
    const settle = (reply: WireReply): void => { isSettled = true; clearTimeout(timer); resolve(reply); };
    const failed = (cause: string): void => { settle({ kind: isHandedOver ? "no_reply" : "not_sent", cause }); };
    const timer = setTimeout(() => {
      failed("deadline");
      abort?.(new Error("deadline"));
    }, deadlineMs);
    const handler: Dispatcher.DispatchHandler = {
      // undici calls this just before it writes. What waited for a socket until its deadline was already told "not sent": it must stay so.
      onRequestStart: (controller) => {
        if (isSettled) { controller.abort(new Error("deadline")); return; }
        isHandedOver = true;
        abort = (reason) => { controller.abort(reason); };
      },
      onResponseStart: (_controller, statusCode, responseHeaders) => { status = statusCode; headers = responseHeaders; },
      onResponseData: (_controller, chunk) => { chunks.push(chunk); },
      onResponseEnd: () => { settle({ kind: "replied", status, headers, text: Buffer.concat(chunks).toString("utf8") }); },
      onResponseError: (_controller, error) => { failed(causeOf(error)); },
    };
    try {
      agent.dispatch({ origin: request.origin, path: request.path, method: request.method, headers: request.headers, body: request.body ?? null }, handler);
    } catch (error) {
      failed(causeOf(error));
    }
  });
}
