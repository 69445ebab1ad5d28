// What a business event of a document asks for. Never a call: always a request row that the relay creates once, under a key derived from
// document, policy and state change, so that a repeated event, a second relay or a lost ledger finds it standing, and a person can withdraw it.
import { adviseOnTotal } from "./total-changed.ts";
import type { Instant } from "../time.ts";

export type CapturePolicy = "sale" | "authorize_only" | "on_fulfilment" | "on_invoice";

export interface WatchedPayment {
  readonly paymentId: string;
  /** Authorized, and neither captured nor released. */
  readonly capturableMinor: bigint;
  readonly capturedMinor: bigint;
  readonly refundedMinor: bigint;
  readonly authorizedAt: Instant;
  readonly capturePolicy: CapturePolicy;
  /** What the document came to when this was authorized, and whether the processor can raise the authorization. */
  readonly documentTotalMinor: bigint;
  readonly canIncrement: boolean;
  /** Waits, is unknown or has an open effect: it is left alone until that is over, and its share is left to it. */
  readonly isBusy: boolean;
  /** Invoices that a capture of it was asked for already, and not called off. */
  readonly askedInvoiceIds: readonly string[];
}

export interface WatchedInvoice {
  readonly invoiceId: string;
  readonly totalMinor: bigint;
  readonly isCancelled: boolean;
  readonly createdOn: Instant;
  /** Paid without its order's payments: in cash, or by a payment of its own, finished or not. */
  readonly paidOtherwiseMinor: bigint;
}

export interface WatchedOrder {
  readonly orderId: string;
  readonly state: "active" | "submitted" | "cancelled" | "fulfilled" | "invoiced";
  /** Status reason, so that a partial and a later complete fulfilment are two state changes. */
  readonly statusCode: number;
  readonly totalMinor: bigint;
  /** Held, captured or paid otherwise, by all payments of the order; undefined while one of them is not finished, or where nobody asked. */
  readonly coveredMinor?: bigint | undefined;
  /** Received for the order itself in cash, by cheque or transfer. */
  readonly receivedMinor: bigint;
  readonly invoices: readonly WatchedInvoice[];
  readonly payments: readonly WatchedPayment[];
}

/** A row to create. `change` names the state change and goes into its key. */
export interface EventRequest {
  /** increment: raise the authorization. gap: nothing can raise it by itself, a person is told how much is not covered. */
  readonly kind: "capture" | "release" | "increment" | "gap";
  readonly paymentId: string;
  readonly minor: bigint;
  readonly policy: "on_fulfilment" | "on_invoice" | "on_cancellation" | "on_growth";
  readonly change: string;
  readonly invoiceId?: string | undefined;
}

/** The rows this order's state asks for now. The same state gives the same rows and the same keys. */
export function decideBusinessEvents(order: WatchedOrder): readonly EventRequest[] {
  const idle = order.payments.filter((payment) => !payment.isBusy && payment.capturableMinor > 0n).toSorted((left, right) => left.authorizedAt - right.authorizedAt);
  if (order.state === "cancelled") {
    return idle.map((payment) => ({ kind: "release", paymentId: payment.paymentId, minor: payment.capturableMinor, policy: "on_cancellation", change: `cancelled ${order.statusCode}` }));
  }
  return [...onGrowth(order, idle), ...onFulfilment(order), ...onInvoice(order)];
}

/**
 * An open order that was covered when its newest authorization was made, and costs more since. Its total names the change, so that each new one is
 * asked for once. One that was only paid in part from the beginning is left to people.
 */
function onGrowth(order: WatchedOrder, idle: readonly WatchedPayment[]): readonly EventRequest[] {
  const newest = idle.filter((payment) => payment.capturedMinor === 0n).at(-1);
  if (newest === undefined || order.coveredMinor === undefined || !hasGrown(order) || order.coveredMinor < newest.documentTotalMinor) return [];
  const advice = adviseOnTotal({ authorizedMinor: order.coveredMinor, totalMinor: order.totalMinor, canIncrement: newest.canIncrement });
  if (advice.kind !== "increment" && advice.kind !== "gap") return [];
  return [{ kind: advice.kind, paymentId: newest.paymentId, minor: advice.minor, policy: "on_growth", change: `total ${order.totalMinor}` }];
}

/** Open, and dearer than when any of its payments was made. */
export const hasGrown = (order: Pick<WatchedOrder, "state" | "totalMinor" | "payments">): boolean =>
  (order.state === "active" || order.state === "submitted") && order.payments.length > 0 && order.payments.every((payment) => payment.documentTotalMinor < order.totalMinor);

const capturedNet = (payments: readonly WatchedPayment[]): bigint => payments.reduce((sum, payment) => sum + payment.capturedMinor - payment.refundedMinor, 0n);

/** In the order in which they are captured, the busy ones too: what is on its way is not taken from another meanwhile. */
const capturableBy = (order: WatchedOrder, policy: CapturePolicy): readonly WatchedPayment[] =>
  order.payments.filter((payment) => payment.capturePolicy === policy && payment.capturableMinor > 0n).toSorted((left, right) => left.authorizedAt - right.authorizedAt);

/** Fulfilled: what the order still costs, from the oldest authorization on. A total that fell since is captured less, and so is what was paid otherwise. */
function onFulfilment(order: WatchedOrder): readonly EventRequest[] {
  if (order.state !== "fulfilled" && order.state !== "invoiced") return [];
  const otherwise = standing(order.invoices).reduce((sum, invoice) => sum + invoice.paidOtherwiseMinor, order.receivedMinor);
  return share(order.totalMinor - capturedNet(order.payments) - otherwise, capturableBy(order, "on_fulfilment")).filter(({ payment }) => !payment.isBusy)
    .map(({ payment, minor }) => ({ kind: "capture", paymentId: payment.paymentId, minor, policy: "on_fulfilment", change: `${order.state === "fulfilled" ? order.state : "fulfilled"} ${order.state === "fulfilled" ? order.statusCode : "later"}` }));
}

const standing = (invoices: readonly WatchedInvoice[]): readonly WatchedInvoice[] => invoices.filter((invoice) => !invoice.isCancelled).toSorted((one, other) => one.createdOn - other.createdOn);

/** Invoiced: each invoice asks for its own total, less what was paid otherwise or captured beyond the invoices before it. */
function onInvoice(order: WatchedOrder): readonly EventRequest[] {
  const payments = capturableBy(order, "on_invoice");
  const left = new Map(payments.map((payment) => [payment.paymentId, payment.capturableMinor]));
  let paid = capturedNet(order.payments) + order.receivedMinor;
  const requests: EventRequest[] = [];
  for (const invoice of standing(order.invoices)) {
    const due = atLeastNothing(invoice.totalMinor - invoice.paidOtherwiseMinor);
    const covered = paid < due ? paid : due;
    paid -= covered;
    // Asked once: what was captured for it and given back since is not asked for again, nor kept from the invoices after it.
    const open = payments.filter((payment) => payment.isBusy || !payment.askedInvoiceIds.includes(invoice.invoiceId)).map((payment) => ({ ...payment, capturableMinor: left.get(payment.paymentId) ?? 0n }));
    for (const { payment, minor } of share(due - covered, open)) {
      left.set(payment.paymentId, payment.capturableMinor - minor);
      if (!payment.isBusy) requests.push({ kind: "capture", paymentId: payment.paymentId, minor, policy: "on_invoice", change: `invoice ${invoice.invoiceId}`, invoiceId: invoice.invoiceId });
    }
  }
  return requests;
}

const atLeastNothing = (minor: bigint): bigint => (minor < 0n ? 0n : minor);

function share(due: bigint, payments: readonly WatchedPayment[]): readonly { readonly payment: WatchedPayment; readonly minor: bigint }[] {
  let rest = due;
  return payments.flatMap((payment) => {
    const minor = rest < payment.capturableMinor ? rest : payment.capturableMinor;
    if (minor <= 0n) return [];
    rest -= minor;
    return [{ payment, minor }];
  });
}
