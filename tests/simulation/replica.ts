// One process of the relay, put together by the product's own composition over simulated wires, clocks and timers, and run by its own worker.
import { Registry } from "prom-client";
import { createParts } from "../../plugin-proxy/src/main.ts";
import type { FlowDeps } from "../../plugin-proxy/src/flows/deps.ts";
import { scheduleStart, startWorker, WORKER_DEFAULTS, type Worker } from "../../plugin-proxy/src/jobs/worker.ts";
import type { createLogger } from "../../plugin-proxy/src/observability/reporter.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import { relayConfig } from "./relay-config.ts";
import type { Life } from "./scheduler.ts";
import { exchangeOver, transportOver, type FarEnd, type Surroundings } from "./wires.ts";

/** Changes a part on its way into the relay: how a bug is planted without touching the product. */
export type ChangeDeps = (deps: FlowDeps) => FlowDeps;

export interface ReplicaOptions {
  readonly around: Surroundings;
  readonly life: Life;
  readonly ledger: Ledger;
  /** The first so many of the configuration's. */
  readonly organizations: number;
  /** By how much its clock is wrong now. */
  readonly skewMs: () => number;
  readonly cybersource: FarEnd;
  readonly dataverse: FarEnd;
  readonly random: () => number;
  readonly newId: () => string;
  /** Nonces and trace ids. */
  readonly randomBytes: (count: number) => Buffer;
  readonly logger: ReturnType<typeof createLogger>;
  readonly alarm: (name: string) => void;
  /** Longest nap of its worker, asked for each time: minutes in a storm, hours once it is over. */
  readonly napMsMax: () => number;
  /** Time between two sweeps while something waits. */
  readonly sweepMs: () => number;
  /** The same while nothing does, and between two looks at documents. */
  readonly idleSweepMs: () => number;
  readonly identifiesEveryMs: () => number;
  readonly change?: ChangeDeps | undefined;
}

export interface Replica {
  readonly life: Life;
  readonly deps: FlowDeps;
  readonly worker: Worker;
}

const DATAVERSE_DEADLINE_MS = 10_000;

/** Starts a process. It is ended by marking its life as dead: nothing of it moves any more. */
export async function startReplica(options: ReplicaOptions): Promise<Replica> {
  const { around, life } = options;
  const all = relayConfig();
  const config = { ...all, organizations: all.organizations.slice(0, options.organizations) };
  const wire = (): number => around.scheduler.now() + options.skewMs();
  const live = { current: () => config, reload: () => "renewed" as const, stop: () => undefined };
  const { deps: parts } = createParts(config, {
    ledger: options.ledger, clocks: { wire, business: wire }, logger: options.logger, registry: new Registry(), live,
    world: {
      transport: transportOver(around, life, options.cybersource, config.recovery.responseDeadlineMs), exchange: exchangeOver(around, life, options.dataverse, DATAVERSE_DEADLINE_MS),
      sleep: (ms) => new Promise((resolve) => { around.scheduler.at(ms, "", resolve, life); }), random: options.random, randomId: options.newId, randomBytes: options.randomBytes,
    },
  });
  const started: { worker?: Worker } = {};
  const told: FlowDeps["reporter"] = { ...parts.reporter, alarm: (name, report) => { options.alarm(name); parts.reporter.alarm(name, report); } };
  const plain: FlowDeps = { ...parts, reporter: told, wake: () => { started.worker?.wake(); } };
  const deps = options.change?.(plain) ?? plain;
  await scheduleStart(deps);
  started.worker = startWorker(deps, { ...WORKER_DEFAULTS, get napMsMax() { return options.napMsMax(); }, get identifiesEveryMs() { return options.identifiesEveryMs(); }, leaseMs: config.leaseMs, sweeps: { ...config.sweeps, get whileWaitingMs() { return options.sweepMs(); }, get idleMs() { return options.idleSweepMs(); } }, timers: around.scheduler.timers(life) });
  return { life, deps, worker: started.worker };
}
