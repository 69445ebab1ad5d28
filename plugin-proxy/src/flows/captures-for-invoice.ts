// What payments of its order are capturing for an invoice, and Dataverse does not show as applied to it yet. Asked for behind the invoice's lock, under
// which such a capture is decided too: of two that pay the same invoice at once, one is refused.
import type { OrganizationId } from "../domain/ids.ts";
import type { DocumentRow } from "../domain/payment/command.ts";
import { capturedForInvoice } from "../domain/payment/captured-for-invoice.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import { paymentsWithMoney } from "./payments-with-money.ts";

/** Minor units; none for an order, or an invoice without one. */
export async function capturesForInvoice(tx: LedgerTransaction, organizationId: OrganizationId, document: DocumentRow | undefined): Promise<bigint> {
  if (document?.ref.kind !== "invoice" || document.orderId === undefined) return 0n;
  let minor = 0n;
  for (const intent of await paymentsWithMoney(tx, organizationId, await tx.documentClaims(organizationId, { kind: "salesorder", id: document.orderId }))) {
    const shown = (document.applied ?? []).reduce((sum, one) => (one.paymentId === intent.paymentId ? sum + one.minor : sum), 0n);
    const captured = capturedForInvoice(intent, document.ref.id);
    if (captured > shown) minor += captured - shown;
  }
  return minor;
}
