// The order of an invoice, its other invoices, and the cash of all of them: a payment on one invoice takes no more than all of this together leaves open.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { receivedMinor } from "../domain/manual-payment/received.ts";
import type { DocumentRef, DocumentRow } from "../domain/payment/command.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import { takenMinor, togetherMinor } from "../domain/payment/taken-of-order.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { DocumentClaim, LedgerTransaction } from "../ports/ledger.ts";
import type { FlowDeps } from "./deps.ts";

export interface AroundInvoice {
  readonly kind: "read";
  readonly order: DocumentRef;
  readonly orderMinor: bigint;
  /** The order's total or that of its standing invoices. */
  readonly togetherMinor: bigint;
  readonly invoiceIds: readonly string[];
  /** In cash, by cheque or transfer, on any of them. */
  readonly receivedMinor: bigint;
}

export interface OpenTogether {
  readonly minor: bigint;
  readonly isInProgress: boolean;
}

/** One more read, and only for an invoice that has an order; amounts of another currency pay nothing of it. */
export async function readAroundInvoice({ surroundings }: Pick<FlowDeps, "surroundings">, organizationId: OrganizationId, document: DocumentRow | undefined): Promise<AroundInvoice | undefined | Unavailable> {
  if (document?.ref.kind !== "invoice" || document.orderId === undefined) return undefined;
  const reading = await surroundings.readDocuments({ organizationId, orderIds: [document.orderId], invoiceIds: [] });
  if (reading.kind === "unavailable") return reading;
  const [order] = reading.orders;
  if (order?.total === undefined || order.total.currency !== document.currency) return undefined;
  const invoices = reading.invoices.filter((invoice) => invoice.state !== "cancelled" && invoice.total?.currency === document.currency);
  return {
    kind: "read", order: { kind: "salesorder", id: order.orderId }, orderMinor: order.total.minor, togetherMinor: togetherMinor(order.total.minor, invoices.map((invoice) => invoice.total?.minor ?? 0n)),
    invoiceIds: [...new Set([document.ref.id, ...invoices.map((invoice) => invoice.invoiceId)])],
    receivedMinor: [order, ...invoices].reduce((sum, { received }) => sum + receivedMinor(received), 0n),
  };
}

/** `orderClaims` were read behind the order's lock by whoever reserves on what this says: two invoices of one order wait for each other there. */
export async function openTogether(tx: LedgerTransaction, around: AroundInvoice, given: { readonly organizationId: OrganizationId; readonly document: DocumentRow; readonly orderClaims: readonly DocumentClaim[]; readonly except: PaymentRequestId }): Promise<OpenTogether> {
  const { organizationId, document, orderClaims, except } = given;
  const known = new Set(orderClaims.map((claim) => claim.paymentId));
  // By payments that a ledger knew which is gone.
  let minor = (document.applied ?? []).reduce((sum, one) => (known.has(one.paymentId) ? sum : sum + one.minor), around.receivedMinor);
  for (const claim of orderClaims) {
    const read = claim.exposureMinor === 0n && claim.capturedMinor === 0n ? undefined : await tx.loadWithClaims(organizationId, claim.paymentRequestId);
    if (read !== undefined) minor += takenMinor(read.intent);
  }
  const own: DocumentClaim[] = [];
  for (const id of around.invoiceIds) own.push(...(await tx.documentClaims(organizationId, { kind: "invoice", id })).filter((claim) => claim.paymentRequestId !== except));
  return { minor: openAmountMinor(around.togetherMinor, own, document.payments, minor), isInProgress: own.some((claim) => claim.isOpen) };
}
