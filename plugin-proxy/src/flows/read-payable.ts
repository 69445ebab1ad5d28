// The invoices that a payment may pay, with what was received for their order: a deposit in cash pays its invoices as well.
import { receivedMinor } from "../domain/manual-payment/received.ts";
import type { Command } from "../domain/payment/command.ts";
import type { OrganizationId } from "../domain/ids.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { DocumentsReading, InvoiceReading } from "../ports/surroundings.ts";
import type { FlowDeps } from "./deps.ts";

export interface Payable {
  readonly kind: "read";
  /** The payment's own invoice, or those of its order; in its currency. */
  readonly invoices: readonly InvoiceReading[];
  /** All invoices of the order, which share what it received. */
  readonly ofOrder: readonly InvoiceReading[];
  readonly orderReceivedMinor: bigint;
}

/** One read for an order; one more for an open invoice that has an order. */
export async function readPayable({ surroundings }: Pick<FlowDeps, "surroundings">, organizationId: OrganizationId, command: Command): Promise<Payable | Unavailable> {
  const { document, amount: { currency } } = command;
  const read = (orderIds: readonly string[], invoiceIds: readonly string[]): Promise<DocumentsReading | Unavailable> => surroundings.readDocuments({ organizationId, orderIds, invoiceIds });
  const usable = (reading: DocumentsReading): readonly InvoiceReading[] => reading.invoices.filter((invoice) => invoice.total?.currency === currency);
  const isOrder = document.kind === "salesorder";
  const own = isOrder ? await read([document.id], []) : await read([], [document.id]);
  if (own.kind === "unavailable") return own;
  const orderId = own.invoices.find((invoice) => invoice.state === "open")?.orderId;
  const around = isOrder || orderId === undefined ? own : await read([orderId], []);
  if (around.kind === "unavailable") return around;
  const received = around.orders.find((order) => order.total?.currency === currency)?.received ?? [];
  return { kind: "read", invoices: usable(own), ofOrder: usable(around), orderReceivedMinor: receivedMinor(received) };
}
