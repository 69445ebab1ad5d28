// One seed from beginning to end: a storm in which people work, then quiet, in which everything must come to rest and agree.
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { asText } from "../sandbox/dataverse/store/rows.ts";
import { createRandom } from "../sandbox/kit/random.ts";
import type { Settings } from "../sandbox/cybersource/state.ts";
import { clerkLooksIn } from "./clerk.ts";
import { abilitiesFor, aimOf, type Aim } from "./coverage/aims.ts";
import { takeAims } from "./coverage/take-aims.ts";
import { createWorld, WATCH_MS, type WorldOptions } from "./create-world.ts";
import { focused, focusOf } from "./focus.ts";
import { checkDeals } from "./invariants/deals.ts";
import { checkQuietDeals } from "./invariants/deals-quiet.ts";
import { checkDocuments } from "./invariants/documents.ts";
import { checkQuiet } from "./invariants/quiet.ts";
import { checkLogs, checkStored } from "./invariants/sinks.ts";
import { checkTold } from "./invariants/told.ts";
import { openShop, type Shop } from "./people.ts";
import { aimedScenario, closesAfterMs, enact, scenarioOf, type Scenario } from "./scenario.ts";
import { settingsOf } from "./seed-settings.ts";
import type { World } from "./world.ts";

export interface SeedResult {
  readonly seed: number;
  readonly violations: World["history"]["violations"];
  readonly trace: readonly string[];
  readonly steps: number;
  readonly virtualMs: number;
  readonly world: World;
}

export interface SeedOptions extends Partial<Omit<WorldOptions, "seed">> {
  readonly scenario?: Scenario;
  /** Cells it aims at, whatever its number says. */
  readonly aims?: readonly Aim[];
  readonly keepsGoing?: boolean;
  /** What the seed is about, by name, whatever its number says. */
  readonly focus?: string;
  /** Settings of Cybersource's stand-in on top of what the seed chose. */
  readonly turned?: Partial<Settings>;
}

const HOUR_MS = 3_600_000;
/** A soft decline waits 24 hours for a person; what ends then has an hour to be shown. */
const QUIET_MS_MAX = 25 * HOUR_MS;
/** A seed that takes more than this turns in circles. */
const STEPS_MAX = 60_000;

export async function runSeed(seed: number, options: SeedOptions = {}): Promise<SeedResult> {
  // A scenario of its own, or what the seed is to be about, is played alone.
  const aim = options.scenario === undefined && options.focus === undefined && options.aims === undefined ? aimOf(seed) : undefined;
  const focus = options.scenario === undefined && aim === undefined ? focusOf(seed, options.focus) : undefined;
  const scenario = options.scenario ?? (aim === undefined ? focused(scenarioOf(createRandom(seed * 4), seed), focus) : aimedScenario(aim.isInStorm === true));
  const aims = options.aims ?? (aim === undefined ? [] : [aim]);
  const chosen = settingsOf(seed, { isRestored: scenario.restore !== undefined, isAimed: aim !== undefined, needs: abilitiesFor(aims, scenario.stormMs), focus });
  const world = await createWorld({ ...chosen, ...options, strictness: { ...(options.strictness ?? chosen.strictness), ...options.turned }, seed });
  const from = world.scheduler.now();
  const shops: Shop[] = [];
  for (const hood of world.neighbours) shops.push(await openShop(hood));
  enact(world, shops, scenario);
  if (focus !== undefined) world.scheduler.note(`this seed is about ${focus.name}`);
  if (focus?.hasClerk === true) clerkLooksIn(world, createRandom(seed * 4 + 20));
  takeAims(world, shops, aims, scenario.stormMs);
  world.scheduler.at(scenario.stormMs, "the storm is over", () => { world.isStormOver = true; world.weather.clear(); });
  const isDone = (): boolean => world.history.violations.length > 0 && options.keepsGoing !== true;
  const closesAt = from + closesAfterMs(scenario);
  // What strikes at an aim is a fault too, also where it had to wait for a batch: the quiet begins after it.
  const limit = (): number => Math.max(world.calmAt ?? Infinity, world.steering.struckAt) + QUIET_MS_MAX;
  while (!isDone() && world.scheduler.steps < STEPS_MAX && (world.scheduler.next() ?? Infinity) <= limit()) {
    const gap = (world.scheduler.next() ?? Infinity) - world.scheduler.now();
    if (world.isStormOver && world.scheduler.now() >= closesAt && gap > 30_000 && world.calmAt !== undefined && await isAtRest(world)) break;
    await world.scheduler.step();
    checkStep(world);
  }
  world.calls.finish();
  if (world.scheduler.steps >= STEPS_MAX) world.fail(12, `still busy after ${STEPS_MAX} steps`);
  if (!isDone()) { checkQuiet(world); checkStored(world); }
  if (!isDone() && hasLookedAtDeals(world)) checkQuietDeals(world);
  return { seed, violations: world.history.violations, trace: world.scheduler.trace, steps: world.scheduler.steps, virtualMs: world.scheduler.now() - from, world };
}

/** Looks at what the step touched, and at nothing else. */
function checkStep(world: World): void {
  const { touched } = world.history;
  if (touched.size === 0) return;
  const intents = [...touched].map((key) => world.ledgerHost.intents.get(key)).filter((intent) => intent !== undefined);
  checkDocuments(world, intents);
  checkDeals(world, intents);
  for (const key of touched) checkTold(world, key);
  checkLogs(world);
  touched.clear();
}

const OPEN: ReadonlySet<string> = new Set(["planned", "sent", "unknown"]);
const SUBMITTED = 727_000_001;

/** Nothing is open in the ledger and nothing waits to be shown: what is still due are watches and sweeps. */
async function isAtRest(world: World): Promise<boolean> {
  if (world.replicas.every((replica) => replica === undefined)) return false;
  // Who sleeps has something in his hands yet.
  if (world.replicas.some((replica) => replica !== undefined && replica.life.pausedUntil > world.scheduler.now())) return false;
  for (const intent of world.ledgerHost.intents.values()) {
    if (mainEffect(intent).state === "claiming" ? isSubmitted(world, intent) : intent.effects.some((effect) => OPEN.has(effect.state) || (effect !== mainEffect(intent) && (effect.state === "claiming" || effect.state === "queued"))) || mainEffect(intent).decisionDueAt !== undefined) return false;
  }
  return hasLookedAtDeals(world) && world.neighbours.every((hood) => hood.cybersource.state.late.size === 0) && !hasUnclaimed(world) && !await world.ledgerHost.hasToShow();
}

/** Documents have been looked at since anything changed, and what that has led to has had its time. Their work is due again so long after it was done. */
function hasLookedAtDeals(world: World): boolean {
  const since = Math.max(world.changedAt, world.calmAt ?? 0);
  if (world.history.deals.size === 0) return true;
  const works = world.ledgerHost.tables?.work.values().filter(({ work }) => work.kind === "documents") ?? [];
  return world.scheduler.now() > since + WATCH_MS / 2 && works.every(({ work }) => work.dueAt - WATCH_MS > since + 60_000);
}

/** A claim of a draft waits for its author, and may wait for ever. */
const isSubmitted = (world: World, intent: Intent): boolean =>
  world.neighbours.find((hood) => hood.organizationId === intent.organizationId)?.dataverse.organization.store.get("cybs_paymentrequest", intent.paymentRequestId)?.["cybs_state"] === SUBMITTED;

/** Asked for and not begun, or begun and not shown as ended. */
function hasUnclaimed(world: World): boolean {
  return world.neighbours.some(({ dataverse: { organization: { store } } }) => [...store.all("cybs_refundrequest")].some((row) => store.pointingAt("cybs_paymenttransaction", "cybs_refundrequestid", asText(row["cybs_refundrequestid"])).length === 0) || [...store.all("cybs_paymentrequest")].some((row) => {
    if (row["cybs_state"] !== SUBMITTED) return false;
    const rows = store.pointingAt("cybs_paymenttransaction", "cybs_paymentrequestid", asText(row["cybs_paymentrequestid"]));
    return rows.length === 0 || rows.some((one) => one["cybs_isfinal"] !== true && one["cybs_status"] === IN_PROGRESS);
  }));
}
const IN_PROGRESS = 727_000_000;
