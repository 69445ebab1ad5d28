// Whose request it is: behind proxies of one's own by what they added, never by what the sender wrote before it; and each kind of caller has
// idempotency keys of its own.
import { afterEach, describe, expect, test } from "@jest/globals";
import { WEBHOOK_KEY_HEADER } from "../../plugin-proxy/src/http/webhooks.ts";
import { json, organization, pokeBody, startTestServer, webhookBody, webhookKey, type Sent, type TestServer } from "./relay-server.ts";

let server: TestServer | undefined;
afterEach(async () => { await server?.close(); server = undefined; });
const poke = (headers: Record<string, string>): Sent => ({ method: "POST", path: "/pokes", headers: { "content-type": "application/json", ...headers }, body: json(pokeBody) });
const statuses = async (of: TestServer, forwarded: readonly string[]): Promise<readonly number[]> => {
  const found: number[] = [];
  for (const one of forwarded) found.push((await of.send(poke({ "x-forwarded-for": one }))).status);
  return found;
};
const limits = { pokesPerAddress: 2, pokesPerRequest: 100_000 };

describe("limits by address", () => {
  test("a sender that invents addresses is still one sender", async () => {
    server = await startTestServer({}, { limits, trustProxy: 1 });
    expect(await statuses(server, ["10.0.0.1, 203.0.113.9", "10.0.0.2, 203.0.113.9", "10.0.0.3, 203.0.113.9"])).toEqual([202, 202, 429]);
  });
  test("and uses up nobody else's limit", async () => {
    server = await startTestServer({}, { limits, trustProxy: 1 });
    await statuses(server, ["198.51.100.7, 203.0.113.9", "198.51.100.7, 203.0.113.9", "198.51.100.7, 203.0.113.9"]);
    expect(await statuses(server, ["198.51.100.7"])).toEqual([202]);
  });
  test("behind two proxies it is the last but one", async () => {
    server = await startTestServer({}, { limits, trustProxy: 2 });
    expect(await statuses(server, ["10.0.0.1, 203.0.113.9, 192.0.2.1", "10.0.0.2, 203.0.113.9, 192.0.2.1", "10.0.0.3, 203.0.113.9, 192.0.2.1", "203.0.113.10, 192.0.2.1"])).toEqual([202, 202, 429, 202]);
  });
  test("without a proxy of one's own nothing of it is believed", async () => {
    server = await startTestServer({}, { limits });
    expect(await statuses(server, ["10.0.0.1", "10.0.0.2", "10.0.0.3"])).toEqual([202, 202, 429]);
  });
});

test("a stranger's key keeps no delivery of Dataverse from being taken", async () => {
  server = await startTestServer();
  expect((await server.send(poke({ "idempotency-key": "1" }))).status).toBe(202);
  const delivery: Sent = { method: "POST", path: `/webhooks/dataverse/${organization}`, headers: { "content-type": "application/json", [WEBHOOK_KEY_HEADER]: webhookKey, "idempotency-key": "1" }, body: json(webhookBody) };
  expect((await server.send(delivery)).status).toBe(204);
});
