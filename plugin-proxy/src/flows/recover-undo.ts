// An undo without an answer, or refused because its parent is not what we thought: resolved by its own transaction or by the parent's state,
// never by assuming (recovery rules §5, void and reversal; law 10).
import { provesUndo } from "../domain/payment/adopt.ts";
import { isPartialReversal } from "../domain/payment/decide-undo.ts";
import { currentAttempt, type Effect } from "../domain/payment/effect.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { findEffect, mainEffect, type Intent } from "../domain/payment/intent.ts";
import { fenceOf } from "../domain/payment/unknown-step.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FoundTransaction, LookAnswer } from "../ports/gateway.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

type Looked = Extract<LookAnswer, { kind: "looked" }>;
const RETRY_MS = 300 * SECOND_MS;

/** Records what the look says of an undo. When to look again, where nothing could be said. */
export async function recordUndoLook(deps: FlowDeps, intent: Intent, undo: Effect, answer: Looked): Promise<Instant | undefined> {
  const { organizationId, paymentRequestId } = intent;
  const at = deps.clocks.business();
  let again: Instant | undefined;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current) => {
      const now = findEffect(current, undo.effectId);
      if (now?.state !== "unknown") return { events: [] };
      const kind = judgeUndo(deps, current, now, answer);
      if (kind === undefined) {
        again = at + RETRY_MS;
        return { events: [] };
      }
      return { events: [{ effectId: undo.effectId, attempt: now.attempts.length, evidence: "detail", at, kind, reason: kind === "window_closed" ? now.refusal?.reason : undefined }] };
    },
  });
  return again;
}

/**
 * Undone: it worked. A capture that went to the processor cannot be voided any more. Else, once the bytes can no longer arrive (or it was
 * refused, so that they have), it is sent again: only a partial reversal could then happen twice, and waits for its proof.
 */
function judgeUndo(deps: FlowDeps, intent: Intent, undo: Effect, { found, isComplete }: Looked): EffectEvent["kind"] | undefined {
  const parent = (undo.undoes === undefined ? undefined : findEffect(intent, undo.undoes)) ?? mainEffect(intent);
  const requestId = undo.targetRequestId ?? parent.facts?.requestId;
  if (provesUndo(undo, { requestId, references: parent.attempts.map((attempt) => attempt.merchantReference) }, found)) return "undone_proved";
  // The gateway itself has said that there is nothing left to reverse.
  if (undo.refusal?.reason === "AUTH_ALREADY_REVERSED") return "undone_proved";
  const shown = found.find((one) => one.requestId === requestId);
  const isVoid = undo.kind === "void" || undo.kind === "timeout_void";
  if (isVoid && shown?.settlement === "closed") return isOldPicture(deps, undo, shown) ? "found_nothing" : "window_closed";
  if (undo.kind === "case_decision" && undo.refusal !== undefined) return isOldPicture(deps, undo, shown) ? "found_nothing" : "window_closed";
  if (undo.kind === "authorization_reversal" && undo.refusal !== undefined && SETTLED.has(undo.refusal.reason)) return "window_closed";
  if (isPartialReversal(intent, undo)) return isComplete ? "found_nothing" : undefined;
  // NOT_VOIDABLE while the detail still shows it as pending: the batch has just left, or the detail is old. Both are over soon.
  if (undo.refusal?.reason === "NOT_VOIDABLE") return undo.looks.emptyCount >= LOOKS_BEFORE_CLOSED ? "window_closed" : "found_nothing";
  const isPastFence = undo.refusal !== undefined || deps.clocks.wire() >= fenceOf(undo, deps.settings) || currentAttempt(undo)?.signatureExpiresAt === undefined;
  return isPastFence ? "retry_undo" : "found_nothing";
}

/**
 * What the parent looks like settles an undo that was refused, once. One that may have been carried out all the same (no answer, or an attempt before the
 * refused one) may not be in the picture yet, which lags: a batch that has closed over a void, a case that somebody has decided. A picture without the
 * parent shows nothing at all.
 */
const isOldPicture = (deps: FlowDeps, undo: Effect, shown: FoundTransaction | undefined): boolean => {
  const isRefusedForSure = undo.refusal !== undefined && undo.attempts.length === 1;
  return !isRefusedForSure && (shown === undefined || deps.clocks.business() < (undo.attempts[0]?.sentAt ?? 0) + deps.settings.lagMs);
};

const SETTLED = new Set(["TRANSACTION_ALREADY_SETTLED", "TRANSACTION_ALREADY_REVERSED_OR_SETTLED"]);
const LOOKS_BEFORE_CLOSED = 3;
