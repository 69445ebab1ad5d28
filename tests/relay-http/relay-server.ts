// The HTTP side on a free port, with flows that only remember that they were called.
import { readFileSync } from "node:fs";
import { Agent } from "undici";
import { Registry } from "prom-client";
import { containsPan } from "../../plugin-proxy/src/crypto/pan.ts";
import { createSealer } from "../../plugin-proxy/src/crypto/seal.ts";
import { readWebhook, type WebhookKeys } from "../../plugin-proxy/src/cybersource/webhook/read-webhook.ts";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { answerOnce } from "../../plugin-proxy/src/flows/answer-once.ts";
import { createServer, type RelayServer } from "../../plugin-proxy/src/http/create-server.ts";
import type { Handlers, ServerOptions } from "../../plugin-proxy/src/http/options.ts";
import { createTrace } from "../../plugin-proxy/src/observability/trace.ts";

export const organization = "0a000000-0000-4000-8000-000000000001";
export const paymentRequest = "0b000000-0000-4000-8000-000000000002";
export const session = "0c000000-0000-4000-8000-000000000003";
export const nonce = "n".repeat(43);
export const publicOrigin = "http://localhost:7071";
export const webhookKey = "k".repeat(40);

export interface Called {
  readonly flow: keyof Handlers;
  readonly input: unknown;
}
export interface TestServer {
  readonly url: string;
  readonly called: Called[];
  readonly errors: { readonly route: string; readonly error: unknown }[];
  readonly metrics: Registry;
  send(query: Sent): Promise<Answered>;
  answerTo: RelayServer["answerTo"];
  close(): Promise<void>;
}
export interface Sent {
  readonly method: "GET" | "POST" | "PUT" | "DELETE" | "PATCH" | "OPTIONS";
  readonly path: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer;
}
export interface Answered {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  readonly json: Record<string, unknown>;
}

export const page = {
  html: '<!doctype html><link rel="stylesheet" href="/card-entry/assets/v1.css" integrity="sha384-b"><script src="/card-entry/assets/v1.js" integrity="sha384-a"></script>', script: "void 0;", style: "body{}",
  scriptIntegrity: "sha384-a", styleIntegrity: "sha384-b", version: "v1",
};

const trace = createTrace((bytes) => "ab".repeat(bytes));

export async function startTestServer(handlers: Partial<Handlers> = {}, more: Partial<ServerOptions> & { readonly webhooks?: WebhookKeys } = {}): Promise<TestServer> {
  const called: Called[] = [];
  const errors: { readonly route: string; readonly error: unknown }[] = [];
  const metrics = new Registry();
  const server = createServer({
    handlers: remember(called, handlers, await keeper()), embeddingOrigins: (id) => (id === organization ? ["https://contoso.crm.dynamics.com", "http://localhost:7070"] : undefined),
    publicOrigin, flexOrigins: ["https://testflex.cybersource.com"], page, webhookKeys: () => [webhookKey, "second key"], isEqual: (left, right) => left === right,
    readCybersourceWebhook: (_organization, delivery) => readWebhook(delivery, more.webhooks ?? { signing: [], decryption: [] }, { now: Date.now(), toleranceMs: 300_000 }), trace,
    containsPan, notReady: async () => [], metrics, isLedgerDown: (error) => error instanceof Error && error.message === "ledger down",
    reportError: (report) => errors.push(report), now: Date.now, limits: { sessionsPerAddress: 100_000, pokesPerAddress: 100_000, pokesPerRequest: 100_000, keysPerAddress: 100_000, eventsPerAddress: 100_000 }, ...more,
  });
  const url = (await server.listen(0, "127.0.0.1")).replace("0.0.0.0", "127.0.0.1");
  const agent = new Agent({ connections: 20 });
  return {
    url, called, errors, metrics, answerTo: (path) => server.answerTo(path), send: (query) => send(agent, url, query),
    close: async () => {
      await server.close();
      await agent.close();
    },
  };
}

/** Keys are kept by the flow itself, in a ledger in memory. */
async function keeper(): Promise<Handlers["answerOnce"]> {
  const deps = { ledger: await openLedger({ memory: true }), sealer: createSealer(() => ["a key for answers"]), clocks: { wire: Date.now, business: Date.now } };
  return (request, run) => answerOnce(deps, request, run);
}

function remember(called: Called[], handlers: Partial<Handlers>, keep: Handlers["answerOnce"]): Handlers {
  return {
    answerOnce: handlers.answerOnce ?? keep,
    receiveCybersourceEvent: async (input) => {
      called.push({ flow: "receiveCybersourceEvent", input });
      return handlers.receiveCybersourceEvent?.(input);
    },
    openCardEntry: async (input) => {
      called.push({ flow: "openCardEntry", input });
      return handlers.openCardEntry?.(input) ?? { ok: true, value: { sessionId: session, action: "sale", amount: "1240.00", currency: "USD", openAmount: "1240.00", expiresAt: "2026-11-24T10:15:00Z" } };
    },
    storeTransientToken: async (input) => {
      called.push({ flow: "storeTransientToken", input });
      return handlers.storeTransientToken?.(input) ?? { ok: true, value: {} };
    },
    receivePageReport: (input) => {
      called.push({ flow: "receivePageReport", input });
      handlers.receivePageReport?.(input);
    },
    receivePoke: async (input) => {
      called.push({ flow: "receivePoke", input });
      await handlers.receivePoke?.(input);
    },
    receiveDataverseWebhook: async (input) => {
      called.push({ flow: "receiveDataverseWebhook", input });
      return handlers.receiveDataverseWebhook?.(input);
    },
  };
}

async function send(agent: Agent, url: string, { method, path, headers, body }: Sent): Promise<Answered> {
  const response = await agent.request({ origin: url, path, method, headers: headers ?? { "content-type": "application/json" }, body: body ?? null });
  const text = await response.body.text();
  const isJson = String(response.headers["content-type"]).includes("json");
  return { status: response.statusCode, headers: response.headers, text, json: isJson ? JSON.parse(text) as Record<string, unknown> : {} };
}

export const json = (value: unknown): string => JSON.stringify(value);
export const errorsPage = (): string => readFileSync(new URL("../../docs/reference/errors.md", import.meta.url), "utf8");
export const sessionBody = { organizationId: organization, paymentRequestId: paymentRequest, nonce, ancestorOrigins: ["https://contoso.crm.dynamics.com"], card: true };
export const tokenBody = { nonce, transientToken: `${"a".repeat(40)}.${"b".repeat(40)}.${"c".repeat(40)}` };
export const pokeBody = { organizationId: organization, paymentRequestId: paymentRequest };
export const webhookBody = { PrimaryEntityId: paymentRequest, OrganizationId: organization, OperationId: session, MessageName: "Update" };
