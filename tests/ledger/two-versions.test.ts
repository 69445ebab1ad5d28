// Migrations go forward only, and a relay of the version before runs on beside the new one while replicas are exchanged: every statement of the
// first version still means something to today's schema, and its inserts still pass.
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import pg from "pg";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";

interface Statement { readonly name: string; readonly text: string }
/** As the first version (migrations 0001 and 0002) sent them to PostgreSQL. */
const statements = JSON.parse(readFileSync(join(import.meta.dirname, "statements-of-0002.json"), "utf8")) as Statement[];
const folder = join(import.meta.dirname, "../../plugin-proxy/src/db/migrations");
const migrations = globSync("*.sql", { cwd: folder }).sort().map((name) => ({ name, text: readFileSync(join(folder, name), "utf8") }));

let database: PostgresServer;
let client: pg.Client;
beforeAll(async () => {
  database = await freshDatabase();
  await (await openLedger({ databaseUrl: database.url })).close();
  client = new pg.Client({ connectionString: database.url });
  await client.connect();
}, 60_000);
afterAll(async () => { await client.end(); await database.stop(); });

describe("statements of the version before", () => {
  test.each(statements.map(({ name, text }) => [name, text] as const))("%s is understood", async (name, text) => {
    await client.query(`prepare "${name}" as ${text}`);
  });

  test("there is one for every table that it knew", () => {
    const tables = [...(migrations[0]?.text ?? "").matchAll(/^create table (\w+)/gm)].map(([, table = ""]) => table);
    expect(tables.filter((table) => !statements.some(({ text }) => new RegExp(`\\b${table}\\b`).test(text)))).toEqual([]);
  });

  test("what it schedules, a new worker takes; what a new one schedules, it takes", async () => {
    const old = (name: string): string => statements.find((statement) => statement.name === name)?.text ?? "";
    await client.query(old("work-schedule"), ["advance", "org", "by the old", 5]);
    const ledger = await openLedger({ databaseUrl: database.url });
    expect((await ledger.takeDue({ now: 10, wireNow: 10, leaseUntil: 20, kinds: ["advance"], limit: 5 })).map((work) => work.key)).toEqual(["by the old"]);
    await ledger.alone((tx) => tx.schedule({ kind: "advance", organizationId: "org" as never, key: "by the new", dueAt: 5, trace: "00-x" }));
    const { rows } = await client.query(old("work-take"), [10, 10, 20, ["advance"], 5]);
    expect(rows.map((row: { key: string }) => row.key)).toEqual(["by the new"]);
    await ledger.close();
  });

  test("kinds of work that it does not know, it leaves", async () => {
    const ledger = await openLedger({ databaseUrl: database.url });
    await ledger.alone((tx) => tx.schedule({ kind: "event", organizationId: "org" as never, key: "k", dueAt: 5 }));
    const { rows } = await client.query(statements.find(({ name }) => name === "work-take")?.text ?? "", [10, 30, 40, ["sweep", "advance", "project"], 5]);
    expect(rows.filter((row: { kind: string }) => row.kind === "event")).toEqual([]);
    await ledger.close();
  });
});

describe("a migration", () => {
  test.each(migrations.slice(1).map(({ name, text }) => [name, text] as const))("%s takes nothing away and asks for nothing that the version before does not give", (_name, text) => {
    const plain = text.replace(/^--.*$/gm, "");
    expect(plain).not.toMatch(/\bdrop\s+(table|column|constraint)\b|\brename\b|\balter\s+column\b[^;]*\b(type|set not null)\b|\btruncate\b|\bdelete\s+from\b/i);
    for (const [, added = ""] of plain.matchAll(/\badd column\b([^,;]*)/gi)) expect(/\bnot null\b/i.test(added) && !/\bdefault\b/i.test(added)).toBe(false);
  });
});
