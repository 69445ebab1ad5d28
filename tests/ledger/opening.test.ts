// Opening the ledger: migrations once and in order, one process a folder, several relays on one database, and what survives a kill.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { openPostgres } from "../../plugin-proxy/src/db/postgres.ts";
import { migrate } from "../../plugin-proxy/src/db/migrate.ts";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { asOrganizationId } from "../../plugin-proxy/src/domain/ids.ts";
import { T0 } from "../support/intents.ts";
import { freshDatabase, type PostgresServer } from "../support/postgres.ts";

const organizationId = asOrganizationId("00000000-0000-4000-8000-0000000000aa");
const folder = mkdtempSync(join(tmpdir(), "cybs-opening-"));
afterAll(() => { rmSync(folder, { recursive: true, force: true }); });

describe("on PostgreSQL", () => {
  let database: PostgresServer;
  beforeAll(async () => { database = await freshDatabase(); }, 60_000);
  afterAll(() => database.stop());

  test("five relays that start at once agree on one ledger", async () => {
    const ledgers = await Promise.all(Array.from({ length: 5 }, () => openLedger({ databaseUrl: database.url })));
    expect(new Set(ledgers.map((ledger) => ledger.ledgerId)).size).toBe(1);
    await Promise.all(ledgers.map((ledger) => ledger.close()));
  });

  test("a migration that was changed after it was applied is refused", async () => {
    const sql = openPostgres(database.url);
    await migrate(sql);
    await sql.query("spoil", "update migration set checksum = 'other'");
    await expect(migrate(sql)).rejects.toThrow(/0001_ledger\.sql was changed after it was applied/);
    await sql.close();
  });
});

describe("on a folder", () => {
  const script = `
    import { openLedger } from ${JSON.stringify(join(import.meta.dirname, "../../plugin-proxy/src/db/open-ledger.ts"))};
    const ledger = await openLedger({ directory: ${JSON.stringify(join(folder, "killed"))} });
    for (let index = 0; index < 1e6; index++) {
      await ledger.transaction((tx) => tx.insertInbox({ organizationId: ${JSON.stringify(organizationId)}, source: "dataverse", key: String(index), at: ${T0} }));
      process.stdout.write(index + "\\n");
    }`;

  test("is used by one process at a time, and no acknowledged row is lost to kill -9", async () => {
    const child = spawn(process.execPath, ["--conditions=source", "--no-warnings", "--input-type=module", "-e", script], { stdio: ["ignore", "pipe", "inherit"] });
    let acknowledged = "";
    child.stdout.on("data", (chunk: Buffer) => { acknowledged += chunk.toString(); });
    while (acknowledged.split("\n").length < 50) await once(child.stdout, "data");
    await expect(openLedger({ directory: join(folder, "killed") })).rejects.toThrow(/is in use by another relay/);
    child.kill("SIGKILL");
    await once(child, "close");
    const last = Number(acknowledged.trimEnd().split("\n").at(-1));
    const ledger = await openLedger({ directory: join(folder, "killed") });
    const isNew = await ledger.transaction(async (tx) => Promise.all([0, last].map((key) => tx.insertInbox({ organizationId, source: "dataverse", key: String(key), at: T0 }))));
    expect(isNew).toEqual([false, false]);
    await ledger.close();
  }, 60_000);

  test("keeps its id, and leases of a process that is gone end at once", async () => {
    const directory = join(folder, "reopened");
    const first = await openLedger({ directory });
    await first.transaction((tx) => tx.schedule({ kind: "advance", organizationId, key: "k", dueAt: T0 }));
    const query = { now: T0, wireNow: T0, leaseUntil: T0 + 60_000, kinds: ["advance"], limit: 1 } as const;
    expect(await first.takeDue(query)).toHaveLength(1);
    await first.close();
    const second = await openLedger({ directory });
    expect(second.ledgerId).toBe(first.ledgerId);
    expect(await second.takeDue(query)).toHaveLength(1);
    await second.close();
  }, 60_000);
});
