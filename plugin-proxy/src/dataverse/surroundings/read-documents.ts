// Orders and invoices that payments hang on, as they stand now.
import type { Surroundings } from "../../ports/surroundings.ts";
import { partOf, refusedPart, unavailable } from "../read-request.ts";
import { toInvoices, toOrders, watchedInvoicesPath, watchedOrdersPath } from "../rows/watched-documents.ts";
import type { Transport } from "../transport.ts";
import type { Read } from "../write-batch.ts";

export const readDocuments = (transport: Transport): Surroundings["readDocuments"] => async ({ organizationId, orderIds, invoiceIds }) => {
  const hasInvoices = orderIds.length + invoiceIds.length > 0;
  const reads: readonly Read[] = [
    ...(orderIds.length > 0 ? [{ kind: "read", path: watchedOrdersPath(orderIds) } as const] : []),
    ...(hasInvoices ? [{ kind: "read", path: watchedInvoicesPath({ orderIds, invoiceIds }) } as const] : []),
  ];
  if (reads.length === 0) return { kind: "read", orders: [], invoices: [] };
  const answer = await transport.batch(organizationId, reads);
  if (answer.kind === "unavailable") return answer;
  const parts = answer.results.map(partOf);
  const failed = parts.find((part) => part?.status !== 200);
  if (failed !== undefined || parts.length < reads.length) return refusedPart("documents", failed);
  const orders = orderIds.length > 0 ? toOrders(parts[0]?.body) : [];
  const invoices = toInvoices(parts.at(-1)?.body);
  return orders === undefined || invoices === undefined ? unavailable("documents are not of the shape asked for") : { kind: "read", orders, invoices };
};
