// `npm run solution:diff -- BEFORE AFTER`: two zips, or an environment's address and a zip. Exits with 2 when an upgrade would be refused or lose something.
import { readFileSync } from "node:fs";
import { PackError } from "../source-tree.ts";
import { compareInventories } from "./compare.ts";
import type { Inventory } from "./inventory.ts";
import { readEnvironment } from "./read-environment.ts";
import { readPackage } from "./read-package.ts";
import { reportOf } from "./report.ts";
import { comparable } from "./comparable.ts";

const USAGE = `Usage:
  npm run solution:diff -- BEFORE.zip AFTER.zip
  npm run solution:diff -- https://your-environment.crm.dynamics.com AFTER.zip
Options:
  --json      the changes as JSON, for a pipeline
For an environment the variable DATAVERSE_TOKEN holds a bearer token of it, for example:
  az account get-access-token --resource https://your-environment.crm.dynamics.com --query accessToken -o tsv`;
const isAddress = (text: string): boolean => /^https?:\/\//.test(text);

function packageAt(path: string): Inventory {
  try { return readPackage(path, new Uint8Array(readFileSync(path))); } catch (error) {
    if (error instanceof PackError) throw error;
    throw new PackError(`${path} cannot be read. Name a solution package.`);
  }
}

async function read(place: string, other: string): Promise<Inventory> {
  if (!isAddress(place)) return packageAt(place);
  if (isAddress(other)) throw new PackError(`One of the two must be a zip.\n${USAGE}`);
  const token = process.env["DATAVERSE_TOKEN"];
  if (token === undefined || token === "") throw new PackError(`DATAVERSE_TOKEN is not set.\n${USAGE}`);
  const { name, tables, roles } = packageAt(other);
  return readEnvironment({ url: place, token, solution: name, tables: [...tables.keys()], rolePrefix: sharedStart([...roles.values()].map(({ label }) => label)) });
}

/** What the names of all roles begin with, so that roles which the new version no longer has are found too. */
function sharedStart(names: readonly string[]): string {
  const [first = "", ...rest] = names;
  return rest.reduce((start, name) => { let length = 0; while (length < start.length && start[length] === name[length]) length++; return start.slice(0, length); }, first).split("–")[0]?.trim() ?? "";
}

try {
  const args = process.argv.slice(2);
  const [before, after] = args.filter((one) => !one.startsWith("--"));
  if (before === undefined || after === undefined) throw new PackError(USAGE);
  const [old, now] = comparable(await read(before, after), await read(after, before));
  const changes = compareInventories(old, now);
  process.stdout.write(args.includes("--json") ? `${JSON.stringify(changes, undefined, 2)}\n` : reportOf(old, now, changes));
  if (changes.some(({ effect }) => effect !== undefined)) process.exitCode = 2;
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
