// Configuration as files in git: one JSON file a table, rows and members sorted, so that a diff shows what was changed and nothing else.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { keyOf, shapeOf, type ConfigurationRow } from "../plans/configuration-shape.ts";
import { Stop } from "../stop.ts";

const Rows = z.array(z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])));
const Names = z.record(z.string(), z.string());
const NAMES_FILE = "map.json";

export function writeFolder(folder: string, rows: readonly ConfigurationRow[]): readonly string[] {
  mkdirSync(folder, { recursive: true });
  const tables = [...new Set(rows.map((row) => row.table))].sort();
  for (const table of tables) {
    const own = rows.filter((row) => row.table === table).sort((left, right) => (left.key < right.key ? -1 : 1)).map((row) => Object.fromEntries(Object.entries(row.values).sort(([left], [right]) => (left < right ? -1 : 1))));
    writeFileSync(join(folder, `${table}.json`), `${JSON.stringify(own, undefined, 2)}\n`);
  }
  return tables;
}

/** Every row, and the map of names that differ between environments, if there is one. Stops with every mistake. */
export function readFolder(folder: string): { readonly rows: readonly ConfigurationRow[]; readonly names: Readonly<Record<string, string>> } {
  if (!existsSync(folder)) throw new Stop("configuration_invalid", { folder }, "There is no such folder.");
  const mistakes: string[] = [];
  const read = <T>(file: string, schema: z.ZodType<T>): T | undefined => {
    try {
      return schema.parse(JSON.parse(readFileSync(join(folder, file), "utf8")));
    } catch {
      mistakes.push(`${file} is not what promote export writes.`);
      return undefined;
    }
  };
  const rows = readdirSync(folder).filter((file) => file.endsWith(".json") && file !== NAMES_FILE).sort().flatMap((file): readonly ConfigurationRow[] => {
    const shape = shapeOf(file.replace(/\.json$/, ""));
    if (shape === undefined) { mistakes.push(`${file}: no such table.`); return []; }
    return (read(file, Rows) ?? []).map((values) => ({ table: shape.table, key: keyOf(shape, values), values }));
  });
  const names = existsSync(join(folder, NAMES_FILE)) ? read(NAMES_FILE, Names) ?? {} : {};
  const twice = rows.filter((row, index) => rows.findIndex((other) => other.table === row.table && other.key === row.key) !== index);
  mistakes.push(...twice.map((row) => `${row.table}: ${row.key} is there twice.`));
  if (mistakes.length > 0) throw new Stop("configuration_invalid", { folder }, mistakes.join(" "));
  return { rows, names };
}
