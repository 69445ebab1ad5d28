// Every boundary of one operation, and every fault that can strike there. A boundary is a call to the ledger, to Cybersource or to Dataverse, or a hint
// on its way, from the moment in which a person asks until the outcome stands in Dataverse.
import { mildStrictness } from "../../sandbox/cybersource/strictness.ts";
import { runSeed, type SeedResult } from "../run-seed.ts";
import type { Scenario } from "../scenario.ts";
import { FAULTS_AT, planned, type Boundary, type Planned } from "../weather.ts";

export type Operation = "authorization" | "sale" | "capture" | "refund" | "void" | "reversal";
export const OPERATIONS: readonly Operation[] = ["authorization", "sale", "capture", "refund", "void", "reversal"];

const MINUTE_MS = 60_000;
/** By then all replicas have started and know their organizations. */
const ASKS_AT_MS = 40_000;
/** People see the payment stand within five seconds; what they do next they begin later than that, when everything else is still. */
const THINKS_MS = 40_000;
const SEED = 1;
/** What an undisturbed operation takes, several times over; faults strike in it. */
const WINDOW_MS = 20_000;
const isLater = (operation: Operation): boolean => operation !== "authorization" && operation !== "sale";
/** When the operation itself begins at the earliest. */
const beginsAtMs = (operation: Operation): number => (isLater(operation) ? ASKS_AT_MS + THINKS_MS - 1_000 : ASKS_AT_MS);
const isOnSale = (operation: Operation): boolean => operation === "sale" || operation === "refund" || operation === "void";
/** A refund follows a batch that has closed, a void one that has not. */
const cutOffOf = (operation: Operation): string => (operation === "refund" ? "09:01" : "00:00");

/** The account of the euro only authorizes; that of the dollar takes the money at once. */
const scenarioOf = (operation: Operation): Scenario => ({
  acts: [{
    atMs: ASKS_AT_MS, organization: 0, order: 0, price: 120, wish: { amount: 120, currency: isOnSale(operation) ? "USD" : "EUR", card: "saved", by: "person" },
    deeds: operation === "authorization" || operation === "sale" ? [] : [{ kind: operation, share: 1, afterMs: THINKS_MS, by: "person", approval: "none", approvesAfterMs: 0 }],
  }],
  stormMs: ASKS_AT_MS + 5 * MINUTE_MS, keepsAtMs: [],
});

export interface FaultRun extends SeedResult { readonly seen: readonly Boundary[] }

/** Runs an operation, in an organization of its own, with faults at the boundaries that are named by number. */
export async function runWith(operation: Operation, faults: readonly Planned[]): Promise<FaultRun> {
  let seen: readonly Boundary[] = [];
  const abilities = { multiCapture: false, incremental: true, batchCutOff: cutOffOf(operation) };
  const from = beginsAtMs(operation);
  const result = await runSeed(SEED, {
    scenario: scenarioOf(operation), organizations: 1, replicas: 1, skewMs: () => 0, abilities, strictness: { ...mildStrictness(), ...abilities },
    weather: (_random, now) => { const weather = planned(faults, () => now() >= from && now() < from + WINDOW_MS); seen = weather.seen; return weather; },
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
