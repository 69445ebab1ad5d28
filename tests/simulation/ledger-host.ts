// The ledger that all replicas share, seen from outside: what was committed, copies to go back to, and a door for each replica through which
// every call is an event that the weather can hold up, fail, or use to end the process.
import { openMemoryLedger } from "../../plugin-proxy/src/db/memory/open-memory-ledger.ts";
import { createTables, type MemoryTables } from "../../plugin-proxy/src/db/memory/memory-tables.ts";
import { UndoLog, UndoMap } from "../../plugin-proxy/src/db/memory/undo-map.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import type { Incident, Ledger, LedgerTransaction } from "../../plugin-proxy/src/ports/ledger.ts";
import type { Life } from "./scheduler.ts";
import { pauseMs, type Surroundings } from "./wires.ts";

export interface LedgerHost {
  readonly ledgerId: string;
  /** Undefined where the ledger is a real database. */
  readonly tables: MemoryTables | undefined;
  /** As last committed, by organization and request. */
  readonly intents: ReadonlyMap<string, Intent>;
  incidents(): readonly Incident[];
  /** Something is still to be shown in Dataverse. */
  hasToShow(): Promise<boolean>;
  doorFor(life: Life): Ledger;
  /** Remembers the ledger as it is now. */
  keep(): void;
  /** Goes back to what was kept last, or to nothing at all. All replicas must be dead. */
  restore(to: "kept" | "nothing"): void;
  close(): Promise<void>;
}

export interface LedgerHostOptions {
  readonly around: Surroundings;
  readonly newId: () => string;
  /** A real database instead of the one in memory. */
  readonly ledger?: Ledger;
  readonly onCommit: (intent: Intent, before: Intent | undefined) => void;
  /** A planted bug. */
  readonly change?: ((ledger: Ledger) => Ledger) | undefined;
}

export const intentKey = (intent: Pick<Intent, "organizationId" | "paymentRequestId">): string => `${intent.organizationId} ${intent.paymentRequestId}`;

export function openLedgerHost(options: LedgerHostOptions): LedgerHost {
  const { around } = options;
  let ledgerId = options.ledger?.ledgerId ?? options.newId();
  let tables = options.ledger === undefined ? createTables() : undefined;
  let base = options.ledger ?? openMemoryLedger(ledgerId, tables);
  let mirror = new Map<string, Intent>();
  let kept: { readonly tables: MemoryTables; readonly mirror: Map<string, Intent> } | undefined;

  const incidents: Incident[] = [];
  const committed = (touched: readonly Intent[], dropped: readonly Intent[]): void => {
    for (const intent of dropped) mirror.delete(intentKey(intent));
    for (const intent of touched) {
      const before = mirror.get(intentKey(intent));
      mirror.set(intentKey(intent), intent);
      options.onCommit(intent, before);
    }
  };
  return {
    get ledgerId() { return ledgerId; }, get tables() { return tables; }, get intents() { return mirror; },
    incidents: () => tables?.incidents.values() ?? incidents,
    hasToShow: async () => (tables === undefined ? ((await base.gauges(Number.MAX_SAFE_INTEGER)).dueWork["project"] ?? 0) > 0 : tables.work.values().some(({ work }) => work.kind === "project")),
    doorFor: (life) => {
      // A planted bug lies above what is watched: what was really committed counts.
      let hasSent = false;
      const seen = watchedLedger(base, {
        committing: (touched) => {
          const flights = touched.flatMap((intent) => around.calls.committing(life, intent));
          if (!flights.some((flight) => around.steering.endsNow(flight, "committing"))) return;
          around.crash(life, "before it committed");
          throw new ProcessEnded();
        },
        reported: (found) => { incidents.push(...found); },
        committed: (touched, dropped) => {
          hasSent = touched.some((intent) => marksSent(mirror.get(intentKey(intent)), intent));
          committed(touched, dropped);
          const flights = touched.flatMap((intent) => around.calls.committed(life, intent));
          if (flights.some((flight) => around.steering.endsNow(flight, "committed"))) around.crash(life, "after it committed");
        },
      });
      const stopMs = (): number => { const ms = hasSent ? around.weather.stopsBeforeSocket?.() ?? 0 : 0; hasSent = false; return ms; };
      return doorOf({ ...around, life, isInMemory: options.ledger === undefined, stopMs }, options.change?.(seen) ?? seen);
    },
    keep: () => { if (tables !== undefined) kept = { tables: copyOf(tables), mirror: new Map(mirror) }; },
    restore: (to) => {
      if (tables === undefined) throw new Error("only the ledger in memory goes back");
      if (to === "nothing" || kept === undefined) { ledgerId = options.newId(); tables = createTables(); mirror = new Map(); } else { tables = copyOf(kept.tables); mirror = new Map(kept.mirror); }
      base = openMemoryLedger(ledgerId, tables);
    },
    close: () => base.close(),
  };
}

function copyOf(tables: MemoryTables): MemoryTables {
  const copy = createTables();
  for (const [name, table] of Object.entries(tables) as [keyof MemoryTables, unknown][]) {
    if (table instanceof UndoLog || !(table instanceof UndoMap)) continue;
    const target = copy[name] as unknown as UndoMap<unknown>;
    for (const [key, value] of (table as UndoMap<unknown>).entries()) target.set(key, value);
  }
  copy.log.commit();
  return copy;
}

/** The commit that comes last before the bytes. */
const marksSent = (before: Intent | undefined, after: Intent): boolean => after.effects.some((effect, index) => effect.state === "sent" && before?.effects[index]?.state === "planned");

interface Door extends Surroundings {
  readonly life: Life;
  readonly isInMemory: boolean;
  /** For how long the process stops with what was just committed in its hands. */
  readonly stopMs: () => number;
}

type Method = (...args: readonly unknown[]) => Promise<unknown>;

/** Every method of a ledger, also those that are added to the port later, becomes one event. */
function doorOf(door: Door, ledger: Ledger): Ledger {
  const wrap = (target: object, path: string): object => {
    const known = new Map<string | symbol, unknown>();
    const wrapped = (name: string | symbol): unknown => {
      const member = Reflect.get(target, name) as unknown;
      if (typeof member === "object" && member !== null) return wrap(member, `${path}${String(name)}.`);
      if (typeof member !== "function") return member;
      const method = member as Method;
      const what = `${path}${String(name)}`;
      return (...args: readonly unknown[]) => asEvent(door, what, () => method.apply(target, args as unknown[]));
    };
    return new Proxy(target, {
      get: (_target, name) => {
        const found = known.get(name) ?? wrapped(name);
        known.set(name, found);
        return found;
      },
    });
  };
  return wrap(ledger, "") as Ledger;
}

interface Watch {
  readonly reported: (incidents: readonly Incident[]) => void;
  /** The last moment at which a transaction can still be taken back. */
  readonly committing: (touched: readonly Intent[]) => void;
  readonly committed: (touched: readonly Intent[], dropped: readonly Intent[]) => void;
}

/** Tells which intents each transaction writes, before and after it is committed. */
const watchedLedger = (ledger: Ledger, watch: Watch): Ledger => new Proxy(ledger, {
  get: (target, name) => {
    if (name !== "transaction" && name !== "alone") return Reflect.get(target, name) as unknown;
    return async (work: (tx: LedgerTransaction) => Promise<unknown>) => {
      const touched: Intent[] = [];
      const dropped: Intent[] = [];
      const found: Incident[] = [];
      const result = await target[name](async (tx) => {
        touched.length = 0;
        dropped.length = 0;
        found.length = 0;
        const value = await work(watched(tx, { touched, dropped, found }));
        watch.committing(touched);
        return value;
      });
      watch.reported(found);
      watch.committed(touched, dropped);
      return result;
    };
  },
});

/** Notes which intents a transaction writes, which claims it drops because their rows change a payment that exists, and what it reports. */
function watched(tx: LedgerTransaction, { touched, dropped, found }: { readonly touched: Intent[]; readonly dropped: Intent[]; readonly found: Incident[] }): LedgerTransaction {
  // Everything else is the transaction's own.
  return Object.assign(Object.create(tx) as LedgerTransaction, {
    saveIntent: async (...args: Parameters<LedgerTransaction["saveIntent"]>) => { await tx.saveIntent(...args); touched.push(args[1]); },
    insertIntent: async (intent: Intent) => { const isNew = await tx.insertIntent(intent); if (isNew) touched.push(intent); return isNew; },
    openIncident: async (incident: Incident) => { await tx.openIncident(incident); found.push(incident); },
    dropClaim: async (intent: Intent) => { await tx.dropClaim(intent); dropped.push(intent); },
  });
}

/** Takes a transaction back whose process is gone. */
class ProcessEnded extends Error {
  override readonly name = "ProcessEnded";
}

class LedgerAway extends Error {
  override readonly name = "LedgerAway";
}
/** Looking for work is not worth a boundary of its own, nor an event: it moves nothing that a lease does not cover. */
const QUIET: ReadonlySet<string> = new Set(["takeDue", "nextDueAt", "gauges", "check", "close"]);

function asEvent<T>(door: Door, what: string, work: () => Promise<T>): Promise<T> {
  const { scheduler, weather, life } = door;
  const isQuiet = QUIET.has(what);
  // In memory it is over at once; a real database answers when it answers, and is waited for by an event.
  if (isQuiet && door.isInMemory) return life.isDead ? new Promise(() => undefined) : work();
  const fault = isQuiet ? "none" : weather.ledger({ where: "ledger", what, replica: life.name });
  return new Promise((resolve, reject) => {
    const waitMs = fault === "slow" ? Math.floor(scheduler.random.next() * 8_000) : Math.floor(scheduler.random.next() * 4);
    scheduler.at(waitMs, isQuiet ? "" : `ledger ${what}${fault === "none" ? "" : ` [${fault}]`}`, async () => {
      if (fault === "crash_before") { door.crash(life, `before ${what}`); return; }
      if (fault === "error_before") { reject(new LedgerAway("connection terminated")); return; }
      let result: T;
      try { result = await work(); } catch (error) {
        if (!life.isDead) reject(error instanceof Error ? error : new Error(String(error)));
        return;
      }
      if (life.isDead) return;
      if (fault === "crash_after") { door.crash(life, `after ${what}`); return; }
      if (fault === "error_after") { reject(new LedgerAway("connection terminated")); return; }
      const stopMs = fault === "pause" ? pauseMs(scheduler) : door.stopMs();
      if (stopMs === 0) { resolve(result); return; }
      // The process is stopped with the answer in its hands.
      life.pausedUntil = scheduler.now() + stopMs;
      scheduler.at(0, `wakes with ${what}`, () => { resolve(result); }, life);
    }, life);
  });
}
