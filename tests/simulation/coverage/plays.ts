// How a payment comes to an operation, and for how much: the amount is one to which the stand-in gives the aimed answer, where it has one
// (tests/sandbox/cybersource/README.md), else an ordinary one.
import type { Deed, DeedKind } from "../give-back.ts";
import type { Wish } from "../people.ts";
import { FOLLOW_UP_TRIGGERS, type FollowUpService } from "../../sandbox/cybersource/payments/follow-up-triggers.ts";
import { PAYMENT_TRIGGERS, type Outcome } from "../../sandbox/cybersource/payments/triggers.ts";
import type { Cell } from "./cells.ts";
import type { Operation } from "./operations.ts";
import { saidIn, type Said } from "./said-in.ts";

export interface Play {
  readonly price: number;
  readonly wish: Omit<Wish, "orderId">;
  readonly deeds: readonly Deed[];
}

const STATUS: Readonly<Partial<Record<Outcome["kind"], string>>> = {
  decline: "DECLINED", partial: "PARTIAL_AUTHORIZED", soft_decline: "AUTHORIZED_PENDING_REVIEW", case_review: "AUTHORIZED_PENDING_REVIEW", review_before: "PENDING_REVIEW", risk_decline: "AUTHORIZED_RISK_DECLINED",
};
const isReview = ({ kind }: Outcome): boolean => kind === "case_review" || kind === "review_before";
const saidBy = (outcome: Outcome): Said => ({ status: outcome.kind === "status" ? outcome.status : STATUS[outcome.kind] ?? "", reason: "reason" in outcome ? outcome.reason : isReview(outcome) ? "DECISION_PROFILE_REVIEW" : undefined });

/** A payment's own trigger for these words: with that reason, else for a case that is opened (a reason nobody knows). */
function paymentTrigger({ status, reason }: Said): number | undefined {
  const same = [...PAYMENT_TRIGGERS].filter(([, outcome]) => saidBy(outcome).status === status);
  const found = same.find(([, outcome]) => saidBy(outcome).reason === reason) ?? (reason === undefined ? same[0] : same.find(([, outcome]) => outcome.kind === "case_review"));
  return found === undefined ? undefined : Number(found[0]);
}

function followUpTrigger(service: FollowUpService, { status, reason }: Said): number | undefined {
  for (const [first, outcomes] of FOLLOW_UP_TRIGGERS[service]) {
    const index = outcomes.findIndex((outcome) => outcome.kind === "status" && outcome.status === status && outcome.reason === reason);
    if (index >= 0) return first + index;
  }
  return undefined;
}

/** No second person is needed to give this back. */
const ORDINARY = 140;
const REVIEWED = paymentTrigger({ status: "AUTHORIZED_PENDING_REVIEW", reason: "DECISION_PROFILE_REVIEW" }) ?? ORDINARY;
const deed = (kind: DeedKind, share = 1): Deed => ({ kind, share, afterMs: 2_000, by: "person", approval: "exact", approvesAfterMs: 2_000 });
/** The account of the euro only authorizes; that of the dollar takes the money at once. */
const takes = (currency: "EUR" | "USD", price: number, deeds: readonly Deed[] = [], more: Partial<Wish> = {}): Play => ({ price, wish: { amount: price, currency, card: "saved", by: "person", ...more }, deeds });
const grows = (amount: number, by: number): Play => takes("EUR", amount + by, [deed("increment", by / amount)], { amount });

const PLAYS: Readonly<Record<Operation, (said: Said | undefined) => Play>> = {
  authorization: (said) => takes("EUR", (said && paymentTrigger(said)) ?? ORDINARY), sale: (said) => takes("USD", (said && paymentTrigger(said)) ?? ORDINARY),
  capture: (said) => takes("EUR", (said && followUpTrigger("captures", said)) ?? ORDINARY, [deed("capture")]), partial_capture: () => takes("EUR", ORDINARY, [deed("capture", 0.5)]),
  incremental_authorization: (said) => grows(2_000, (said && paymentTrigger(said)) ?? 300),
  refund: (said) => takes("USD", (said && followUpTrigger("refunds", said)) ?? ORDINARY, [deed("refund")]), credit: (said) => takes("USD", (said && followUpTrigger("credits", said)) ?? ORDINARY, [deed("credit")]),
  void: (said) => takes("USD", (said && followUpTrigger("voids", said)) ?? ORDINARY, [deed("void")]), authorization_reversal: () => takes("EUR", ORDINARY, [deed("reversal")]),
  // No answer comes (steer.ts loses it), and search shows nothing until the deal is over: what was not adopted by then is taken back.
  timeout_void: (said) => takes("USD", (said && followUpTrigger("voids", said)) ?? ORDINARY), timeout_reversal: () => takes("EUR", ORDINARY),
  case_decision: () => takes("EUR", REVIEWED, [{ ...deed("reversal"), isOfReview: true }]),
};

export const playOf = (cell: Cell): Play => PLAYS[cell.operation](saidIn(cell));
