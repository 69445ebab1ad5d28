// Takes what is due from the ledger and does it, several at once, each under a lease that is renewed while it runs. Any number of
// workers on one database: a lease is taken by one. A worker that dies lets its leases end; the next one goes on from the ledger.
import { spread } from "../domain/spread.ts";
import type { OrganizationId } from "../domain/ids.ts";
import { startOfDay } from "../domain/settlement/day-report.ts";
import { DAY_MS, HOUR_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "../flows/deps.ts";
import type { SweepSettings } from "../flows/sweep-organization.ts";
import type { Timers } from "../ports/clocks.ts";
import type { Work, WorkKind } from "../ports/ledger.ts";
import { watchOrganizations, type Readiness } from "./readiness.ts";
import { runWork } from "./run-work.ts";
import { processTimers } from "./timers.ts";

export interface WorkerSettings {
  readonly leaseMs: number;
  readonly concurrency: number;
  /** Longest nap: other processes' work and a moved clock are noticed within it. */
  readonly napMsMax: number;
  /** Between two questions to an organization who it is. */
  readonly identifiesEveryMs: number;
  readonly timers: Timers;
  readonly sweeps: SweepSettings;
  /** How long `stop` waits for what runs; the rest goes on elsewhere when its leases end. */
  readonly stopMsMax: number;
}
export const WORKER_DEFAULTS: Omit<WorkerSettings, "sweeps"> = { leaseMs: 15 * SECOND_MS, concurrency: 16, napMsMax: SECOND_MS, identifiesEveryMs: HOUR_MS, stopMsMax: 20 * SECOND_MS, timers: processTimers };

export interface Worker {
  readonly readiness: Readiness;
  wake(): void;
  /** Takes nothing new and waits for what runs, within a limit. */
  stop(): Promise<void>;
}

const KINDS: readonly WorkKind[] = ["sweep", "advance", "project", "event", "surround", "documents", "reports"];
/** Due, free, and yet not taken: another worker was taking at the same moment. */
const CONTENDED_MS = 20;
/** Longest nap while something runs. */
const BUSY_MS = 200;
const RETRY_AFTER_BUG_MS = 5 * SECOND_MS;

export function startWorker(deps: FlowDeps, settings: WorkerSettings): Worker {
  const readiness = watchOrganizations(deps, settings);
  const running = new Map<Promise<void>, OrganizationId>();
  const state = { isStopping: false };
  let wakeUp: () => void = () => undefined;
  let isWoken = false;
  const wake = (): void => { isWoken = true; wakeUp(); };

  const untilNextMs = async (): Promise<number> => {
    const untilDue = (await deps.ledger.nextDueAt(KINDS, [...deps.organizations.keys()]) ?? Infinity) - deps.clocks.business();
    return untilDue > 0 ? Math.min(settings.napMsMax, Math.ceil(untilDue)) : CONTENDED_MS;
  };

  const nap = async (isFull: boolean): Promise<void> => {
    if (isWoken || state.isStopping) return;
    // With all hands busy it does not matter what is due: the first that ends wakes us.
    // With some busy the first that ends wakes us, and the question when something is due is not worth a statement for each.
    const ms = isFull ? settings.napMsMax : running.size > 0 ? Math.min(BUSY_MS, settings.napMsMax) : await untilNextMs();
    await new Promise<void>((resolve) => {
      const stop = settings.timers.after(ms, resolve);
      wakeUp = () => { stop(); resolve(); };
      if (isWoken) wakeUp();
    });
  };

  const turn = async (): Promise<void> => {
    isWoken = false;
    const free = settings.concurrency - running.size;
    const wireNow = deps.clocks.wire();
    const taken = free <= 0 ? [] : await deps.ledger.takeDue({ now: deps.clocks.business(), wireNow, leaseUntil: wireNow + settings.leaseMs, kinds: KINDS, limit: free, perOrganization: sharesOf(deps, settings.concurrency, [...running.values()]) });
    for (const work of taken) {
      const done = doWork(deps, readiness, settings, work).then(wake).finally(() => running.delete(done));
      running.set(done, work.organizationId);
    }
    // Fewer than asked for: nothing else is due.
    if (taken.length < free || free <= 0) await nap(running.size >= settings.concurrency);
  };

  const loop = (async () => {
    while (!state.isStopping) {
      try { await turn(); } catch (error) {
        deps.reporter.alarm("worker_cannot_reach_ledger", { reason: messageOf(error) });
        await new Promise<void>((resolve) => { settings.timers.after(settings.napMsMax, resolve); });
      }
    }
  })();
  return {
    readiness, wake,
    stop: async () => {
      state.isStopping = true;
      wakeUp();
      await within(settings.timers, settings.stopMsMax, Promise.all([loop.then(() => Promise.all(running.keys())), readiness.stop()]));
    },
  };
}

/** The organizations that this process knows. With several of them none may take more than three quarters of the hands, however slow its own calls are. */
function sharesOf(deps: FlowDeps, concurrency: number, busy: readonly OrganizationId[]): ReadonlyMap<OrganizationId, number> {
  const most = deps.organizations.size < 2 ? concurrency : Math.ceil(concurrency * 0.75);
  return new Map([...deps.organizations.keys()].map((organizationId) => [organizationId, Math.max(0, most - busy.filter((one) => one === organizationId).length)]));
}

async function within(timers: Timers, ms: number, work: Promise<unknown>): Promise<void> {
  let stop: () => void = () => undefined;
  await Promise.race([work, new Promise<void>((resolve) => { stop = timers.after(ms, resolve); })]);
  stop();
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

async function doWork(deps: FlowDeps, readiness: Readiness, settings: WorkerSettings, work: Work): Promise<void> {
  const stopRenewing = settings.timers.every(settings.leaseMs / 3, () => {
    deps.ledger.extendLease(work, deps.clocks.wire() + settings.leaseMs).catch((error: unknown) => { deps.reporter.alarm("lease_not_renewed", { reason: messageOf(error) }); });
  });
  let next: Instant | undefined;
  try {
    next = await deps.trace.run(work.trace, () => runWork(deps, readiness, settings.sweeps, work));
  } catch (error) {
    // A bug or broken ground: nothing is lost, because the ledger says what to do next; but somebody must look.
    deps.reporter.alarm("work_failed", { organizationId: work.organizationId, kind: work.kind, reason: messageOf(error) });
    next = deps.clocks.business() + spread(RETRY_AFTER_BUG_MS * 2 ** Math.min(work.tries, 6), work.key);
  } finally {
    stopRenewing();
  }
  try {
    await deps.ledger.alone((ledger) => ledger.release(work, next));
  } catch (error) {
    deps.reporter.alarm("work_not_released", { organizationId: work.organizationId, kind: work.kind, reason: messageOf(error) });
  }
}

/** Each process sweeps once for itself before it does anything (readiness.ts); the shared sweep goes on from there. */
const AFTER_OWN_SWEEP_MS = 30 * SECOND_MS;

/** The work every organization starts with: show what waits, and read the reports that nobody read while no relay ran. */
export async function scheduleStart(deps: FlowDeps): Promise<void> {
  const now = deps.clocks.business();
  // An account that was read before goes on where it stopped: its work is due already, or at the same time.
  const reportsAt = startOfDay(now) + DAY_MS + deps.settings.reportDelayMs;
  await deps.ledger.transaction(async (tx) => {
    for (const [organizationId, { merchants }] of deps.organizations) {
      await tx.schedule({ kind: "sweep", organizationId, key: organizationId, dueAt: now + AFTER_OWN_SWEEP_MS });
      await tx.schedule({ kind: "documents", organizationId, key: organizationId, dueAt: now });
      for (const { merchantId } of merchants) await tx.schedule({ kind: "reports", organizationId, key: merchantId, dueAt: reportsAt });
    }
  });
}
