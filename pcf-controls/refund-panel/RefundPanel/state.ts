// What the refund panel knows and shows: one value, replaced as a whole. Pure: everything that has an effect is in actions.ts.
import type { Approval } from "./approvals";
import { judgeLimit, limitFor, mostToGiveBack, parseTyped, planGiveBack, type GiveBackPlan, type GiveBackRefusal, type LimitedPerson, type LimitVerdict, type Outcome, type PaymentFacts, type RefundLimit } from "@cybs/controls-shared";

/** Where the dialog was opened from. */
export interface Place { readonly paymentId?: string | undefined; readonly invoiceId?: string | undefined; readonly salesOrderId?: string | undefined }
export interface CreditCard { readonly id: string; readonly name: string }
export interface CreditPlace { readonly salesOrderId: string; readonly documentName: string; readonly currency: string; readonly currencyId: string; readonly cards: readonly CreditCard[] }

/** What the person may give without asking, and what was given already: today by him, in 30 days to this customer. */
export interface Allowance { readonly person: LimitedPerson; readonly limits: readonly RefundLimit[]; readonly today: bigint; readonly forCustomer: bigint }

/** A request that stands in Dataverse, with who asked and why. */
export interface AskedRefund { readonly id: string; readonly name: string; readonly amount: bigint; readonly reason: number; readonly note: string; readonly by: string; readonly byId: string; readonly on: string; readonly paymentId: string | undefined;
  /** Of a credit that belongs to no payment: what stands in a payment's place. */
  readonly credit: PaymentFacts | undefined;
  /** Everybody who had a hand in the row: none of them may agree to it. */
  readonly hands: readonly string[];
  /** Newest first. */
  readonly approvals: readonly Approval[] }

export interface RefundState {
  readonly phase: "loading" | "stopped" | "ready" | "credit" | "sending" | "sent";
  readonly stop?: { readonly key: string; readonly canRetry: boolean } | undefined;
  readonly payments: readonly PaymentFacts[];
  /** Where a credit without a payment may be asked for, and the card it is to go to. */
  readonly credit?: CreditPlace | undefined;
  readonly creditCard: number;
  /** The payment that money goes back to. */
  readonly chosen: number;
  readonly amountText: string;
  /** -1: none chosen yet. */
  readonly reason: number;
  readonly note: string;
  readonly allowance?: Allowance | undefined;
  readonly errorKey?: string | undefined;
  readonly errorField?: "amount" | "reason" | undefined;
  readonly asked?: AskedRefund | undefined;
  readonly outcome?: Outcome | undefined;
  readonly isOwn: boolean;
  readonly mayApprove: boolean;
  readonly mayWithdraw: boolean;
  readonly deciding: "no" | "sending" | "sent" | "refused";
  readonly ending: "no" | "sending" | "sent" | "refused";
  readonly now: string;
}

export const initialState: RefundState = { phase: "loading", payments: [], creditCard: 0, chosen: 0, amountText: "", reason: -1, note: "", isOwn: false, mayApprove: false, mayWithdraw: false, deciding: "no", ending: "no", now: "" };
export const REASONS = ["ReturnedGoods", "NotDelivered", "WrongAmount", "Duplicate", "Goodwill", "Cancelled", "Other"] as const;

export const paymentOf = (state: RefundState): PaymentFacts | undefined => state.payments[state.chosen];
export const mostOf = (state: RefundState): bigint => { const payment = paymentOf(state); return payment === undefined ? 0n : mostToGiveBack(payment, state.now); };
/** The payment has more to give back than this invoice holds of it. */
export const isShared = (state: RefundState, most: bigint): boolean => { const payment = paymentOf(state); return payment !== undefined && most > 0n && most < mostToGiveBack({ ...payment, invoiceShare: undefined }, state.now); };

const REFUSALS: Readonly<Record<GiveBackRefusal, string>> = { unknown: "No_Unknown", in_review: "No_Review", nothing: "No_Nothing", above: "AboveMost", too_old: "No_TooOld", partial_reversal: "No_PartialReversal", invoice_nothing: "No_Invoice", above_invoice: "AboveInvoice" };
export const refusalKey = (code: GiveBackRefusal): string => REFUSALS[code];

export type Check = { readonly ok: true; readonly amount: bigint; readonly plan: Extract<GiveBackPlan, { ok: true }> } | { readonly ok: false; readonly key: string; readonly field: "amount" | "reason" };

/** Why nothing can be given back: asked for already, or the rule's own reason. */
function nothingKey(payment: PaymentFacts, now: string): string {
  if (payment.pending > 0n && mostToGiveBack({ ...payment, pending: 0n }, now) > 0n) return "No_Asked";
  const plan = planGiveBack(payment, 1n, now);
  return plan.ok ? "No_Nothing" : refusalKey(plan.code);
}

export function checkAmount(state: RefundState, locale: string): Check {
  const payment = paymentOf(state);
  if (payment === undefined) return { ok: false, key: "No_Nothing", field: "amount" };
  if (mostOf(state) === 0n) return { ok: false, key: nothingKey(payment, state.now), field: "amount" };
  const amount = parseTyped(state.amountText, payment.currency, locale);
  if (amount === undefined || amount === 0n) return { ok: false, key: "AmountWrong", field: "amount" };
  const plan = planGiveBack(payment, amount, state.now);
  return plan.ok ? { ok: true, amount, plan } : { ok: false, key: refusalKey(plan.code), field: "amount" };
}

/** What stands between the button and the request. */
export function checkInput(state: RefundState, locale: string): Check {
  const check = checkAmount(state, locale);
  return check.ok && state.reason < 0 ? { ok: false, key: "ReasonMissing", field: "reason" } : check;
}

export function verdictOf(state: RefundState, amount: bigint): LimitVerdict {
  const { allowance } = state;
  if (allowance === undefined) return { needsApproval: false };
  return judgeLimit(limitFor(allowance.limits, allowance.person), { amount, today: allowance.today, forCustomer: allowance.forCustomer });
}

/** The payment from which most can be given back comes first; null: none of them has anything. */
export function firstChoice(payments: readonly PaymentFacts[], now: string): number {
  const most = payments.map((payment) => mostToGiveBack(payment, now));
  return most.reduce((best, amount, index) => (amount > (most[best] ?? 0n) ? index : best), 0);
}

/** What stands between the button and the request for a credit: there is no sum that bounds it, so a second person always has to agree. */
export function checkCredit(state: RefundState, locale: string): { readonly ok: true; readonly amount: bigint } | { readonly ok: false; readonly key: string; readonly field: "amount" | "reason" } {
  const amount = state.credit === undefined ? undefined : parseTyped(state.amountText, state.credit.currency, locale);
  if (amount === undefined || amount === 0n) return { ok: false, key: "CreditAmountWrong", field: "amount" };
  return state.reason < 0 ? { ok: false, key: "ReasonMissing", field: "reason" } : { ok: true, amount };
}
