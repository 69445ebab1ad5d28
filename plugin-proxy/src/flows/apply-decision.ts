// A person's decision on what waits for one. The row's Create privilege is the privilege to decide; the relay checks that it repeats
// the amount, that a person wrote it, and that the effect still waits. Each row counts once.
import type { OrganizationId } from "../domain/ids.ts";
import { toDecimalText } from "../domain/money.ts";
import { isOpen, isWaiting, type Effect } from "../domain/payment/effect.ts";
import type { EventKind } from "../domain/payment/events.ts";
import { findEffect } from "../domain/payment/intent.ts";
import type { DecisionRow } from "../ports/dataverse.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

export interface DecisionInput {
  readonly organizationId: OrganizationId;
  readonly decision: DecisionRow;
}

function eventFor(effect: Effect, decision: DecisionRow): EventKind | undefined {
  if (!decision.isInteractivePerson) return undefined;
  const isSoftDecline = effect.state === "review" && effect.facts?.reviewKind === "soft_decline";
  switch (decision.decision) {
    case "accept_soft_decline": return isSoftDecline && repeatsAmount(effect, decision) ? "accepted" : undefined;
    case "accept_partial": return effect.state === "partial" && repeatsAmount(effect, decision) ? "accepted" : undefined;
    case "release_the_hold": return isSoftDecline || effect.state === "partial" ? "deal_off" : undefined;
    case "withdraw_refund_request": return effect.commandId !== undefined && (isOpen(effect) || isWaiting(effect)) ? "withdrawn" : undefined;
  }
}

/** Dataverse writes money with four decimals; only the value counts. */
function repeatsAmount(effect: Effect, decision: DecisionRow): boolean {
  const amount = effect.facts?.amount ?? effect.amount;
  return amount !== undefined && decision.amountText !== undefined && Number(toDecimalText(amount)) === Number(decision.amountText);
}

/** Applies one decision row. What does not fit (too late, another amount, not a person) is recorded and changes nothing. */
export async function applyDecision(deps: FlowDeps, input: DecisionInput): Promise<void> {
  const { organizationId, decision } = input;
  const paymentRequestId = await deps.ledger.alone((tx) => tx.founderOf(organizationId, { commandId: decision.paymentRequestId })) ?? decision.paymentRequestId;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current, tx) => {
      const isNew = await tx.insertInbox({ organizationId, source: "decision", key: decision.decisionId, at: deps.clocks.business() });
      const effect = findEffect(current, decision.paymentTransactionId);
      const kind = effect === undefined || !isNew ? undefined : eventFor(effect, decision);
      if (kind === undefined || effect === undefined) return { events: [] };
      await tx.schedule({ kind: "advance", organizationId, key: paymentRequestId, dueAt: deps.clocks.business() });
      return { events: [{ kind, effectId: effect.effectId, attempt: effect.attempts.length, evidence: "person", at: deps.clocks.business(), reason: decision.decision }] };
    },
  });
}
