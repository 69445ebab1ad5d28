// Translates what the gateway said into the state machine's words. Total: every answer is an event.
import { currentAttempt, isUndo, type Effect } from "../domain/payment/effect.ts";
import type { EffectEvent, EventKind } from "../domain/payment/events.ts";
import type { Instant } from "../domain/time.ts";
import type { GatewayAnswer } from "../ports/gateway.ts";

/** The event for an answer to the current attempt of `effect`. */
export function answerToEvent(effect: Effect, answer: GatewayAnswer, at: Instant): EffectEvent {
  const base = { effectId: effect.effectId, attempt: currentAttempt(effect)?.attempt ?? 0, evidence: "answer", at } as const;
  switch (answer.kind) {
    case "approved": case "partial": return { ...base, kind: answer.kind, facts: answer.facts, reason: answer.reason };
    case "review": return { ...base, kind: "review", facts: { ...answer.facts, reviewKind: answer.reviewKind ?? answer.facts.reviewKind }, reason: answer.reason };
    case "declined": return { ...base, kind: "declined", facts: answer.facts, reason: answer.reason, holds: answer.holds };
    case "not_sent": return { ...base, kind: "not_sent_proved", reason: undefined };
    case "unknown": return { ...base, kind: answer.event, facts: answer.requestId === undefined ? undefined : { requestId: answer.requestId } };
    case "refused": return { ...base, kind: refusedEvent(effect, answer), reason: answer.reason, retryAfterMs: answer.retryAfterMs, field: answer.field };
  }
}

/** A refusal that says our picture of the parent is wrong (already reversed, already settled) is looked at before it is believed. */
function refusedEvent(effect: Effect, answer: Extract<GatewayAnswer, { kind: "refused" }>): EventKind {
  // What is named by its transactionId has no id to look at: the answer itself is the evidence, but to a second attempt, whose first may have done it.
  const isFirst = (currentAttempt(effect)?.attempt ?? 1) === 1;
  if (effect.targetTransactionId !== undefined && answer.needsLook && answer.reason === "AUTH_ALREADY_REVERSED") return "approved";
  if (effect.targetTransactionId !== undefined && answer.needsLook && isFirst) return "refused";
  // A case that is decided is refused as bad data: by whom it was decided, and how, its payment shows (law 10).
  if (effect.kind === "case_decision" && !answer.isTransient && answer.pauses === undefined) return "refused_pending_look";
  if (answer.needsLook && (isUndo(effect) || effect.commandId !== undefined)) return "refused_pending_look";
  return answer.isTransient ? "refused_transient" : "refused";
}
