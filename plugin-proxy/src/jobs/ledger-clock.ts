// The database's clock, followed: due times, leases and the fence are the same for every replica, however its own clock goes. Asked for at
// start and every half minute; in between the process's own clock counts on from there.
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { Reporter } from "../ports/reporter.ts";
import type { Traffic } from "../ports/traffic.ts";

export interface LedgerClock {
  readonly now: () => Instant;
  /** Asks once. */
  follow(): Promise<void>;
  stop(): void;
}

const FOLLOW_MS = 30 * SECOND_MS;
/** An answer that took longer says too little about when it was given. */
const ROUND_TRIP_MS_MAX = 2 * SECOND_MS;
/** Cybersource refuses signatures of a clock that is minutes off, whoever's it is. */
const SKEW_MS_ALARMING = 30 * SECOND_MS;

/** Follows `traffic`'s clock; a store without one leaves the process's own. Throws only when the first question is not answered. */
export async function followLedgerClock(deps: { readonly traffic: Traffic; readonly own: () => Instant; readonly reporter: Reporter }): Promise<LedgerClock> {
  let offsetMs = 0;
  const ask = async (): Promise<void> => {
    const asked = deps.own();
    const theirs = await deps.traffic.now();
    const answered = deps.own();
    if (theirs === undefined || answered - asked > ROUND_TRIP_MS_MAX) return;
    offsetMs = theirs - (asked + answered) / 2;
    if (Math.abs(offsetMs) > SKEW_MS_ALARMING) deps.reporter.alarm("clock_skew", { durationMs: Math.round(offsetMs) });
  };
  await ask();
  // A database that does not answer is told by the worker; the last offset stays.
  const timer = setInterval(() => { ask().catch(() => undefined); }, FOLLOW_MS);
  timer.unref();
  return { now: () => Math.floor(deps.own() + offsetMs), follow: ask, stop: () => { clearInterval(timer); } };
}
