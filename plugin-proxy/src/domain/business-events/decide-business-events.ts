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
  /** Waits, is unknown or has an open effect: it is left alone until that is over. */
  readonly isBusy: boolean;
}

export interface WatchedInvoice {
  readonly invoiceId: string;
  readonly totalMinor: bigint;
  readonly isCancelled: boolean;
  readonly createdOn: Instant;
}

export interface WatchedOrder {
  readonly orderId: string;
  readonly state: "active" | "submitted" | "cancelled" | "fulfilled" | "invoiced";
  /** Status reason, so that a partial and a later complete fulfilment are two state changes. */
  readonly statusCode: number;
  readonly totalMinor: bigint;
  /** Held, captured or paid otherwise, by all payments of the order; undefined while one of them is not finished, or where nobody asked. */
  readonly coveredMinor?: bigint | undefined;
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
  return [...onGrowth(order, idle), ...onFulfilment(order, idle), ...onInvoice(order, idle)];
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

/** Fulfilled: what the order still costs, from the oldest authorization on. A total that fell since is captured less. */
function onFulfilment(order: WatchedOrder, idle: readonly WatchedPayment[]): readonly EventRequest[] {
  if (order.state !== "fulfilled" && order.state !== "invoiced") return [];
  const due = order.totalMinor - capturedNet(order.payments);
  return share(due, idle.filter((payment) => payment.capturePolicy === "on_fulfilment"))
    .map(({ payment, minor }) => ({ kind: "capture", paymentId: payment.paymentId, minor, policy: "on_fulfilment", change: `${order.state === "fulfilled" ? order.state : "fulfilled"} ${order.state === "fulfilled" ? order.statusCode : "later"}` }));
}

/** Invoiced: each invoice asks for its own total, less what was captured beyond the invoices before it. */
function onInvoice(order: WatchedOrder, idle: readonly WatchedPayment[]): readonly EventRequest[] {
  const payments = idle.filter((payment) => payment.capturePolicy === "on_invoice");
  const left = new Map(payments.map((payment) => [payment.paymentId, payment.capturableMinor]));
  let paid = capturedNet(order.payments);
  const requests: EventRequest[] = [];
  for (const invoice of order.invoices.filter((one) => !one.isCancelled).toSorted((one, other) => one.createdOn - other.createdOn)) {
    const covered = paid < invoice.totalMinor ? paid : invoice.totalMinor;
    paid -= covered;
    const open = payments.map((payment) => ({ ...payment, capturableMinor: left.get(payment.paymentId) ?? 0n }));
    for (const { payment, minor } of share(invoice.totalMinor - covered, open)) {
      left.set(payment.paymentId, payment.capturableMinor - minor);
      requests.push({ kind: "capture", paymentId: payment.paymentId, minor, policy: "on_invoice", change: `invoice ${invoice.invoiceId}`, invoiceId: invoice.invoiceId });
    }
  }
  return requests;
}

function share(due: bigint, payments: readonly WatchedPayment[]): readonly { readonly payment: WatchedPayment; readonly minor: bigint }[] {
  let rest = due;
  return payments.flatMap((payment) => {
    const minor = rest < payment.capturableMinor ? rest : payment.capturableMinor;
    if (minor <= 0n) return [];
    rest -= minor;
    return [{ payment, minor }];
  });
}
