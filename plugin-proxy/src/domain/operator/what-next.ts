// What an operator sees of a payment that is not finished: why it waits, what happens next by itself, and when. In words, from the payment alone.
import { toDecimalText } from "../money.ts";
import type { Effect, EffectKind } from "../payment/effect.ts";
import { commandOf, openUndoOf, type Intent } from "../payment/intent.ts";
import { isFailedUndo, needsAttention } from "../payment/derive-status.ts";
import type { Instant } from "../time.ts";

export interface WhatNext {
  readonly text: string;
  readonly at?: Instant | undefined;
  readonly needsAttention: boolean;
}

const DEED: Readonly<Record<EffectKind, string>> = {
  undetermined: "payment", authorization: "authorization", sale: "sale", capture: "capture", incremental_authorization: "increment", authorization_reversal: "release of the hold",
  void: "void", refund: "refund", credit: "credit", timeout_reversal: "release of the hold", timeout_void: "void", token_creation: "saving of the card", case_decision: "rejection of the case",
};

/** The sentence of the effect that most needs one; undefined when nothing waits. */
export function whatNext(intent: Intent): WhatNext | undefined {
  for (const say of [sayUnknown, sayFailedUndo, sayReview, sayApproval, sayQueued, sayDispute]) {
    for (const effect of intent.effects) {
      const said = say(intent, effect);
      if (said !== undefined) return said;
    }
  }
  return needsAttention(intent) ? { text: "Somebody has to look at this payment.", needsAttention: true } : undefined;
}

const deedOf = (effect: Effect): string => `${DEED[effect.kind]}${effect.amount === undefined ? "" : ` of ${toDecimalText(effect.amount)} ${effect.amount.currency}`}`;

function sayUnknown(_intent: Intent, effect: Effect): WhatNext | undefined {
  if (effect.state !== "unknown") return undefined;
  if (effect.shown !== undefined) return { text: `Cybersource shows something under our reference that is not what was asked for: the ${deedOf({ ...effect, amount: effect.shown.amount })}. Compare amount and card; an operator has to decide.`, at: effect.nextLookAt, needsAttention: true };
  const text = effect.isEscalated === true
    ? `Cybersource never answered the ${deedOf(effect)}, and asking again has not helped. An operator has to decide.${sayReports(effect)}`
    : `No answer from Cybersource about the ${deedOf(effect)}. It is asked for again by itself; do not repeat it.`;
  return { text, at: effect.nextLookAt, needsAttention: true };
}

/** What a person must know before he declares money out absent (recovery rules §5). */
const sayReports = ({ looks }: Effect): string => (looks.reportsWithout === undefined ? "" : ` Batch reports without it: ${looks.reportsWithout}.`);

/** It is the document owner's task (notices.ts); nothing here waits for an operator. */
function sayDispute(intent: Intent): WhatNext | undefined {
  if (intent.isDisputed !== true) return undefined;
  return { text: "Under dispute at the customer's bank. Nothing can be given back until that is decided; answer the dispute in time.", at: intent.disputeDueAt, needsAttention: false };
}

function sayFailedUndo(intent: Intent, effect: Effect): WhatNext | undefined {
  return isFailedUndo(intent, effect) ? { text: `The ${deedOf(effect)} was refused (${effect.reason ?? "no reason given"}). An operator has to take the money back another way.`, needsAttention: true } : undefined;
}

function sayReview(intent: Intent, effect: Effect): WhatNext | undefined {
  if (openUndoOf(intent, effect.effectId) !== undefined) return undefined;
  if (effect.state === "partial") return { text: "The bank approved only a part. It is released unless somebody accepts it.", at: effect.decisionDueAt, needsAttention: true };
  if (effect.state !== "review") return undefined;
  return effect.facts?.reviewKind === "soft_decline"
    ? { text: "The bank's check failed although it approved. It is released unless somebody accepts it.", at: effect.decisionDueAt, needsAttention: true }
    : { text: "Held for fraud review. It goes on when the case is decided; cancelling it rejects the case.", at: effect.authorizationExpiresAt, needsAttention: true };
}

function sayApproval(intent: Intent, effect: Effect): WhatNext | undefined {
  if (effect.state !== "awaiting_approval") return undefined;
  return { text: `The ${deedOf(effect)} waits for a second person. Without an approval it ends by itself and no money moves.`, at: commandOf(intent, effect)?.validUntil, needsAttention: true };
}

function sayQueued(_intent: Intent, effect: Effect): WhatNext | undefined {
  if (effect.state !== "queued" || effect.notBefore === undefined) return undefined;
  return { text: `The ${deedOf(effect)} goes out by itself when the day's batch has closed.`, at: effect.notBefore, needsAttention: false };
}
