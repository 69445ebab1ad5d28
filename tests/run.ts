// npm test: everything, in the order in which a mistake is cheapest to find. Closes with "N passed, N failed" over all steps and tests.
// Options: --only NAME[,NAME] or --without NAME[,NAME] with names of the steps below.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { ensureDebian } from "./support/ensure-debian.ts";
import { startPostgres } from "./support/postgres.ts";

interface Tally { passed: number; failed: number }
interface Step { readonly name: string; readonly run: (context: Context) => Promise<Tally> }
interface Context { readonly folder: string; readonly env: NodeJS.ProcessEnv }

const root = join(import.meta.dirname, "..");
const modules = join(root, "node_modules");

const runNode = (args: readonly string[], env: NodeJS.ProcessEnv): Promise<number> => new Promise((resolve) => {
  const child = spawn(process.execPath, args, { cwd: root, env, stdio: ["ignore", "inherit", "inherit"] });
  child.once("exit", (code) => { resolve(code ?? 1); });
});

/** A step that either holds or not counts as one. */
const check = (name: string, args: readonly string[]): Step => ({
  name, run: async ({ env }) => (await runNode(args, env) === 0 ? { passed: 1, failed: 0 } : { passed: 0, failed: 1 }),
});

const jest = (name: string, ...args: readonly string[]): Step => ({ name, run: (context) => runJest(context, args) });

interface Report {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numFailedTestSuites: number;
  readonly testResults: readonly { readonly assertionResults: readonly { readonly fullName: string; readonly status: string; readonly invocations?: number }[] }[];
}

async function runJest({ folder, env }: Context, args: readonly string[]): Promise<Tally> {
  const file = join(folder, "jest.json");
  rmSync(file, { force: true });
  const code = await runNode(["--conditions=source", "--experimental-vm-modules", "--no-warnings", join(modules, "jest/bin/jest.js"), "--config", "tests/jest.config.mjs", "--json", `--outputFile=${file}`, ...args], env);
  return tally(code, () => {
    const report = JSON.parse(readFileSync(file, "utf8")) as Report;
    const again = report.testResults.flatMap((suite) => suite.assertionResults.filter((test) => test.status === "passed" && (test.invocations ?? 1) > 1));
    for (const test of again) process.stdout.write(`FLAKY: passed only when run again: ${test.fullName}\n`);
    // A suite that cannot even load has no failed test of its own.
    return { passed: report.numPassedTests, failed: Math.max(report.numFailedTests, report.numFailedTestSuites) };
  });
}

async function runPlaywright({ folder, env }: Context): Promise<Tally> {
  const file = join(folder, "playwright.json");
  const code = await runNode([join(modules, "@playwright/test/cli.js"), "test", "--config", "tests/playwright.config.ts"], { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: file });
  return tally(code, () => {
    const { stats } = JSON.parse(readFileSync(file, "utf8")) as { stats: { expected: number; unexpected: number; flaky: number } };
    if (stats.flaky > 0) process.stdout.write(`FLAKY: ${stats.flaky} browser test(s) passed only when run again; see above\n`);
    return { passed: stats.expected + stats.flaky, failed: stats.unexpected };
  });
}

/** A runner that failed without naming a failed test still failed. */
function tally(code: number, read: () => Tally): Tally {
  try {
    const counted = read();
    return code !== 0 && counted.failed === 0 ? { ...counted, failed: 1 } : counted;
  } catch {
    return { passed: 0, failed: 1 };
  }
}

/** Each keeps one core busy: two go at a time, the longest first. */
const CHECKS: readonly Step[] = [
  check("lint", [join(modules, "eslint/bin/eslint.js"), "."]),
  check("types", [join(modules, "typescript/bin/tsc"), "-b"]),
  check("schema", ["--conditions=source", "--no-warnings", "solution/schema/generate.ts", "--check"]),
  check("imports", [join(modules, "dependency-cruiser/bin/dependency-cruiser.mjs"), "--config", ".dependency-cruiser.cjs", "solution", "plugin-proxy", "webresources/src", "pcf-controls", "admin", "tests"]),
];
/** Each gets the machine for itself. */
const SUITES: readonly Step[] = [
  jest("jest", "--selectProjects", "node", "browser"),
  check("simulation", ["--conditions=source", "--no-warnings", "tests/simulation/main.ts", "--seeds", "3200", "--processes", "2"]),
  // These wait for real time and count on their processes being served: they get the machine for themselves, two files at a time, which are idle half of it.
  jest("flows", "--selectProjects", "flows"),
  { name: "e2e", run: runPlaywright },
];

/** Whether the command line asks for a step. */
function chosen(): (step: Step) => boolean {
  const { values } = parseArgs({ options: { only: { type: "string" }, without: { type: "string" } } });
  const only = values.only?.split(",");
  const without = values.without?.split(",") ?? [];
  return ({ name }) => (only === undefined || only.includes(name)) && !without.includes(name);
}

async function runSteps(steps: readonly Step[], context: Context, atOnce: number): Promise<Tally> {
  const total: Tally = { passed: 0, failed: 0 };
  const waiting = [...steps];
  const lane = async (): Promise<void> => {
    for (let step = waiting.shift(); step !== undefined; step = waiting.shift()) {
      const from = Date.now();
      process.stdout.write(`\n── ${step.name} ──\n`);
      const result = await step.run(context);
      total.passed += result.passed;
      total.failed += result.failed;
      process.stdout.write(`── ${step.name}: ${result.passed} passed, ${result.failed} failed, ${((Date.now() - from) / 1000).toFixed(0)} s ──\n`);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, lane));
  return total;
}

async function main(): Promise<number> {
  const started = Date.now();
  const isChosen = chosen();
  ensureDebian(["chromium", "postgresql", "xmllint"]);
  const folder = mkdtempSync(join(tmpdir(), "cybs-test-"));
  const postgres = await startPostgres();
  const context: Context = { folder, env: { ...process.env, NODE_ENV: "test", NODE_COMPILE_CACHE: join(modules, ".cache", "compiled"), TEST_DATABASE_URL: postgres.url } };
  try {
    const checks = await runSteps(CHECKS.filter(isChosen), context, 2);
    const suites = await runSteps(SUITES.filter(isChosen), context, 1);
    const [passed, failed] = [checks.passed + suites.passed, checks.failed + suites.failed];
    process.stdout.write(`\nIn ${((Date.now() - started) / 1000).toFixed(0)} s\n${passed} passed, ${failed} failed\n`);
    return failed === 0 && passed > 0 ? 0 : 1;
  } finally {
    await postgres.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

process.exitCode = await main();
