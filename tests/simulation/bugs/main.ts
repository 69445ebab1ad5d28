// npm run simulate:net: plants each bug in turn and runs seeds until an invariant breaks. Prints the median of several counts, each from another first
// seed; a bug that survives a thousand fails the run; those of orders with invoices are planted in seeds about such. Options: --only TEXT (bugs whose name holds it), --starts N, --from S (first seed of the first
// count), --most N (seeds after which it has survived). --strictness: the converse, one bug for each strictness, with it off and on.
import { parseArgs } from "node:util";
import { BUGS } from "./bugs.ts";
import { DEAL_BUGS } from "./deal-bugs.ts";
import { hunt } from "./hunt.ts";
import type { SeedOptions } from "../run-seed.ts";
import { MILD, STRICT } from "./strict-bugs.ts";

const { values } = parseArgs({
  options: { only: { type: "string", default: "" }, starts: { type: "string", default: "5" }, from: { type: "string", default: "1" }, most: { type: "string" }, strictness: { type: "boolean", default: false } },
});
const from = Number(values.from);
const STARTS_APART = 10_000;
const say = (line: string): void => { process.stdout.write(`${line}\n`); };

/** Bugs that survived from some start. */
async function medians(): Promise<number> {
  const seedsMax = Number(values.most ?? 1_000);
  let survived = 0;
  say("| planted bug | seeds until caught, median | each count | by invariant |\n|---|---|---|---|");
  const everywhere = Object.entries(BUGS).map(([name, bug]): readonly [string, () => SeedOptions] => [name, () => (typeof bug === "function" ? bug() : bug)]);
  const inDeals = Object.entries(DEAL_BUGS).map(([name, { plant, focus }]): readonly [string, () => SeedOptions] => [name, () => ({ ...plant(), focus })]);
  for (const [name, plant] of [...everywhere, ...inDeals].filter(([one]) => one.includes(values.only))) {
    const counts: number[] = [];
    const invariants = new Set<number>();
    for (let start = 0; start < Number(values.starts); start++) {
      const found = await hunt(plant, { from: from + start * STARTS_APART, seedsMax });
      counts.push(found?.seeds ?? Infinity);
      if (found !== undefined) invariants.add(found.invariant);
    }
    if (counts.includes(Infinity)) survived += 1;
    const median = [...counts].sort((left, right) => left - right)[Math.floor(counts.length / 2)] ?? Infinity;
    say(`| ${name} | ${median} | ${counts.join(", ")} | ${[...invariants].sort((left, right) => left - right).join(", ")} |`);
  }
  return survived;
}

/** Strictnesses that do not tell their bug apart. */
async function converse(): Promise<number> {
  const seedsMax = Number(values.most ?? 200);
  let wrong = 0;
  say("| strictness | planted bug | off | on, caught after seeds | by invariant |\n|---|---|---|---|---|");
  for (const [name, { bug, plant, on, off, focus, abilities }] of Object.entries(STRICT).filter(([one]) => one.includes(values.only))) {
    // Without aims: answers that are given on purpose are not the stand-in's own.
    const where = { aims: [], ...(focus === undefined ? {} : { focus }), ...(abilities === undefined ? {} : { abilities }) };
    const strict = await hunt(() => ({ ...plant(), ...where, turned: { ...MILD, ...on } }), { from, seedsMax });
    const mild = await hunt(() => ({ ...plant(), ...where, turned: { ...MILD, ...off } }), { from, seedsMax });
    if (mild !== undefined || strict === undefined) wrong += 1;
    say(`| \`${name}\` | ${bug} | ${mild === undefined ? `survives ${seedsMax}` : `caught after ${mild.seeds} (${mild.invariant}: ${mild.what})`} | ${strict?.seeds ?? `survives ${seedsMax}`} | ${strict?.invariant ?? ""} |`);
  }
  return wrong;
}

process.exitCode = (await (values.strictness ? converse() : medians())) === 0 ? 0 : 1;
