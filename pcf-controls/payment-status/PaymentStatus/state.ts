// What the payment status knows and shows: sums, transactions, other payments, credit memos. Pure.
export interface Line { readonly id: string; readonly paymentId: string; readonly type: number; readonly status: number; readonly amount: bigint | undefined; readonly card: string; readonly at: string; readonly reason: string | undefined; readonly agentText: string | undefined; readonly expiresOn: string | undefined; readonly nextLookOn: string | undefined; readonly waitsForDecision: boolean; /** The bank approved only a part. */ readonly isPart?: boolean | undefined; /** Without a decision it is released then. */ readonly decideBy?: string | undefined }
/** A payment's own money, for what can be done with it. */
export interface Paid { readonly id: string; readonly card: string; readonly held: bigint; readonly returnable: bigint }
export interface Manual { readonly id: string; readonly kind: number; readonly amount: bigint; readonly reference: string; readonly on: string; readonly isReversed: boolean }
export interface Memo { readonly id: string; readonly name: string; readonly amount: bigint; readonly state: number; readonly on: string }
/** The order of an invoice: what it and its invoices leave open together, what stands on it without an answer, and what is held. */
export interface AroundInvoice { readonly orderId: string | undefined; readonly open: bigint | undefined; readonly unknown: bigint; readonly held: bigint; readonly isUnknown: boolean }
export const NOTHING_AROUND: AroundInvoice = { orderId: undefined, open: undefined, unknown: 0n, held: 0n, isUnknown: false };
export interface StatusState {
  readonly phase: "loading" | "ready" | "failed" | "forbidden" | "unsaved";
  readonly name: string;
  readonly currency: string;
  readonly currencyId: string | undefined;
  readonly kind: "order" | "invoice" | "payment";
  readonly isClosed: boolean;
  readonly total: bigint;
  readonly authorized: bigint;
  readonly captured: bigint;
  readonly held: bigint;
  readonly refunded: bigint;
  readonly released: bigint;
  /** Applied to this invoice by payments that belong to its order. */
  readonly applied: bigint;
  readonly manual: bigint;
  readonly around: AroundInvoice;
  readonly isUnknown: boolean;
  readonly isWaiting: boolean;
  /** There are more rows than were read: the sums are not whole. */
  readonly isCut: boolean;
  readonly lines: readonly Line[];
  readonly payments: readonly Paid[];
  readonly manuals: readonly Manual[];
  readonly memos: readonly Memo[];
  readonly deciding: "no" | "sent" | "refused";
}

export const EMPTY: StatusState = {
  phase: "loading", name: "", currency: "USD", currencyId: undefined, kind: "order", isClosed: false, total: 0n, authorized: 0n, captured: 0n, held: 0n, refunded: 0n, released: 0n, applied: 0n, manual: 0n, around: NOTHING_AROUND, isUnknown: false, isWaiting: false, isCut: false, lines: [], payments: [], manuals: [], memos: [], deciding: "no",
};

type Sums = Pick<StatusState, "total" | "captured" | "held" | "refunded" | "applied" | "manual" | "around">;
const least = (one: bigint, other: bigint): bigint => (one < other ? one : other);
/** By what names this document itself. */
function ownOpen({ total, captured, held, refunded, applied, manual }: Sums): bigint {
  const open = total - captured - held + refunded - applied - manual;
  return open < 0n ? 0n : open;
}

/** What may still be taken: the relay counts the same way and decides; this is only shown. */
export const openOf = (state: Sums): bigint => (state.around.open === undefined ? ownOpen(state) : least(ownOpen(state), state.around.open));

/** Paid on the order of this invoice and not applied to any invoice; what has no answer is not paid. */
export function paidOnOrder(state: Sums): bigint {
  const taken = ownOpen(state) - openOf(state);
  return taken - least(taken, state.around.unknown);
}
/** Nothing more may be taken before the order's payment has its answer. */
export const isOrderUnknown = (state: Pick<StatusState, "isClosed"> & Sums): boolean => state.around.isUnknown && !state.isClosed && ownOpen(state) > 0n;
/** Payments that pay for this invoice stand on its order. */
export const isPaidThere = (state: StatusState): boolean => state.applied > 0n || paidOnOrder(state) > 0n;

/** What was paid for good, by any means. */
export const paidOf = (state: StatusState): bigint => state.captured - state.refunded + state.applied + state.manual + paidOnOrder(state);

/** The one sum that counts: what may still be taken; of a payment, and where nothing can be taken any more, what was. */
export function headOf(state: StatusState): { readonly key: "Open" | "PaidOf" | "CapturedOf"; readonly sums: readonly bigint[] } {
  if (state.kind === "payment") return { key: "CapturedOf", sums: [state.captured, state.total] };
  return state.isClosed ? { key: "PaidOf", sums: [paidOf(state), state.total] } : { key: "Open", sums: [openOf(state)] };
}

/** What can be done next, and why what one may look for cannot. */
export function nextSteps(state: StatusState): readonly string[] {
  if (state.isUnknown) return ["Wait"];
  if (isOrderUnknown(state)) return ["WaitOrder"];
  const isHeldThere = !state.isClosed && state.around.held > 0n && openOf(state) > 0n;
  const steps = state.isWaiting ? ["WaitDecision"] : state.kind === "payment" ? [] : state.isClosed ? ["Closed"] : isHeldThere ? ["HeldOnOrder"] : openOf(state) > 0n ? ["Take"] : ["NothingOpen"];
  return [...steps, ...(state.held > 0n ? ["NotCaptured"] : [])];
}

export interface Action { readonly kind: "capture" | "giveBack"; readonly paymentId: string; readonly amount: bigint }
/** The payment with the largest hold can be captured; all that was captured, or applied by payments of its order, can be given back. Nothing while an answer is missing. */
export function actionsOf(state: StatusState): readonly Action[] {
  if (state.isUnknown || state.isWaiting) return [];
  const largest = [...state.payments].sort((left, right) => (left.held > right.held ? -1 : 1))[0];
  const returnable = state.payments.reduce((sum, payment) => sum + payment.returnable, state.applied);
  return [...(largest !== undefined && largest.held > 0n ? [{ kind: "capture" as const, paymentId: largest.id, amount: largest.held }] : []), ...(returnable > 0n ? [{ kind: "giveBack" as const, paymentId: "", amount: returnable }] : [])];
}
