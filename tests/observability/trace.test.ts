// W3C Trace Context: what is accepted, what is forwarded, and that work done later by a worker still belongs to it.
import { randomBytes } from "node:crypto";
import { describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { createSpanIds } from "../../plugin-proxy/src/observability/span-ids.ts";
import { createTrace, readTraceparent } from "../../plugin-proxy/src/observability/trace.ts";

const traceId = "0af7651916cd43dd8448eb211c80319c";
const parent = `00-${traceId}-b7ad6b7169203331-01`;
const create = () => createTrace((bytes) => randomBytes(bytes).toString("hex"));

describe("reading a traceparent", () => {
  test.each([parent, `01-${traceId}-b7ad6b7169203331-00-what-comes-later`])("%s is one", (text) => { expect(readTraceparent(text)).toMatchObject({ traceId, spanId: "b7ad6b7169203331" }); });
  test.each([undefined, "", "x", parent.slice(0, -1), parent.toUpperCase(), `ff${parent.slice(2)}`, `00-${"0".repeat(32)}-b7ad6b7169203331-01`, `00-${traceId}-${"0".repeat(16)}-01`, `${parent}0`, `00-4111111111111111aaaaaaaaaaaaaaaa-b7ad6b7169203331-01`])("%s is none", (text) => { expect(readTraceparent(text)).toBeUndefined(); });
});

test("ids drawn by the page are as long as asked for, and none comes twice, also where one page follows another", () => {
  let byte = 0;
  const pages: number[] = [];
  const draw = createSpanIds((count) => { pages.push(count); return Buffer.from(Array.from({ length: count / 4 }, () => { const four = Buffer.alloc(4); four.writeUInt32BE(byte++); return [...four]; }).flat()); });
  const ids = Array.from({ length: 1_000 }, (_, index) => draw(index % 2 === 0 ? 16 : 8));
  expect(ids.every((id, index) => id.length === (index % 2 === 0 ? 32 : 16))).toBe(true);
  expect(new Set(ids.map((id) => id.slice(0, 8))).size).toBe(ids.length);
  expect(pages.length).toBe(3);
});

describe("a trace", () => {
  test("goes on through whatever is awaited, each call a span of its own", async () => {
    const trace = create();
    const calls = await trace.run(parent, async () => { await delay(1); return [trace.forCall(), trace.forCall(), trace.current()]; });
    for (const call of calls) expect(readTraceparent(call)?.traceId).toBe(traceId);
    expect(new Set([...calls, parent]).size).toBe(4);
    expect([trace.current(), trace.forCall(), trace.traceId()]).toEqual([undefined, undefined, undefined]);
  });

  test("is a new one where none is given, and two do not mix", async () => {
    const trace = create();
    const [one, two] = await Promise.all([undefined, "nonsense"].map((given) => trace.run(given, async () => { await delay(1); return trace.traceId(); })));
    expect(one).toMatch(/^[0-9a-f]{32}$/);
    expect(one).not.toBe(two);
  });

  test("no id of ours looks like a card number", () => {
    const given = ["4111111111111111aaaaaaaaaaaaaaaa", traceId, "4111111111111111", "b7ad6b7169203331"];
    const trace = createTrace(() => given.shift() ?? "");
    expect(trace.run(undefined, () => trace.current())).toBe(parent);
  });

  test("keeps the caller's decision whether to sample", () => {
    const trace = create();
    expect(trace.run(parent.replace(/01$/, "00"), () => trace.forCall())).toMatch(/-00$/);
  });
});
