// Counts per key and minute in memory: enough to keep one sender from drowning the rest. Business limits (per user, per order) are the flows'.
import { MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";

export interface RateLimit {
  /** Seconds to wait, or undefined when the request may pass; passing is counted. */
  waitSeconds(key: string, perMinute: number): number | undefined;
}

const KEYS_MAX = 50_000;

export function createRateLimit(now: () => Instant): RateLimit {
  let minute = -1;
  let counts = new Map<string, number>();
  return {
    waitSeconds(key, perMinute) {
      const at = now();
      const current = Math.floor(at / MINUTE_MS);
      // All counts end with the minute: the memory they take is bounded by one minute's senders.
      if (current !== minute || counts.size > KEYS_MAX) {
        minute = current;
        counts = new Map();
      }
      const count = (counts.get(key) ?? 0) + 1;
      counts.set(key, count);
      return count > perMinute ? Math.ceil((MINUTE_MS - (at % MINUTE_MS)) / SECOND_MS) : undefined;
    },
  };
}
