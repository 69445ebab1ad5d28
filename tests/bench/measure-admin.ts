// What an admin waits for: the solution packed with built controls, the finished zip imported into an empty environment (the stand-in's delays off),
// and doctor over a whole installation. Wall time of the command as it runs, the better of two where nothing has to be built.
import { execFileSync } from "node:child_process";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { openBench } from "../admin/bench.ts";
import { RELAY_APPLICATION, startJourney } from "../admin/journey.ts";
import type { Figure } from "./figure.ts";
import { round } from "./median.ts";

const root = join(import.meta.dirname, "..", "..");
const limit = (name: string, seconds: number, goal: number): Figure => ({ name, value: round(seconds, 2), unit: "s", goal: `<= ${goal}`, holds: seconds <= goal });

async function secondsOf(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return (performance.now() - from) / 1000;
}

async function importOnce(): Promise<number> {
  const bench = await openBench();
  bench.environment();
  const zip = join(root, globSync("solution/dist/CybersourcePayments_*_managed.zip", { cwd: root })[0] ?? "");
  const seconds = await secondsOf(async () => { const done = await bench.run(["import", "--zip", zip]); if (done.code !== 0) throw new Error(done.err); });
  await bench.close();
  return seconds;
}

async function measureDoctor(): Promise<number> {
  const journey = await startJourney();
  const run = (args: readonly string[]) => journey.bench.run(args, { env: journey.secrets });
  try {
    for (const args of [["import"], ["setup", "--relay-url", journey.relayUrl, "--webhook-key", "env:WEBHOOK_KEY", "--operations-key", "env:OPERATIONS_KEY", "--application-id", RELAY_APPLICATION.clientId, "--merchant", journey.merchant()]]) { const done = await run(args); if (done.code !== 0) throw new Error(done.err); }
    await journey.startRelay();
    const times = [await secondsOf(() => run(["doctor"])), await secondsOf(() => run(["doctor"]))];
    return Math.min(...times);
  } finally {
    await journey.close();
  }
}

export async function measureAdmin(): Promise<readonly Figure[]> {
  const pack = await secondsOf(async () => execFileSync(process.execPath, ["--conditions=source", "--no-warnings", join(root, "solution/packer/src/main.ts")], { stdio: "ignore" }));
  const zipKb = readFileSync(join(root, globSync("solution/dist/CybersourcePayments_*_managed.zip", { cwd: root })[0] ?? "")).length / 1024;
  const imports = [await importOnce(), await importOnce()];
  return [limit("pack, controls built", pack, 20), { name: "managed zip", value: round(zipKb, 0), unit: "KB", holds: true }, limit("admin import of the finished zip into an empty environment", Math.min(...imports), 10), limit("admin doctor over a whole installation", await measureDoctor(), 5)];
}
