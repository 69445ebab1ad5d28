// What one step around a payment came to: done, or to be done again at an instant.
import { MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";

/** done: nothing left now. later: again at an instant. */
export type Surrounded = { readonly kind: "done" } | { readonly kind: "later"; readonly at: Instant };
export const DONE: Surrounded = { kind: "done" };

/** Dataverse is not asked again later than this. */
const RETRY_MS_MAX = 5 * MINUTE_MS;

/** When Dataverse did not answer: later, not again and again. */
export const laterAfter = (deps: Pick<FlowDeps, "clocks">, answer: { readonly retryAfterMs?: number | undefined }): Surrounded => ({ kind: "later", at: deps.clocks.business() + Math.min(answer.retryAfterMs ?? 10 * SECOND_MS, RETRY_MS_MAX) });

/** What Dataverse refuses is written once somebody has mended it, without being asked for: a right may be missing only for a while. */
export const afterMending = (deps: Pick<FlowDeps, "clocks">): Surrounded => ({ kind: "later", at: deps.clocks.business() + RETRY_MS_MAX });
