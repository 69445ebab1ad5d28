// The relay runs in a process of its own, so that it can be killed. Started here by path; nothing of it is imported.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { layBlankDatabase } from "./kit/blank-database.ts";

const root = join(import.meta.dirname, "..", "..");
const READY_MS_MAX = 60_000;
const STOP_MS_MAX = 10_000;

export interface RelayProcess {
  readonly pid: number;
  stop(): Promise<void>;
}

/** Starts the relay with a movable business clock and waits until it says that it is ready. */
export async function startRelayProcess(env: Readonly<Record<string, string>>): Promise<RelayProcess> {
  const { LEDGER_DIR: folder, DATABASE_URL: shared } = env;
  if (folder !== undefined && (shared ?? "") === "") await layBlankDatabase(folder);
  // The embedded PostgreSQL is nine megabytes of WebAssembly: a process that lives for seconds spends most of them on optimizing it.
  const child = spawn(process.execPath, ["--conditions=source", "--no-warnings", "--liftoff-only", join(root, "tests/support/relay-main.ts")], {
    cwd: root, stdio: ["ignore", 2, 2], env: { ...process.env, ...env },
  });
  const exited = new Promise<number>((resolve) => { child.once("exit", (code) => { resolve(code ?? 1); }); });
  const state = { isGone: false };
  void exited.then(() => { state.isGone = true; });
  const readyUrl = `http://localhost:${env["PORT"] ?? ""}/ready`;
  const until = Date.now() + READY_MS_MAX;
  for (;;) {
    if (state.isGone) throw new Error("the relay ended while it was starting; its log says why");
    if (await answers(readyUrl)) break;
    if (Date.now() > until) {
      // Left alone it would outlive whoever started it.
      child.kill("SIGKILL");
      throw new Error("the relay was not ready within a minute; its log says why");
    }
    await delay(100);
  }
  return {
    pid: child.pid ?? 0,
    stop: async () => {
      child.kill("SIGTERM");
      const timer = setTimeout(() => { child.kill("SIGKILL"); }, STOP_MS_MAX);
      await exited;
      clearTimeout(timer);
    },
  };
}

async function answers(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2_000) });
    return response.ok;
  } catch {
    return false;
  }
}
