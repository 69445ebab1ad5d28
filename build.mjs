// Builds what is not run from its sources: the two leaves' types, the controls, the scripts, the card-entry page and the solution zip.
// Each step is skipped when a hash over its inputs is unchanged, so that a second start costs a second. Words go to stderr.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, globSync, mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(fileURLToPath(import.meta.url));
const stamps = join(root, "node_modules", ".build-stamps");
const ignored = /(^|\/)(node_modules|dist|out|generated)\/|\.tsbuildinfo$|\/css\/panel\.css$(?<!shared\/css\/panel\.css)/;

const steps = [
  {
    name: "types of the shared packages",
    inputs: ["solution/schema/**/*", "plugin-proxy/contract/**/*", "tsconfig.base.json"],
    outputs: ["solution/schema/dist/index.js", "plugin-proxy/contract/dist/index.js"],
    command: ["node_modules/typescript/bin/tsc", "-b", "solution/schema", "plugin-proxy/contract"],
  },
  {
    name: "controls (PCF)",
    inputs: ["pcf-controls/**/*", "solution/schema/src/**/*", "plugin-proxy/contract/src/**/*", "tsconfig.base.json"],
    outputs: globSync("pcf-controls/*/*/ControlManifest.Input.xml", { cwd: root }).map((manifest) => manifest.replace(/([^/\\]+)[/\\]ControlManifest\.Input\.xml$/, "out/controls/$1/bundle.js")),
    command: ["pcf-controls/build.mjs"],
  },
  {
    name: "form scripts",
    inputs: ["webresources/**/*", "solution/schema/src/**/*"],
    outputs: ["webresources/dist/js/payments.js"],
    command: ["--conditions=source", "webresources/build.mjs"],
  },
  {
    name: "card-entry page",
    inputs: ["plugin-proxy/card-entry/**/*", "plugin-proxy/contract/src/**/*"],
    outputs: ["plugin-proxy/card-entry/dist/page.json"],
    command: ["--conditions=source", "plugin-proxy/card-entry/build.mjs"],
  },
  {
    name: "solution zip",
    inputs: ["solution/src/**/*", "solution/packer/**/*", "webresources/dist/**/*", "webresources/src/icons/**/*", "pcf-controls/*/out/controls/**/*"],
    builtInputs: true,
    outputs: ["solution/dist"],
    command: ["--conditions=source", "--no-warnings", "solution/packer/src/main.ts"],
  },
];

function digestOf(step) {
  const hash = createHash("sha256").update(JSON.stringify(step.command));
  for (const pattern of step.inputs) {
    for (const file of globSync(pattern, { cwd: root }).sort()) {
      if (!step.builtInputs && ignored.test(file)) continue;
      if (statSync(join(root, file)).isFile()) hash.update(file).update(readFileSync(join(root, file)));
    }
  }
  return hash.digest("hex");
}

mkdirSync(stamps, { recursive: true });
for (const [index, step] of steps.entries()) {
  const digest = digestOf(step);
  const stamp = join(stamps, `${index}`);
  const isBuilt = step.outputs.every((output) => existsSync(join(root, output)));
  if (isBuilt && existsSync(stamp) && readFileSync(stamp, "utf8") === digest) continue;
  const started = Date.now();
  process.stderr.write(`Building ${step.name} (${index + 1} of ${steps.length}) … `);
  const done = spawnSync(process.execPath, step.command, { cwd: root, encoding: "utf8" });
  if (done.status !== 0) {
    process.stderr.write(`failed\n${done.stdout}\n${done.stderr}\n`);
    process.exit(1);
  }
  writeFileSync(stamp, digest);
  process.stderr.write(`${((Date.now() - started) / 1000).toFixed(1)} s\n`);
}
