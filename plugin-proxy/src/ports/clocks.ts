// Two clocks. The wire clock is real time: signatures, TLS, token and session expiry, the fence. The business clock may be moved
// in the sandbox: validity, schedules, expiry. The product's composition root gives the same real clock for both.
import type { Instant } from "../domain/time.ts";

export interface Clocks {
  readonly wire: () => Instant;
  readonly business: () => Instant;
}

/** The passing of time, for whoever waits. Each returns what ends the waiting. */
export interface Timers {
  /** Once, after so many milliseconds. */
  after(ms: number, work: () => void): () => void;
  /** Again and again, every so many milliseconds. */
  every(ms: number, work: () => void): () => void;
}
