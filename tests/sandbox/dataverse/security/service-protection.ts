// Service protection: requests, execution time and requests at a time, by user, in a sliding window. Limits are settable; the texts are Dataverse's.
// Source: learn.microsoft.com/power-apps/developer/data-platform/api-limits
import { DataverseError } from "../errors.ts";
import type { Organization } from "../organization.ts";

export class TooMany extends DataverseError {
  readonly retryAfterSeconds: number;
  constructor(code: string, message: string, retryAfterSeconds: number) {
    super(429, code, message);
    this.retryAfterSeconds = retryAfterSeconds;
  }
}
const KEPT_MAX = 10_000;
/** 1,200 seconds of work in a window. */
const DOCUMENTED_MS = 1_200_000;

export interface Begun {
  /** Called when the request has ended. */
  end(): void;
  /** What is left of the window, as headers of the answer. */
  readonly headers: Readonly<Record<string, string>>;
}

/** Lets a user's request begin, or throws 429. */
export function beginRequest(organization: Organization, userId: string): Begun {
  const { limits } = organization;
  const now = organization.clock.wire();
  const known = organization.traffic.get(userId) ?? { requests: [], open: 0 };
  organization.traffic.set(userId, known);
  const oldest = known.requests[0];
  if (known.requests.length >= KEPT_MAX || (oldest !== undefined && oldest.at <= now - limits.windowMs)) known.requests = known.requests.filter((one) => one.at > now - limits.windowMs).slice(-KEPT_MAX / 2);
  const seconds = Math.max(1, Math.ceil(((known.requests[0]?.at ?? now) + limits.windowMs - now) / 1000));
  const window = limits.windowMs / 1000;
  if (known.requests.length >= limits.requests) throw new TooMany("0x80072322", `Number of requests exceeded the limit of ${limits.requests} over time window of ${window} seconds.`, seconds);
  if (known.open >= limits.concurrent) throw new TooMany("0x80072326", `Number of concurrent requests exceeded the limit of ${limits.concurrent}.`, 1);
  if (limits.executionMs < Number.MAX_SAFE_INTEGER && known.requests.reduce((sum, one) => sum + one.tookMs, 0) > limits.executionMs) {
    throw new TooMany("0x80072321", `Combined execution time of incoming requests exceeded limit of ${limits.executionMs.toLocaleString("en-US")}  milliseconds over time window of ${window} seconds. Decrease number of concurrent requests or reduce the duration of requests and try again later.`, seconds);
  }
  const request = { at: now, tookMs: 0 };
  known.requests.push(request);
  known.open += 1;
  const from = performance.now();
  const spentMs = limits.executionMs < Number.MAX_SAFE_INTEGER ? known.requests.reduce((sum, one) => sum + one.tookMs, 0) : 0;
  return {
    end: () => { known.open -= 1; request.tookMs = performance.now() - from; },
    headers: { "x-ms-ratelimit-burst-remaining-xrm-requests": String(limits.requests - known.requests.length), "x-ms-ratelimit-time-remaining-xrm-requests": ((Math.min(limits.executionMs, DOCUMENTED_MS) - spentMs) / 1000).toFixed(2) },
  };
}
