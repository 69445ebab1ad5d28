// Checks XML against Microsoft's published schemas with xmllint, where both are on the machine.
// The schemas are Microsoft's files and no part of this repository; without them the check says so and passes.
import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export type SchemaCheck = { kind: "clean" } | { kind: "skipped"; why: string } | { kind: "broken"; errors: string[] };
export interface Piece { name: string; text: string }

const ERRORS_MAX = 20;
const SCHEMAS_VARIABLE = "SOLUTION_SCHEMAS";

/** Where the schemas are: the folder that SOLUTION_SCHEMAS names, or beside a checkout. */
export const schemaFolder = (root: string): string => process.env[SCHEMAS_VARIABLE] ?? join(root, "..", "shared", "data", "xsd");

/** Checks several texts in one run; errors name the piece that has them. */
export function checkPieces(schema: string, pieces: readonly Piece[]): SchemaCheck {
  if (!existsSync(schema)) return { kind: "skipped", why: `the schema ${schema} is not on this machine` };
  if (pieces.length === 0) return { kind: "clean" };
  const folder = mkdtempSync(join(tmpdir(), "solution-schema-"));
  try {
    const files = pieces.map((piece, at) => {
      const file = join(folder, `${at}.xml`);
      writeFileSync(file, piece.text);
      return { file, name: piece.name };
    });
    const done = spawnSync("xmllint", ["--noout", "--schema", schema, ...files.map(({ file }) => file)], { encoding: "utf8" });
    if (done.error !== undefined) return { kind: "skipped", why: "xmllint is not on this machine (Debian: apt-get install libxml2-utils)" };
    if (done.status === 0) return { kind: "clean" };
    const named = (line: string) => files.reduce((text, { file, name }) => text.replace(`${file}:`, `${name} line `), line);
    return { kind: "broken", errors: done.stderr.split("\n").filter((line) => line.includes("error")).map(named).slice(0, ERRORS_MAX) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

export const checkAgainstSchema = (options: { schema: string; text: string }): SchemaCheck => checkPieces(options.schema, [{ name: "customizations.xml", text: options.text }]);
