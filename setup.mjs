// Starts everything: installs what is missing, builds when asked (--build), then runs a TypeScript file on Node 24.
// It is run by whatever Node runs npm (20.19 or later) before node_modules exists, so: Node built-ins only.
// stdout belongs to the program that is started; all words of this file go to stderr.
import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const bin = join(root, "node_modules", ".bin");
const stamp = join(root, "node_modules", ".setup-stamp");
const lock = join(root, ".setup-lock");
const digest = createHash("sha256").update(readFileSync(join(root, "package-lock.json"))).update(process.platform + process.arch).digest("hex");
const isInstalled = () => existsSync(stamp) && readFileSync(stamp, "utf8") === digest;

let child;
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"]) {
  process.on(signal, () => { if (child) child.kill(signal); else process.exit(1); });
}

const run = (command, args, options) => new Promise((resolve, reject) => {
  child = spawn(command, args, options)
    .once("error", reject)
    .once("exit", (code, signal) => { child = undefined; resolve(code ?? (signal ? 128 + 15 : 1)); });
});

const isAlive = (pid) => {
  try { process.kill(pid, 0); return true; } catch (error) { return error.code === "EPERM"; }
};

// `npm test` and `npm start` on a fresh clone must not install or build at the same time.
async function acquireLock() {
  for (;;) {
    try {
      writeFileSync(lock, String(process.pid), { flag: "wx" });
      process.on("exit", releaseLock);
      return;
    } catch (error) {
      if (error.code !== "EEXIST") throw error;
    }
    let pid = NaN;
    try { pid = Number(readFileSync(lock, "utf8")); } catch { /* just released */ }
    if (pid > 0 && !isAlive(pid)) rmSync(lock, { force: true });
    await delay(300);
  }
}
function releaseLock() {
  try { if (Number(readFileSync(lock, "utf8")) === process.pid) rmSync(lock, { force: true }); } catch { /* not ours */ }
}

async function install() {
  process.stderr.write("Installing packages (once, about a minute) …\n");
  const npm = process.env.npm_execpath ? [process.execPath, process.env.npm_execpath] : ["npm"];
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^npm_(lifecycle|package|command)/i.test(name)));
  const code = await run(npm[0], [...npm.slice(1), "ci", "--no-audit", "--no-fund", "--loglevel=error"], { cwd: root, env, stdio: ["ignore", 2, 2] });
  if (code !== 0) process.exit(code);
  writeFileSync(stamp, digest);
}

const node = () => [join(bin, process.platform === "win32" ? "node.cmd" : "node"), process.execPath].find((path) => existsSync(path));
const env = { ...process.env, PATH: bin + delimiter + process.env.PATH };
const args = process.argv.slice(2);
const wantsBuild = args[0] === "--build";
const [script, ...rest] = wantsBuild ? args.slice(1) : args;

if (!isInstalled() || wantsBuild) {
  await acquireLock();
  if (!isInstalled()) await install();
  if (wantsBuild) {
    const code = await run(node(), ["--conditions=source", join(root, "build.mjs")], { cwd: root, stdio: ["ignore", 2, 2], env });
    if (code !== 0) process.exit(code);
  }
  releaseLock();
}
if (script === undefined) process.exit(0);
process.exit(await run(node(), ["--conditions=source", "--no-warnings", script, ...rest], { stdio: "inherit", env }));
