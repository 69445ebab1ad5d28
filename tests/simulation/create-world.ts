// Puts a run together: neighbours, ledger, replicas that start again when they crash, and the ways between them.
import type { Call, Reply } from "../sandbox/kit/faults.ts";
import { createRandom, type Random } from "../sandbox/kit/random.ts";
import type { Settings } from "../sandbox/cybersource/state.ts";
import { createLogger } from "../../plugin-proxy/src/observability/reporter.ts";
import type { Ledger } from "../../plugin-proxy/src/ports/ledger.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { changesOf, createHistory, remember } from "./history.ts";
import { openLedgerHost } from "./ledger-host.ts";
import { CYBERSOURCE_HOST, EPOCH_MS, openNeighbours } from "./neighbours.ts";
import { startReplica, type ChangeDeps, type Replica, type ReplicaOptions } from "./replica.ts";
import { createScheduler, type Life } from "./scheduler.ts";
import { subscribeRelay } from "./cybersource-events.ts";
import { deliverHint } from "./hints.ts";
import { watchDataverse } from "./watch-dataverse.ts";
import { createSteering } from "./coverage/steer.ts";
import { watchCalls } from "./coverage/watch-calls.ts";
import { arrives } from "./invariants/calls.ts";
import { checkCall } from "./invariants/sinks.ts";
import type { Abilities } from "./abilities.ts";
import type { Weather } from "./weather.ts";
import type { FarEnd, Surroundings } from "./wires.ts";
import type { World } from "./world.ts";

export interface WorldOptions {
  readonly seed: number;
  /** `now` counts from the run's beginning. */
  readonly weather: (random: Random, now: () => number) => Weather;
  readonly replicas: number;
  /** How many there are: three unless said. */
  readonly organizations?: number | undefined;
  /** By how much clocks are wrong: the ledger's, which all replicas follow, and Dataverse's. */
  readonly skewMs: (random: Random) => number;
  readonly strictness?: Partial<Settings>;
  readonly abilities?: Abilities | undefined;
  readonly ledger?: Ledger;
  readonly changeDeps?: ChangeDeps | undefined;
  readonly changeLedger?: ((ledger: Ledger) => Ledger) | undefined;
}

const HOUR_MS = 3_600_000;
const RESTART_MS_MAX = 30_000;
/** A process goes by the ledger's clock, which it has asked over a round trip of two seconds at most (jobs/ledger-clock.ts). */
const FOLLOWS_WITHIN_MS = 1_000;
const IDLE_SWEEP_MS = 600_000;
/** After that nobody asks for anything, and a sweep finds nothing. */
const HEARD_MS = HOUR_MS;
/** Where people invoice and fulfil, their documents are looked at as often as the relay does it by itself, or in a storm, whose minutes stand for days, more often. */
export const WATCH_MS = 30 * 60_000;
const WATCH_IN_STORM_MS = 60_000;
const SELDOM_MS = 8 * HOUR_MS;

export async function createWorld(options: WorldOptions): Promise<World> {
  const { seed } = options;
  const scheduler = createScheduler({ startAt: EPOCH_MS, random: createRandom(seed * 4 + 1) });
  const chance = createRandom(seed * 4 + 2);
  const bytes = createRandom(seed * 4 + 10);
  const weather = options.weather(createRandom(seed * 4 + 3), () => scheduler.now() - EPOCH_MS);
  const history = createHistory();
  const calls = watchCalls();
  const lives: Life[] = [];
  const replicas: (Replica | undefined)[] = [];
  const fail = (invariant: number, what: string): void => { history.violations.push({ invariant, what, step: scheduler.steps }); };
  let heldUntil = 0;
  let wanted = options.replicas;
  const crash = (life: Life, why: string): void => {
    if (life.isDead) return;
    life.isDead = true;
    calls.crashed(life);
    scheduler.note(`${life.name} crashed ${why}`);
    const index = lives.indexOf(life);
    replicas[index] = undefined;
    if (index >= wanted) return;
    const delayMs = Math.max(heldUntil - scheduler.now(), 0) + 1_000 + Math.floor(scheduler.random.next() * RESTART_MS_MAX);
    scheduler.at(delayMs, `replica ${index} starts`, () => { start(index); });
  };
  const noteChange = (intent: Intent, before: Intent | undefined): void => {
    const changes = changesOf(before, intent);
    if (changes !== "") scheduler.note(`  ${intent.organizationId.slice(-1)} ${intent.paymentRequestId.slice(0, 8)} ${intent.deal}: ${changes}`);
  };
  const around: Surroundings = { scheduler, weather, crash, calls, steering: createSteering(() => scheduler.now()) };
  const ledgerHost = openLedgerHost({ around, newId: () => chance.uuid(), ...(options.ledger === undefined ? {} : { ledger: options.ledger }), onCommit: (intent, before) => { remember(history, intent); noteChange(intent, before); world.changed(); }, change: (ledger) => options.changeLedger?.(ledger) ?? ledger });
  const dataverseSkewMs = options.skewMs(chance);
  const ledgerSkewMs = options.skewMs(chance);
  const later = (ms: number, work: () => void): void => { scheduler.at(ms, "", work); };
  const neighbours = await openNeighbours({
    seed, organizations: options.organizations, now: () => scheduler.now(), strictness: options.strictness ?? {}, abilities: options.abilities, dataverseSkewMs,
    outside: (index) => ({
      dataverse: { later, post: (url, { body }) => deliverHint(world, { kind: "webhook", organization: index, body, url }) },
      cybersource: { later, post: (_url, { body, headers, timeoutMs }) => deliverHint(world, { kind: "event", organization: index, body, headers }, timeoutMs) },
    }),
  });
  for (const hood of neighbours) subscribeRelay(hood);
  const logs: string[] = [];
  const world: World = {
    ...around, seed, neighbours, ledgerHost, history, replicas, random: createRandom(seed * 4), logs, isStormOver: false, calmAt: undefined, changedAt: scheduler.now(), changed: () => { world.changedAt = scheduler.now(); }, fail,
    anyReplica: () => { const alive = replicas.filter((replica) => replica !== undefined); return alive[scheduler.random.integer(Math.max(1, alive.length))]; },
    restore: (to, takesMs) => {
      heldUntil = scheduler.now() + takesMs;
      scheduler.note(`the ledger goes back to ${to}`);
      for (const life of [...lives]) crash(life, "for the restore");
      ledgerHost.restore(to);
    },
    scaleIn: () => {
      wanted = 1;
      for (const [index, replica] of replicas.entries()) {
        if (index >= wanted && replica !== undefined) void replica.worker.stop().then(() => { crash(replica.life, "after it was asked to end"); });
      }
    },
  };
  const logger = createLogger("info", { write: (line) => { logs.push(line); } });
  const cybersource = cybersourceOf(world);
  const dataverse = dataverseOf(world);
  const start = (index: number): void => {
    if (index >= wanted) return;
    // One that had crashed a moment before the ledger was lost waits for it like the others.
    if (scheduler.now() < heldUntil) { scheduler.at(heldUntil - scheduler.now() + 1_000, `replica ${index} starts`, () => { start(index); }); return; }
    const number = (generations.get(index) ?? 0) + 1;
    generations.set(index, number);
    const life: Life = { name: `r${index}.${number}`, isDead: false, pausedUntil: 0 };
    lives[index] = life;
    const skewMs = ledgerSkewMs === 0 ? 0 : ledgerSkewMs + Math.round((chance.next() * 2 - 1) * FOLLOWS_WITHIN_MS);
    void startReplica({
      around, life, ledger: ledgerHost.doorFor(life), skewMs: () => (world.isStormOver ? 0 : skewMs), cybersource, dataverse, random: () => chance.next(), newId: () => chance.uuid(), randomBytes: (count) => bytesOf(bytes, count),
      organizations: neighbours.length, logger, alarm: (name) => { history.alarms.set(name, (history.alarms.get(name) ?? 0) + 1); }, ...pace, change: options.changeDeps,
    }).then((replica) => { if (!life.isDead) replicas[index] = replica; }, (error: unknown) => { crash(life, `at its start: ${String(error)}`); });
  };
  const pace = paceOf(world, options.abilities?.captures !== undefined);
  const generations = new Map<number, number>();
  watchDataverse(world);
  for (let index = 0; index < options.replicas; index++) start(index);
  return world;
}

/** Two hexadecimal digits a byte. */
const bytesOf = (random: Random, count: number): Buffer => {
  const bytes = Buffer.alloc(count);
  for (let index = 0; index < count; index++) bytes[index] = random.integer(16) * 16 + random.integer(16);
  return bytes;
};

/** How often a process looks around by itself: often in the storm, seldom once nobody asks for anything and a sweep finds nothing. Due work keeps its own times. */
function paceOf(world: World, isTrading: boolean): Pick<ReplicaOptions, "napMsMax" | "sweepMs" | "idleSweepMs" | "identifiesEveryMs"> {
  const isLongCalm = (): boolean => world.scheduler.now() > (world.calmAt ?? Infinity) + HEARD_MS;
  return {
    napMsMax: () => (world.isStormOver ? HOUR_MS : 5_000),
    sweepMs: () => (!world.isStormOver ? 60_000 : isLongCalm() ? SELDOM_MS : HOUR_MS / 2),
    idleSweepMs: () => (isTrading ? (world.isStormOver ? WATCH_MS : WATCH_IN_STORM_MS) : !world.isStormOver ? IDLE_SWEEP_MS : isLongCalm() ? SELDOM_MS : 3 * HOUR_MS),
    identifiesEveryMs: () => (isLongCalm() ? SELDOM_MS : HOUR_MS),
  };
}

/** Which merchant's key signed: the account that a call lands on. */
function merchantIdOf(call: Call): string {
  const payload = (call.headers.authorization ?? "").split(".")[1] ?? "";
  try { return String((JSON.parse(Buffer.from(payload, "base64url").toString("utf8")) as Record<string, unknown>)["v-c-merchant-id"]); } catch { return ""; }
}

function cybersourceOf(world: World): FarEnd {
  return {
    nameOf: ({ method, url }) => `${method} ${url.replace(/\d{16,}/, "{id}").replace(/[0-9a-f-]{36}/, "{id}")}`,
    answer: async (call, life) => {
      const hood = world.neighbours.find((one) => one.cybersource.merchant.id === merchantIdOf(call)) ?? world.neighbours[0];
      if (hood === undefined) throw new Error("no merchant");
      const flight = world.calls.flightOf(life, call);
      const before = hood.cybersource.state.transactions.size;
      const arrived = { ...call, headers: { ...call.headers, host: CYBERSOURCE_HOST } };
      const own = (): Promise<Reply> => hood.cybersource.answer(arrived);
      const reply = await arrives(world, hood, arrived, flight === undefined ? own : () => world.steering.answer(hood.cybersource.state, flight, arrived, own));
      if (flight !== undefined) world.calls.reached(flight, reply.status === 201 || hood.cybersource.state.transactions.size > before);
      return reply;
    },
  };
}

function dataverseOf(world: World): FarEnd {
  const hoods = new Map(world.neighbours.map((hood) => [new URL(hood.dataverse.organization.baseUrl).host, hood]));
  return {
    nameOf: ({ url }) => (url.includes("/oauth2/") ? "token" : url.replace("/api/data/v9.2/", "")),
    answer: (call): Promise<Reply> => {
      // One sign-in service for all; the scope says for which organization.
      const host = call.url.includes("/oauth2/") ? new URL(new URLSearchParams(call.body.toString("utf8")).get("scope") ?? "https://none.invalid").host : String(call.headers.host);
      const hood = hoods.get(host);
      if (hood === undefined) return Promise.resolve({ status: 404 });
      checkCall(world, "Dataverse", call);
      return hood.dataverse.answer(call);
    },
  };
}

