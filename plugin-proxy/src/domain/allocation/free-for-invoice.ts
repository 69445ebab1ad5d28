// What may go back of a payment by a row that names an invoice: everything but what pays other invoices. What no invoice has yet may go, too: an
// allocation follows its capture only seconds later.
import { planAllocations, type Allocation } from "./plan-allocations.ts";
import { everCapturedMinor, shareOf, turnedDownOf, voidsOf } from "./shares-of.ts";
import { amountOf, liveCaptures } from "../payment/derive-sums.ts";
import type { Effect } from "../payment/effect.ts";
import { freeToRefund, goingBack } from "../payment/free-amounts.ts";
import type { Intent } from "../payment/intent.ts";

interface Asking {
  readonly invoiceId: string;
  /** The command that asks: what it reserves itself is free for it. */
  readonly commandId: NonNullable<Effect["commandId"]>;
  readonly standing: readonly Allocation[];
}

/** Minor units. What is on its way back counts as gone from the invoice that it is taken from. */
export function freeForInvoice(intent: Intent, { invoiceId, commandId, standing }: Asking): bigint {
  const free = liveCaptures(intent).reduce((sum, capture) => sum + freeToRefund(intent, capture, commandId), 0n);
  const turnedDown = turnedDownOf(intent).map((effect) => ({ minor: amountOf(effect) }));
  const rows = planAllocations({
    capturedMinor: everCapturedMinor(intent), invoices: [], standing, voids: voidsOf(intent),
    refunds: [...goingBack(intent, commandId).map((effect) => shareOf(intent, effect)), ...turnedDown],
  });
  const ofOthers = rows.reduce((sum, row) => (row.invoiceId === invoiceId ? sum : sum + row.amountMinor - row.refundedMinor), 0n);
  return free > ofOthers ? free - ofOthers : 0n;
}
