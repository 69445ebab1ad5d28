// Every endpoint of the contract: what it answers, in which words, with which headers.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { PROBLEMS } from "../../plugin-proxy/src/http/problem.ts";
import { WEBHOOK_KEY_HEADER } from "../../plugin-proxy/src/http/webhooks.ts";
import { errorsPage, json, organization, page, paymentRequest, pokeBody, publicOrigin, session, sessionBody, startTestServer, tokenBody, webhookBody, webhookKey, type Sent, type TestServer } from "./relay-server.ts";

const JSON_TYPE = { "content-type": "application/json" };
const sessions = (body: unknown = sessionBody, headers: Record<string, string> = JSON_TYPE): Sent => ({ method: "POST", path: "/card-entry/sessions", headers, body: json(body) });
const token = (body: unknown = tokenBody, id = session): Sent => ({ method: "PUT", path: `/card-entry/sessions/${id}/transient-token`, headers: JSON_TYPE, body: json(body) });
const poke = (body: unknown = pokeBody): Sent => ({ method: "POST", path: "/pokes", headers: JSON_TYPE, body: json(body) });
const webhook = (body: unknown = webhookBody, headers: Record<string, string> = { ...JSON_TYPE, [WEBHOOK_KEY_HEADER]: webhookKey }): Sent => ({ method: "POST", path: `/webhooks/dataverse/${organization}`, headers, body: json(body) });

let server: TestServer;
beforeAll(async () => { server = await startTestServer(); });
afterAll(() => server.close());

describe("the card-entry page", () => {
  test("is framed by its organization's origins only, and runs no script but its own and Flex", async () => {
    const answer = await server.send({ method: "GET", path: `/card-entry/${organization.toUpperCase()}` });
    expect(answer.status).toBe(200);
    expect(answer.text).toBe(page.html);
    expect(String(answer.headers["content-security-policy"]).split("; ")).toEqual([
      "default-src 'none'", `script-src ${publicOrigin}/card-entry/assets/v1.js https://testflex.cybersource.com`, `style-src ${publicOrigin}/card-entry/assets/v1.css`,
      "frame-src https://testflex.cybersource.com", "connect-src 'self'", "frame-ancestors https://contoso.crm.dynamics.com http://localhost:7070", "base-uri 'none'", "form-action 'none'",
    ]);
    expect(answer.headers).toMatchObject({ "x-content-type-options": "nosniff", "referrer-policy": "no-referrer", "cache-control": "no-store" });
    expect(answer.headers["permissions-policy"]).toContain("camera=()");
    expect(answer.headers).not.toHaveProperty("set-cookie");
  });

  test("an organization nobody configured has none", async () => {
    expect(await server.send({ method: "GET", path: `/card-entry/${paymentRequest}` })).toMatchObject({ status: 404, json: { code: "unknown_organization" } });
  });

  test.each([{ file: "v1.js", type: "text/javascript; charset=utf-8", text: page.script }, { file: "v1.css", type: "text/css; charset=utf-8", text: page.style }])("$file may be cached for ever, because its address changes with it", async ({ file, type, text }) => {
    expect(await server.send({ method: "GET", path: `/card-entry/assets/${file}` })).toMatchObject({ status: 200, text, headers: { "content-type": type, "cache-control": "public, max-age=31536000, immutable" } });
  });
});

describe("what the page sends", () => {
  test("a session is opened", async () => {
    expect(await server.send(sessions())).toMatchObject({ status: 201, json: { sessionId: session, amount: "1240.00" } });
    expect(server.called.at(-1)).toEqual({ flow: "openCardEntry", input: sessionBody });
  });

  test("a token is stored, as often as it is sent", async () => {
    expect(await server.send(token())).toMatchObject({ status: 204, text: "" });
    expect(await server.send(token())).toMatchObject({ status: 204, text: "" });
    expect(server.called.at(-1)).toEqual({ flow: "storeTransientToken", input: { sessionId: session, ...tokenBody } });
  });

  test("a poke is taken, whatever exists", async () => {
    expect(await server.send(poke())).toMatchObject({ status: 202, json: {} });
    expect(await server.send(poke({ organizationId: session, paymentRequestId: session }))).toMatchObject({ status: 202, text: "{}" });
  });

  test.each([
    { name: "another origin", headers: { origin: "https://evil.example" } }, { name: "an opaque origin", headers: { origin: "null" } },
    { name: "another site without an origin", headers: { "sec-fetch-site": "cross-site" } },
  ])("$name is turned away before its body is read", async ({ headers }) => {
    const before = server.called.length;
    for (const sent of [sessions(), token(), poke()]) {
      const answer = await server.send({ ...sent, headers: { ...JSON_TYPE, ...headers } });
      expect(answer).toMatchObject({ status: 403, json: { code: "origin_not_allowed" } });
      expect(answer.headers).not.toHaveProperty("access-control-allow-origin");
    }
    expect(server.called).toHaveLength(before);
  });

  test("the page itself is let in", async () => {
    expect(await server.send(sessions(sessionBody, { ...JSON_TYPE, origin: publicOrigin, "sec-fetch-site": "same-origin" }))).toMatchObject({ status: 201 });
  });
});

test("a worker answers operators, and nobody else", async () => {
  const worker = await startTestServer({}, { isOperationsOnly: true });
  for (const path of ["/health", "/ready", "/metrics"]) expect((await worker.send({ method: "GET", path, headers: {} })).status).toBe(200);
  for (const sent of [poke(), sessions(), token(), webhook()]) expect(await worker.send(sent)).toMatchObject({ status: 404, json: { code: "not_found" } });
  expect(worker.called).toEqual([]);
  await worker.close();
});

describe("refusals of the flows", () => {
  test.each(["nonce_wrong", "nonce_spent", "nonce_expired", "not_author", "chain_not_allowed", "request_not_found", "not_draft", "document_closed", "payment_in_progress", "no_merchant_account", "too_many_sessions", "too_many_declines", "dataverse_unavailable", "cybersource_unavailable"] as const)("%s keeps its status, its code and its Retry-After", async (code) => {
    const other = await startTestServer({ openCardEntry: async () => ({ ok: false, error: { code, retryAfterSeconds: 12, paymentInProgress: { who: "Bob", since: "2026-11-24T10:00:00Z" } } }) });
    const answer = await other.send(sessions());
    expect(answer).toMatchObject({ status: PROBLEMS[code].status, headers: { "retry-after": "12", "content-type": expect.stringContaining("application/problem+json") }, json: { code, status: PROBLEMS[code].status, paymentInProgress: { who: "Bob" } } });
    await other.close();
  });

  test.each(["session_expired", "nonce_wrong", "token_of_other_context", "token_replayed", "invalid_request"] as const)("%s of a token", async (code) => {
    const other = await startTestServer({ storeTransientToken: async () => ({ ok: false, error: { code } }) });
    expect(await other.send(token())).toMatchObject({ status: PROBLEMS[code].status, json: { code } });
    await other.close();
  });

  test.each([{ error: new Error("ledger down"), status: 503, code: "ledger_unavailable" }, { error: new TypeError("4111111111111111 is not a function"), status: 500, code: "internal_error" }])("an exception is $code, reported and not quoted", async ({ error, status, code }) => {
    const other = await startTestServer({ receivePoke: async () => { throw error; } });
    const answer = await other.send(poke());
    expect(answer).toMatchObject({ status, json: { code } });
    expect(answer.text).not.toContain("4111");
    expect(other.errors).toEqual([{ route: "/pokes", error }]);
    await other.close();
  });
});

describe("webhooks of Dataverse", () => {
  test("a delivery is handed on with a key that a repetition shares", async () => {
    expect(await server.send(webhook())).toMatchObject({ status: 204 });
    expect(server.called.at(-1)).toEqual({ flow: "receiveDataverseWebhook", input: { organizationId: organization, deliveryKey: `${session}:${paymentRequest}:update` } });
  });

  test.each([{ name: "no key", headers: JSON_TYPE }, { name: "a wrong key", headers: { ...JSON_TYPE, [WEBHOOK_KEY_HEADER]: "x" } }, { name: "an empty key", headers: { ...JSON_TYPE, [WEBHOOK_KEY_HEADER]: "" } }])("$name is 401, and nothing is read", async ({ headers }) => {
    const before = server.called.length;
    expect(await server.send(webhook(webhookBody, headers))).toMatchObject({ status: 401, json: { code: "webhook_key_wrong" } });
    expect(server.called).toHaveLength(before);
  });

  test("the key that is being exchanged is good too", async () => {
    expect(await server.send(webhook(webhookBody, { ...JSON_TYPE, [WEBHOOK_KEY_HEADER]: "second key" }))).toMatchObject({ status: 204 });
  });

  test("a copied environment's hint is answered and left alone", async () => {
    const before = server.called.length;
    expect(await server.send(webhook({ ...webhookBody, OrganizationId: session }))).toMatchObject({ status: 204 });
    expect(server.called).toHaveLength(before);
  });

  test("a real context of 100 KB is taken, one of 500 KB is not", async () => {
    expect(await server.send(webhook({ ...webhookBody, InputParameters: [{ key: "Target", value: "x".repeat(100_000) }] }))).toMatchObject({ status: 204 });
    expect(await server.send(webhook({ ...webhookBody, InputParameters: "x".repeat(500_000) }))).toMatchObject({ status: 413, json: { code: "body_too_large" } });
  });
});

describe("too much", () => {
  test("pokes of one address and for one request are limited, and say when to come back", async () => {
    const other = await startTestServer({}, { limits: { pokesPerAddress: 4, pokesPerRequest: 2, sessionsPerAddress: 1 } });
    const answers = [await other.send(poke()), await other.send(poke()), await other.send(poke()), await other.send(poke({ ...pokeBody, paymentRequestId: session })), await other.send(poke())];
    expect(answers.map((answer) => answer.status)).toEqual([202, 202, 429, 202, 429]);
    expect(answers[2]).toMatchObject({ json: { code: "too_many_requests" }, headers: { "retry-after": expect.stringMatching(/^\d+$/) } });
    expect([(await other.send(token())).status, await other.send(token())]).toMatchObject([204, { status: 429, json: { code: "too_many_requests" } }]);
    expect([(await other.send(sessions())).status, await other.send(sessions())]).toMatchObject([201, { status: 429, json: { code: "too_many_sessions" } }]);
    await other.close();
  });

  test("a body above 32 KB is 413", async () => {
    expect(await server.send(sessions({ ...sessionBody, more: "x".repeat(40_000) }))).toMatchObject({ status: 413, json: { code: "body_too_large" } });
  });
});

describe("for the operator", () => {
  test("health, ready and metrics", async () => {
    expect(await server.send({ method: "GET", path: "/health" })).toMatchObject({ status: 200, json: { status: "ok" } });
    expect(await server.send({ method: "GET", path: "/ready" })).toMatchObject({ status: 200, json: { status: "ready" } });
    const metrics = await server.send({ method: "GET", path: "/metrics" });
    expect(metrics.text).toContain('route="/card-entry/:organizationId"');
    expect(metrics.text).not.toContain(organization);
  });

  test("not ready says what it waits for", async () => {
    const other = await startTestServer({}, { notReady: async () => ["ledger"] });
    expect(await other.send({ method: "GET", path: "/ready" })).toMatchObject({ status: 503, json: { code: "not_ready", waitingFor: ["ledger"] } });
    await other.close();
  });

  test("a request that runs is finished before the server is gone", async () => {
    let finish: () => void = () => undefined;
    const other = await startTestServer({ receivePoke: () => new Promise((resolve) => { finish = resolve; }) });
    const answer = other.send(poke());
    while (other.called.length === 0) await new Promise((resolve) => { setTimeout(resolve, 5); });
    const closed = other.close();
    finish();
    expect(await answer).toMatchObject({ status: 202 });
    await closed;
    await expect(other.send(poke())).rejects.toThrow();
  });
});

test("the table of problems and its page for people agree, line by line", () => {
  const rows = [...errorsPage().matchAll(/^\| `(\w+)` \| (\d{3}) \| (.+?) \| (.+?) \| .+ \|$/gm)].map((row) => [row[1], { status: Number(row[2]), title: row[3], detail: row[4] }]);
  expect(Object.fromEntries(rows)).toEqual(PROBLEMS);
});
