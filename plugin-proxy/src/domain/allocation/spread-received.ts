// What was received for an order itself, in cash, by cheque or transfer, pays its invoices too: the oldest first, and only what cards leave open.
import type { Instant } from "../time.ts";

export interface OpenInvoice {
  readonly invoiceId: string;
  readonly createdOn: Instant;
  /** Its total, less what cards and its own cash have paid. */
  readonly openMinor: bigint;
  readonly isCancelled: boolean;
}

export const byAge = <T extends Pick<OpenInvoice, "invoiceId" | "createdOn">>(invoices: readonly T[]): readonly T[] =>
  invoices.toSorted((left, right) => left.createdOn - right.createdOn || (left.invoiceId < right.invoiceId ? -1 : 1));

/** Minor units by invoice; together never more than was received. */
export function spreadReceived(receivedMinor: bigint, invoices: readonly OpenInvoice[]): ReadonlyMap<string, bigint> {
  let rest = receivedMinor;
  const shares = new Map<string, bigint>();
  for (const { invoiceId, openMinor, isCancelled } of byAge(invoices)) {
    const share = isCancelled || openMinor <= 0n ? 0n : openMinor < rest ? openMinor : rest;
    shares.set(invoiceId, share);
    rest -= share;
  }
  return shares;
}
