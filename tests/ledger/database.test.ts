// PostgreSQL with statements in flight: they are executed in the order they were asked for, one that fails takes everything with it, and
// nothing counts as committed before the database has said so.
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import pg from "pg";
import type { Database } from "../../plugin-proxy/src/db/database.ts";
import { openPostgres } from "../../plugin-proxy/src/db/postgres.ts";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";

let server: PostgresServer;
let database: Database;
beforeAll(async () => { server = await freshDatabase(); database = openPostgres(server.url); }, 60_000);
afterAll(async () => { await database.close(); await server.stop(); });
beforeEach(async () => { await database.execute("drop table if exists note; create table note (position integer generated always as identity, text text primary key)"); });

const texts = async (): Promise<readonly unknown[]> => (await database.query("texts", "select text from note order by position")).rows.map((row) => row["text"]);
const INSERT = "insert into note (text) values ($1)";

test.each([["write", "query"], ["query", "write"], ["write", "write"], ["query", "query"]] as const)("a %s and a %s that nobody waits for keep their order, and a read sees both", async (first, second) => {
  const seen = await database.transaction(async (sql) => {
    const asked = [sql[first]("note", INSERT, ["a"]), sql[second]("note", INSERT, ["b"])];
    const read = sql.query("texts", "select text from note order by position");
    await Promise.all(asked);
    return (await read).rows.map((row) => row["text"]);
  });
  expect(seen).toEqual(["a", "b"]);
  expect(await texts()).toEqual(["a", "b"]);
});

test("a write that fails is thrown by the transaction, by its own name, and nothing is kept", async () => {
  const failing = database.transaction(async (sql) => {
    await sql.write("note", INSERT, ["a"]);
    await sql.write("note", INSERT, ["a"]);
    await sql.write("note", INSERT, ["b"]);
  });
  await expect(failing).rejects.toMatchObject({ code: "23505", constraint: "note_pkey" });
  expect(await texts()).toEqual([]);
});

test("a read behind a write that failed throws what failed first", async () => {
  const failing = database.transaction(async (sql) => {
    await sql.write("note", INSERT, ["a"]);
    await sql.write("note", INSERT, ["a"]);
    return sql.query("all", "select text from note");
  });
  await expect(failing).rejects.toMatchObject({ code: "23505" });
  expect(await texts()).toEqual([]);
});

test("a failure that the work swallows still does not commit", async () => {
  const swallowing = database.transaction(async (sql) => {
    await sql.write("note", INSERT, ["a"]);
    await sql.query("nonsense", "select 1 / 0").catch(() => undefined);
  });
  await expect(swallowing).rejects.toThrow("rolled back");
  expect(await texts()).toEqual([]);
});

test("what the work itself throws comes out, and what it wrote is taken back", async () => {
  await expect(database.transaction(async (sql) => { await sql.write("note", INSERT, ["a"]); throw new Error("power cut"); })).rejects.toThrow("power cut");
  expect(await texts()).toEqual([]);
});

test("a connection that dies in a transaction is an error, and the next transaction gets another one", async () => {
  const dying = database.transaction(async (sql) => {
    await sql.write("note", INSERT, ["a"]);
    const pid = (await sql.query("pid", "select pg_backend_pid() as pid")).rows[0]?.["pid"];
    const other = new pg.Client({ connectionString: server.url });
    await other.connect();
    await other.query("select pg_terminate_backend($1)", [pid]);
    await other.end();
    await sql.write("note", INSERT, ["b"]);
  });
  await expect(dying).rejects.toThrow();
  await database.transaction(async (sql) => { await sql.write("note", INSERT, ["c"]); });
  expect(await texts()).toEqual(["c"]);
});

test("more transactions than connections all come through", async () => {
  await Promise.all(Array.from({ length: 60 }, (_, index) => database.transaction(async (sql) => { await sql.query("one", "select 1"); await sql.write("note", INSERT, [`n${index}`]); })));
  expect(await texts()).toHaveLength(60);
});

test("a transaction that only writes is one statement: all of it, or nothing when one part meets no row", async () => {
  await database.execute("drop table if exists other; create table other (text text primary key, number integer not null)");
  const write = (text: string, expected: string): Promise<void> => database.transaction(async (sql) => {
    await sql.write("note-insert", INSERT, [text]);
    await sql.write("other-insert", "insert into other (text, number) values ($1,$2)", [text, 1]);
    await sql.write("note-again", INSERT, [`${text}-again`]);
    await sql.write("other-move", "update other set number = number + $2 where text = $1", [expected, 2], { mustMeet: true });
  });
  await write("a", "a");
  expect(await texts()).toEqual(["a", "a-again"]);
  expect((await database.query("others", "select text, number from other")).rows).toEqual([{ text: "a", number: 3 }]);
  await expect(write("b", "nobody")).rejects.toMatchObject({ code: "22012" });
  expect(await texts()).toEqual(["a", "a-again"]);
});

test("a single write outside a transaction that must meet a row fails without one", async () => {
  await expect(database.write("note-move", "update note set text = $1", ["x"], { mustMeet: true })).rejects.toMatchObject({ code: "22012" });
});
