// A sandbox for each worker, started the way `npm run sandbox` starts it. Their lines of JSON are handed on by the environment.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FullConfig } from "@playwright/test";
import { readOptions } from "../sandbox/options.ts";
import { startSandbox, type Sandbox } from "../sandbox/start.ts";
import { portBaseOf } from "./ports.ts";

async function startOne(worker: number): Promise<Sandbox> {
  const folder = mkdtempSync(join(tmpdir(), "cybs-e2e-"));
  const portBase = portBaseOf(worker);
  // A page like Teams around Dynamics 365, which the operator has put on the relay's list. Nothing listens there before a test does.
  process.env["EMBEDDING_ORIGINS"] = `http://localhost:${portBase + 17}`;
  const sandbox = await startSandbox({ ...readOptions(["--port-base", String(portBase)]), dataDir: folder }, () => undefined);
  return { ...sandbox, close: async () => { await sandbox.close(); rmSync(folder, { recursive: true, force: true }); } };
}

export default async function start({ workers }: Pick<FullConfig, "workers">): Promise<() => Promise<void>> {
  process.env["LOG_LEVEL"] ??= "silent";
  process.env["SWEEP_WAITING_MS"] = "1000";
  process.env["SWEEP_IDLE_MS"] = "1000";
  process.env["SWEEP_AFTER_SESSION_MS"] = "1000";
  // One rep opens card entry for all tests; the limit itself is tested in tests/flows/card-entry-attacks.test.ts.
  process.env["MINT_LIMIT_PER_MINUTE"] ??= "1000";
  const sandboxes: Sandbox[] = [];
  for (let worker = 0; worker < workers; worker++) sandboxes.push(await startOne(worker));
  process.env["SANDBOXES"] = JSON.stringify(sandboxes.map((sandbox) => sandbox.interface));
  return async () => { await Promise.all(sandboxes.map((sandbox) => sandbox.close())); };
}
