// What stands beside a payment when some of it is to be captured: its own invoice, or its order with all of the order's invoices, as they are now. Cash, a
// card on an invoice or another payment may have paid since it was authorized (docs/adr/0090).
import { receivedMinor } from "../domain/manual-payment/received.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { takenMinor } from "../domain/payment/taken-of-order.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import { openForCapture, readAroundInvoice, readAroundOrder, type AroundInvoice, type OpenTogether } from "./around-invoice.ts";
import type { FlowDeps } from "./deps.ts";

/** The invoice that a payment was taken on. */
export interface OwnInvoice {
  readonly isOpen: boolean;
  readonly totalMinor: bigint;
  /** In cash, by cheque or transfer. */
  readonly receivedMinor: bigint;
}

export interface BesideCapture {
  readonly kind: "read";
  /** Undefined for a payment of an order, and where the invoice is gone. */
  readonly own: OwnInvoice | undefined;
  /** Undefined for an invoice without an order of its currency. */
  readonly around: AroundInvoice | undefined;
}

/** Two reads for a payment of an invoice, one for an order's. */
export async function readBesideCapture(deps: Pick<FlowDeps, "surroundings">, intent: Intent): Promise<BesideCapture | Unavailable> {
  const { organizationId, command } = intent;
  if (command?.document.kind !== "invoice") {
    const around = await readAroundOrder(deps, intent);
    return around?.kind === "unavailable" ? around : { kind: "read", own: undefined, around };
  }
  const reading = await deps.surroundings.readDocuments({ organizationId, orderIds: [], invoiceIds: [command.document.id] });
  if (reading.kind === "unavailable") return reading;
  const [invoice] = reading.invoices;
  if (invoice === undefined) return { kind: "read", own: undefined, around: undefined };
  const around = await readAroundInvoice(deps, organizationId, { ref: command.document, orderId: invoice.orderId, currency: command.amount.currency });
  if (around?.kind === "unavailable") return around;
  return { kind: "read", own: { isOpen: invoice.state === "open", totalMinor: invoice.total?.minor ?? 0n, receivedMinor: receivedMinor(invoice.received) }, around };
}

/** What others leave of a payment's own invoice. Without a lock: other cards on it count this payment's hold as taken, and cash asks nobody. */
export async function openOnOwn(tx: LedgerTransaction, { organizationId, paymentRequestId, command }: Intent, own: OwnInvoice, totalMinor = own.totalMinor): Promise<OpenTogether> {
  const claims = command === undefined ? [] : await tx.documentClaims(organizationId, command.document);
  const others = claims.filter((claim) => claim.paymentRequestId !== paymentRequestId);
  return { minor: openAmountMinor(totalMinor, others, [], own.receivedMinor), isInProgress: others.some((claim) => claim.isOpen) };
}

/** What may be captured of the payment now, beside what it has captured; undefined where nothing stands beside it. Takes the order's lock. */
export async function openBesideCapture(tx: LedgerTransaction, { own, around }: BesideCapture, intent: Intent): Promise<OpenTogether | undefined> {
  const together = around === undefined ? undefined : await openForCapture(tx, around, intent);
  if (own === undefined) return together;
  // What it was authorized for may be captured, also where the invoice costs less now: that is a person's to say.
  const frozen = intent.command?.documentTotal.minor ?? 0n;
  const onOwn = await openOnOwn(tx, intent, own, frozen > own.totalMinor ? frozen : own.totalMinor);
  const left = { ...onOwn, minor: onOwn.minor - takenMinor(intent) };
  return together !== undefined && together.minor < left.minor ? together : left;
}
