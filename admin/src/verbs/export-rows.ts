// All rows of the product's tables into a folder, one JSON line a row, before they go with the solution. A manifest counts and hashes what was
// written; a folder whose manifest is there is complete.
import { createHash } from "node:crypto";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { readOwnTables } from "../dataverse/own-tables.ts";
import type { Dataverse } from "../dataverse/web-api.ts";
import type { Context } from "../verb.ts";

export interface Exported { readonly folder: string; readonly rows: number }

export async function exportRows(context: Context, dataverse: Dataverse, folder: string): Promise<Exported> {
  const tables = await readOwnTables(dataverse);
  const progress = context.screen.progress("Exporting rows");
  mkdirSync(folder, { recursive: true });
  const files: { readonly file: string; readonly rows: number; readonly sha256: string }[] = [];
  for (const [index, { entitySetName }] of tables.entries()) {
    progress.to((index / tables.length) * 100, entitySetName);
    const rows = await dataverse.list(entitySetName);
    const text = rows.map((row) => `${JSON.stringify(row)}\n`).join("");
    writeFileSync(join(folder, `${entitySetName}.jsonl`), text, { mode: 0o600 });
    files.push({ file: `${entitySetName}.jsonl`, rows: rows.length, sha256: createHash("sha256").update(text).digest("hex") });
  }
  writeFileSync(join(folder, "manifest.json"), `${JSON.stringify({ from: dataverse.url, at: new Date(context.clock.now()).toISOString(), files }, undefined, 2)}\n`, { mode: 0o600 });
  const rows = files.reduce((sum, file) => sum + file.rows, 0);
  progress.done(`${rows} rows in ${folder}`);
  return { folder, rows };
}
