// What Dataverse tells one replica of coming back later counts for all of them: the application user is one, and asking sooner only spends its quota.
import { expect, test } from "@jest/globals";
import { createMemoryTraffic } from "../../plugin-proxy/src/db/memory/memory-traffic.ts";
import { createRateBudget, type RateBudget } from "../../plugin-proxy/src/jobs/rate-budget.ts";
import type { DataverseOptions } from "../../plugin-proxy/src/dataverse/connection.ts";
import { ids, withAdapter } from "../relay-dataverse/adapter.ts";

const RATE = { perSecond: 20, burst: 6_000, handful: 20 };
const optionsOf = (budget: RateBudget): Partial<DataverseOptions> => ({ budgetWaitMs: (id) => budget.waitMs(id), holdBudget: (id, ms) => budget.hold(id, ms) });

/** Two replicas on one ledger, and a Dataverse that is asked too much. */
async function told(retryAfter: string, status = 429): Promise<{ readonly asked: number; readonly answers: readonly unknown[]; readonly backAfterMs: number }> {
  const traffic = createMemoryTraffic();
  let now = Date.parse("2026-11-24T10:00:00Z");
  const [first, second] = [createRateBudget({ traffic, now: () => now }, RATE), createRateBudget({ traffic, now: () => now }, RATE)];
  let asked = 0;
  const answers: unknown[] = [];
  for (const budget of [first, second]) {
    await withAdapter({ raw: (_request, response) => { asked += 1; response.writeHead(status, { "retry-after": retryAfter }).end(); return true; } }, async ({ dataverse }) => {
      answers.push(await dataverse.identify(ids.organizationId));
    }, { ...optionsOf(budget), now: () => now });
  }
  const start = now;
  while (await second.waitMs(ids.organizationId) > 0) now += await second.waitMs(ids.organizationId);
  return { asked, answers, backAfterMs: now - start };
}

test("the second replica does not ask before the first one's Retry-After is over", async () => {
  expect(await told("300")).toEqual({
    asked: 1, backAfterMs: 300_050,
    answers: [{ kind: "unavailable", cause: "answered 429", retryAfterMs: 300_050 }, { kind: "unavailable", cause: "throttled", retryAfterMs: 300_050 }],
  });
});

test("an environment that is down has not spent the budget: each finds that out, and all of it is there afterwards", async () => {
  expect(await told("300", 503)).toMatchObject({ asked: 2, backAfterMs: 0 });
});

test("no answer holds the ledger's budget for longer than ten minutes", async () => {
  expect((await told("900000")).backAfterMs).toBe(600_050);
});

test("tokens that were taken before are not used by whoever was told", async () => {
  const traffic = createMemoryTraffic();
  const budget = createRateBudget({ traffic, now: () => 0 }, RATE);
  expect(await budget.waitMs("user")).toBe(0);
  await budget.hold("user", 7_000);
  expect(await budget.waitMs("user")).toBe(7_050);
});
