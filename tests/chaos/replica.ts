// A relay process that may die at any moment and is started again. Nobody waits for it to be ready; that is the point.
import { spawn, type ChildProcess } from "node:child_process";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const root = join(import.meta.dirname, "..", "..");

export interface Replica {
  readonly url: string;
  readonly controlUrl: string;
  isRunning(): boolean;
  start(): void;
  /** As when the power goes. Resolves when the process is gone. */
  kill(): Promise<void>;
  isReady(): Promise<boolean>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
}

export function createReplica(env: Readonly<Record<string, string>>, ports: { readonly http: number; readonly control: number }): Replica {
  const url = `http://localhost:${ports.http}`;
  let child: ChildProcess | undefined;
  const isRunning = (): boolean => child?.exitCode === null && child.signalCode === null;
  const end = async (signal: "SIGKILL" | "SIGTERM"): Promise<number | null> => {
    const ending = child;
    if (ending === undefined || !isRunning()) return null;
    const gone = new Promise<number | null>((resolve) => ending.once("exit", resolve));
    ending.kill(signal);
    return gone;
  };
  return {
    url, controlUrl: `http://127.0.0.1:${ports.control}/clock`, isRunning,
    start: () => {
      child = spawn(process.execPath, ["--conditions=source", "--no-warnings", join(root, "tests/support/relay-main.ts")], {
        cwd: root, stdio: ["ignore", "ignore", process.env["CHAOS_LOG"] === undefined ? "ignore" : "inherit"],
        env: { ...process.env, ...env, PORT: String(ports.http), RELAY_CONTROL_PORT: String(ports.control) },
      });
    },
    kill: async () => { await end("SIGKILL"); },
    stop: () => end("SIGTERM"),
    isReady: async () => {
      try { return (await fetch(`${url}/ready`, { signal: AbortSignal.timeout(5_000) })).ok; } catch { return false; }
    },
  };
}

export async function untilReady(replica: Replica, msMax = 180_000): Promise<void> {
  const until = Date.now() + msMax;
  while (!await replica.isReady()) {
    if (Date.now() > until) throw new Error(`${replica.url} was not ready in time`);
    await delay(100);
  }
}
