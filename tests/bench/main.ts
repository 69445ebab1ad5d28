// npm run bench [-- --json] [--only bundles|payments|intake|…|stand-ins|admin]: what docs/reference/bench.md explains, one object a line with --json. Calls and bytes are counted exactly; times are
// ratios against a reference of the same run, medians of alternating rounds, because machines are shared and noisy.
import { ensureDebian } from "../support/ensure-debian.ts";
import { bundles } from "./bundles.ts";
import type { Figure } from "./figure.ts";
import { measureAdmin } from "./measure-admin.ts";
import { measureAccounts } from "./measure-accounts.ts";
import { measureClients } from "./measure-clients.ts";
import { measureIntake } from "./measure-intake.ts";
import { measurePayments } from "./measure-payments.ts";
import { measureUnknowns } from "./measure-unknowns.ts";
import { measureWaking } from "./measure-waking.ts";
import { measureWorkers } from "./measure-workers.ts";
import { measureStandIns } from "./measure-stand-ins.ts";
import { startUpstream } from "./upstream.ts";

const isJson = process.argv.includes("--json");
const only = process.argv.includes("--only") ? process.argv[process.argv.indexOf("--only") + 1] : undefined;

function print(figure: Figure): void {
  if (isJson) {
    const { name, value, unit, ratio = null, goal = null, holds } = figure;
    process.stdout.write(`${JSON.stringify({ name, value, unit, ratio, goal, holds })}\n`);
    return;
  }
  const mark = figure.goal === undefined ? " " : figure.holds ? "✔" : "✖";
  const ratio = figure.ratio === undefined ? "" : figure.ratio.toFixed(2);
  process.stdout.write(`${mark} ${figure.name.padEnd(72)} ${String(figure.value).padStart(9)} ${figure.unit.padEnd(6)} ${ratio.padStart(6)}  ${figure.goal ?? ""}\n`);
}

// These measure the relay against stand-ins of the bench, on PostgreSQL.
const OF_THE_RELAY = { payments: measurePayments, intake: measureIntake, workers: measureWorkers, clients: measureClients, accounts: measureAccounts, waking: measureWaking, unknowns: measureUnknowns } as const;
const isWanted = (name: string): boolean => only === undefined || only === name;

async function measureRelay(show: (figures: readonly Figure[]) => void): Promise<void> {
  const wanted = Object.entries(OF_THE_RELAY).filter(([name]) => isWanted(name));
  if (wanted.length === 0) return;
  if (process.env["DATABASE_URL"] === undefined) ensureDebian(["postgresql"]);
  const upstream = await startUpstream();
  try {
    for (const [, measure] of wanted) show(await measure(upstream));
  } finally {
    await upstream.stop();
  }
}

async function main(): Promise<void> {
  if (!isJson) process.stdout.write(`  ${"".padEnd(72)} ${"value".padStart(9)} ${"".padEnd(6)} ${"ratio".padStart(6)}  goal\n`);
  const missed: Figure[] = [];
  const show = (figures: readonly Figure[]): void => {
    figures.forEach(print);
    missed.push(...figures.filter((figure) => !figure.holds));
  };
  if (isWanted("bundles")) show(bundles());
  await measureRelay(show);
  if (isWanted("stand-ins")) show(await measureStandIns());
  if (isWanted("admin")) show(await measureAdmin());
  if (!isJson) process.stdout.write(missed.length === 0 ? "\nEvery goal is met.\n" : `\n${missed.length} goal(s) not met:\n${missed.map((figure) => `  ${figure.name}`).join("\n")}\n`);
}

await main();
process.exit(0);
