// An undo without an answer, or refused because its parent is not what we thought: resolved by its own transaction or by the parent's state,
// never by assuming (recovery rules §5, void and reversal; law 10).
import { judgeLook, provesUndo } from "../domain/payment/adopt.ts";
import { isPartialReversal } from "../domain/payment/decide-undo.ts";
import { caseDecided, isInCase } from "../domain/payment/decided-case.ts";
import { currentAttempt, type Effect } from "../domain/payment/effect.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { findEffect, mainEffect, type Intent } from "../domain/payment/intent.ts";
import { mayBeUnseen } from "../domain/payment/may-be-unseen.ts";
import { withReviewerCaptures } from "../domain/payment/reviewer-capture.ts";
import { fenceOf } from "../domain/payment/unknown-step.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { LookAnswer } from "../ports/gateway.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

type Looked = Extract<LookAnswer, { kind: "looked" }>;
const RETRY_MS = 300 * SECOND_MS;

/** Records what the look says of an undo. When to look again, where nothing could be said. */
export async function recordUndoLook(deps: FlowDeps, intent: Intent, undo: Effect, answer: Looked & { readonly askedAt: Instant }): Promise<Instant | undefined> {
  const { organizationId, paymentRequestId } = intent;
  const at = answer.askedAt;
  let again: Instant | undefined;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current) => {
      const now = findEffect(current, undo.effectId);
      if (now?.state !== "unknown" || now.attempts.length !== undo.attempts.length) return { events: [] };
      const kind = judgeUndo(deps, current, now, answer);
      if (kind === undefined) {
        again = at + RETRY_MS;
        return { events: [] };
      }
      const event: EffectEvent = { effectId: undo.effectId, attempt: now.attempts.length, evidence: "detail", at, kind, reason: kind === "window_closed" ? now.refusal?.reason : undefined };
      if (now.kind !== "case_decision" || kind !== "window_closed") return { events: [event] };
      return decidedMeanwhile(withReviewerCaptures(current, answer.found, { at, ids: deps.derivation }), event, answer.found);
    },
  });
  return again;
}

/** The case was decided by somebody else: that counts, and whoever wanted the payment gone gets it released the ordinary way (decide-undo.ts). */
function decidedMeanwhile(intent: Intent, refused: EffectEvent, found: Looked["found"]): { readonly intent: Intent; readonly events: readonly EffectEvent[] } {
  const main = mainEffect(intent);
  const verdict = judgeLook(intent, main, found, refused.at);
  const decided = verdict.kind === "event" && isInCase(main) ? caseDecided(intent, main, verdict.event) : [];
  const [first] = decided;
  return { intent, events: first === undefined ? [refused] : [{ ...refused, reason: first.kind === "rejected" ? "case_was_rejected" : "case_was_accepted" }, ...decided] };
}

/**
 * Undone: it worked. A capture that went to the processor cannot be voided any more. Else, once the bytes can no longer arrive (or it was
 * refused, so that they have), it is sent again: only a partial reversal could then happen twice, and waits for its proof.
 */
function judgeUndo(deps: FlowDeps, intent: Intent, undo: Effect, { found, isComplete, askedAt }: Looked & { readonly askedAt: Instant }): EffectEvent["kind"] | undefined {
  const parent = (undo.undoes === undefined ? undefined : findEffect(intent, undo.undoes)) ?? mainEffect(intent);
  const requestId = undo.targetRequestId ?? parent.facts?.requestId;
  if (provesUndo(undo, { requestId, references: parent.attempts.map((attempt) => attempt.merchantReference) }, found)) return "undone_proved";
  // The gateway itself has said that there is nothing left to reverse.
  if (undo.refusal?.reason === "AUTH_ALREADY_REVERSED") return "undone_proved";
  const shown = found.find((one) => one.requestId === requestId);
  const isUnseen = mayBeUnseen(undo, askedAt, deps.settings);
  const isVoid = undo.kind === "void" || undo.kind === "timeout_void";
  if (isVoid && shown?.settlement === "closed") return isUnseen ? "found_nothing" : "window_closed";
  // Refused, although it is shown as waiting, or not at all: somebody has just decided it. After the lag the refusal was for something else.
  if (undo.kind === "case_decision" && undo.refusal !== undefined) return (shown === undefined || (shown.verdict === "review" && isUnseen)) ? "found_nothing" : "window_closed";
  if (undo.kind === "authorization_reversal" && undo.refusal !== undefined && SETTLED.has(undo.refusal.reason)) return "window_closed";
  if (isPartialReversal(intent, undo)) return isComplete ? "found_nothing" : undefined;
  // NOT_VOIDABLE while the detail still shows it as pending, or shows nothing: the batch has just left, or the detail is old. Both are over soon.
  if (undo.refusal?.reason === "NOT_VOIDABLE") return undo.looks.emptyCount >= LOOKS_BEFORE_CLOSED && !isUnseen ? "window_closed" : "found_nothing";
  const isPastFence = undo.refusal !== undefined || deps.clocks.wire() >= fenceOf(undo, deps.settings) || currentAttempt(undo)?.signatureExpiresAt === undefined;
  return isPastFence ? "retry_undo" : "found_nothing";
}

const SETTLED = new Set(["TRANSACTION_ALREADY_SETTLED", "TRANSACTION_ALREADY_REVERSED_OR_SETTLED"]);
const LOOKS_BEFORE_CLOSED = 3;
