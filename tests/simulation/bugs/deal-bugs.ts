// Mistakes that only orders with invoices, cash and rules bring to light: each must break an invariant in seeds that are about such orders.
import type { InvoiceReading, OrderReading } from "../../../plugin-proxy/src/ports/surroundings.ts";
import { changedTransactions, readAs, withoutRows, type Planted } from "./plant.ts";

export interface DealBug {
  /** What its seeds are about. */
  readonly focus: string;
  readonly plant: () => Planted;
}

const unpaid = <T extends OrderReading | InvoiceReading>(rows: readonly T[]): readonly T[] => rows.map((row) => ({ ...row, received: [] }));

/** Whoever has locked an invoice in a transaction sees nothing of its order's payments there. */
function orderUnseen(): Planted {
  const ofInvoices = new WeakSet<object>();
  return changedTransactions((tx) => ({
    lockDocument: async (query) => {
      const claims = await tx.lockDocument(query);
      if (query.document.kind === "invoice") ofInvoices.add(tx);
      return query.document.kind === "salesorder" && ofInvoices.has(tx) ? [] : claims;
    },
    documentClaims: async (organizationId, document) => (document.kind === "salesorder" && ofInvoices.has(tx) ? [] : tx.documentClaims(organizationId, document)),
  }));
}

export const DEAL_BUGS: Readonly<Record<string, DealBug>> = {
  "what cash has paid is captured": { focus: "an order that is fulfilled", plant: () => readAs((reading) => ({ ...reading, orders: unpaid(reading.orders), invoices: unpaid(reading.invoices) })) },
  "a card on an invoice is charged for what its order has captured": { focus: "an order that is invoiced", plant: orderUnseen },
  "an order is captured for what a card on its invoice has paid": {
    focus: "an order that is fulfilled", plant: () => changedTransactions((tx) => ({ documentClaims: async (organizationId, document) => (document.kind === "invoice" ? [] : tx.documentClaims(organizationId, document)) })),
  },
  "a cancelled order keeps its hold": { focus: "an order that is fulfilled", plant: () => withoutRows("release_request") },
};
