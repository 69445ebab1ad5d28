// The Dataverse stand-in. Opened, it answers calls within this process; started, it does so on HTTPS (Web API and token endpoint) and on
// plain http for the form host beside it.
import { existsSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BusinessClock } from "../kit/clock.ts";
import { createFaults, type Call, type Faults, type Reply } from "../kit/faults.ts";
import { zipSync } from "fflate";
import { realOutside } from "../kit/outside.ts";
import { createRandom } from "../kit/random.ts";
import { serve } from "../kit/serve.ts";
import { importSolution } from "./import/import-solution.ts";
import { attachJobs } from "./jobs/system-jobs.ts";
import { createModel, type Model } from "./metadata/model.ts";
import type { Depth, Organization, Outside, RoleDefinition } from "./organization.ts";
import { attachAudit } from "./rules/audit.ts";
import { registerPrivileges } from "./security/privileges.ts";
import { seed } from "./seed.ts";
import { createAnswer, sandboxEndpoints } from "./server.ts";
import { createStore, type Removal, type Row } from "./store/rows.ts";
import { createSwitches } from "./switches.ts";
import { attachWebhooks, registerMessages } from "./webhooks/deliver.ts";

export { relayClient } from "./seed.ts";

export interface OpenDataverseOptions {
  readonly clock: BusinessClock;
  readonly seed: number;
  readonly organization?: { readonly id?: string; readonly name?: string; readonly environmentType?: "sandbox" | "production" };
  readonly outside?: Outside;
  /** How often this place was opened before: randomness must not repeat itself. */
  readonly starts?: number;
}
export interface DataverseOptions extends OpenDataverseOptions {
  readonly port: number;
  readonly httpPort?: number;
  readonly tls: { readonly cert: string; readonly key: string };
  readonly dataDir?: string;
}
export interface OpenDataverse {
  readonly organization: Organization;
  readonly tokens: Readonly<Record<string, string>>;
  readonly faults: Faults;
  /** One call of the Web API or the token endpoint, with no socket in between. */
  readonly answer: (call: Call) => Promise<Reply>;
  readonly stop: () => void;
}
export interface DataverseSandbox {
  readonly url: string;
  readonly httpUrl?: string;
  readonly organizationId: string;
  readonly tokens: Readonly<Record<string, string>>;
  close(): Promise<void>;
}

const ORGANIZATION_ID = "d0000000-0000-4000-8000-000000000001";

function createOrganization(options: OpenDataverseOptions, model: Model): Organization {
  return {
    id: options.organization?.id ?? ORGANIZATION_ID, name: options.organization?.name ?? "Fabrikam", environmentType: options.organization?.environmentType ?? "sandbox",
    model, store: createStore(), clock: options.clock, random: createRandom(options.seed + (options.starts ?? 0)), outside: options.outside ?? realOutside, roles: new Map(), assignments: new Map(), solutions: [], tokens: new Map(), numbers: new Map(), traffic: new Map(),
    listeners: [], baseUrl: "", busy: undefined, switches: createSwitches(), limits: { requests: 1_000_000, windowMs: 300_000, executionMs: Number.MAX_SAFE_INTEGER, concurrent: 10_000 },
  };
}

/** Makes an organization work: steps fire, jobs run, calls are answered. */
function attach(organization: Organization, reset: () => void): Pick<OpenDataverse, "answer" | "faults" | "stop"> {
  attachWebhooks(organization);
  attachAudit(organization);
  const stop = attachJobs(organization);
  const faults = createFaults();
  const answer = createAnswer(organization, { clock: organization.clock, faults, reset: () => { reset(); faults.clear(); }, more: sandboxEndpoints(organization) });
  return { answer, faults, stop };
}

/** The stand-in without sockets. The caller gives `organization.baseUrl` the address under which it is reached. */
export function openDataverse(options: OpenDataverseOptions): OpenDataverse {
  const organization = createOrganization(options, createModel());
  const tokens = seed(organization, options.seed);
  registerMessages(organization);
  registerPrivileges(organization);
  const reset = (): void => { organization.store.clear(); organization.numbers.clear(); organization.roles.clear(); organization.assignments.clear(); seed(organization, options.seed); for (const solution of [...organization.solutions]) reimport(organization, solution); registerMessages(organization); registerPrivileges(organization); organization.traffic.clear(); };
  return { organization, tokens, ...attach(organization, reset) };
}

/**
 * Another organization with the rows, roles and solutions of `template`: a copied environment. Rows, numbers and sign-ins go their own way
 * from here; the model is shared, so neither imports another solution afterwards.
 */
export function forkDataverse(template: OpenDataverse, options: OpenDataverseOptions): OpenDataverse {
  const from = template.organization;
  const organization: Organization = {
    ...createOrganization(options, from.model), store: from.store.fork(), roles: new Map(from.roles), assignments: new Map([...from.assignments].map(([id, roles]) => [id, new Set(roles)])),
    solutions: [...from.solutions], tokens: new Map(from.tokens), numbers: new Map(from.numbers), baseUrl: from.baseUrl,
  };
  const row = [...organization.store.all("organization")][0];
  const table = organization.model.table("organization");
  if (row !== undefined) { organization.store.remove(table, from.id); organization.store.put(table, { ...row, organizationid: organization.id, name: organization.name }); }
  return { organization, tokens: template.tokens, ...attach(organization, () => { throw new Error("a fork is not reset, but forked anew"); }) };
}

export async function startDataverse(options: DataverseOptions): Promise<DataverseSandbox> {
  const file = options.dataDir === undefined ? undefined : join(options.dataDir, "dataverse.json");
  const kept = file !== undefined && existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) as Snapshot : undefined;
  const starts = (kept?.starts ?? -1) + 1;
  const { organization, tokens, faults, answer, stop } = openDataverse({ ...options, starts });
  if (kept !== undefined) restore(organization, kept);
  const api = await serve({ port: options.port, tls: options.tls, handler: faults.wrap(answer) });
  organization.baseUrl = api.url;
  const plain = options.httpPort === undefined ? undefined : await serve({ port: options.httpPort, handler: faults.wrap(answer) });
  let saved = -1;
  const save = (): void => {
    if (file === undefined || saved === organization.store.changes) return;
    saved = organization.store.changes;
    writeFileSync(`${file}.new`, JSON.stringify(snapshot(organization, starts)));
    renameSync(`${file}.new`, file);
  };
  const timer = setInterval(save, 2_000);
  return {
    url: api.url, ...(plain === undefined ? {} : { httpUrl: plain.url }), organizationId: organization.id, tokens,
    close: async () => { clearInterval(timer); stop(); save(); await Promise.all([api.close(), plain?.close()]); },
  };
}

interface Snapshot { readonly starts: number; readonly solutions: readonly { readonly uniqueName: string; readonly zip: Record<string, string> }[]; readonly rows: Record<string, Row[]>; readonly assignments: [string, string[]][]; readonly numbers: [string, number][]; readonly removals: readonly Removal[]; readonly roles: readonly (Omit<RoleDefinition, "privileges"> & { readonly privileges: readonly [string, Depth][] })[] }

const snapshot = (organization: Organization, starts: number): Snapshot => ({
  starts,
  solutions: organization.solutions.map((one) => ({ uniqueName: one.uniqueName, zip: Object.fromEntries(one.files.map((entry) => [entry.path, Buffer.from(entry.bytes).toString("base64")])) })),
  rows: organization.store.dump(), removals: organization.store.removals(), roles: [...organization.roles.values()].map((role) => ({ ...role, privileges: [...role.privileges] })), assignments: [...organization.assignments].map(([id, roles]) => [id, [...roles]]), numbers: [...organization.numbers],
});

function reimport(organization: Organization, solution: { readonly files: readonly { readonly path: string; readonly bytes: Uint8Array }[] }): void {
  importSolution(organization, zipSync(Object.fromEntries(solution.files.map((entry) => [entry.path, entry.bytes]))));
}

function restore(organization: Organization, saved: Snapshot): void {
  for (const solution of saved.solutions) importSolution(organization, zipSync(Object.fromEntries(Object.entries(solution.zip).map(([name, text]) => [name, new Uint8Array(Buffer.from(text, "base64"))]))));
  organization.store.clear();
  organization.store.load(organization.model, saved.rows, saved.removals);
  organization.roles.clear();
  for (const role of saved.roles) organization.roles.set(role.id, { ...role, privileges: new Map(role.privileges) });
  for (const [id, roles] of saved.assignments) organization.assignments.set(id, new Set(roles));
  for (const [name, number] of saved.numbers) organization.numbers.set(name, number);
}
