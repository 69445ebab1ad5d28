// npm run simulate -- --seeds N [--from S]: runs seeds one after another, prints how it went, and for a seed that broke an invariant the command
// that runs it again. --lost-deeds lets people change payments where the ledger is lost, too. --trace prints what happened in it, step by step.
import { parseArgs } from "node:util";
import { runSeed } from "./run-seed.ts";

const { values } = parseArgs({ options: { seeds: { type: "string", default: "100" }, from: { type: "string", default: "1" }, trace: { type: "boolean", default: false }, "lost-deeds": { type: "boolean", default: false } } });
const from = Number(values.from);
const count = Number(values.seeds);
const started = performance.now();
let failed = 0;
let steps = 0;
for (let seed = from; seed < from + count; seed++) {
  const result = await runSeed(seed, { lostDeeds: values["lost-deeds"] });
  steps += result.steps;
  if (values.trace) process.stdout.write(`${result.trace.join("\n")}\n`);
  const [violation] = result.violations;
  if (violation === undefined) continue;
  failed += 1;
  process.stdout.write(`seed ${seed}: invariant ${violation.invariant} at step ${violation.step}: ${violation.what}\n  npm run simulate -- --from ${seed} --seeds 1 --trace\n`);
}
const seconds = (performance.now() - started) / 1000;
process.stdout.write(`${count} seeds, ${steps} steps, ${failed} failed, ${(count / seconds).toFixed(1)} seeds a second\n`);
process.exitCode = failed === 0 ? 0 : 1;
