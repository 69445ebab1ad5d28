// Programs the tests need beside Node: Chromium for the browser tests, PostgreSQL, xmllint. As root they are installed with apt;
// otherwise a sentence says what to install. Nothing is downloaded from anywhere else.
import { spawnSync } from "node:child_process";
import { existsSync, globSync } from "node:fs";

const NEEDS = {
  chromium: { package: "chromium", isThere: () => existsSync("/usr/bin/chromium") },
  postgresql: { package: "postgresql", isThere: () => globSync("/usr/lib/postgresql/*/bin/initdb").length > 0 },
  xmllint: { package: "libxml2-utils", isThere: () => existsSync("/usr/bin/xmllint") },
} as const;
export type Program = keyof typeof NEEDS;

const run = (command: string, args: readonly string[]): boolean =>
  spawnSync(command, args, { stdio: ["ignore", 2, 2], env: { ...process.env, DEBIAN_FRONTEND: "noninteractive" } }).status === 0;

/** Installs what is missing (root on Debian), else throws one sentence that names it. */
export function ensureDebian(programs: readonly Program[]): void {
  const missing = programs.filter((program) => !NEEDS[program].isThere());
  if (missing.length === 0) return;
  const packages = missing.map((program) => NEEDS[program].package);
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) {
    throw new Error(`Missing: ${missing.join(", ")}. Install with: sudo apt-get install -y ${packages.join(" ")}`);
  }
  process.stderr.write(`Installing ${packages.join(", ")} with apt (once) …\n`);
  const isInstalled = run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages])
    || (run("apt-get", ["update", "-qq"]) && run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages]));
  if (!isInstalled) throw new Error(`apt-get could not install ${packages.join(", ")}; install them by hand and start again.`);
}
