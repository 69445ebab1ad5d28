// A person's decision on what waits for one. The row's Create privilege is the privilege to decide; the relay checks that it repeats
// the amount, that a person wrote it, that the effect still waits, and that the document still wants what is accepted: else the hold is released
// (recovery rules, "deal is on"). Each row counts once.
import type { OrganizationId } from "../domain/ids.ts";
import { toDecimalText } from "../domain/money.ts";
import { isOpen, isWaiting, type Effect } from "../domain/payment/effect.ts";
import type { EventKind } from "../domain/payment/events.ts";
import { dealOffBecause } from "../domain/payment/freeze-command.ts";
import { findEffect, type Intent } from "../domain/payment/intent.ts";
import type { DocumentRow } from "../domain/payment/command.ts";
import type { PaymentRequestId } from "../domain/ids.ts";
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

interface Event { readonly kind: EventKind; readonly reason: string }

function decided(current: Intent, effect: Effect, decision: DecisionRow, document: DocumentRow | undefined): Event | undefined {
  const kind = eventFor(effect, decision);
  const held = effect.facts?.amount ?? effect.amount;
  const off = kind === "accepted" && current.command !== undefined && held !== undefined ? dealOffBecause(current.command, held, document) : undefined;
  if (kind === undefined) return undefined;
  return off === undefined ? { kind, reason: decision.decision } : { kind: "deal_off", reason: off };
}

/** As it stands now, for what would be accepted. "later": nobody could say, the next sweep comes with the decision again. */
async function documentFor(deps: FlowDeps, { organizationId, decision }: DecisionInput, paymentRequestId: PaymentRequestId): Promise<DocumentRow | undefined | "later" | "not_read"> {
  const intent = await deps.ledger.alone(async (tx) => (await tx.loadWithClaims(organizationId, paymentRequestId))?.intent);
  const effect = intent === undefined ? undefined : findEffect(intent, decision.paymentTransactionId);
  if (effect === undefined || eventFor(effect, decision) !== "accepted") return "not_read";
  const reading = await deps.dataverse.readRequest({ organizationId, paymentRequestId });
  if (reading.kind === "unavailable") return "later";
  return reading.kind === "read" ? reading.row.document : undefined;
}

/** Applies one decision row. What does not fit (too late, another amount, not a person) is recorded and changes nothing. */
export async function applyDecision(deps: FlowDeps, input: DecisionInput): Promise<void> {
  const { organizationId, decision } = input;
  const paymentRequestId = await deps.ledger.alone((tx) => tx.founderOf(organizationId, { commandId: decision.paymentRequestId })) ?? decision.paymentRequestId;
  const document = await documentFor(deps, input, paymentRequestId);
  if (document === "later") return;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current, tx) => {
      const effect = findEffect(current, decision.paymentTransactionId);
      // It has come to wait for him since: what was not read is not gone, and the next sweep reads it.
      if (document === "not_read" && effect !== undefined && eventFor(effect, decision) === "accepted") return { events: [] };
      const isNew = await tx.insertInbox({ organizationId, source: "decision", key: decision.decisionId, at: deps.clocks.business() });
      const event = effect === undefined || !isNew ? undefined : decided(current, effect, decision, document === "not_read" ? undefined : document);
      if (event === undefined || effect === undefined) return { events: [] };
      await tx.schedule({ kind: "advance", organizationId, key: paymentRequestId, dueAt: deps.clocks.business() });
      return { events: [{ ...event, effectId: effect.effectId, attempt: effect.attempts.length, evidence: "person", at: deps.clocks.business() }] };
    },
  });
}
