// npm run simulate -- --seeds N [--from S]: runs seeds one after another, prints how it went, and for a seed that broke an invariant the command
// that runs it again. --processes N shares them out. --trace prints what
// happened in it, step by step.
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { runSeed } from "./run-seed.ts";

const { values } = parseArgs({
  options: { seeds: { type: "string", default: "100" }, from: { type: "string", default: "1" }, processes: { type: "string", default: "1" }, trace: { type: "boolean", default: false } },
});
const from = Number(values.from);
const count = Number(values.seeds);
const processes = Number(values.processes);
const flags = values.trace ? ["--trace"] : [];

/** Seeds that broke an invariant. */
async function runAll(): Promise<number> {
  const started = performance.now();
  let failed = 0;
  let steps = 0;
  for (let seed = from; seed < from + count; seed++) {
    const result = await runSeed(seed);
    steps += result.steps;
    if (values.trace) process.stdout.write(`${result.trace.join("\n")}\n`);
    const [violation] = result.violations;
    if (violation === undefined) continue;
    failed += 1;
    process.stdout.write(`seed ${seed}: invariant ${violation.invariant} at step ${violation.step}: ${violation.what}\n  npm run simulate -- ${["--from", String(seed), "--seeds 1 --trace", ...flags.filter((flag) => flag !== "--trace")].join(" ")}\n`);
  }
  const seconds = (performance.now() - started) / 1000;
  process.stdout.write(`seeds ${from} to ${from + count - 1}: ${steps} steps, ${failed} failed, ${(count / seconds).toFixed(1)} seeds a second\n`);
  return failed;
}

/** Each process takes its share; how it went is printed by itself. */
async function shareOut(): Promise<number> {
  const size = Math.ceil(count / processes);
  const codes = await Promise.all(Array.from({ length: processes }, (_, index) => new Promise<number>((resolve) => {
    const args = ["--from", String(from + index * size), "--seeds", String(Math.max(0, Math.min(size, count - index * size))), ...flags];
    spawn(process.execPath, [...process.execArgv, import.meta.filename, ...args], { stdio: "inherit" }).once("exit", (code) => { resolve(code ?? 1); });
  })));
  return codes.filter((code) => code !== 0).length;
}

process.exitCode = (await (processes > 1 ? shareOut() : runAll())) === 0 ? 0 : 1;
