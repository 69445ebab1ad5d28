// Processes on one PostgreSQL wake each other; a hint that is lost costs a nap and nothing else.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { setTimeout as delay } from "node:timers/promises";
import { openPostgres } from "../../plugin-proxy/src/db/postgres.ts";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";

let database: PostgresServer;
let web: Ledger;
let worker: Ledger;
let stop: () => void;
let heard = 0;
beforeAll(async () => {
  database = await freshDatabase();
  [web, worker] = [await openLedger({ databaseUrl: database.url }), await openLedger({ databaseUrl: database.url })];
  stop = worker.others.hear(() => { heard += 1; });
}, 60_000);
afterAll(async () => { stop(); await Promise.all([web.close(), worker.close()]); await database.stop(); });

/** Hears more than it has; told again and again, because what is told while nobody listens is lost. */
async function hearsSoon(): Promise<boolean> {
  const before = heard;
  for (let tries = 0; tries < 150 && heard === before; tries++) { web.others.tell(); await delay(100); }
  return heard > before;
}

describe("a worker", () => {
  test("is woken by a process that takes no work", async () => {
    // It wakes once by itself, when it has begun to listen.
    for (let tries = 0; tries < 150 && heard === 0; tries++) await delay(100);
    expect(await hearsSoon()).toBe(true);
  });

  test("told many times at once wakes a few times", async () => {
    await hearsSoon();
    await delay(300);
    const before = heard;
    for (let count = 0; count < 500; count++) web.others.tell();
    await delay(500);
    expect(heard - before).toBeGreaterThan(0);
    expect(heard - before).toBeLessThan(10);
  });

  test("listens on another connection once its own was cut", async () => {
    const admin = openPostgres(database.url);
    const cut = await admin.query("cut", "select pg_terminate_backend(pid) from pg_stat_activity where query like 'listen%' and datname = current_database()");
    await admin.close();
    expect(cut.rows).toHaveLength(1);
    expect(await hearsSoon()).toBe(true);
  }, 30_000);

  test("that has stopped hears nothing any more", async () => {
    stop();
    await delay(200);
    const before = heard;
    web.others.tell();
    await delay(300);
    expect(heard).toBe(before);
  });
});
