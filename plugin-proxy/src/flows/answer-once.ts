// Idempotency keys with Stripe's semantics: the first request with a key is executed and its answer kept, a refusal as much as a success;
// the same request again gets the same answer; another request with the key is refused; while the first runs, others are told so.
import { SECOND_MS } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";

export interface KeyedRequest {
  /** Whose keys these are: those of one organization, or of one card-entry session. */
  readonly scope: string;
  readonly key: string;
  /** The same for the same method, address and body. */
  readonly fingerprint: string;
}
export interface KeptAnswer {
  readonly status: number;
  /** Everything that is sent besides, as text. */
  readonly rest: string;
}
export type OnceAnswer = { readonly kind: "first" | "again"; readonly answer: KeptAnswer } | { readonly kind: "in_flight" | "other_request" | "not_kept" };

/** Longer than any request may take: after this the process that began it is gone. */
const HELD_MS = 60 * SECOND_MS;

/** Answers are sealed, because they may name persons; one whose encryption keys were both exchanged since is `not_kept`. What `run` throws is not kept. */
export async function answerOnce(deps: Pick<FlowDeps, "ledger" | "sealer" | "clocks">, request: KeyedRequest, run: () => Promise<KeptAnswer>): Promise<OnceAnswer> {
  const now = deps.clocks.wire();
  const { scope, key } = request;
  const begun = await deps.ledger.traffic.beginRequest({ ...request, now, heldUntil: now + HELD_MS });
  const context = `answer:${scope}:${key}`;
  if (begun.kind === "answered") {
    const rest = deps.sealer.open(begun.sealed, context);
    return rest === undefined ? { kind: "not_kept" } : { kind: "again", answer: { status: begun.status, rest } };
  }
  if (begun.kind !== "begun") return begun;
  const answer = await run();
  await deps.ledger.traffic.finishRequest({ scope, key, status: answer.status, sealed: deps.sealer.seal(answer.rest, context) });
  return { kind: "first", answer };
}
