// Idempotency-Key on every endpoint that takes writes: the first answer is the answer, whatever it was; another request may not have the key.
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { WEBHOOK_KEY_HEADER } from "../../plugin-proxy/src/http/webhooks.ts";
import { json, organization, paymentRequest, pokeBody, session, sessionBody, startTestServer, tokenBody, webhookBody, webhookKey, type Sent, type TestServer } from "./relay-server.ts";

const ENDPOINTS = [
  { name: "sessions", flow: "openCardEntry", status: 201, method: "POST", path: "/card-entry/sessions", body: sessionBody, other: { ...sessionBody, card: false } },
  { name: "transient token", flow: "storeTransientToken", status: 204, method: "PUT", path: `/card-entry/sessions/${session}/transient-token`, body: tokenBody, other: { ...tokenBody, nonce: "m".repeat(43) } },
  { name: "pokes", flow: "receivePoke", status: 202, method: "POST", path: "/pokes", body: pokeBody, other: { ...pokeBody, paymentRequestId: session } },
  { name: "Dataverse webhooks", flow: "receiveDataverseWebhook", status: 204, method: "POST", path: `/webhooks/dataverse/${organization}`, body: webhookBody, other: { ...webhookBody, MessageName: "Create" } },
] as const;
type Endpoint = (typeof ENDPOINTS)[number];

const keyed = (at: Endpoint, key: string, body: unknown = at.body): Sent => ({ method: at.method, path: at.path, body: json(body), headers: { "content-type": "application/json", [WEBHOOK_KEY_HEADER]: webhookKey, "idempotency-key": key } });

let server: TestServer;
beforeAll(async () => { server = await startTestServer(); });
afterAll(() => server.close());
beforeEach(() => { server.called.length = 0; });

describe.each(ENDPOINTS)("$name", (at) => {
  test("the same request again gets the same answer, and the flow runs once", async () => {
    const key = randomUUID();
    const first = await server.send(keyed(at, key));
    const again = await server.send(keyed(at, key));
    expect([first.status, again.status]).toEqual([at.status, at.status]);
    expect(again.text).toBe(first.text);
    expect(again.headers["content-type"]).toBe(first.headers["content-type"]);
    expect([first.headers["idempotent-replayed"], again.headers["idempotent-replayed"]]).toEqual([undefined, "true"]);
    expect(server.called.map((one) => one.flow)).toEqual([at.flow]);
  });

  test("another body with the key is refused, and nothing is done", async () => {
    const key = randomUUID();
    await server.send(keyed(at, key));
    expect(await server.send(keyed(at, key, at.other))).toMatchObject({ status: 422, json: { code: "idempotency_key_reused" } });
    expect(server.called).toHaveLength(1);
  });

  test("without a key everything is as it was", async () => {
    const { headers = {}, ...sent } = keyed(at, "x");
    const unkeyed = { ...sent, headers: Object.fromEntries(Object.entries(headers).filter(([name]) => name !== "idempotency-key")) };
    for (let count = 0; count < 2; count++) expect((await server.send(unkeyed)).status).toBe(at.status);
    expect(server.called).toHaveLength(2);
  });
});

test("a refusal is kept like a success, with its Retry-After", async () => {
  let calls = 0;
  const refusing = await startTestServer({ openCardEntry: async () => { calls += 1; return { ok: false, error: { code: "dataverse_unavailable", retryAfterSeconds: 7 } }; } });
  const [at] = ENDPOINTS;
  const answers = [await refusing.send(keyed(at, "k1")), await refusing.send(keyed(at, "k1"))];
  for (const answer of answers) expect(answer).toMatchObject({ status: 503, headers: { "retry-after": "7" }, json: { code: "dataverse_unavailable" } });
  expect(calls).toBe(1);
  await refusing.close();
});

test("so is a bug's answer; a ledger that is not there keeps none", async () => {
  let message = "bug";
  const broken = await startTestServer({ receivePoke: async () => { throw new Error(message); } });
  const at = ENDPOINTS[2];
  expect(await broken.send(keyed(at, "k1"))).toMatchObject({ status: 500, json: { code: "internal_error" } });
  expect(await broken.send(keyed(at, "k1"))).toMatchObject({ status: 500, headers: { "idempotent-replayed": "true" } });
  expect(broken.called).toHaveLength(1);
  message = "ledger down";
  expect(await broken.send(keyed(at, "k2"))).toMatchObject({ status: 503, json: { code: "ledger_unavailable" } });
  await broken.close();
});

test("while the first runs, the same request is told so; afterwards it gets the answer", async () => {
  let release: () => void = () => undefined;
  const slow = await startTestServer({ receivePoke: () => new Promise((resolve) => { release = resolve; }) });
  const at = ENDPOINTS[2];
  const first = slow.send(keyed(at, "k1"));
  while (slow.called.length === 0) await delay(5);
  expect(await slow.send(keyed(at, "k1"))).toMatchObject({ status: 409, headers: { "retry-after": "1" }, json: { code: "idempotency_key_in_use" } });
  release();
  expect((await first).status).toBe(202);
  expect(await slow.send(keyed(at, "k1"))).toMatchObject({ status: 202, headers: { "idempotent-replayed": "true" } });
  await slow.close();
});

test.each([["empty", ""], ["too long", "k".repeat(256)], ["with a space", "a b"]])("a key that is %s is refused", async (_what, key) => {
  expect(await server.send(keyed(ENDPOINTS[2], key))).toMatchObject({ status: 400, json: { code: "idempotency_key_invalid" } });
  expect(server.called).toHaveLength(0);
});

test("a card number as a key is named as such and kept nowhere", async () => {
  expect(await server.send(keyed(ENDPOINTS[2], "4111111111111111"))).toMatchObject({ status: 400, json: { code: "card_number_refused" } });
});

test("what is not understood uses no key up", async () => {
  expect(await server.send(keyed(ENDPOINTS[2], "k9", { organizationId: organization }))).toMatchObject({ status: 400 });
  expect(await server.send(keyed(ENDPOINTS[2], "k9"))).toMatchObject({ status: 202 });
});

test("keys belong to an organization; of organizations nobody configured none is kept", async () => {
  const stranger = { organizationId: paymentRequest, paymentRequestId: session };
  await server.send(keyed(ENDPOINTS[2], "k10"));
  for (let count = 0; count < 2; count++) expect((await server.send(keyed(ENDPOINTS[2], "k10", stranger))).headers["idempotent-replayed"]).toBeUndefined();
});

test("one address cannot fill the ledger with keys", async () => {
  const limited = await startTestServer({}, { limits: { keysPerAddress: 3 } });
  const statuses = await Promise.all(Array.from({ length: 5 }, (_, index) => limited.send(keyed(ENDPOINTS[2], `k${index}`)).then((answer) => answer.status)));
  expect(statuses.filter((status) => status === 429)).toHaveLength(2);
  await limited.close();
});
