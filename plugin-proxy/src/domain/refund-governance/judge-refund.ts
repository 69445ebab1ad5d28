// May this money go out, does it wait for a second person, or is it refused? Everything a form may have checked is checked here again:
// a flow or another system may have written the row. What the ledger knows (sums, free amount) arrives as an argument.
import { isPositive, type Money } from "../money.ts";
import { DAY_MS } from "../time.ts";
import type { LimitNumbers } from "./refund-limit.ts";
import type { RefundRequestRow } from "./refund-request.ts";

export const CUSTOMER_WINDOW_MS = 30 * DAY_MS;

/** What carrying the request out would be: letting go of a hold gives no captured money away; a credit is tied to no capture. */
export type MoneyOut = "release" | "give_back" | "credit";

export interface RefundFacts {
  readonly request: Pick<RefundRequestRow, "amount" | "reasonCode" | "author">;
  readonly kind: MoneyOut;
  readonly limit: LimitNumbers | undefined;
  /** Money out that is done, on its way or waiting, without this request: by this author today, to this customer in 30 days. */
  readonly spent: { readonly byAuthorTodayMinor: bigint; readonly toCustomerMinor: bigint };
  /** What may still be given back (or released) of the payment; undefined where it is checked with the choice of the call itself. */
  readonly freeMinor: bigint | undefined;
  readonly isUnderDispute: boolean;
  readonly credit?: { readonly isAllowed: boolean; readonly isAble: boolean; readonly hasPaidWith: boolean } | undefined;
  /** The relay's own row for a business event (its id is derived from document, policy and state change). */
  readonly isOwnBusinessEvent: boolean;
}

export type RefundRefusal =
  | "reason_missing" | "amount_not_valid" | "credit_not_allowed" | "credit_unsupported" | "credit_instrument_not_used"
  | "refund_under_dispute" | "refund_above_captured";
export type ApprovalNeed = "author_not_a_person" | "credit_needs_second_person" | "no_limit_set" | "above_limit_per_refund" | "above_limit_per_day" | "above_limit_per_customer";
export type RefundVerdict =
  | { readonly kind: "go" }
  | { readonly kind: "needs_approval"; readonly why: ApprovalNeed }
  | { readonly kind: "refused"; readonly reason: RefundRefusal };

/** The verdict for one request. Refusals come first: nobody is asked to approve what cannot be carried out. */
export function judgeRefund(facts: RefundFacts): RefundVerdict {
  const reason = refusalOf(facts);
  if (reason !== undefined) return { kind: "refused", reason };
  const why = facts.request.amount === undefined ? undefined : needOf(facts, facts.request.amount);
  return why === undefined ? { kind: "go" } : { kind: "needs_approval", why };
}

function refusalOf({ request, kind, credit, freeMinor, isUnderDispute }: RefundFacts): RefundRefusal | undefined {
  if (request.reasonCode === undefined) return "reason_missing";
  if (request.amount === undefined || !isPositive(request.amount)) return "amount_not_valid";
  if (kind === "credit") return creditRefusal(credit);
  if (isUnderDispute && kind === "give_back") return "refund_under_dispute";
  return freeMinor !== undefined && request.amount.minor > freeMinor ? "refund_above_captured" : undefined;
}

function creditRefusal(credit: RefundFacts["credit"]): RefundRefusal | undefined {
  if (credit?.isAllowed !== true) return "credit_not_allowed";
  if (!credit.isAble) return "credit_unsupported";
  return credit.hasPaidWith ? undefined : "credit_instrument_not_used";
}

/** Design D1, Who: money out by anybody who is not an interactive person always needs one. */
function needOf(facts: RefundFacts, amount: Money): ApprovalNeed | undefined {
  const { kind, limit, spent, request } = facts;
  if (kind === "credit") return "credit_needs_second_person";
  if (facts.isOwnBusinessEvent) return undefined;
  if (!request.author.isInteractivePerson) return "author_not_a_person";
  if (kind === "release") return undefined;
  if (limit === undefined) return "no_limit_set";
  if (isAbove(limit.perRefundMinor, amount.minor)) return "above_limit_per_refund";
  if (isAbove(limit.perDayMinor, spent.byAuthorTodayMinor + amount.minor)) return "above_limit_per_day";
  return isAbove(limit.perCustomerMinor, spent.toCustomerMinor + amount.minor) ? "above_limit_per_customer" : undefined;
}

const isAbove = (limitMinor: bigint | undefined, minor: bigint): boolean => limitMinor !== undefined && minor > limitMinor;
