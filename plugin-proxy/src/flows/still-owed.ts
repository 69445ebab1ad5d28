// What a payment's document still costs, read anew: less what others have paid of it, of its order and of the order's invoices (docs/adr/0090); nothing
// once it is called off.
import { receivedMinor } from "../domain/manual-payment/received.ts";
import type { Command } from "../domain/payment/command.ts";
import { exposureOf } from "../domain/payment/derive-sums.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { takenMinor, togetherMinor } from "../domain/payment/taken-of-order.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { InvoiceReading, OrderReading } from "../ports/surroundings.ts";
import type { FlowDeps } from "./deps.ts";
import { readWholeOrder } from "./read-whole-order.ts";

type Owed = { readonly kind: "owed"; readonly minor: bigint } | Unavailable;
const owed = (minor: bigint): Owed => ({ kind: "owed", minor: minor < 0n ? 0n : minor });

/** Minor units. `intent` has captured nothing yet. */
export async function stillOwed(deps: FlowDeps, intent: Intent, { organizationId, document }: Command): Promise<Owed> {
  if (document.kind === "salesorder") return ofOrder(deps, intent, document.id);
  const reading = await deps.surroundings.readDocuments({ organizationId, orderIds: [], invoiceIds: [document.id] });
  if (reading.kind === "unavailable") return reading;
  const [invoice] = reading.invoices;
  if (invoice?.state !== "open") return owed(0n);
  const claims = await deps.ledger.alone((ledger) => ledger.documentClaims(organizationId, document));
  const others = claims.reduce((sum, claim) => (claim.paymentRequestId === intent.paymentRequestId ? sum : sum + claim.exposureMinor), 0n);
  const own = owed((invoice.total?.minor ?? 0n) - receivedMinor(invoice.received) - others);
  const together = invoice.orderId === undefined ? own : await ofOrder(deps, intent, invoice.orderId);
  return own.kind === "owed" && together.kind === "owed" && own.minor < together.minor ? own : together;
}

async function ofOrder(deps: FlowDeps, intent: Intent, orderId: string): Promise<Owed> {
  const reading = await deps.surroundings.readDocuments({ organizationId: intent.organizationId, orderIds: [orderId], invoiceIds: [] });
  if (reading.kind === "unavailable") return reading;
  const [order] = reading.orders;
  return order === undefined || order.state === "cancelled" ? owed(0n) : owed(await openOf(deps, intent, order, reading.invoices.filter((invoice) => invoice.orderId === orderId && invoice.state !== "cancelled")));
}

async function openOf(deps: FlowDeps, intent: Intent, order: OrderReading, invoices: readonly InvoiceReading[]): Promise<bigint> {
  const { payments, ownMinor } = await readWholeOrder(deps, order, { payments: [intent], invoices });
  const received = [order, ...invoices].reduce((sum, one) => sum + receivedMinor(one.received), 0n);
  const taken = payments.reduce((sum, payment) => sum + takenMinor(payment), 0n);
  const isOnInvoice = invoices.some((invoice) => invoice.invoiceId === intent.command?.document.id);
  const byInvoices = [...ownMinor?.values() ?? []].reduce((sum, minor) => sum + minor, 0n) - (isOnInvoice ? exposureOf(intent) : 0n);
  return togetherMinor(order.total?.minor ?? 0n, invoices.map((invoice) => invoice.total?.minor ?? 0n)) - received - taken - byInvoices;
}
