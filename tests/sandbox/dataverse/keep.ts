// What survives a restart when a data folder is given, and what a reset comes back to. Rows are never changed in place, so a start shares them.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { importSolution } from "./import/import-solution.ts";
import { answerMetadata, journalOf } from "./metadata/definitions.ts";
import type { Depth, Organization, RoleDefinition } from "./organization.ts";
import { callerOf } from "./security/authenticate.ts";
import { ADMINISTRATOR } from "./seed.ts";
import type { Removal, Row } from "./store/rows.ts";

interface Contents {
  readonly rows: Record<string, Row[]>;
  readonly roles: readonly (Omit<RoleDefinition, "privileges"> & { readonly privileges: readonly [string, Depth][] })[];
  readonly assignments: [string, string[]][];
  readonly numbers: [string, number][];
}
interface Snapshot extends Contents {
  readonly starts: number;
  readonly solutions: readonly { readonly uniqueName: string; readonly zip: Record<string, string> }[];
  readonly removals: readonly Removal[];
  /** Definitions that came over the Web API, as they were written. Absent in older folders. */
  readonly definitions?: ReturnType<typeof journalOf>;
}
/** Rows and roles as a reset puts them back, and the solutions whose components are among them. */
export interface Start extends Contents { readonly solutions: readonly string[] }

const contentsOf = (organization: Organization): Contents => ({
  rows: organization.store.dump(), roles: [...organization.roles.values()].map((role) => ({ ...role, privileges: [...role.privileges] })),
  assignments: [...organization.assignments].map(([id, roles]) => [id, [...roles]]), numbers: [...organization.numbers],
});
export const startOf = (organization: Organization): Start => ({ ...contentsOf(organization), solutions: organization.solutions.map((one) => one.uniqueName) });

/** Everything that people made; the tables stay. */
export function forget(organization: Organization): void {
  organization.store.clear();
  for (const map of [organization.numbers, organization.roles, organization.assignments, organization.traffic]) map.clear();
}

export function putBack(organization: Organization, contents: Contents, removals: readonly Removal[] = []): void {
  organization.store.load(organization.model, contents.rows, removals);
  for (const role of contents.roles) organization.roles.set(role.id, { ...role, privileges: new Map(role.privileges) });
  for (const [id, roles] of contents.assignments) organization.assignments.set(id, new Set(roles));
  for (const [name, number] of contents.numbers) organization.numbers.set(name, number);
}

export function reimport(organization: Organization, solution: { readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[] }): void {
  importSolution(organization, zipSync(Object.fromEntries(solution.files.map((entry) => [entry.path, entry.bytes]))));
}

export interface Keeper {
  /** How often the folder was used before: randomness must not repeat itself. */
  readonly starts: number;
  readonly start: Start | undefined;
  restore(organization: Organization): void;
  save(organization: Organization): void;
  keepStart(start: Start): void;
}

/** Renamed into place, so that a process that is killed leaves the older file or the newer one, never half of one. */
function write(file: string, value: unknown): void {
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}
const read = (file: string | undefined): unknown => (file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : undefined);

export function createKeeper(dataDir: string | undefined): Keeper {
  const file = dataDir === undefined ? undefined : join(dataDir, "dataverse.json");
  const startFile = dataDir === undefined ? undefined : join(dataDir, "dataverse-start.json");
  const kept = read(file) as Snapshot | undefined;
  const starts = (kept?.starts ?? -1) + 1;
  let saved = -1;
  return {
    starts, start: read(startFile) as Start | undefined,
    restore: (organization) => {
      if (kept === undefined) return;
      for (const solution of kept.solutions) reimport(organization, { files: Object.entries(solution.zip).map(([path, text]) => ({ path, bytes: new Uint8Array(Buffer.from(text, "base64")) })) });
      const caller = callerOf(organization, ADMINISTRATOR);
      for (const one of kept.definitions ?? []) answerMetadata({ organization, caller }, { ...one, query: new Map(), rawQuery: "", headers: {}, contentIds: new Map() });
      forget(organization);
      putBack(organization, kept, kept.removals);
    },
    save: (organization) => {
      if (file === undefined || saved === organization.store.changes) return;
      saved = organization.store.changes;
      const solutions = organization.solutions.map((one) => ({ uniqueName: one.uniqueName, zip: Object.fromEntries(one.files.map((entry) => [entry.path, Buffer.from(entry.bytes).toString("base64")])) }));
      write(file, { starts, solutions, ...contentsOf(organization), removals: organization.store.removals(), definitions: journalOf(organization) } satisfies Snapshot);
    },
    keepStart: (start) => { if (startFile !== undefined) write(startFile, start); },
  };
}
