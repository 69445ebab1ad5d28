// Money that goes back on an invoice is never what other invoices have of the payment: judged under the payment's lock, whoever wrote the row.
import { freeForInvoice } from "../domain/allocation/free-for-invoice.ts";
import type { ChangeCommand } from "../domain/payment/command.ts";
import { liveCaptures } from "../domain/payment/derive-sums.ts";
import { isMoneyOut } from "../domain/payment/effect.ts";
import { freeToRefund } from "../domain/payment/free-amounts.ts";
import { findEffect, type Intent } from "../domain/payment/intent.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";

/** The rule that a row naming an invoice breaks. A payment that was taken on the invoice is all its own; a hold pays no invoice. */
export async function aboveInvoice(intent: Intent, { document, action, amount, commandId, captureId }: ChangeCommand, tx: LedgerTransaction): Promise<"amount_above_invoice" | undefined> {
  const givesBack = action === "give_back" || action === "refund" || action === "void";
  if (!givesBack || document?.kind !== "invoice" || document.id === intent.command?.document.id) return undefined;
  // A refund that is voided brings money in again.
  const named = captureId === undefined ? undefined : findEffect(intent, captureId);
  if (named !== undefined && isMoneyOut(named)) return undefined;
  // More than the payment itself has: that is its own rule, and says it more exactly.
  const free = liveCaptures(intent).reduce((sum, capture) => sum + freeToRefund(intent, capture, commandId), 0n);
  if (amount.minor > free) return undefined;
  const standing = await tx.surroundings.allocationsOf(intent);
  return amount.minor > freeForInvoice(intent, { invoiceId: document.id, commandId, standing }) ? "amount_above_invoice" : undefined;
}
