// A few of the same seeds with the embedded PostgreSQL under the replicas instead of the ledger in memory: the same people, the same storm, the same
// invariants, and at the end what is on the disk. Statements answer when they answer, so a seed is no history here.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "@jest/globals";
import { openPGlite } from "../../plugin-proxy/src/db/database.ts";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { layBlankDatabase } from "../sandbox/kit/blank-database.ts";
import { createRandom } from "../sandbox/kit/random.ts";
import { checkReservations } from "./invariants/quiet.ts";
import { runSeed } from "./run-seed.ts";
import { scenarioOf } from "./scenario.ts";

/** None of them loses its ledger: only the one in memory goes back. */
const SEEDS = [71, 75, 83];

/** Reserved minor units of every document, as they lie on the disk. */
async function reservedIn(directory: string): Promise<readonly (readonly [string, bigint])[]> {
  const database = await openPGlite(directory);
  const { rows } = await database.query("", "select organization_id, kind, document_id, taken_minor from document");
  await database.close();
  return rows.map((row) => [[row["organization_id"], row["kind"], row["document_id"]].join("\n"), BigInt(String(row["taken_minor"]))] as const);
}

/** Runs a seed on a ledger of its own; how much was approved. */
async function runOnDisk(seed: number): Promise<number> {
  expect(scenarioOf(createRandom(seed * 4), seed).restore).toBeUndefined();
  const directory = mkdtempSync(join(tmpdir(), "cybs-simulation-"));
  await layBlankDatabase(directory);
  const ledger = await openLedger({ directory });
  try {
    const { world, violations } = await runSeed(seed, { ledger });
    await ledger.close();
    checkReservations(world, await reservedIn(directory));
    expect({ seed, violations }).toEqual({ seed, violations: [] });
    return [...world.ledgerHost.intents.values()].flatMap((intent) => intent.effects).filter((effect) => effect.state === "approved").length;
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

test("seeds break no invariant on the embedded PostgreSQL, and its documents reserve what their payments take", async () => {
  let approved = 0;
  for (const seed of SEEDS) approved += await runOnDisk(seed);
  // Seeds in which no money moved would prove nothing.
  expect(approved).toBeGreaterThan(1);
}, 600_000);
