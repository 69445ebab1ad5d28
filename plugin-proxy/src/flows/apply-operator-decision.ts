// What an operator decides about a stuck payment becomes an event with his reason, never an edit. What does not fit is written on the
// payment's trail and changes nothing. Each row counts once.
import type { OrganizationId } from "../domain/ids.ts";
import { judgeOperatorDecision, type OperatorDecision, type OperatorStep } from "../domain/operator/operator-decision.ts";
import type { Effect } from "../domain/payment/effect.ts";
import { findEffect, type Intent } from "../domain/payment/intent.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { PaymentKey } from "../ports/surroundings-ledger.ts";
import type { FlowDeps } from "./deps.ts";
import { noteOnTrail } from "./note-on-trail.ts";
import { recordEvents } from "./record-events.ts";
import { workKey } from "./work-key.ts";

export interface OperatorInput {
  readonly organizationId: OrganizationId;
  readonly decision: OperatorDecision;
}

/** Applies one decision row. */
export async function applyOperatorDecision(deps: FlowDeps, { organizationId, decision }: OperatorInput): Promise<void> {
  if (decision.verb === "accept_merge") return;
  const key = await deps.ledger.transaction((tx) => keyOf(tx, organizationId, decision));
  if (key === undefined) return;
  await recordEvents(deps, {
    organizationId, paymentRequestId: key.paymentRequestId,
    events: async (current, tx) => {
      if (!await tx.insertInbox({ organizationId, source: "decision", key: decision.decisionId, at: deps.clocks.business() })) return { events: [] };
      const effect = decision.effectId === undefined ? undefined : findEffect(current, decision.effectId);
      const step = judgeOperatorDecision(decision, effect, current.isToldApproved);
      await note(deps, tx, key, decision, step);
      if (effect === undefined || step.kind === "nothing") return { events: [] };
      await tx.schedule({ kind: "advance", organizationId, key: workKey(current.table, key.paymentRequestId), dueAt: deps.clocks.business() });
      if (step.kind === "replay") {
        await tx.schedule({ kind: "project", organizationId, key: key.paymentRequestId, dueAt: deps.clocks.business() });
        return { events: [] };
      }
      return step.kind === "look_now" ? { intent: lookNow(current, effect, deps.clocks.business()), events: [] } : { events: [eventOf(step, effect, decision, deps.clocks.business())] };
    },
  });
}

const keyOf = async (tx: LedgerTransaction, organizationId: OrganizationId, decision: OperatorDecision): Promise<PaymentKey | undefined> => {
  const id = decision.effectId ?? decision.paymentId;
  const key = id === undefined ? undefined : await tx.surroundings.findPayment(id);
  return key?.organizationId === organizationId ? key : undefined;
};

const note = (deps: FlowDeps, tx: LedgerTransaction, key: PaymentKey, decision: OperatorDecision, step: OperatorStep): Promise<void> => noteOnTrail(tx, {
  ...key, at: deps.clocks.business(), source: "person", what: step.kind === "nothing" ? "operator_decision_does_not_count" : "operator_decided", kind: decision.verb,
  effectId: decision.effectId, reason: step.kind === "nothing" ? step.why : undefined, rowId: decision.decisionId, userId: decision.author.userId,
});

/** The schedule of looks starts again from now; nothing else moves. */
const lookNow = (intent: Intent, effect: Effect, at: number): Intent => ({
  ...intent, revision: intent.revision + 1, effects: intent.effects.map((one) => (one.effectId === effect.effectId ? { ...one, nextLookAt: at } : one)),
});

const eventOf = (step: Extract<OperatorStep, { kind: "event" }>, effect: Effect, decision: OperatorDecision, at: number) => ({
  kind: step.event, decidedState: step.decidedState, facts: step.facts, effectId: effect.effectId, attempt: effect.attempts.length, evidence: "person" as const, at, reason: step.event === "hold_found" ? undefined : `operator_${decision.verb}`,
});
