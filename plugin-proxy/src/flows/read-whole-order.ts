// An order with all its payments, and what was paid of its invoices without them: as business events are decided on it. What is watched page by page
// is a part of that; a payment that is wholly applied is not watched any more, and still has paid.
import type { WatchedOrder, WatchedPayment } from "../domain/business-events/decide-business-events.ts";
import { receivedMinor } from "../domain/manual-payment/received.ts";
import { derivePaymentStatus } from "../domain/payment/derive-status.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import { isLive, isRunning, isWaiting } from "../domain/payment/effect.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { InvoiceReading, OrderReading } from "../ports/surroundings.ts";
import type { FlowDeps } from "./deps.ts";
import { paymentsWithMoney } from "./payments-with-money.ts";

export interface OrderParts {
  readonly payments: readonly Intent[];
  readonly invoices: readonly InvoiceReading[];
  /** By payments of the invoices' own, by invoice; those that are not finished count, too. */
  readonly ownMinor?: ReadonlyMap<string, bigint> | undefined;
}

/** All of it, read anew; what was given already stays as it was read. */
export async function readWholeOrder(deps: FlowDeps, order: OrderReading, seen: OrderParts): Promise<OrderParts> {
  const organizationId = seen.payments[0]?.organizationId;
  if (organizationId === undefined) return seen;
  return deps.ledger.alone(async (ledger) => {
    const known = new Set<string>(seen.payments.map((intent) => intent.paymentRequestId));
    const claims = await ledger.documentClaims(organizationId, { kind: "salesorder", id: order.orderId });
    const others = await paymentsWithMoney(ledger, organizationId, claims.filter((claim) => !known.has(claim.paymentRequestId)));
    const ownMinor = new Map<string, bigint>();
    for (const { invoiceId } of seen.invoices) {
      const claims = await ledger.documentClaims(organizationId, { kind: "invoice", id: invoiceId });
      ownMinor.set(invoiceId, claims.reduce((sum, claim) => sum + claim.exposureMinor, 0n));
    }
    return { payments: [...seen.payments, ...others.filter((intent) => intent.command !== undefined)], invoices: seen.invoices, ownMinor };
  });
}

export function toWatched(intent: Intent): WatchedPayment {
  const sums = deriveSums(intent);
  const main = mainEffect(intent);
  const isBusy = !isLive(main) || main.state === "review" || derivePaymentStatus(intent) === "unknown" || intent.effects.some((effect) => isRunning(effect) || isWaiting(effect));
  return {
    paymentId: intent.paymentId, capturableMinor: sums.capturable, capturedMinor: sums.captured, refundedMinor: sums.refunded, authorizedAt: intent.claimedAt,
    capturePolicy: intent.command?.merchantAccount.capturePolicy ?? "authorize_only", isBusy,
    documentTotalMinor: intent.command?.documentTotal.minor ?? 0n,
    canIncrement: intent.command?.merchantAccount.abilities.incremental === true && main.kind === "authorization" && main.isLapsed !== true,
    askedInvoiceIds: intent.commands.flatMap(({ action, document, deal }) => (action === "capture" && deal === "on" && document?.kind === "invoice" ? [document.id] : [])),
  };
}

export const toWatchedOrder = (order: OrderReading, { payments, invoices, ownMinor }: OrderParts): WatchedOrder => ({
  orderId: order.orderId, state: order.state, statusCode: order.statusCode, totalMinor: order.total?.minor ?? 0n, receivedMinor: receivedMinor(order.received),
  payments: payments.filter((intent) => intent.command !== undefined).map(toWatched),
  invoices: invoices.map((invoice) => ({
    invoiceId: invoice.invoiceId, totalMinor: invoice.total?.minor ?? 0n, isCancelled: invoice.state === "cancelled", createdOn: invoice.createdOn,
    paidOtherwiseMinor: receivedMinor(invoice.received) + (ownMinor?.get(invoice.invoiceId) ?? 0n),
  })),
});
