// The short form of npm run chaos: real processes, SIGKILL, a database that goes away. Nothing lost, nothing twice, at rest within a minute.
import { expect, test } from "@jest/globals";
import { shakePGlite, shakePostgres } from "../chaos/shake.ts";

test("three replicas on PostgreSQL, one killed every second, PostgreSQL killed once", async () => {
  const { faults, payments, kills } = await shakePostgres({ seconds: 8, perSecond: 2, seed: 7 });
  expect(faults).toEqual([]);
  expect(kills).toBe(8);
  expect(payments).toBeGreaterThan(5);
}, 300_000);

test("the embedded ledger, killed three times", async () => {
  const { faults, payments } = await shakePGlite({ kills: 3, perSecond: 2, seed: 7 });
  expect(faults).toEqual([]);
  expect(payments).toBeGreaterThan(2);
}, 300_000);
