// The relay's state for the admin command: behind a key of its own, and not there at all without one.
import { afterEach, describe, expect, test } from "@jest/globals";
import type { Operations } from "../../plugin-proxy/src/http/operations-types.ts";
import { json, organization, paymentRequest, startTestServer, type TestServer } from "./relay-server.ts";

const status = { version: "1.0.0", now: 1, roles: ["web"], ledger: { kind: "pglite", ledgerId: "l" }, cybersourceHost: "apitest.cybersource.com", publicUrl: "http://localhost:7071", organizations: [], work: { due: {}, oldestDueMs: 0, openEffects: {}, incidents: 0 }, page: { version: "v1", scriptIntegrity: "a", styleIntegrity: "b" }, webhookKeys: 1 } as const;
const operations = (keys: readonly string[]): Operations => ({ keys: () => keys, status: async () => status, eraseDetails: async ({ paymentRequestIds }) => ({ erased: paymentRequestIds, kept: [], key: "none" }) });
const KEY = "an operations key of 32 characters";
let server: TestServer;
afterEach(() => server.close());
const ask = (headers: Record<string, string>) => server.send({ method: "GET", path: "/operations/status", headers });

describe("with a key", () => {
  test.each([["no key", {}], ["a wrong key", { authorization: "Bearer something else" }], ["the key without Bearer", { authorization: KEY }]])("%s is refused", async (_name, headers) => {
    server = await startTestServer({}, { operations: operations([KEY]) });
    expect((await ask(headers)).json["code"]).toBe("operations_key_wrong");
    expect((await server.send({ method: "POST", path: "/operations/erasures", headers: { ...headers, "content-type": "application/json" }, body: json({ organizationId: organization, customerId: paymentRequest, paymentRequestIds: [paymentRequest], withKey: true }) })).status).toBe(401);
  });

  test("the key opens both addresses", async () => {
    server = await startTestServer({}, { operations: operations([KEY]) });
    const headers = { authorization: `Bearer ${KEY}`, "content-type": "application/json" };
    expect((await ask(headers)).json).toMatchObject({ version: "1.0.0" });
    expect((await server.send({ method: "POST", path: "/operations/erasures", headers, body: json({ organizationId: organization, customerId: paymentRequest, paymentRequestIds: [paymentRequest], withKey: true }) })).json).toEqual({ erased: [paymentRequest], kept: [], key: "none" });
    expect((await server.send({ method: "POST", path: "/operations/erasures", headers, body: json({ organizationId: organization, customerId: paymentRequest, paymentRequestIds: ["4111111111111111"], withKey: true }) })).json["code"]).toBe("card_number_refused");
  });
});

test("an erasure that is asked for again with its Idempotency-Key says again what it did", async () => {
  let hasKey = true;
  const eraseDetails: Operations["eraseDetails"] = async ({ paymentRequestIds }) => { const key = hasKey ? "thrown_away" : "none"; hasKey = false; return { erased: paymentRequestIds, kept: [], key }; };
  server = await startTestServer({}, { operations: { ...operations([KEY]), eraseDetails } });
  const erase = (customerId: string) => server.send({ method: "POST", path: "/operations/erasures", headers: { authorization: `Bearer ${KEY}`, "content-type": "application/json", "idempotency-key": "erase-1" }, body: json({ organizationId: organization, customerId, paymentRequestIds: [], withKey: true }) });
  expect((await erase(paymentRequest)).json).toMatchObject({ key: "thrown_away" });
  expect(await erase(paymentRequest)).toMatchObject({ json: { key: "thrown_away" }, headers: { "idempotent-replayed": "true" } });
  expect((await erase(organization)).json["code"]).toBe("idempotency_key_reused");
});

test("without a key the addresses do not exist", async () => {
  server = await startTestServer({}, { operations: operations([]) });
  expect((await ask({ authorization: "Bearer " })).json["code"]).toBe("not_found");
});
