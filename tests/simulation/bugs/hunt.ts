// Runs seeds with a planted bug until an invariant breaks.
import { runSeed, type SeedOptions } from "../run-seed.ts";

export interface Caught { readonly seeds: number; readonly invariant: number; readonly what: string }

/** How many seeds it took, and by which invariant; undefined: it survived. `bug` is planted anew in each seed. */
export async function hunt(bug: () => SeedOptions, { from, seedsMax }: { readonly from: number; readonly seedsMax: number }): Promise<Caught | undefined> {
  for (let count = 1; count <= seedsMax; count++) {
    const seed = from + count - 1;
    const planted = bug();
    const { violations: [violation] } = await runSeed(seed, planted);
    // A seed that breaks without the bug as well has not caught it.
    if (violation !== undefined && (await runSeed(seed, { ...planted, changeDeps: undefined, changeLedger: undefined })).violations.length === 0) return { seeds: count, invariant: violation.invariant, what: violation.what };
  }
  return undefined;
}
