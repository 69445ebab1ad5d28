// The zip that is to be imported: what its manifest says. Stops when it is no zip of this product.
import { readFileSync, globSync } from "node:fs";
import { createHash } from "node:crypto";
import { join } from "node:path";
import { childAt, childrenNamed, readXml, textOf } from "@cybs/packer";
import { strFromU8, unzipSync } from "fflate";
import { Stop } from "./stop.ts";

export const PRODUCT = "CybersourcePayments";

export interface SolutionZip {
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Hex SHA-256 of the bytes: what was imported can be told from what was not. */
  readonly digest: string;
  readonly uniqueName: string;
  readonly version: string;
  readonly isManaged: boolean;
  /** Logical names of the tables in it, the standard ones that it extends included. */
  readonly tables: readonly string[];
}

const root = join(import.meta.dirname, "..", "..");

/** The newest managed zip that was packed here, unless a file is named. */
export function readSolutionZip(named: string | undefined, workingFolder: string): SolutionZip {
  const file = named === undefined ? newest() : join(named.startsWith("/") ? "" : workingFolder, named);
  let bytes: Uint8Array;
  try { bytes = readFileSync(file); } catch { throw new Stop("zip_missing", { file }); }
  try { return describe(file, bytes); } catch (error) { throw error instanceof Stop ? error : new Stop("zip_invalid", { file }, error instanceof Error ? error.message : undefined); }
}

function newest(): string {
  const found = globSync(`solution/dist/${PRODUCT}_*_managed.zip`, { cwd: root }).sort((left, right) => compareVersions(versionIn(left), versionIn(right))).at(-1);
  return join(root, found ?? `solution/dist/${PRODUCT}_…_managed.zip`);
}
const versionIn = (name: string): string => /_(\d+(?:_\d+)*)_managed/.exec(name)?.[1]?.replaceAll("_", ".") ?? "";

function describe(file: string, bytes: Uint8Array): SolutionZip {
  const manifest = unzipSync(bytes, { filter: (entry) => entry.name === "solution.xml" })["solution.xml"];
  if (manifest === undefined) throw new Stop("zip_invalid", { file }, "It has no solution.xml.");
  const xml = strFromU8(manifest);
  const solution = childAt(readXml(xml), "SolutionManifest");
  const of = (name: string): string => { const found = solution === undefined ? undefined : childAt(solution, name); return found === undefined ? "" : textOf(xml, found).trim(); };
  const uniqueName = of("UniqueName");
  if (uniqueName !== PRODUCT) throw new Stop("zip_invalid", { file }, `It holds ${uniqueName === "" ? "no solution" : uniqueName}.`);
  const roots = solution === undefined ? undefined : childAt(solution, "RootComponents");
  const tables = (roots === undefined ? [] : childrenNamed(roots, "RootComponent")).filter((one) => one.attributes.get("type") === "1").map((one) => (one.attributes.get("schemaName") ?? "").toLowerCase());
  return { file, bytes, digest: createHash("sha256").update(bytes).digest("hex"), uniqueName, version: of("Version"), isManaged: of("Managed") === "1", tables };
}

/** Less than, equal to or more than zero. */
export function compareVersions(left: string, right: string): number {
  const [one = [], other = []] = [left, right].map((text) => text.split(".").map(Number));
  for (let index = 0; index < 4; index++) { const difference = (one[index] ?? 0) - (other[index] ?? 0); if (difference !== 0) return difference; }
  return 0;
}
