// npm run simulate:full: every single fault and every pair of faults at each boundary of each operation, counted and all run.
// Options: --operation NAME, --shard I/N (every Nth first fault, for several processes), --limit N (stop after so many pairs).
import { parseArgs } from "node:util";
import { nameOf, OPERATIONS, runWith, secondsOf, singlesOf, type Operation } from "./enumerate.ts";

const { values } = parseArgs({ options: { operation: { type: "string" }, shard: { type: "string", default: "1/1" }, limit: { type: "string", default: "Infinity" }, pairs: { type: "boolean", default: false } } });
const [shard = 1, shards = 1] = values.shard.split("/").map(Number);
let failed = 0;

function report(operation: Operation, name: string, violations: readonly { readonly invariant: number; readonly what: string }[]): void {
  const [violation] = violations;
  if (violation === undefined) return;
  failed += 1;
  process.stdout.write(`${operation}, ${name}: invariant ${violation.invariant}: ${violation.what}\n`);
}

for (const operation of OPERATIONS.filter((one) => values.operation === undefined || one === values.operation)) {
  const singles = await singlesOf(operation);
  let pairs = 0;
  for (const [index, first] of singles.entries()) {
    if (index % shards !== shard - 1) continue;
    const run = await runWith(operation, [first]);
    report(operation, nameOf([first]), run.violations);
    if (!values.pairs) continue;
    for (const both of secondsOf(first, run.seen)) {
      if (pairs >= Number(values.limit)) break;
      pairs += 1;
      report(operation, nameOf(both), (await runWith(operation, both)).violations);
    }
  }
  process.stdout.write(`${operation}: ${singles.length} single faults, ${pairs} pairs run in shard ${shard} of ${shards}, ${failed} broke an invariant so far\n`);
}
process.exitCode = failed === 0 ? 0 : 1;
