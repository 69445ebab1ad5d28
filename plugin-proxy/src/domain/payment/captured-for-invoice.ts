// What a payment of an order captures for one of its invoices: taken, or on its way, and not given back. Seconds later it is applied to that invoice; until
// then only the capture's own row names it.
import type { DocumentRow } from "./command.ts";
import { amountOf } from "./derive-sums.ts";
import { isRunning } from "./effect.ts";
import { givenBackMinor } from "./free-amounts.ts";
import type { Intent } from "./intent.ts";

/** Minor units. A capture without an answer counts: it may have been carried out. */
export function capturedForInvoice(intent: Intent, invoiceId: string): bigint {
  const asked = new Set<string>(intent.commands.filter(({ action, document }) => action === "capture" && document?.kind === "invoice" && document.id === invoiceId).map(({ commandId }) => commandId));
  return intent.effects.filter((effect) => effect.kind === "capture" && effect.commandId !== undefined && asked.has(effect.commandId))
    .reduce((sum, effect) => sum + (effect.state === "approved" ? amountOf(effect) - givenBackMinor(intent, effect) : isRunning(effect) ? amountOf(effect) : 0n), 0n);
}

/** What payments of its order are capturing for an invoice, beyond what Dataverse shows as applied to it. Minor units; none for an order. */
export function beingCapturedMinor({ ref, applied = [] }: Pick<DocumentRow, "ref" | "applied">, ofOrder: readonly Intent[]): bigint {
  if (ref.kind !== "invoice") return 0n;
  let minor = 0n;
  for (const intent of ofOrder) {
    const shown = applied.reduce((sum, one) => (one.paymentId === intent.paymentId ? sum + one.minor : sum), 0n);
    const captured = capturedForInvoice(intent, ref.id);
    if (captured > shown) minor += captured - shown;
  }
  return minor;
}
