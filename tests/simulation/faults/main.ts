// npm run simulate:full: every single fault and every pair of faults at each boundary of each operation, counted and all run.
// Options: --operation NAME, --shard I/N (every Nth pair), --processes N (shares the shards out), --faults "12 crash_after, 20 pause" (runs just these, with
// --operation, and prints what happened, step by step).
import { spawn } from "node:child_process";
import { parseArgs } from "node:util";
import { nameOf, OPERATIONS, runWith, secondsOf, singlesOf, type Operation } from "./enumerate.ts";
import type { Planned } from "../weather.ts";

const { values } = parseArgs({ options: { operation: { type: "string" }, shard: { type: "string", default: "1/1" }, processes: { type: "string", default: "1" }, faults: { type: "string" }, pairs: { type: "boolean", default: false } } });
const [shard = 1, shards = 1] = values.shard.split("/").map(Number);
const processes = Number(values.processes);
let failed = 0;

function report(operation: Operation, faults: readonly Planned[], violations: readonly { readonly invariant: number; readonly what: string }[]): void {
  const [violation] = violations;
  if (violation === undefined) return;
  failed += 1;
  process.stdout.write(`${operation}, ${nameOf(faults)}: invariant ${violation.invariant}: ${violation.what}\n  npm run simulate:full -- --operation ${operation} --faults "${faults.map((one) => `${one.number} ${one.fault}`).join(", ")}"\n`);
}

/** Every pair is counted, also those of other shards. */
async function runOperation(operation: Operation): Promise<void> {
  const started = performance.now();
  const singles = await singlesOf(operation);
  let counted = 0;
  let run = 0;
  for (const first of singles) {
    const alone = await runWith(operation, [first]);
    if (shard === 1) report(operation, [first], alone.violations);
    if (!values.pairs) continue;
    for (const both of secondsOf(first, alone.seen)) {
      counted += 1;
      if (counted % shards !== shard % shards) continue;
      run += 1;
      report(operation, both, (await runWith(operation, both)).violations);
    }
  }
  process.stdout.write(`${operation}: ${singles.length} single faults, ${counted} pairs, of which ${run} run in shard ${shard} of ${shards}, ${failed} broke an invariant so far, ${Math.round((performance.now() - started) / 1000)} s\n`);
}

async function runNamed(operations: readonly Operation[], text: string): Promise<void> {
  const faults = text.split(",").map((one): Planned => { const [number, fault = ""] = one.trim().split(" "); return { number: Number(number), fault }; });
  for (const operation of operations) {
    const { trace, violations } = await runWith(operation, faults);
    process.stdout.write(`${trace.join("\n")}\n`);
    report(operation, faults, violations);
  }
}

/** Each process takes a shard of this shard. */
async function shareOut(): Promise<void> {
  const args = process.argv.slice(2).filter((arg, index, all) => !/^--(processes|shard)(=|$)/.test(arg) && !/^--(processes|shard)$/.test(all[index - 1] ?? ""));
  const codes = await Promise.all(Array.from({ length: processes }, (_, index) => new Promise<number>((resolve) => {
    spawn(process.execPath, [...process.execArgv, import.meta.filename, ...args, "--shard", `${shard + index * shards}/${shards * processes}`], { stdio: "inherit" }).once("exit", (code) => { resolve(code ?? 1); });
  })));
  failed += codes.filter((code) => code !== 0).length;
}

const operations = OPERATIONS.filter((one) => values.operation === undefined || one === values.operation);
if (values.faults !== undefined) await runNamed(operations, values.faults);
else if (processes > 1) await shareOut();
else for (const operation of operations) await runOperation(operation);
process.exitCode = failed === 0 ? 0 : 1;
