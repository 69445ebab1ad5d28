// Builds the controls named on the command line, or all. pcf-scripts exits 0 when the build fails: believe only its own words, and a fresh bundle.
// Linting is the repository's own (npm run lint), so the build's is skipped.
import { spawn, spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { join } from "node:path";
import { createHash } from "node:crypto";
import { copyFileSync, existsSync, globSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";

const here = import.meta.dirname;
const require = createRequire(import.meta.url);
const AT_ONCE = 2;

const names = process.argv.slice(2);
const folders = readdirSync(here, { withFileTypes: true }).filter((entry) => entry.isDirectory() && entry.name !== "shared" && (names.length === 0 || names.includes(entry.name))).map(({ name }) => name);

const shared = spawnSync(process.execPath, [require.resolve("typescript/bin/tsc"), "-b", join(here, "shared")], { encoding: "utf8" });
if (shared.status !== 0) throw new Error(`shared parts of the controls do not compile\n${shared.stdout}${shared.stderr}`);

/** A control is built again when something it is made of has changed. */
const stamps = join(here, "..", "node_modules", ".build-stamps");
const everywhere = ["shared/src/**/*", "shared/css/*", "../solution/schema/src/**/*", "../plugin-proxy/contract/src/**/*", "build.mjs"];
const digestOf = (folder) => {
  const hash = createHash("sha256");
  for (const file of [...everywhere, `${folder}/**/*`].flatMap((pattern) => globSync(pattern, { cwd: here }).sort())) {
    if (!/(^|\/)(out|generated|dist|node_modules)(\/|$)|tsbuildinfo$|\w\/css\/panel\.css$/.test(file.replace("shared/css", "")) && statSync(join(here, file)).isFile()) hash.update(file).update(readFileSync(join(here, file)));
  }
  return hash.digest("hex");
};
const isFresh = (folder, digest) => existsSync(join(stamps, `pcf-${folder}`)) && readFileSync(join(stamps, `pcf-${folder}`), "utf8") === digest && globSync(`${folder}/out/controls/*/bundle.js`, { cwd: here }).length > 0;

/** One style sheet for all panels; a control may only name files of its own folder. */
const copyStyles = (folder) => {
  const [control] = readdirSync(join(here, folder)).filter((name) => /^[A-Z]/.test(name) && !name.includes("."));
  copyFileSync(join(here, "shared", "css", "panel.css"), join(here, folder, control, "css", "panel.css"));
};

const buildControl = (folder) => new Promise((resolve, reject) => {
  const path = join(here, folder);
  const digest = digestOf(folder);
  if (isFresh(folder, digest)) { resolve(""); return; }
  rmSync(join(path, "out"), { recursive: true, force: true });
  copyStyles(folder);
  const bin = require.resolve("pcf-scripts/bin/pcf-scripts.js");
  const child = spawn(process.execPath, [bin, "build", "--buildMode", "production"], { cwd: path, stdio: ["ignore", "pipe", "pipe"] });
  let log = "";
  for (const stream of [child.stdout, child.stderr]) stream.on("data", (chunk) => { log += chunk; });
  child.on("close", (code) => {
    if (code !== 0 || !/\[build\] Succeeded/.test(log)) { reject(new Error(`the build of ${folder} failed\n${log}`)); return; }
    mkdirSync(stamps, { recursive: true });
    writeFileSync(join(stamps, `pcf-${folder}`), digest);
    resolve(log);
  });
});

const waiting = [...folders];
const work = async () => { for (let folder = waiting.shift(); folder !== undefined; folder = waiting.shift()) await buildControl(folder); };
await Promise.all(Array.from({ length: AT_ONCE }, work));
