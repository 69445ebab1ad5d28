// Packs our own solution, both types, after every check it must pass: lint of the source, the published schemas
// where they are on the machine, lint of the finished package.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Finding } from "./lint/finding.ts";
import { lintSolution } from "./lint/lint.ts";
import { packageIsWellFormed } from "./lint/package-rules.ts";
import { readManifest, zipName } from "./manifest.ts";
import { assembleEntries, type Entries, zipEntries } from "./pack.ts";
import { readProduct, withoutParts } from "./product-tree.ts";
import { checkAgainstSchema, checkPieces, type SchemaCheck, schemaFolder } from "./schema-check.ts";
import { piecesBySchema } from "./schema-pieces.ts";
import { readSolution, type SolutionModel } from "./solution-model.ts";
import { PackError, type SourceTree } from "./source-tree.ts";
import { stampVersion } from "./stamp.ts";
import type { PackageType } from "./twins.ts";

interface Options { root: string; isPartial: boolean; build?: number | undefined; say: (line: string) => void }
export interface PackedProduct { name: string; zip: Uint8Array; entries: Entries }
const TYPES: readonly PackageType[] = ["unmanaged", "managed"];

/** Throws all findings as one error, each with the sentence that says how to mend it. */
export function refuse(found: readonly Finding[]): void {
  if (found.length === 0) return;
  const lines = found.map(({ rule, path, message }) => `  ${path}: ${message} [${rule}]`);
  throw new PackError(`${found.length} ${found.length === 1 ? "thing" : "things"} to mend first:\n${lines.join("\n")}`);
}

function refuseBroken(options: Options, what: string, check: SchemaCheck): void {
  if (check.kind === "skipped") options.say(`Not checked against Microsoft's schemas: ${check.why}.`);
  if (check.kind === "broken") throw new PackError(`${what} breaks Microsoft's schema:\n${check.errors.join("\n")}`);
}

function checkSource(options: Options, solution: SolutionModel): void {
  refuse(lintSolution(solution));
  for (const [schema, pieces] of piecesBySchema(solution)) refuseBroken(options, `A part of the source (${schema})`, checkPieces(join(schemaFolder(options.root), "official", schema), pieces));
}

function checkPackage(options: Options, type: PackageType, entries: Entries): void {
  refuse(packageIsWellFormed(entries));
  const text = new TextDecoder().decode(entries.get("customizations.xml"));
  refuseBroken(options, `customizations.xml (${type})`, checkAgainstSchema({ schema: join(schemaFolder(options.root), "modern", "CustomizationsSolution.xsd"), text }));
}

function completeTree(options: Options): SourceTree {
  const { tree, missing } = readProduct(options.root);
  if (missing.length === 0) return tree;
  if (!options.isPartial) throw new PackError(`${missing.map(({ part }) => part).join(", ")} not built yet. Run: npm run build`);
  for (const { part } of missing) options.say(`Left out because it is not built: ${part}`);
  return withoutParts(tree, missing);
}

/** The source as it is packed: built parts laid over it, the version stamped. */
export function productTree(options: Options): SourceTree {
  const { version } = JSON.parse(readFileSync(join(options.root, "package.json"), "utf8")) as { version: string };
  return stampVersion(completeTree(options), { productVersion: version, build: options.build });
}

/** Both zips with their file names; throws with all findings at once when something must be mended. */
export function packProduct(options: Options): PackedProduct[] {
  const tree = productTree(options);
  if (!options.isPartial) checkSource({ ...options, say: onlyOnce(options.say) }, readSolution(tree));
  return TYPES.map((type) => {
    const entries = assembleEntries(tree, type);
    checkPackage(options, type, entries);
    return { name: zipName(readManifest(tree), type), zip: zipEntries(entries), entries };
  });
}

/** Says a sentence the first time only: four missing schemas are one piece of news. */
function onlyOnce(say: (line: string) => void): (line: string) => void {
  let isSaid = false;
  return (line) => { if (!isSaid) say(line); isSaid = true; };
}
