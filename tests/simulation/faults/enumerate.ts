// Every boundary of one operation, and every fault that can strike there. A boundary is a call to the ledger, to Cybersource or to Dataverse, or a hint
// on its way, from the moment in which a person asks until the outcome stands in Dataverse.
import { mildStrictness } from "../../sandbox/cybersource/strictness.ts";
import { runSeed, type SeedResult } from "../run-seed.ts";
import type { Scenario } from "../scenario.ts";
import { FAULTS_AT, planned, type Boundary, type Planned } from "../weather.ts";

export type Operation = "authorization" | "sale";
export const OPERATIONS: readonly Operation[] = ["authorization", "sale"];

const MINUTE_MS = 60_000;
/** By then all replicas have started and know their organizations. */
const ASKS_AT_MS = MINUTE_MS;
const SEED = 1;
/** What an undisturbed operation takes, several times over; faults strike in it. */
const WINDOW_MS = 20_000;

/** The account of the euro only authorizes; that of the dollar takes the money at once. */
const scenarioOf = (operation: Operation): Scenario => ({
  acts: [{ atMs: ASKS_AT_MS, organization: 0, order: 0, price: 120, wish: { amount: 120, currency: operation === "sale" ? "USD" : "EUR", card: "saved", by: "person" } }],
  stormMs: ASKS_AT_MS + 5 * MINUTE_MS, keepsAtMs: [],
});

export interface FaultRun extends SeedResult { readonly seen: readonly Boundary[] }

/** Runs an operation with faults at the boundaries that are named by number. */
export async function runWith(operation: Operation, faults: readonly Planned[]): Promise<FaultRun> {
  let seen: readonly Boundary[] = [];
  const result = await runSeed(SEED, {
    scenario: scenarioOf(operation), replicas: 1, skewMs: () => 0, strictness: mildStrictness(),
    weather: (_random, now) => { const weather = planned(faults, () => now() >= ASKS_AT_MS && now() < ASKS_AT_MS + WINDOW_MS); seen = weather.seen; return weather; },
  });
  return { ...result, seen };
}

const faultsAt = (boundary: Boundary): readonly string[] => FAULTS_AT[boundary.where];

/** Each fault at each boundary of an undisturbed run. */
export async function singlesOf(operation: Operation): Promise<readonly Planned[]> {
  const { seen } = await runWith(operation, []);
  return seen.flatMap((boundary, number) => faultsAt(boundary).map((fault) => ({ number, fault })));
}

/** Each fault at each boundary that is still to come once the first fault has struck. */
export const secondsOf = (first: Planned, seen: readonly Boundary[]): readonly (readonly [Planned, Planned])[] =>
  seen.flatMap((boundary, number) => (number <= first.number ? [] : faultsAt(boundary).map((fault): readonly [Planned, Planned] => [first, { number, fault }])));

export const nameOf = (faults: readonly Planned[]): string => faults.map((one) => `${one.fault} at ${one.number}`).join(", ");
