// Replicas whose own clocks go wrong agree on the database's.
import { expect, test } from "@jest/globals";
import { followLedgerClock } from "../../plugin-proxy/src/jobs/ledger-clock.ts";
import type { Traffic } from "../../plugin-proxy/src/ports/traffic.ts";

const alarms: string[] = [];
const reporter = { info: () => undefined, count: () => undefined, alarm: (name: string) => { alarms.push(name); } };
const storeAt = (now: () => number | undefined): Traffic => ({ now: async () => now() }) as Traffic;

test.each([-180_000, 0, 180_000])("a process whose clock is %d ms off goes by the database's, and says so when it is much", async (skew) => {
  alarms.length = 0;
  const clock = await followLedgerClock({ traffic: storeAt(() => Date.now()), own: () => Date.now() + skew, reporter });
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(200);
  expect(alarms).toEqual(skew === 0 ? [] : ["clock_skew"]);
  clock.stop();
});

test("a clock that drifts is followed", async () => {
  let drift = 0;
  const clock = await followLedgerClock({ traffic: storeAt(() => Date.now()), own: () => Date.now() + drift, reporter });
  drift = 5_000;
  expect(clock.now() - Date.now()).toBeGreaterThan(4_000);
  await clock.follow();
  expect(Math.abs(clock.now() - Date.now())).toBeLessThan(200);
  clock.stop();
});

test("a store without a clock leaves the process its own", async () => {
  const clock = await followLedgerClock({ traffic: storeAt(() => undefined), own: () => 1_000, reporter });
  expect(clock.now()).toBe(1_000);
  clock.stop();
});

test("an answer that took seconds says nothing", async () => {
  let own = 0;
  const clock = await followLedgerClock({ traffic: storeAt(() => { own += 3_000; return 1_000_000; }), own: () => own, reporter });
  expect(clock.now()).toBe(3_000);
  clock.stop();
});
