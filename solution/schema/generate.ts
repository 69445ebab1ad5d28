// Writes solution/schema/src from solution/src, or with --check only says whether they agree.
// Run: node --conditions=source solution/schema/generate.ts [--check]
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readNames } from "./generate/read-tables.ts";
import { fileOf, renderIndex, renderTable } from "./generate/render-table.ts";

const source = join(import.meta.dirname, "..", "src");
const target = join(import.meta.dirname, "src");

function render(): Map<string, string> {
  const { tables, relationships, environmentVariables } = readNames(source);
  const files = new Map(tables.map((table) => [fileOf(table), renderTable(table, relationships)]));
  return files.set("index.ts", renderIndex(tables, environmentVariables));
}

const files = render();
const stale = [...files].filter(([name, wanted]) => !existsSync(join(target, name)) || readFileSync(join(target, name), "utf8") !== wanted).map(([name]) => name);
const surplus = existsSync(target) ? readdirSync(target).filter((name) => !files.has(name)) : [];

if (process.argv.includes("--check")) {
  if (stale.length + surplus.length > 0) {
    process.stderr.write(`solution/schema does not match solution/src (${[...stale, ...surplus].join(", ")}). Run: node --conditions=source solution/schema/generate.ts\n`);
    process.exitCode = 1;
  }
} else {
  mkdirSync(target, { recursive: true });
  for (const name of surplus) rmSync(join(target, name));
  for (const name of stale) writeFileSync(join(target, name), files.get(name) ?? "");
  process.stdout.write(`${stale.length + surplus.length} of ${files.size} files written\n`);
}
