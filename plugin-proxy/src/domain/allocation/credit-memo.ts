// A numbered credit memo for each refund that went out: open until the refund is settled, rejected when settlement turns it down or it is voided.
import type { EffectId, PaymentRequestId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { Effect } from "../payment/effect.ts";
import type { ReasonCode } from "../refund-governance/refund-request.ts";
import type { Instant } from "../time.ts";

export interface CreditMemo {
  readonly refundEffectId: EffectId;
  readonly refundRequestId?: PaymentRequestId | undefined;
  readonly invoiceId?: string | undefined;
  readonly salesOrderId?: string | undefined;
  readonly amount: Money;
  readonly reasonCode?: ReasonCode | undefined;
  readonly state: "open" | "settled" | "rejected";
  readonly issuedOn: Instant;
}

/** Money that left: refunds, credits, and voids of what was captured (the customer sees his money back). Releases of holds are none. */
export const givesMoneyBack = (effect: Effect): boolean => effect.kind === "refund" || effect.kind === "credit";

/** The memo's state from its refund's; undefined while there is none to issue. */
export function memoState(effect: Pick<Effect, "state">, isSettled: boolean): CreditMemo["state"] | undefined {
  if (effect.state === "approved") return isSettled ? "settled" : "open";
  // It was issued when the refund was accepted; settlement turned it down afterwards, or a person voided it.
  return effect.state === "refused" || effect.state === "undone" ? "rejected" : undefined;
}
