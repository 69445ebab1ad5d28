// A budget of calls that all replicas share. Tokens are taken from the ledger by the handful, so that one statement serves many calls.
import { MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { Traffic } from "../ports/traffic.ts";

export interface RateBudget {
  /** Takes one token of `key`. 0: go. Else milliseconds until one may be there. */
  waitMs(key: string): Promise<number>;
  /** Whoever grants the calls has said that none is welcome for `ms`: no replica takes a token before that. */
  hold(key: string, ms: number): Promise<void>;
}

/** Tokens that were taken and not used within this time are not believed any more. */
const KEEP_MS = 5 * SECOND_MS;
const KEYS_MAX = 10_000;
/** The ledger outlives a restart: a date far away that somebody answered does not. Dataverse names five minutes at most. */
const HOLD_MS_MAX = 10 * MINUTE_MS;

export function createRateBudget(deps: { readonly traffic: Traffic; readonly now: () => Instant }, rate: { readonly perSecond: number; readonly burst: number; readonly handful: number }): RateBudget {
  const held = new Map<string, { tokens: number; readonly until: Instant }>();
  return {
    async waitMs(key) {
      const now = deps.now();
      const own = held.get(key);
      if (own !== undefined && own.tokens > 0 && own.until > now) {
        own.tokens -= 1;
        return 0;
      }
      if (held.size > KEYS_MAX) held.clear();
      const { granted, refilledAt } = await deps.traffic.takeTokens({ key, perSecond: rate.perSecond, burst: rate.burst, wanted: rate.handful, now });
      if (granted < 1) return Math.max(0, refilledAt - now) + Math.ceil(SECOND_MS / rate.perSecond);
      // Others may have come while this was asked for.
      held.set(key, { tokens: granted - 1 + Math.max(0, held.get(key)?.tokens ?? 0), until: now + KEEP_MS });
      return 0;
    },
    async hold(key, ms) {
      held.delete(key);
      await deps.traffic.holdTokens({ key, until: deps.now() + Math.min(ms, HOLD_MS_MAX) });
    },
  };
}
