// One sandbox for all browser tests, started the way `npm run sandbox` starts it. Its line of JSON is handed on by the environment.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readOptions } from "../sandbox/options.ts";
import { startSandbox } from "../sandbox/start.ts";

export default async function start(): Promise<() => Promise<void>> {
  const folder = mkdtempSync(join(tmpdir(), "cybs-e2e-"));
  process.env["LOG_LEVEL"] ??= "silent";
  process.env["SWEEP_WAITING_MS"] = "1000";
  process.env["SWEEP_IDLE_MS"] = "1000";
  process.env["SWEEP_AFTER_SESSION_MS"] = "1000";
  const portBase = process.env["E2E_PORT_BASE"] ?? "9170";
  // A page like Teams around Dynamics 365, which the operator has put on the relay's list. Nothing listens there before a test does.
  process.env["EMBEDDING_ORIGINS"] ??= `http://localhost:${Number(portBase) + 17}`;
  const sandbox = await startSandbox({ ...readOptions(["--port-base", portBase]), dataDir: folder }, () => undefined);
  process.env["SANDBOX"] = JSON.stringify(sandbox.interface);
  return async () => {
    await sandbox.close();
    rmSync(folder, { recursive: true, force: true });
  };
}
