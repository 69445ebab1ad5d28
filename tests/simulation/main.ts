// npm run simulate -- --seeds N [--from S]: runs seeds one after another, prints how it went, for a seed that broke an invariant the command that
// runs it again, and which cells the seeds have hit; where there are enough for all of them, a cell that none has hit fails the run. --processes N shares them out.
// --trace prints what happened, step by step.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { SEEDS_FOR_ALL } from "./coverage/aims.ts";
import { coverageOf, type Met } from "./coverage/report.ts";
import { runSeed } from "./run-seed.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "100" }, from: { type: "string", default: "1" }, processes: { type: "string", default: "1" }, trace: { type: "boolean", default: false } },
});
const from = Number(values.from);
const count = Number(values.seeds);
const processes = Number(values.processes);
const flags = values.trace ? ["--trace"] : [];

/** How a share of the seeds went. */
interface Share extends Met { readonly failed: number }

async function runAll(): Promise<Share> {
  const started = performance.now();
  const hits = new Set<string>();
  const strangers = new Set<string>();
  let failed = 0;
  let steps = 0;
  for (let seed = from; seed < from + count; seed++) {
    const result = await runSeed(seed);
    steps += result.steps;
    for (const cell of result.world.calls.hits) hits.add(cell);
    for (const answer of result.world.calls.strangers) strangers.add(answer);
    if (values.trace) process.stdout.write(`${result.trace.join("\n")}\n`);
    const [violation] = result.violations;
    if (violation === undefined) continue;
    failed += 1;
    process.stdout.write(`seed ${seed}: invariant ${violation.invariant} at step ${violation.step}: ${violation.what}\n  npm run simulate -- ${["--from", String(seed), "--seeds 1 --trace", ...flags.filter((flag) => flag !== "--trace")].join(" ")}\n`);
  }
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`seeds ${from} to ${from + count - 1}: ${steps} steps, ${failed} failed, ${(count / seconds).toFixed(1)} seeds a second\n`);
  return { failed, hits: [...hits], strangers: [...strangers] };
}

/** Each process takes its share, prints how it went, and hands over what it met. One that ends without a word has failed. */
async function shareOut(): Promise<readonly Share[]> {
  const size = Math.ceil(count / processes);
  return Promise.all(Array.from({ length: processes }, (_, index) => new Promise<Share>((resolve) => {
    const args = ["--from", String(from + index * size), "--seeds", String(Math.max(0, Math.min(size, count - index * size))), ...flags];
    let share: Share = { failed: 1, hits: [], strangers: [] };
    spawn(process.execPath, [...process.execArgv, import.meta.filename, ...args], { stdio: ["ignore", "inherit", "inherit", "ipc"] }).once("message", (message) => { share = message as Share; }).once("close", () => { resolve(share); });
  })));
}

const shares = processes > 1 ? await shareOut() : [await runAll()];
const failed = shares.reduce((sum, share) => sum + share.failed, 0);
if (process.send === undefined) {
  const { lines, unhit } = coverageOf(shares);
  process.stdout.write(`${lines.join("\n")}\n`);
  process.exitCode = failed > 0 || (count >= SEEDS_FOR_ALL && unhit > 0) ? 1 : 0;
} else {
  process.send(shares[0]);
  process.exitCode = failed === 0 ? 0 : 1;
}
