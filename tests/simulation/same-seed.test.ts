// A seed is a history: run again, it is the same history, byte for byte, also after others have run in between.
import { expect, test } from "@jest/globals";
import { runSeed } from "./run-seed.ts";

test("the same seed gives the same trace", async () => {
  const first = await runSeed(31);
  await runSeed(32);
  const again = await runSeed(31);
  expect(again.trace.join("\n")).toBe(first.trace.join("\n"));
  expect(first.trace.length).toBeGreaterThan(50);
}, 120_000);

test("another seed gives another history", async () => {
  const [one, other] = [await runSeed(41), await runSeed(42)];
  expect(one.trace.join("\n")).not.toBe(other.trace.join("\n"));
}, 120_000);
