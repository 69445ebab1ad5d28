// Cybersource's notifications reach the relay's real intake in a run, and only hasten what it would do anyway.
import { describe, expect, test } from "@jest/globals";
import { sign } from "../sandbox/cybersource/webhooks/message.ts";
import { takeEvent } from "./cybersource-events.ts";
import { runSeed, type SeedOptions } from "./run-seed.ts";
import { planned } from "./weather.ts";

const ASKS_AT_MS = 40_000;
/** One authorization in fair weather. */
const fair = (more: SeedOptions = {}): SeedOptions => ({
  scenario: { acts: [{ atMs: ASKS_AT_MS, organization: 0, order: 0, price: 120, wish: { amount: 120, currency: "EUR", card: "saved", by: "person" } }], stormMs: 2 * ASKS_AT_MS, keepsAtMs: [] },
  weather: () => planned([], () => false), replicas: 1, skewMs: () => 0, strictness: {}, ...more,
});
const arrivals = (trace: readonly string[]): readonly string[] => trace.flatMap((line) => /event (\S+) arrives/.exec(line)?.slice(1) ?? []);

test("an authorization is announced, taken once, and on the payment's timeline", async () => {
  const { trace, violations, world } = await runSeed(1, fair());
  expect(violations).toEqual([]);
  expect(arrivals(trace)).toEqual(["payments.authorization.status.accepted"]);
  expect(world.neighbours[0]?.cybersource.state.webhooks.notifications.map(({ state, attempts }) => [state, attempts])).toEqual([["delivered", 1]]);
});

test("a notification is taken as it was signed, and refused when it was changed on the way", async () => {
  const { world } = await runSeed(1, fair());
  const replica = world.replicas[0];
  const hood = world.neighbours[0];
  if (replica === undefined || hood === undefined) throw new Error("nobody is there");
  const body = JSON.stringify({ eventType: "payments.capture.status.accepted", payload: { data: { id: "7777777777777777777777" } } });
  const headers = { "v-c-signature": sign(hood.cybersource.state, body) };
  expect(await takeEvent(replica, hood.organizationId, { kind: "event", organization: 0, body: body.replace("capture", "refund"), headers })).toBe(401);
  expect(await takeEvent(replica, world.neighbours[1]?.organizationId ?? "", { kind: "event", organization: 1, body, headers })).toBe(401);
  void takeEvent(replica, hood.organizationId, { kind: "event", organization: 0, body, headers }).then((status) => { world.scheduler.note(`answered ${status}`); });
  while (world.scheduler.trace.at(-1)?.endsWith("answered 204") !== true && await world.scheduler.step());
  expect(world.scheduler.trace.at(-1)).toMatch(/answered 204$/);
});

describe("a payment that was carried out and answered 429", () => {
  test.each([1, 2, 3, 4, 5, 6])("is found by the search that comes after its notification, and is not sent again (seed %i)", async (seed) => {
    const { trace, violations } = await runSeed(seed, fair({ strictness: { failsAfterExecution: 1, longSearchLag: 0, neverInSearch: 0, staleStatus: 0, lateAuthorization: 0, searchLagMs: 5_000 } }));
    expect(violations).toEqual([]);
    expect(arrivals(trace)).toEqual(["payments.authorization.status.accepted"]);
    expect(trace.filter((line) => line.includes("-A2 "))).toEqual([]);
  });
});
