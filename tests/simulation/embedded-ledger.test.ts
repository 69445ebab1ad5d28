// A few of the same seeds with the embedded PostgreSQL under the replicas instead of the ledger in memory: the same people, the same storm, the same
// invariants, and at the end what is on the disk. Statements answer when they answer, so a seed is no history here.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openPGlite } from "../../plugin-proxy/src/db/database.ts";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { createRandom } from "../sandbox/kit/random.ts";
import { checkReservations } from "./invariants/quiet.ts";
import { runSeed } from "./run-seed.ts";
import { scenarioOf } from "./scenario.ts";

/** None of them loses its ledger: only the one in memory goes back. */
const SEEDS = [71, 80, 83];

/** Reserved minor units of every document, as they lie on the disk. */
async function reservedIn(directory: string): Promise<readonly (readonly [string, bigint])[]> {
  const database = await openPGlite(directory);
  const { rows } = await database.query("", "select organization_id, kind, document_id, taken_minor from document");
  await database.close();
  return rows.map((row) => [[row["organization_id"], row["kind"], row["document_id"]].join("\n"), BigInt(String(row["taken_minor"]))] as const);
}

test.each(SEEDS)("seed %i breaks no invariant on the embedded PostgreSQL, and its documents reserve what their payments take", async (seed) => {
  expect(scenarioOf(createRandom(seed * 4), seed).restore).toBeUndefined();
  const directory = mkdtempSync(join(tmpdir(), "cybs-simulation-"));
  const ledger = await openLedger({ directory });
  try {
    const { world, violations } = await runSeed(seed, { ledger });
    await ledger.close();
    const reserved = await reservedIn(directory);
    checkReservations(world, reserved);
    expect(violations).toEqual([]);
    expect(reserved.length).toBeGreaterThan(0);
    expect([...world.ledgerHost.intents.values()].flatMap((intent) => intent.effects).filter((effect) => effect.state === "approved").length).toBeGreaterThan(0);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}, 300_000);
