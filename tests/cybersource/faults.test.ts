// Faults on demand: what the client sees, and what really happened at Cybersource.
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { payment, startMerchant, type Json, type Merchant } from "./merchant.ts";

let merchant: Merchant;
beforeAll(async () => { merchant = await startMerchant(); });
beforeEach(async () => { await merchant.control("reset", {}); });
afterAll(async () => { await merchant.close(); });

const PATH = "/pts/v2/payments";
const pay = (): Promise<number | string> => merchant.call("POST", PATH, payment()).then(({ status }) => status, () => "no answer");

// A duplicate carries the same signature, so the second one is refused as a replay: the payment happens once.
test.each<[string, Json, number | string, number]>([
  ["drop-before", {}, "no answer", 0], ["drop-after", {}, "no answer", 1], ["delay", { value: 20 }, 201, 1], ["status", { value: { status: 503 } }, 503, 0], ["duplicate", {}, 201, 1],
  ["slow-body", { value: 20 }, 201, 1], ["half-body", {}, "no answer", 1], ["reset", {}, "no answer", 1],
])("%s strikes once", async (fault, more, seen, happened) => {
  await merchant.control("faults", { match: { method: "POST", path: PATH }, fault, ...more });
  expect([await pay(), (await merchant.ledger()).length]).toEqual([seen, happened]);
  expect(await pay()).toBe(201);
});

test("reorder lets the second answer go first", async () => {
  await merchant.control("faults", { match: { path: PATH }, fault: "reorder" });
  const order: string[] = [];
  const first = pay().then(() => order.push("first"));
  await new Promise((resolve) => setTimeout(resolve, 50));
  await pay().then(() => order.push("second"));
  await first;
  expect(order).toEqual(["second", "first"]);
});

test("a fault strikes as often as told, and only what it matches", async () => {
  await merchant.control("faults", { match: { path: "/pts/v2/credits" }, fault: "status", value: { status: 500 } });
  await merchant.control("faults", { match: { path: PATH }, fault: "status", value: { status: 429, headers: { "retry-after": "1" } }, times: 2 });
  expect([await pay(), await pay(), await pay()]).toEqual([429, 429, 201]);
});

test.each<[string, unknown]>([["faults", { match: {}, fault: "melt" }], ["faults", { match: { path: "(" }, fault: "delay" }], ["clock", { advance: "tomorrow" }], ["settings", { batchTimeZone: "Mars/Olympus" }]])("what %s cannot mean (%j) is refused with a sentence", async (path, body) => {
  expect(await merchant.control(path, body)).toEqual({ message: expect.any(String) });
  expect(await pay()).toBe(201);
});
