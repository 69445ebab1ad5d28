// The order of an invoice, its other invoices, and the cash of all of them: a payment on one invoice, or a capture of either's, takes no more than all of
// this together leaves open (docs/adr/0090).
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { receivedMinor } from "../domain/manual-payment/received.ts";
import { beingCapturedMinor } from "../domain/payment/captured-for-invoice.ts";
import type { DocumentPayment, DocumentRef, DocumentRow } from "../domain/payment/command.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import { takenMinor, togetherMinor } from "../domain/payment/taken-of-order.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { DocumentClaim, LedgerTransaction } from "../ports/ledger.ts";
import type { FlowDeps } from "./deps.ts";
import { paymentsWithMoney } from "./payments-with-money.ts";

export interface AroundInvoice {
  readonly kind: "read";
  readonly order: DocumentRef;
  readonly orderMinor: bigint;
  readonly isCancelled: boolean;
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

/** What pays an invoice beside its own payments. */
export interface PaidBeside {
  /** By payments of its order; Dataverse does not show it as applied yet. */
  readonly beingCapturedMinor: bigint;
  /** Undefined without an order of the same currency. */
  readonly together: OpenTogether | undefined;
}

/** One more read, and only for an invoice that has an order; amounts of another currency pay nothing of it. */
export async function readAroundInvoice({ surroundings }: Pick<FlowDeps, "surroundings">, organizationId: OrganizationId, document: Pick<DocumentRow, "ref" | "orderId" | "currency"> | undefined): Promise<AroundInvoice | undefined | Unavailable> {
  if (document?.ref.kind !== "invoice" || document.orderId === undefined) return undefined;
  const around = await readAround({ surroundings }, { organizationId, orderId: document.orderId, currency: document.currency });
  return around?.kind === "read" ? { ...around, invoiceIds: [...new Set([document.ref.id, ...around.invoiceIds])] } : around;
}

/** Of a payment that was taken on an order: what stands beside it when some of it is captured. */
export async function readAroundOrder({ surroundings }: Pick<FlowDeps, "surroundings">, { organizationId, command }: Intent): Promise<AroundInvoice | undefined | Unavailable> {
  return command?.document.kind === "salesorder" ? readAround({ surroundings }, { organizationId, orderId: command.document.id, currency: command.amount.currency }) : undefined;
}

async function readAround({ surroundings }: Pick<FlowDeps, "surroundings">, { organizationId, orderId, currency }: { readonly organizationId: OrganizationId; readonly orderId: string; readonly currency: string | undefined }): Promise<AroundInvoice | undefined | Unavailable> {
  const reading = await surroundings.readDocuments({ organizationId, orderIds: [orderId], invoiceIds: [] });
  if (reading.kind === "unavailable") return reading;
  const [order] = reading.orders;
  if (order?.total === undefined || order.total.currency !== currency) return undefined;
  const invoices = reading.invoices.filter((invoice) => invoice.state !== "cancelled" && invoice.total?.currency === currency);
  return {
    kind: "read", order: { kind: "salesorder", id: order.orderId }, orderMinor: order.total.minor, isCancelled: order.state === "cancelled",
    togetherMinor: togetherMinor(order.total.minor, invoices.map((invoice) => invoice.total?.minor ?? 0n)),
    invoiceIds: invoices.map((invoice) => invoice.invoiceId), receivedMinor: [order, ...invoices].reduce((sum, { received }) => sum + receivedMinor(received), 0n),
  };
}

/** What may be captured of an order's payment: not what cash, a card on an invoice or another payment has taken since. Behind the order's lock. */
export async function openForCapture(tx: LedgerTransaction, around: AroundInvoice, intent: Intent): Promise<OpenTogether> {
  const { organizationId, paymentRequestId, command } = intent;
  const orderClaims = await tx.lockDocument({ organizationId, document: around.order, limitMinor: around.orderMinor, currency: command?.amount.currency ?? "", except: paymentRequestId });
  const ofOrder = [intent, ...await paymentsWithMoney(tx, organizationId, orderClaims)];
  // What it was authorized for may be captured, also where its order costs less now: that is a person's to say.
  const frozen = command?.documentTotal.minor ?? 0n;
  return leftOf(tx, around, { organizationId, ofOrder, except: paymentRequestId, totalMinor: frozen > around.togetherMinor ? frozen : around.togetherMinor });
}

/** What the relay itself may ask for of a payment, on the order or an invoice, as things cost now. Without a lock: what it asks for is decided like any other. */
export async function openForRelay(ledger: LedgerTransaction, around: AroundInvoice, intent: Intent): Promise<OpenTogether> {
  const { organizationId, paymentRequestId } = intent;
  const others = (await ledger.documentClaims(organizationId, around.order)).filter((claim) => claim.paymentRequestId !== paymentRequestId);
  return leftOf(ledger, around, { organizationId, ofOrder: [intent, ...await paymentsWithMoney(ledger, organizationId, others)], except: paymentRequestId });
}

interface Taking {
  readonly organizationId: OrganizationId;
  /** The order's payments, and the one that asks. */
  readonly ofOrder: readonly Intent[];
  readonly except: PaymentRequestId;
  readonly totalMinor?: bigint;
  /** Payments that Dataverse shows; a ledger which is gone may have made them. */
  readonly shown?: readonly DocumentPayment[];
  readonly byGoneMinor?: bigint;
}

/** Less cash, what payments of the order have taken, and what others on its invoices take or hold. */
async function leftOf(tx: LedgerTransaction, around: AroundInvoice, { organizationId, ofOrder, except, totalMinor = around.togetherMinor, shown = [], byGoneMinor = 0n }: Taking): Promise<OpenTogether> {
  const own = (await claimsOn(tx, organizationId, around.invoiceIds)).filter((claim) => claim.paymentRequestId !== except);
  const minor = ofOrder.reduce((sum, intent) => sum + takenMinor(intent), around.receivedMinor + byGoneMinor);
  return { minor: openAmountMinor(totalMinor, own, shown, minor), isInProgress: own.some((claim) => claim.isOpen) };
}

async function claimsOn(tx: LedgerTransaction, organizationId: OrganizationId, invoiceIds: readonly string[]): Promise<readonly DocumentClaim[]> {
  const claims: DocumentClaim[] = [];
  for (const id of invoiceIds) claims.push(...await tx.documentClaims(organizationId, { kind: "invoice", id }));
  return claims;
}

/** Of the order of an invoice, without its lock; none for an order itself. */
export async function claimsOfOrder(tx: LedgerTransaction, organizationId: OrganizationId, document: DocumentRow | undefined): Promise<readonly DocumentClaim[]> {
  return document?.ref.kind === "invoice" && document.orderId !== undefined ? tx.documentClaims(organizationId, { kind: "salesorder", id: document.orderId }) : [];
}

interface Beside {
  readonly organizationId: OrganizationId;
  readonly document: DocumentRow | undefined;
  readonly around: AroundInvoice | undefined;
  readonly orderClaims: readonly DocumentClaim[];
  readonly except: PaymentRequestId;
}

/**
 * Whoever reserves on what this says holds the invoice's lock, under which captures for it are decided, and read `orderClaims` behind the order's: of two
 * that pay the same invoice at once one is refused, and two invoices of one order wait for each other.
 */
export async function paidBeside(tx: LedgerTransaction, { document, around, ...given }: Beside): Promise<PaidBeside> {
  if (document === undefined) return { beingCapturedMinor: 0n, together: undefined };
  const ofOrder = await paymentsWithMoney(tx, given.organizationId, given.orderClaims);
  return { beingCapturedMinor: beingCapturedMinor(document, ofOrder), together: around === undefined ? undefined : await openTogether(tx, around, { ...given, document, ofOrder }) };
}

function openTogether(tx: LedgerTransaction, around: AroundInvoice, given: Omit<Beside, "around"> & { readonly document: DocumentRow; readonly ofOrder: readonly Intent[] }): Promise<OpenTogether> {
  const { document: { applied = [], payments }, orderClaims } = given;
  const known = new Set(orderClaims.map((claim) => claim.paymentId));
  const byGoneMinor = applied.reduce((sum, one) => (known.has(one.paymentId) ? sum : sum + one.minor), 0n);
  return leftOf(tx, around, { ...given, shown: payments, byGoneMinor });
}
