// npm run simulate:net: plants each bug in turn and runs seeds until an invariant breaks. Prints how many seeds it took; one that survives a
// thousand fails the run. Options: --only TEXT (bugs whose name holds it), --runs N (first seeds to start from, for the median), --from S, --most N (seeds after which it has survived).
import { parseArgs } from "node:util";
import { runSeed } from "../run-seed.ts";
import { BUGS } from "./bugs.ts";
import type { Planted } from "./plant.ts";

const { values } = parseArgs({ options: { only: { type: "string", default: "" }, runs: { type: "string", default: "3" }, from: { type: "string", default: "1" }, most: { type: "string", default: "1000" } } });
const SEEDS_MAX = Number(values.most);

/** Seeds until it is caught, and by which invariant. */
async function hunt(bug: () => Planted, from: number): Promise<{ readonly seeds: number; readonly invariant: number; readonly what: string } | undefined> {
  for (let count = 1; count <= SEEDS_MAX; count++) {
    const { violations: [violation] } = await runSeed(from + count - 1, bug());
    if (violation !== undefined) return { seeds: count, invariant: violation.invariant, what: violation.what };
  }
  return undefined;
}

let survived = 0;
process.stdout.write("| planted bug | caught by invariant | seeds until caught (median) |\n|---|---|---|\n");
for (const [name, bug] of Object.entries(BUGS).filter(([one]) => one.includes(values.only))) {
  const caught: { seeds: number; invariant: number; what: string }[] = [];
  for (let run = 0; run < Number(values.runs); run++) {
    const found = await hunt(() => (typeof bug === "function" ? bug() : bug), Number(values.from) + run * 10_000);
    if (found !== undefined) caught.push(found);
  }
  if (caught.length < Number(values.runs)) survived += 1;
  const median = caught.map((one) => one.seeds).sort((left, right) => left - right)[Math.floor(caught.length / 2)];
  process.stdout.write(`| ${name} | ${[...new Set(caught.map((one) => one.invariant))].sort().join(", ")} | ${median ?? `survived ${SEEDS_MAX}`} (${caught.map((one) => one.seeds).join(", ")}) |\n`);
}
process.exitCode = survived === 0 ? 0 : 1;
