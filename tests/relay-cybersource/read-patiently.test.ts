// Reads may be repeated, but not hammered: growing pauses, what Retry-After says, an end.
import { beforeEach, expect, test } from "@jest/globals";
import { readPatiently } from "../../plugin-proxy/src/cybersource/read-patiently.ts";
import type { WireReply } from "../../plugin-proxy/src/cybersource/transport.ts";
import { T0 } from "../support/intents.ts";
import { replied } from "./calls.ts";

let now = T0;
let slept: number[];
beforeEach(() => { now = T0; slept = []; });
const sleep = async (ms: number): Promise<void> => { slept.push(ms); now += ms; };

async function read(replies: readonly WireReply[], tookMs = 0) {
  let asked = 0;
  const reply = await readPatiently({ now: () => now, sleep, who: "account" }, async () => { now += tookMs; return replies[Math.min(asked++, replies.length - 1)]; });
  return { reply, asked };
}
const silence: WireReply = { kind: "no_reply", cause: "deadline" };

test("what did not come through is asked for again after pauses that grow, three times at most", async () => {
  expect(await read([silence, replied(502, ""), replied(200, {})])).toMatchObject({ reply: { status: 200 }, asked: 3 });
  expect(slept[0]).toBeGreaterThanOrEqual(250);
  expect(slept[1]).toBeGreaterThanOrEqual(500);
  expect(await read([silence])).toEqual({ reply: undefined, asked: 3 });
});

test("a refusal is an answer", async () => { expect(await read([replied(403, {})])).toMatchObject({ reply: { status: 403 }, asked: 1 }); });

test("Retry-After is kept to where it is short; where it is long nothing is asked again", async () => {
  expect(await read([replied(429, "", { "retry-after": "1" }), replied(200, {})])).toMatchObject({ reply: { status: 200 }, asked: 2 });
  expect(slept[0]).toBeGreaterThanOrEqual(1_000);
  expect(await read([replied(429, "", { "retry-after": "30" })])).toMatchObject({ reply: { status: 429 }, asked: 1 });
});

test("silence is not waited for three times over: a hand is free again within two deadlines", async () => {
  expect(await read([silence], 20_000)).toEqual({ reply: undefined, asked: 1 });
  now = T0;
  expect(await read([silence], 15_000)).toEqual({ reply: undefined, asked: 2 });
});
