// npm run chaos [-- --seconds N --kills N --seed N]: both ordeals in full. Prints one line of JSON for each; ends with 1 when anything was lost,
// doubled or not at rest in time. What a run gave is kept in docs/reference/chaos.md.
import { parseArgs } from "node:util";
import { ensureDebian } from "../support/ensure-debian.ts";
import { shakePGlite, shakePostgres } from "./shake.ts";

const { values } = parseArgs({ options: { seconds: { type: "string", default: "120" }, kills: { type: "string", default: "30" }, seed: { type: "string", default: "1" } } });
const seed = Number(values.seed);
ensureDebian(["postgresql"]);
const results = [
  { ledger: "PostgreSQL, three replicas", ...await shakePostgres({ seconds: Number(values.seconds), perSecond: 4, seed }) },
  { ledger: "PGlite, one process", ...await shakePGlite({ kills: Number(values.kills), perSecond: 2, seed }) },
];
for (const result of results) process.stdout.write(`${JSON.stringify(result)}\n`);
process.exit(results.every(({ faults }) => faults.length === 0) ? 0 : 1);
