// A seed is a history: run again, it is the same history, byte for byte: in another process, after other seeds, in another order.
import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "@jest/globals";
import { createRandom } from "../sandbox/kit/random.ts";
import { runSeed } from "./run-seed.ts";
import type { Probe } from "./same-seed-probe.ts";
import { scenarioOf } from "./scenario.ts";

const run = promisify(execFile);
const probe = async (seeds: readonly number[]): Promise<Probe> =>
  JSON.parse((await run(process.execPath, ["--conditions=source", "--no-warnings", join(import.meta.dirname, "same-seed-probe.ts"), seeds.join()])).stdout) as Probe;

// Cards typed anew (signatures of Cybersource's fields), a lost ledger, clocks that are wrong, many replicas.
const SEEDS = [88, 31, 5, 25, 47, 12, 338, 105];

test("the same seeds give the same traces in another process and in another order", async () => {
  const scenarios = SEEDS.map((seed) => scenarioOf(createRandom(seed * 4), seed));
  expect(scenarios.some((one) => one.restore !== undefined)).toBe(true);
  expect(scenarios.filter((one) => one.acts.some((act) => act.wish.card === "new")).length).toBeGreaterThan(1);
  const [forwards, backwards] = await Promise.all([probe(SEEDS), probe([...SEEDS].reverse())]);
  expect(backwards.seeds).toEqual(forwards.seeds);
  expect(Object.keys(forwards.seeds).length).toBe(SEEDS.length);
}, 120_000);

test("nothing in a seed waits for anything but the scheduler: no timer, no socket, no thread", async () => {
  expect((await probe(SEEDS)).strange).toEqual([]);
}, 120_000);

test("another seed gives another history", async () => {
  const [one, other] = [await runSeed(41), await runSeed(42)];
  expect(one.trace.join("\n")).not.toBe(other.trace.join("\n"));
  expect(one.trace.length).toBeGreaterThan(50);
}, 120_000);
