// The relay's HTTP side: Fastify with one parser (JSON text, at most 32 KB), one table of problems, and no words of its own in any answer.
import Fastify, { type FastifyError, type FastifyInstance, type FastifyReply, type FastifyRequest } from "fastify";
import { Histogram } from "prom-client";
import type { PageAnswer } from "../ports/payment-page.ts";
import { registerCardEntryPage } from "./card-entry-page.ts";
import { registerCardEntrySessions } from "./card-entry-sessions.ts";
import { registerCybersourceWebhooks } from "./cybersource-webhooks.ts";
import { registerOperations } from "./operations.ts";
import { registerOperationsStatus } from "./operations-status.ts";
import type { ServerOptions } from "./options.ts";
import { registerPageReports } from "./page-reports.ts";
import { registerPokes } from "./pokes.ts";
import { sendProblem, toProblem, type ProblemCode } from "./problem.ts";
import { createRateLimit, type RateLimit } from "./rate-limit.ts";
import { registerWebhooks } from "./webhooks.ts";

export interface RelayServer {
  /** Resolves to the address it listens on. */
  listen(port: number, host?: string): Promise<string>;
  /** How it answers a GET of this path, without a network. */
  answerTo(path: string): Promise<PageAnswer>;
  /** Says "not ready", takes nothing new, and waits for what runs. */
  close(): Promise<void>;
}

const BODY_BYTES_MAX = 32 * 1024;

export function createServer(options: ServerOptions): RelayServer {
  let isClosing = false;
  const server = Fastify({
    logger: false, bodyLimit: BODY_BYTES_MAX, requestTimeout: 30_000, connectionTimeout: 60_000, keepAliveTimeout: 72_000, forceCloseConnections: "idle",
    trustProxy: (_address: string, hop: number) => hop < (options.trustProxy ?? 0), routerOptions: { maxParamLength: 200 },
    frameworkErrors: (_error, _request, reply) => { void sendProblem(reply, "invalid_request"); },
    clientErrorHandler: answerBrokenHttp,
  });
  server.removeAllContentTypeParsers();
  server.addContentTypeParser("application/json", { parseAs: "string" }, (_request, body, done) => { done(null, body); });
  server.addHook("onRequest", (request, _reply, done) => { options.trace.run(oneOf(request.headers["traceparent"]), done); });
  addHeaders(server, options);
  measure(server, options);
  server.setNotFoundHandler((_request, reply) => sendProblem(reply, "not_found"));
  server.setErrorHandler((error: FastifyError, request, reply) => answerError(options, error, request, reply));
  const rateLimit = createRateLimit(options.now);
  if (options.isOperationsOnly !== true) registerPublic(server, options, rateLimit);
  registerOperations(server, options, () => isClosing);
  registerOperationsStatus(server, options, rateLimit);
  return {
    listen: (port, host = "0.0.0.0") => server.listen({ port, host }),
    async answerTo(path) {
      const answer = await server.inject({ method: "GET", url: path });
      return { status: answer.statusCode, text: answer.body, headers: Object.fromEntries(Object.entries(answer.headers).map(([name, value]) => [name, String(value)])) };
    },
    async close() {
      isClosing = true;
      await server.close();
    },
  };
}

/** What browsers, Dataverse and Cybersource reach. */
function registerPublic(server: FastifyInstance, options: ServerOptions, rateLimit: RateLimit): void {
  registerCardEntryPage(server, options);
  registerCardEntrySessions(server, options, rateLimit);
  registerPageReports(server, options, rateLimit);
  registerPokes(server, options, rateLimit);
  registerWebhooks(server, options, rateLimit);
  registerCybersourceWebhooks(server, options, rateLimit);
}

const oneOf = (value: string | string[] | undefined): string | undefined => (Array.isArray(value) ? value[0] : value);

/** For every answer; a route may say something narrower. */
function addHeaders(server: FastifyInstance, options: ServerOptions): void {
  const isHttps = options.publicOrigin.startsWith("https:");
  const headers = {
    "cache-control": "no-store", "x-content-type-options": "nosniff", "referrer-policy": "no-referrer",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    ...(isHttps ? { "strict-transport-security": "max-age=31536000" } : {}),
  };
  server.addHook("onRequest", (_request, reply, done) => { void reply.headers(headers); done(); });
}

/** By route pattern, never by URL: an address may carry what must not be counted or kept. */
function measure(server: FastifyInstance, options: ServerOptions): void {
  const durations = new Histogram({
    name: "cybs_http_request_duration_seconds", help: "Time to answer, by route and status.", labelNames: ["method", "route", "status"],
    buckets: [0.005, 0.02, 0.1, 0.5, 2, 10], registers: [options.metrics],
  });
  server.addHook("onResponse", (request, reply, done) => {
    durations.observe({ method: request.method, route: routeOf(request), status: String(reply.statusCode) }, reply.elapsedTime / 1000);
    done();
  });
}

const routeOf = (request: FastifyRequest): string => request.routeOptions.url ?? "unknown";

const FRAMEWORK_CODES: Readonly<Record<string, ProblemCode>> = { FST_ERR_CTP_BODY_TOO_LARGE: "body_too_large", FST_ERR_CTP_INVALID_MEDIA_TYPE: "unsupported_media_type" };

function answerError(options: ServerOptions, error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = FRAMEWORK_CODES[error.code];
  if (known !== undefined) return sendProblem(reply, known);
  if (error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500) return sendProblem(reply, "invalid_request");
  options.reportError({ route: routeOf(request), error });
  return options.isLedgerDown(error) ? sendProblem(reply, "ledger_unavailable", { retryAfterSeconds: 5 }) : sendProblem(reply, "internal_error");
}

/** What is not even HTTP gets the same kind of answer, straight on the socket. */
function answerBrokenHttp(this: unknown, _error: Error, socket: { readonly writable: boolean; end(text: string): unknown; destroy(): unknown }): void {
  if (!socket.writable) {
    socket.destroy();
    return;
  }
  const body = JSON.stringify(toProblem("invalid_request"));
  socket.end(`HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: ${Buffer.byteLength(body)}\r\nconnection: close\r\n\r\n${body}`);
}
