// What a payment or capture tells Cybersource of the goods. An order comes with its lines; an invoice comes without, and they are read where they are needed
// (adr/0087). What cannot be read now is not waited for: the money goes on without lines.
import type { OrganizationId } from "../domain/ids.ts";
import type { RequestRow } from "../domain/payment/command.ts";
import type { FlowDeps } from "./deps.ts";
import type { Detail } from "./detail.ts";

export async function readLines({ dataverse }: FlowDeps, organizationId: OrganizationId, { document }: Pick<RequestRow, "document">): Promise<Pick<Detail, "lines" | "invoiceNumber">> {
  const lines = document?.lines ?? [];
  if (document?.ref.kind !== "invoice" || document.currency === undefined) return { lines };
  const read = await dataverse.readInvoiceLines({ organizationId, invoiceId: document.ref.id, currency: document.currency });
  return { lines: read.kind === "read" ? read.lines : [], invoiceNumber: document.number };
}
