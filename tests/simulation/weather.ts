// What can go wrong at a boundary, and who decides it: chance by the seed (a storm that ends), or a plan that names boundaries one by one.
import type { Random } from "../sandbox/kit/random.ts";

export type LedgerFault = "none" | "slow" | "pause" | "error_before" | "error_after" | "crash_before" | "crash_after";
export type WireFault =
  | "none" | "not_sent" | "drop_before" | "drop_after" | "late_request" | "late_answer" | "duplicate" | "throttled" | "gateway_error" | "gateway_error_after"
  | "garbage" | "cut" | "crash_before" | "crash_after" | "pause";
export type HintFault = "none" | "drop" | "duplicate" | "late";

export interface Boundary {
  /** Whose wire or store it is. */
  readonly where: "ledger" | "cybersource" | "dataverse" | "hint";
  /** What is being done: "POST /pts/v2/payments", "transaction", "poke". */
  readonly what: string;
  readonly replica?: string | undefined;
}

export interface Weather {
  ledger(boundary: Boundary): LedgerFault;
  wire(boundary: Boundary): WireFault;
  hint(boundary: Boundary): HintFault;
  /** Milliseconds for which a process stops between its committed `sent` and the socket. */
  stopsBeforeSocket?: (() => number) | undefined;
  /** Ends: from here on everything works. */
  clear(): void;
  readonly isClear: boolean;
}

interface Share<F> { readonly fault: F; readonly weight: number }

const LEDGER: readonly Share<LedgerFault>[] = [
  { fault: "slow", weight: 6 }, { fault: "pause", weight: 3 }, { fault: "error_before", weight: 2 }, { fault: "error_after", weight: 2 }, { fault: "crash_before", weight: 3 }, { fault: "crash_after", weight: 3 },
];
const WIRE: readonly Share<WireFault>[] = [
  { fault: "not_sent", weight: 2 }, { fault: "drop_before", weight: 4 }, { fault: "drop_after", weight: 5 }, { fault: "late_request", weight: 3 }, { fault: "late_answer", weight: 3 }, { fault: "duplicate", weight: 3 },
  { fault: "throttled", weight: 3 }, { fault: "gateway_error", weight: 2 }, { fault: "gateway_error_after", weight: 2 }, { fault: "garbage", weight: 1 }, { fault: "cut", weight: 1 },
  { fault: "crash_before", weight: 2 }, { fault: "crash_after", weight: 3 }, { fault: "pause", weight: 2 },
];
const HINT: readonly Share<HintFault>[] = [{ fault: "drop", weight: 3 }, { fault: "duplicate", weight: 2 }, { fault: "late", weight: 3 }];

function pick<F>(random: Random, shares: readonly Share<F>[]): F {
  let left = random.next() * shares.reduce((sum, one) => sum + one.weight, 0);
  const found = shares.find((one) => (left -= one.weight) < 0) ?? shares[0];
  if (found === undefined) throw new Error("nothing to choose from");
  return found.fault;
}

/** Chances of a fault at one boundary. */
export interface Rates { readonly ledger: number; readonly cybersource: number; readonly dataverse: number; readonly hint: number }

export function stormOf(random: Random, rates: Rates): Weather {
  let isClear = false;
  const strikes = (rate: number): boolean => !isClear && random.next() < rate;
  return {
    ledger: () => (strikes(rates.ledger) ? pick(random, LEDGER) : "none"),
    wire: ({ where }) => (strikes(where === "cybersource" ? rates.cybersource : rates.dataverse) ? pick(random, WIRE) : "none"),
    hint: () => (strikes(rates.hint) ? pick(random, HINT) : "none"),
    clear: () => { isClear = true; },
    get isClear() { return isClear; },
  };
}

/** A weather with something else at some places. */
const instead = (base: Weather, changes: Partial<Pick<Weather, "wire" | "stopsBeforeSocket">>): Weather => ({
  ledger: (boundary) => base.ledger(boundary), wire: changes.wire ?? ((boundary) => base.wire(boundary)), hint: (boundary) => base.hint(boundary), clear: () => { base.clear(); }, get isClear() { return base.isClear; },
  stopsBeforeSocket: changes.stopsBeforeSocket ?? base.stopsBeforeSocket,
});

export interface Struck {
  readonly random: Random;
  readonly share: number;
  readonly faults: readonly WireFault[];
  /** Calls to Cybersource by their name in the trace. */
  readonly isAt: (what: string) => boolean;
}

/** Until the storm ends a share of some calls to Cybersource meets one of these faults. */
export const struckAt = (base: Weather, { random, share, faults, isAt }: Struck): Weather => instead(base, {
  wire: (boundary) => {
    const isStruck = !base.isClear && boundary.where === "cybersource" && isAt(boundary.what) && random.next() < share;
    return (isStruck ? faults[random.integer(faults.length)] : undefined) ?? base.wire(boundary);
  },
});

const SLEEPS_MS = [40 * 60_000, 120 * 60_000] as const;

/** Until the storm ends half of the processes that have committed `sent` sleep before they send. */
export const stoppedBeforeSocket = (base: Weather, random: Random): Weather => instead(base, {
  stopsBeforeSocket: () => (!base.isClear && random.next() < 0.5 ? Math.round(SLEEPS_MS[0] + random.next() * (SLEEPS_MS[1] - SLEEPS_MS[0])) : 0),
});

/** A fault at a boundary that is named by its number, counted from the first one of the run. */
export interface Planned { readonly number: number; readonly fault: string }

/** Counts boundaries and strikes at the planned ones only. `seen` lists what there was, for those who enumerate. */
export function planned(faults: readonly Planned[], isOn: () => boolean): Weather & { readonly seen: Boundary[] } {
  const seen: Boundary[] = [];
  let isClear = false;
  const next = (boundary: Boundary): string => {
    if (isClear || !isOn()) return "none";
    seen.push(boundary);
    return faults.find((one) => one.number === seen.length - 1)?.fault ?? "none";
  };
  return {
    seen, ledger: (boundary) => next(boundary) as LedgerFault, wire: (boundary) => next(boundary) as WireFault, hint: (boundary) => next(boundary) as HintFault,
    clear: () => { isClear = true; },
    get isClear() { return isClear; },
  };
}

export const FAULTS_AT: Readonly<Record<Boundary["where"], readonly string[]>> = {
  ledger: ["pause", "error_before", "error_after", "crash_before", "crash_after"],
  cybersource: ["not_sent", "drop_before", "drop_after", "late_request", "late_answer", "duplicate", "throttled", "gateway_error", "gateway_error_after", "garbage", "cut", "crash_before", "crash_after", "pause"],
  dataverse: ["not_sent", "drop_before", "drop_after", "late_answer", "duplicate", "throttled", "gateway_error", "gateway_error_after", "garbage", "crash_before", "crash_after", "pause"],
  hint: ["drop", "duplicate", "late"],
};
