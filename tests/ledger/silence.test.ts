// A database that says nothing any more, a process that sleeps in a transaction, one that starts up: nobody waits for ever, and what was asked may be asked again.
import net from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import type { Database } from "../../plugin-proxy/src/db/database.ts";
import { isLedgerDown } from "../../plugin-proxy/src/db/is-ledger-down.ts";
import { openPostgres } from "../../plugin-proxy/src/db/postgres.ts";
import { LedgerConflict } from "../../plugin-proxy/src/ports/ledger.ts";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";

let server: PostgresServer;
const opened: (() => Promise<unknown>)[] = [];
beforeAll(async () => { server = await freshDatabase(); await use(openPostgres(server.url)).execute("create table place (name text primary key, value integer not null); insert into place values ('a', 0)"); }, 60_000);
afterEach(async () => { for (const close of opened.splice(0)) await close(); });
afterAll(() => server.stop());
function use(database: Database): Database { opened.push(() => database.close()); return database; }
const patience = { statementMs: 2_000, idleInTransactionMs: 400, answerMs: 3_000 };
const failureOf = (work: Promise<unknown>): Promise<unknown> => work.then(() => undefined, (error: unknown) => error);

/** Between the relay and its database: silent, it passes nothing on and closes nothing, like a network that lost the other side. */
async function createWire() {
  const { hostname, port } = new URL(server.url);
  const state = { isSilent: false };
  const sockets = new Set<net.Socket>();
  const wire = net.createServer((inner) => {
    const outer = net.connect(Number(port), hostname);
    const isMute = state.isSilent;
    for (const [from, to] of [[inner, outer], [outer, inner]] as const) {
      sockets.add(from);
      from.on("error", () => undefined).on("data", (data) => { if (!state.isSilent && !isMute) to.write(data); }).on("close", () => { to.destroy(); });
    }
  });
  await new Promise<void>((resolve) => { wire.listen(0, "127.0.0.1", resolve); });
  opened.unshift(async () => { for (const socket of sockets) socket.destroy(); wire.close(); });
  const url = new URL(server.url);
  url.host = `127.0.0.1:${(wire.address() as net.AddressInfo).port}`;
  return { state, url: url.toString() };
}

describe("a database that vanished without a word", () => {
  test.each([
    ["a statement", (database: Database) => database.query("one", "select value from place")],
    ["a transaction", (database: Database) => database.transaction(async (sql) => sql.query("two", "select value from place for update"))],
  ])("ends %s after a while, and is found again", async (_what, ask) => {
    const { state, url } = await createWire();
    const database = use(openPostgres(url, { ...patience, answerMs: 500 }));
    await ask(database);
    state.isSilent = true;
    const error = await Promise.race([failureOf(ask(database)), delay(8_000, "waits for ever")]);
    expect(error).toBeInstanceOf(Error);
    expect(isLedgerDown(error)).toBe(true);
    state.isSilent = false;
    expect(await ask(database)).toMatchObject({ count: 1 });
  }, 30_000);
});

test("a process that sleeps in a transaction keeps its locks no longer than the others can wait", async () => {
  const [asleep, awake] = [use(openPostgres(server.url, patience)), use(openPostgres(server.url, patience))];
  let isAsleep: () => void = () => undefined;
  const sleeps = new Promise<void>((resolve) => { isAsleep = resolve; });
  const sleeping = failureOf(asleep.transaction(async (sql) => {
    await sql.query("lock", "select value from place for update");
    isAsleep();
    await delay(1_500);
    await sql.query("late", "update place set value = 99");
  }));
  await sleeps;
  await awake.transaction(async (sql) => { await sql.query("take", "update place set value = value + 1"); });
  expect(isLedgerDown(await sleeping)).toBe(true);
  expect((await asleep.query("read", "select value from place")).rows).toEqual([{ value: 1 }]);
});

test("a statement that waits for a lock of somebody else's gives up after a while", async () => {
  const holder = new pg.Client({ connectionString: server.url });
  await holder.connect();
  await holder.query("begin; lock table place");
  expect(isLedgerDown(await failureOf(use(openPostgres(server.url, { ...patience, statementMs: 300 })).query("wait", "select value from place")))).toBe(true);
  await holder.end();
});

test("the database's default for how transactions see each other is not ours", async () => {
  const url = new URL(server.url);
  url.searchParams.set("options", "-c default_transaction_isolation=serializable");
  const database = use(openPostgres(url.toString(), patience));
  expect((await database.query("isolation", "show transaction_isolation")).rows).toEqual([{ transaction_isolation: "read committed" }]);
});

describe("what is the database's trouble, and what is a bug", () => {
  const coded = (code: string, message = "m"): Error => Object.assign(new Error(message), { code });
  test.each([
    ["57P01 shut down", coded("57P01")], ["57P03 starting up", coded("57P03", "the database system is starting up")], ["53300 too many connections", coded("53300")], ["25006 a standby", coded("25006")],
    ["08006", coded("08006")], ["a name that is not resolved", coded("ENOTFOUND")], ["no way there", coded("EHOSTUNREACH")], ["a pool without a free connection", new Error("timeout exceeded when trying to connect")],
    ["two that waited for each other", new LedgerConflict("deadlock", { cause: coded("40P01") })],
  ])("%s: the same request may come again", (_what, error) => { expect(isLedgerDown(error)).toBe(true); });
  test.each([["a constraint", new LedgerConflict("document_limit", { cause: coded("23514") })], ["a bug", new TypeError("Connection is not a function")], ["no error at all", "down"]])("%s: it may not", (_what, error) => { expect(isLedgerDown(error)).toBe(false); });
});
