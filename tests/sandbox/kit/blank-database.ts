// A folder in which the embedded PostgreSQL has just been made (initdb) and nothing else. Making one takes seconds of a processor and tests want dozens,
// so it is made once for a version of PGlite and copied from then on. That the relay makes one itself is shown by tests/ledger/opening.test.ts.
import { constants, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";

const modules = join(import.meta.dirname, "..", "..", "..", "node_modules");
const cache = join(modules, ".cache");

/** Puts a blank database into `directory`, unless there is something in it already. */
export async function layBlankDatabase(directory: string): Promise<void> {
  if (existsSync(directory) && readdirSync(directory).length > 0) return;
  cpSync(await blankDatabase(), directory, { recursive: true, mode: constants.COPYFILE_FICLONE });
}

/** Whoever needs it first makes it; of several at once one wins, and the others throw theirs away. */
async function blankDatabase(): Promise<string> {
  const { version } = JSON.parse(readFileSync(join(modules, "@electric-sql/pglite/package.json"), "utf8")) as { version: string };
  const made = join(cache, `blank-database-${version}`);
  if (existsSync(made)) return made;
  mkdirSync(cache, { recursive: true });
  const own = mkdtempSync(join(cache, "blank-database-"));
  await (await PGlite.create({ dataDir: own })).close();
  try { renameSync(own, made); } catch (error) {
    rmSync(own, { recursive: true, force: true });
    if (!existsSync(made)) throw error;
  }
  return made;
}
