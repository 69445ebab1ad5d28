// 5,000 bad requests over all endpoints: each is a 4xx with a stable code and a sentence, never a 500, and no flow hears of it.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { connect } from "node:net";
import { PROBLEMS, type ProblemCode } from "../../plugin-proxy/src/http/problem.ts";
import { WEBHOOK_KEY_HEADER } from "../../plugin-proxy/src/http/webhooks.ts";
import { json, nonce, organization, pokeBody, session, sessionBody, startTestServer, tokenBody, webhookBody, webhookKey, type Answered, type Sent, type TestServer } from "./relay-server.ts";

let server: TestServer;
beforeAll(async () => { server = await startTestServer(); });
afterAll(() => server.close());

const ENDPOINTS = [
  { method: "POST", path: "/card-entry/sessions", good: sessionBody }, { method: "PUT", path: `/card-entry/sessions/${session}/transient-token`, good: tokenBody },
  { method: "POST", path: "/pokes", good: pokeBody }, { method: "POST", path: `/webhooks/dataverse/${organization}`, good: webhookBody },
] as const;
type Endpoint = (typeof ENDPOINTS)[number];
const endpoint = fc.constantFrom(...ENDPOINTS);
const headersOf = (path: string): Record<string, string> => ({ "content-type": "application/json", ...(path.startsWith("/webhooks") ? { [WEBHOOK_KEY_HEADER]: webhookKey } : {}) });
const isWebhook = (at: Endpoint): boolean => at.path.startsWith("/webhooks");

/** Sends, and holds the answer to the law. */
async function refused(sent: Sent): Promise<Answered> {
  const before = server.called.length;
  const answer = await server.send(sent);
  const { code, detail, title, status } = answer.json;
  if (answer.status < 400 || answer.status >= 500) throw new Error(`answered ${answer.status}`);
  if (typeof code !== "string" || !(code in PROBLEMS) || PROBLEMS[code as ProblemCode].status !== answer.status || status !== answer.status) throw new Error(`code ${String(code)} with ${answer.status}`);
  if (typeof detail !== "string" || !detail.endsWith(".") || typeof title !== "string") throw new Error("no sentence");
  if (server.called.length !== before) throw new Error("a flow was called");
  if (server.errors.length > 0) throw new Error("an error was reported");
  return answer;
}

const runs = (numRuns: number): fc.Parameters<unknown> => ({ numRuns, seed: 2026 });

describe("bad input to every endpoint", () => {
  test("1,500 bodies that are any JSON at all", async () => {
    await fc.assert(fc.asyncProperty(endpoint, fc.jsonValue({ maxDepth: 6 }), async (at, value) => {
      await refused({ method: at.method, path: at.path, headers: headersOf(at.path), body: json(value) });
    }), runs(1_500));
  });

  test("1,500 good bodies with one member spoilt, left out, or one too many", async () => {
    const spoilt = endpoint.chain((at) => fc.record({
      at: fc.constant(at), member: fc.constantFrom(...Object.keys(at.good).filter((name) => !isWebhook(at) || name === "PrimaryEntityId")), how: fc.constantFrom("replaced", "missing", "extra"),
      value: fc.oneof(fc.constantFrom(null, "", [], {}, -1, 1e308, true, "0".repeat(36), "../../etc/passwd", "' or 1=1 --", "<script>"), fc.string(), fc.double(), fc.array(fc.string())), name: fc.constantFrom("extra", "__proto__", "constructor", "toString", "amount", " nonce"),
    }));
    await fc.assert(fc.asyncProperty(spoilt, async ({ at, member, how, value, name }) => {
      const rest = Object.entries(at.good).filter(([key]) => key !== member);
      const good = Object.entries(at.good).map(([key, inner]) => `${json(key)}:${json(inner)}`);
      const body = how === "missing" ? json(Object.fromEntries(rest)) : how === "extra" ? `{${[...good, `${json(name)}:${json(value)}`].join(",")}}` : json({ ...at.good, [member]: typeof value === "boolean" ? 7 : Array.isArray(value) ? [7] : value });
      // Dataverse's context has many members that are not ours: one more is not bad.
      fc.pre(!isWebhook(at) || how !== "extra");
      await refused({ method: at.method, path: at.path, headers: headersOf(at.path), body });
    }), runs(1_500));
  });

  test("1,000 bodies that are no JSON, of any bytes, cut anywhere", async () => {
    const bytes = fc.oneof(fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array)), endpoint.chain((at) => fc.nat(json(at.good).length - 1).map((end) => Buffer.from(json(at.good).slice(0, end)))), fc.constant(Buffer.from("[".repeat(20_000))), fc.constant(Buffer.from(`{"a":${"[".repeat(8_000)}${"]".repeat(8_000)}}`)));
    await fc.assert(fc.asyncProperty(endpoint, bytes, async (at, body) => {
      await refused({ method: at.method, path: at.path, headers: headersOf(at.path), body });
    }), runs(1_000));
  });

  test("500 content types that are not JSON", async () => {
    const type = fc.oneof(fc.constantFrom("text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "application/xml", "text/json", "application/json5", "x", "*/*"), fc.stringMatching(/^[a-z]{1,10}\/[a-z+.-]{1,20}$/).filter((text) => text !== "application/json"));
    await fc.assert(fc.asyncProperty(endpoint, type, async (at, contentType) => {
      const answer = await refused({ method: at.method, path: at.path, headers: { ...headersOf(at.path), "content-type": contentType }, body: json(at.good) });
      if (answer.json.code !== "unsupported_media_type") throw new Error(String(answer.json.code));
    }), runs(500));
  });

  test("500 addresses and methods that do not exist", async () => {
    const path = fc.oneof(fc.webPath().map((text) => `/${text.replace(/^\/+/, "")}`), fc.constantFrom("/card-entry/", "/card-entry/%ZZ", "/card-entry/%00", "/card-entry/..%2f..%2fetc%2fpasswd", "/card-entry/sessions", `/card-entry/${"a".repeat(300)}`, "/card-entry/sessions/1/transient-token", "/webhooks/dataverse/", "/metrics/x", "/%", "//", "/card-entry/assets/v1/other.js", "/card-entry/assets/../../package.json"));
    await fc.assert(fc.asyncProperty(path, fc.constantFrom("GET", "DELETE", "PATCH", "OPTIONS"), async (text, method) => {
      fc.pre(!/^\/(health|ready|metrics)\/?(\?|$)/.test(text));
      await refused({ method, path: text, headers: {} });
    }), runs(500));
  });
});

describe("what looks like a card number", () => {
  const pans = ["4111111111111111", "4111 1111 1111 1111", "5555-5555-5555-4444", "378282246310005", "6011000990139424"];
  test.each(pans)("%s is named as such wherever it was put, not quoted, and no flow hears of it", async (pan) => {
    const put = [
      json({ ...sessionBody, note: pan }), json({ ...sessionBody, [pan]: 1 }), json({ ...sessionBody, nonce: pan }), json({ ...sessionBody, ancestorOrigins: [`https://${pan.replaceAll(" ", "-")}.example`] }),
      json({ ...sessionBody, deep: { er: [[{ card: pan }]] } }), `{"card":"${pan}"`, `card=${pan}`, json(pan), json([pan]), json({ ...sessionBody, number: Number(pan.replace(/\D/g, "")) }),
      json({ ...sessionBody, parts: pan.replace(/\D/g, "").match(/.{1,4}/g) }),
    ];
    for (const body of put) {
      const answer = await refused({ method: "POST", path: "/card-entry/sessions", headers: headersOf("/card-entry"), body });
      expect([answer.status, answer.json.code, body]).toEqual([400, "card_number_refused", body]);
      expect(answer.text).not.toContain(pan);
    }
    const tokens = [json({ nonce, transientToken: `${pan} and some more text` }), json({ ...tokenBody, securityCode: pan })];
    for (const body of tokens) expect(await refused({ method: "PUT", path: `/card-entry/sessions/${session}/transient-token`, headers: headersOf("/"), body })).toMatchObject({ json: { code: "card_number_refused" } });
    expect(await refused({ method: "PUT", path: `/card-entry/sessions/${encodeURIComponent(pan)}/transient-token`, headers: headersOf("/"), body: json(tokenBody) })).toMatchObject({ json: { code: "card_number_refused" } });
  });

  test("guids and tokens full of digits are not", async () => {
    const digits = "41111111-1111-1111-1111-411111111111";
    expect(await server.send({ method: "POST", path: "/pokes", headers: headersOf("/"), body: json({ organizationId: digits, paymentRequestId: digits }) })).toMatchObject({ status: 202 });
    expect(await refused({ method: "POST", path: "/pokes", headers: headersOf("/"), body: json({ organizationId: digits }) })).toMatchObject({ json: { code: "invalid_request" } });
    expect(await server.send({ method: "PUT", path: `/card-entry/sessions/${session}/transient-token`, headers: headersOf("/"), body: json({ nonce, transientToken: "4111111111111111.4111111111111111.4111111111111111" }) })).toMatchObject({ status: 204 });
  });
});

test.each(["GARBAGE\r\n\r\n", "GET / HTTP/1.1\r\nHost: a\r\nBad Header\r\n\r\n", "POST /pokes HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n"])("what is not HTTP gets a problem too: %j", async (text) => {
  const { hostname, port } = new URL(server.url);
  const answer = await new Promise<string>((resolve, reject) => {
    let received = "";
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on("data", (chunk) => { received += chunk.toString(); });
    socket.on("close", () => { resolve(received); });
    socket.on("error", reject);
  });
  expect(answer).toMatch(/^HTTP\/1\.1 400 /);
  expect(answer).toContain('"code":"invalid_request"');
});
