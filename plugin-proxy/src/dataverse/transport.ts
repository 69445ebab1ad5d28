// `$batch` calls with patience: every batch of ours may be repeated (reads, a claim with a fixed key, upserts), so what failed on the way is
// tried again within a budget. 429 and 503 are obeyed for the whole organization: asking sooner only spends quota
// (learn.microsoft.com/power-apps/developer/data-platform/api-limits). When the budget is over, the caller learns when to come back.
import type { OrganizationId } from "../domain/ids.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import { API_PATH, LIMITS, type DataverseConnection, type DataverseLimits, type DataverseOptions, type Exchange } from "./connection.ts";
import { createExchange } from "./exchange.ts";
import { readBatch, type OperationResult } from "./read-batch.ts";
import { createTokens, type Tokens } from "./tokens.ts";
import { BATCH_CONTENT_TYPE, writeBatch, type Operation } from "./write-batch.ts";

export interface BatchAnswer {
  readonly kind: "answered";
  readonly results: readonly OperationResult[];
  /** Dataverse's own clock. */
  readonly now: Instant;
}
export interface Transport {
  /** `budgetMs`: how long this call may take with all its tries; somebody may be waiting for it at a screen. */
  batch(organizationId: OrganizationId, operations: readonly Operation[], budgetMs?: number): Promise<BatchAnswer | Unavailable>;
  close(): Promise<void>;
}

/** What one try came to: an answer, or a reason to try again (after a while), or to give up. */
type Try = BatchAnswer | { readonly kind: "again"; readonly cause: string; readonly afterMs?: number | undefined; readonly isOverLimit?: boolean } | { readonly kind: "no"; readonly cause: string };

const RETRIED: ReadonlySet<number> = new Set([429, 502, 503, 504]);
const BACKOFF_MS = 200;
const BACKOFF_MS_MAX = 5 * SECOND_MS;
/** What is said when nobody said how long to wait. */
const COME_BACK_MS = 5 * SECOND_MS;

export function createTransport(options: DataverseOptions): Transport {
  const limits: DataverseLimits = { ...LIMITS, ...options.limits };
  const network = options.exchange === undefined ? createExchange({ limits, ca: options.ca }) : { exchange: options.exchange, close: async () => undefined };
  const { exchange } = network;
  const tokens = createTokens(exchange, options.now);
  const sleep = options.sleep ?? ((ms: number) => new Promise<void>((resolve) => { setTimeout(resolve, ms); }));
  const notBefore = new Map<OrganizationId, Instant>();

  async function batch(organizationId: OrganizationId, operations: readonly Operation[], budgetMs = limits.budgetMs): Promise<BatchAnswer | Unavailable> {
    const started = options.now();
    const connection = options.organizations(organizationId);
    if (connection === undefined) return { kind: "unavailable", cause: "organization not configured" };
    const body = writeBatch(operations);
    let cause = "throttled";
    for (let tries = 0; ;) {
      const throttledMs = await options.budgetWaitMs?.(organizationId) ?? 0;
      const waitMs = Math.max(tries === 0 ? 0 : backoffMs(tries, options.random()), (notBefore.get(organizationId) ?? 0) - options.now(), throttledMs);
      if (options.now() + waitMs - started > budgetMs) {
        options.log({ what: "unavailable", organizationId, cause, durationMs: options.now() - started });
        return { kind: "unavailable", cause, retryAfterMs: Math.max(waitMs, COME_BACK_MS) };
      }
      if (waitMs > 0) await sleep(waitMs);
      if (throttledMs > 0) continue;
      tries += 1;
      const answer = await tryOnce({ exchange, tokens, organizationId, connection, body, now: options.now, traceparent: options.traceparent?.() });
      if (answer.kind === "answered") return answer;
      cause = answer.cause;
      if (answer.kind === "no") {
        options.log({ what: "unavailable", organizationId, cause, durationMs: options.now() - started });
        return { kind: "unavailable", cause };
      }
      options.log({ what: "retry", organizationId, cause });
      if (answer.afterMs === undefined) continue;
      notBefore.set(organizationId, options.now() + answer.afterMs);
      if (answer.isOverLimit === true) await options.holdBudget?.(organizationId, answer.afterMs);
    }
  }
  return { batch, close: () => network.close() };
}

const backoffMs = (tries: number, random: number): number => Math.min(BACKOFF_MS_MAX, BACKOFF_MS * 2 ** (tries - 1)) * (0.5 + random / 2);

interface TryInput {
  readonly exchange: Exchange;
  readonly tokens: Tokens;
  readonly organizationId: OrganizationId;
  readonly connection: DataverseConnection;
  readonly body: string;
  readonly now: () => Instant;
  readonly traceparent: string | undefined;
}

async function tryOnce(input: TryInput, isSecondToken = false): Promise<Try> {
  const { organizationId, connection, now } = input;
  const token = await input.tokens.get(organizationId, connection);
  if (token.kind === "no_token") return { kind: "again", cause: token.cause };
  const answer = await input.exchange({
    url: `${connection.url}${API_PATH}$batch`, body: input.body,
    headers: { ...(input.traceparent === undefined ? {} : { traceparent: input.traceparent }), authorization: `Bearer ${token.token}`, "content-type": BATCH_CONTENT_TYPE, accept: "application/json", "odata-version": "4.0", "odata-maxversion": "4.0" },
  });
  if (answer.kind === "no_answer") return { kind: "again", cause: answer.cause };
  if (answer.status === 401) {
    input.tokens.drop(organizationId, token.token);
    return isSecondToken ? { kind: "no", cause: "token refused (401)" } : tryOnce(input, true);
  }
  const saidNow = Date.parse(answer.date ?? "");
  const serverNow = Number.isNaN(saidNow) ? now() : saidNow;
  if (RETRIED.has(answer.status)) return { kind: "again", cause: `answered ${answer.status}`, ...comeBack(answer.status, answer.retryAfter, serverNow) };
  // A part that failed makes the whole answer 400, still multipart.
  if (answer.status !== 200 && answer.status !== 400) return { kind: "no", cause: `answered ${answer.status}` };
  const results = readBatch(answer.contentType, answer.text);
  if (results === undefined) return { kind: answer.status === 200 ? "again" : "no", cause: `answered ${answer.status} without a readable batch` };
  return throttledPart(results, serverNow) ?? { kind: "answered", results, now: serverNow };
}

/** Service protection may refuse one operation of a batch instead of the whole. */
function throttledPart(results: readonly OperationResult[], serverNow: Instant): Try | undefined {
  for (const result of results) {
    if (result.kind === "part" && RETRIED.has(result.part.status)) {
      return { kind: "again", cause: `a part answered ${result.part.status}`, ...comeBack(result.part.status, result.part.headers["retry-after"], serverNow) };
    }
  }
  return undefined;
}

/** 429: the application user has spent what he may. */
const comeBack = (status: number, retryAfter: string | undefined, now: Instant): { readonly afterMs: number | undefined; readonly isOverLimit: boolean } =>
  ({ afterMs: retryAfterMs(retryAfter, now), isOverLimit: status === 429 });

/** Seconds, or an HTTP date (RFC 9110 §10.2.3). */
function retryAfterMs(text: string | undefined, now: Instant): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{1,6}(?:\.\d+)?$/.test(text.trim())) return Number(text) * SECOND_MS;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}
