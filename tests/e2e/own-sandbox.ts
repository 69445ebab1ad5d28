// A sandbox of a file's own: for tests that move the clock, set limits or change the gateway's settings, which everybody else's would feel.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type Page } from "@playwright/test";
import { readOptions } from "../sandbox/options.ts";
import { startSandbox, type Sandbox } from "../sandbox/start.ts";
import { dataverseHttp } from "./actors.ts";
import { ownPortBase } from "./ports.ts";

const DAY_MS = 86_400_000;
const NOON_MS = DAY_MS / 2;

export interface OwnSandbox {
  /** Moves business time of all parts by an ISO 8601 duration. */
  advance(duration: string): Promise<void>;
  /** Gives a page the same time, before it opens anything. */
  follow(page: Page): Promise<void>;
}

/** Business time starts at noon UTC, so that no batch closes by itself while the tests run. */
export function useOwnSandbox(): OwnSandbox {
  let sandbox: Sandbox | undefined;
  let offsetMs = 0;
  let folder = "";
  const advance = async (duration: string): Promise<void> => {
    const answer = await fetch(`${dataverseHttp()}/_sandbox/clock`, { method: "POST", body: JSON.stringify({ advance: duration }) });
    ({ offsetMs } = await answer.json() as { offsetMs: number });
  };
  test.beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "cybs-e2e-own-"));
    sandbox = await startSandbox({ ...readOptions(["--port-base", String(ownPortBase())]), dataDir: folder }, () => undefined);
    process.env["SANDBOX"] = JSON.stringify(sandbox.interface);
    const seconds = Math.ceil(((NOON_MS - (Date.now() % DAY_MS) + DAY_MS) % DAY_MS) / 1_000);
    await advance(`PT${seconds}S`);
  });
  test.afterAll(async () => {
    await sandbox?.close();
    delete process.env["SANDBOX"];
    rmSync(folder, { recursive: true, force: true });
  });
  return { advance, follow: (page) => page.clock.install({ time: Date.now() + offsetMs }) };
}
