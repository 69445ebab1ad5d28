// `Idempotency-Key` on every endpoint that accepts writes (the names are those of the IETF's draft and of Stripe). What is not even
// understood, or comes too fast, is answered before the key is looked at, and uses none up.
import { createHash } from "node:crypto";
import type { FastifyRequest } from "fastify";
import { MINUTE_MS } from "../domain/time.ts";
import type { KeptAnswer } from "../flows/answer-once.ts";
import { problemAnswer, type Answer } from "./answer.ts";
import type { ServerOptions } from "./options.ts";
import type { RateLimit } from "./rate-limit.ts";

const KEY_HEADER = "idempotency-key";
const KEY = /^[\x21-\x7e]{1,255}$/;
const IN_FLIGHT_SECONDS = 1;

export interface Keyed {
  /** Whose keys these are: an organization's pages share theirs, Dataverse, Cybersource and operators have their own; undefined for organizations that nobody configured, whose keys are not kept. */
  readonly scope: string | undefined;
  readonly body: string | Buffer;
  readonly perMinute: number;
}

/** Runs `run` once for each key. Says `idempotent-replayed: true` on an answer that was given before. */
export async function withIdempotency(options: ServerOptions, rateLimit: RateLimit, request: FastifyRequest, keyed: Keyed, run: () => Promise<Answer>): Promise<Answer> {
  const key = request.headers[KEY_HEADER];
  if (key === undefined || keyed.scope === undefined) return run();
  if (typeof key !== "string" || !KEY.test(key)) return problemAnswer("idempotency_key_invalid");
  if (options.containsPan(key)) return problemAnswer("card_number_refused");
  const wait = rateLimit.waitSeconds(`keys ${request.ip}`, keyed.perMinute);
  if (wait !== undefined) return problemAnswer("too_many_requests", { retryAfterSeconds: Math.min(wait, MINUTE_MS / 1000) });
  const fingerprint = createHash("sha256").update(`${request.method} ${request.url}\n`).update(keyed.body).digest("hex");
  const once = await options.handlers.answerOnce({ scope: keyed.scope.toLowerCase(), key, fingerprint }, async () => toKept(await runKept(options, request, run)));
  switch (once.kind) {
    case "first": return fromKept(once.answer);
    case "again": return { ...fromKept(once.answer), isReplayed: true };
    case "in_flight": return problemAnswer("idempotency_key_in_use", { retryAfterSeconds: IN_FLIGHT_SECONDS });
    case "other_request": return problemAnswer("idempotency_key_reused");
    case "not_kept": return problemAnswer("answer_not_kept");
  }
}

/** A bug's answer is kept like any other; a ledger that is not there cannot keep one. */
async function runKept(options: ServerOptions, request: FastifyRequest, run: () => Promise<Answer>): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    if (options.isLedgerDown(error)) throw error;
    options.reportError({ route: request.routeOptions.url ?? "unknown", error });
    return problemAnswer("internal_error");
  }
}

const toKept = ({ status, ...rest }: Answer): KeptAnswer => ({ status, rest: JSON.stringify(rest) });
const fromKept = ({ status, rest }: KeptAnswer): Answer => ({ ...JSON.parse(rest) as Omit<Answer, "status">, status });
