// The Dataverse stand-in. Opened, it answers calls within this process; started, it does so on HTTPS (Web API and token endpoint) and on
// plain http for the form host beside it.
import type { BusinessClock } from "../kit/clock.ts";
import { createFaults, type Call, type Faults, type Reply } from "../kit/faults.ts";
import { realOutside } from "../kit/outside.ts";
import { createRandom } from "../kit/random.ts";
import { serve } from "../kit/serve.ts";
import { attachJobs } from "./jobs/system-jobs.ts";
import { createKeeper, forget, putBack, reimport, startOf, type Start } from "./keep.ts";
import { createModel, type Model } from "./metadata/model.ts";
import type { Organization, Outside } from "./organization.ts";
import { attachAudit } from "./rules/audit.ts";
import { registerPrivileges } from "./security/privileges.ts";
import { seed } from "./seed.ts";
import { createAnswer, sandboxEndpoints } from "./server.ts";
import { createStore } from "./store/rows.ts";
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
  /** What a reset comes back to. */
  readonly start?: Start | undefined;
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
  /** From now on a reset comes back to what is here now; without it, to an organization with nothing but its solutions. */
  readonly keepAsStart: () => Start;
  readonly stop: () => void;
}
export interface DataverseSandbox {
  readonly url: string;
  readonly httpUrl?: string;
  readonly organizationId: string;
  readonly tokens: Readonly<Record<string, string>>;
  /** From now on a reset comes back to what is here now. With a data folder it is remembered there. */
  keepAsStart(): void;
  close(): Promise<void>;
}

/** A process that is killed loses at most the last two seconds. */
const SAVE_MS = 2_000;
const ORGANIZATION_ID = "d0000000-0000-4000-8000-000000000001";
/** Huge until a test sets them. */
const NO_LIMITS = { requests: 1_000_000, windowMs: 300_000, executionMs: Number.MAX_SAFE_INTEGER, concurrent: 10_000 };

function createOrganization(options: OpenDataverseOptions, model: Model): Organization {
  return {
    id: options.organization?.id ?? ORGANIZATION_ID, name: options.organization?.name ?? "Fabrikam", environmentType: options.organization?.environmentType ?? "sandbox",
    model, store: createStore(), clock: options.clock, random: createRandom(options.seed + (options.starts ?? 0)), outside: options.outside ?? realOutside, roles: new Map(), assignments: new Map(), solutions: [], tokens: new Map(), numbers: new Map(), traffic: new Map(),
    listeners: [], baseUrl: "", busy: undefined, switches: createSwitches(), limits: { ...NO_LIMITS },
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
  let start = options.start;
  const reset = (): void => {
    forget(organization);
    if (start === undefined) seed(organization, options.seed);
    else putBack(organization, start);
    for (const solution of [...organization.solutions]) if (start?.solutions.includes(solution.uniqueName) !== true) reimport(organization, solution);
    registerMessages(organization);
    registerPrivileges(organization);
    Object.assign(organization.switches, createSwitches());
    Object.assign(organization.limits, NO_LIMITS);
  };
  return { organization, tokens, keepAsStart: () => { start = startOf(organization); return start; }, ...attach(organization, reset) };
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
  return { organization, tokens: template.tokens, keepAsStart: () => startOf(organization), ...attach(organization, () => { throw new Error("a fork is not reset, but forked anew"); }) };
}

export async function startDataverse(options: DataverseOptions): Promise<DataverseSandbox> {
  const keeper = createKeeper(options.dataDir);
  const { organization, tokens, faults, answer, keepAsStart, stop } = openDataverse({ ...options, starts: keeper.starts, start: keeper.start });
  keeper.restore(organization);
  const api = await serve({ port: options.port, tls: options.tls, handler: faults.wrap(answer) });
  organization.baseUrl = api.url;
  const plain = options.httpPort === undefined ? undefined : await serve({ port: options.httpPort, handler: faults.wrap(answer) });
  const timer = setInterval(() => { keeper.save(organization); }, SAVE_MS);
  return {
    url: api.url, ...(plain === undefined ? {} : { httpUrl: plain.url }), organizationId: organization.id, tokens, keepAsStart: () => { keeper.keepStart(keepAsStart()); },
    close: async () => { clearInterval(timer); stop(); keeper.save(organization); await Promise.all([api.close(), plain?.close()]); },
  };
}
