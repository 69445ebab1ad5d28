// Are these credentials good? A signed search for a transaction that does not exist: 404 says yes, 401 says no, and the answer's own date says
// whether the clock is to blame. Reads only, moves nothing.
import { Stop } from "../stop.ts";
import type { Cybersource } from "./signed-call.ts";

/** Signatures last 120 seconds; an allowance for the way. */
export const CLOCK_OFF_MS = 100_000;
const NOBODYS = "1000000000000000000000";

/** Returns how far our clock is ahead. Stops when the credentials are refused. */
export async function tryCredentials(cybersource: Cybersource): Promise<number> {
  const answer = await cybersource.call("GET", `/tss/v2/transactions/${NOBODYS}`);
  const aheadMs = answer.aheadMs ?? 0;
  if (answer.status === 401 && Math.abs(aheadMs) > CLOCK_OFF_MS) throw new Stop("clock_off", { seconds: Math.round(aheadMs / 1000), limit: "two minutes" });
  if (answer.status === 401) throw new Stop("credentials_refused", { merchantId: cybersource.merchantId, host: cybersource.host });
  if (answer.status >= 500) throw new Stop("cybersource_unreachable", { host: cybersource.host }, `(HTTP ${answer.status})`);
  return aheadMs;
}
