// New effects and new attempts. Ids come from a derivation that is handed in: pure functions of organization, request, step and
// attempt, so that a ledger that lost everything plans the very same ids again.
import type { EffectId, MerchantReference, OrganizationId, PaymentRequestId, RequestId, TransactionId } from "../ids.ts";
import type { Money } from "../money.ts";
import { MINUTE_MS, type Instant } from "../time.ts";
import { isUndo, type Attempt, type Effect, type EffectKind } from "./effect.ts";
import { wasAnothers, type Intent } from "./intent.ts";

export interface EffectIds {
  effectId(organizationId: OrganizationId, paymentRequestId: PaymentRequestId, step: string): EffectId;
  merchantReference(query: { organizationId: OrganizationId; paymentRequestId: PaymentRequestId; step: string; attempt: number }): MerchantReference;
  transactionId(query: { organizationId: OrganizationId; paymentRequestId: PaymentRequestId; step: string; attempt: number }): TransactionId;
}

type Owner = Pick<Intent, "organizationId" | "paymentRequestId">;

/** The ids of one attempt of an effect: derived from the row that asked for it, which is the founding one unless it says otherwise. */
export function planAttempt(owner: Owner, effect: Pick<Effect, "step" | "commandId">, attempt: number, ids: EffectIds): Attempt {
  const query = { organizationId: owner.organizationId, paymentRequestId: effect.commandId ?? owner.paymentRequestId, step: effect.step, attempt };
  return { attempt, merchantReference: ids.merchantReference(query), transactionId: ids.transactionId(query) };
}

export const CLAIM_STEP = "claim";
const NO_LOOKS = { count: 0, emptyCount: 0 } as const;

/** The first effect of every request: it stands for the claim until the row is read, then for the authorization or sale. */
export function planClaim(owner: Owner, at: Instant, ids: EffectIds): Effect {
  return {
    effectId: ids.effectId(owner.organizationId, owner.paymentRequestId, CLAIM_STEP), step: CLAIM_STEP, kind: "undetermined", state: "claiming",
    attempts: [], holds: false, changedAt: at, looks: NO_LOOKS,
  };
}

/** A later row's claim: an effect of the payment that the row names, with ids of the row's own. */
export const planCommandClaim = (owner: Pick<Intent, "organizationId">, commandId: PaymentRequestId, at: Instant, ids: EffectIds): Effect =>
  ({ ...planClaim({ organizationId: owner.organizationId, paymentRequestId: commandId }, at, ids), commandId });

/** The effects that carry out a row's wish: its claim and the further parts. What the relay does by itself has other steps. */
export const isPartOfWish = (effect: Effect): boolean => effect.commandId !== undefined && (effect.step === CLAIM_STEP || effect.step.startsWith("part-"));

/** Part number `position` (2, 3, …) of a row's wish. */
export function planPart(intent: Intent, commandId: PaymentRequestId, position: number, at: Instant, ids: EffectIds): Effect {
  const step = `part-${position}`;
  return { effectId: ids.effectId(intent.organizationId, commandId, step), step, kind: "undetermined", state: "queued", commandId, attempts: [], holds: false, evidence: "rule", changedAt: at, looks: NO_LOOKS };
}

export interface UndoPlan {
  /** The row whose effect is taken back: the undo has ids of that row. */
  readonly commandId?: PaymentRequestId | undefined;
  readonly kind: EffectKind;
  readonly undoes: EffectId;
  readonly amount?: Money | undefined;
  readonly targetRequestId?: RequestId | undefined;
  readonly targetTransactionId?: TransactionId | undefined;
  readonly reason: string;
}

const ADOPTED_FROM = 10;

/**
 * The number of an undo's next attempt. An attempt goes on the wire at most once (law 1), and a lost ledger may have sent the first five of this very
 * undo, which search does not show yet: of a payment that was another's, and after an attempt that was given up unsent, they are numbered by the
 * minutes since the claim.
 */
export function undoAttemptNumber(intent: Intent, attempts: readonly Attempt[], at: Instant): number {
  if (!wasAnothers(intent) && attempts.every((attempt) => attempt.sentAt !== undefined)) return attempts.length + 1;
  return Math.max((attempts.at(-1)?.attempt ?? 0) + 1, ADOPTED_FROM + Math.max(0, Math.floor((at - intent.claimedAt) / MINUTE_MS)));
}

/** An undo is an effect of its own with a write-ahead, ids and an unknown of its own. Steps are numbered in the order they are planned. */
export function planUndoEffect(intent: Intent, plan: UndoPlan, at: Instant, ids: EffectIds): Effect {
  const { commandId } = plan;
  const count = intent.effects.filter((effect) => isUndo(effect) && effect.commandId === commandId && !isPartOfWish(effect)).length;
  const step = `${plan.kind}-${count + 1}`;
  return {
    effectId: ids.effectId(intent.organizationId, commandId ?? intent.paymentRequestId, step), step, kind: plan.kind, state: "planned", amount: plan.amount, commandId,
    undoes: plan.undoes, targetRequestId: plan.targetRequestId, targetTransactionId: plan.targetTransactionId, attempts: [planAttempt(intent, { step, commandId }, undoAttemptNumber(intent, [], at), ids)], holds: false, reason: plan.reason, evidence: "rule",
    changedAt: at, looks: NO_LOOKS,
  };
}
