// What may still be taken on a document: its total, less what every other payment of it has, holds or may have, and what was paid otherwise.
// Payments that this ledger does not know (it was made new) count with the sums that Dataverse shows.
import type { DocumentPayment } from "./command.ts";

export interface KnownClaim {
  readonly paymentId: string;
  readonly exposureMinor: bigint;
}

/** Minor units, never below zero. `unknown` counts as taken. */
export function openAmountMinor(totalMinor: bigint, known: readonly KnownClaim[], shown: readonly DocumentPayment[], receivedMinor = 0n): bigint {
  const ours = new Set(known.map((claim) => claim.paymentId));
  const byLedger = known.reduce((sum, claim) => sum + claim.exposureMinor, 0n);
  const byRows = shown.filter((payment) => !ours.has(payment.paymentId))
    .reduce((sum, payment) => sum + payment.authorized - payment.reversed - payment.refunded + payment.unknown, 0n);
  const open = totalMinor - byLedger - byRows - receivedMinor;
  return open < 0n ? 0n : open;
}
