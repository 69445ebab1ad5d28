// Runs seeds with a planted bug until an invariant breaks.
import { runSeed, type SeedOptions } from "../run-seed.ts";

export interface Caught { readonly seeds: number; readonly invariant: number; readonly what: string }

/** How many seeds it took, and by which invariant; undefined: it survived. `bug` is planted anew in each seed. */
export async function hunt(bug: () => SeedOptions, { from, seedsMax }: { readonly from: number; readonly seedsMax: number }): Promise<Caught | undefined> {
  for (let count = 1; count <= seedsMax; count++) {
    const { violations: [violation] } = await runSeed(from + count - 1, bug());
    if (violation !== undefined) return { seeds: count, invariant: violation.invariant, what: violation.what };
  }
  return undefined;
}
