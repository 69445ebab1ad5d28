// When an invoice is closed as paid. Totals are never written and a closed invoice is never touched again: Dataverse keeps it read-only.
export type InvoicePaidPolicy = "when_fully_allocated" | "never" | "also_partial";

export interface InvoiceBalance {
  readonly isOpen: boolean;
  readonly totalMinor: bigint;
  /** Net of refunds: all payments' allocations, and what was paid otherwise. */
  readonly paidMinor: bigint;
}

/** "complete" and "partial" are the two status reasons of a paid invoice; undefined leaves it as it is. */
export function chooseInvoiceState(balance: InvoiceBalance, policy: InvoicePaidPolicy): "complete" | "partial" | undefined {
  if (!balance.isOpen || policy === "never" || balance.totalMinor <= 0n || balance.paidMinor <= 0n) return undefined;
  if (balance.paidMinor >= balance.totalMinor) return "complete";
  return policy === "also_partial" ? "partial" : undefined;
}
