// What a payment's document still costs, read anew: less what others have paid of it, of its order and of the order's invoices (around-invoice.ts); nothing
// once it is called off.
import { receivedMinor } from "../domain/manual-payment/received.ts";
import type { Command } from "../domain/payment/command.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { openAmountMinor } from "../domain/payment/open-amount.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import { openForRelay, readAroundInvoice, readAroundOrder } from "./around-invoice.ts";
import type { FlowDeps } from "./deps.ts";

interface Owed { readonly kind: "owed"; readonly minor: bigint }
const owed = (minor: bigint): Owed => ({ kind: "owed", minor });

/** Minor units. `intent` has captured nothing yet. */
export async function stillOwed(deps: FlowDeps, intent: Intent, command: Command): Promise<Owed | Unavailable> {
  const { organizationId, document, amount: { currency } } = command;
  const own = document.kind === "invoice" ? await ofInvoice(deps, intent, command) : undefined;
  if (own?.kind === "unavailable") return own;
  const around = own === undefined ? await readAroundOrder(deps, intent) : await readAroundInvoice(deps, organizationId, { ref: document, orderId: own.orderId, currency });
  if (around?.kind === "unavailable") return around;
  if (around === undefined) return owed(own?.minor ?? 0n);
  if (around.isCancelled) return owed(0n);
  const { minor } = await deps.ledger.alone((ledger) => openForRelay(ledger, around, intent));
  return owed(own !== undefined && own.minor < minor ? own.minor : minor);
}

async function ofInvoice(deps: FlowDeps, intent: Intent, { organizationId, document }: Command): Promise<Owed & { readonly orderId?: string | undefined } | Unavailable> {
  const reading = await deps.surroundings.readDocuments({ organizationId, orderIds: [], invoiceIds: [document.id] });
  if (reading.kind === "unavailable") return reading;
  const [invoice] = reading.invoices;
  if (invoice?.state !== "open") return owed(0n);
  const claims = await deps.ledger.alone((ledger) => ledger.documentClaims(organizationId, document));
  const others = claims.filter((claim) => claim.paymentRequestId !== intent.paymentRequestId);
  return { ...owed(openAmountMinor(invoice.total?.minor ?? 0n, others, [], receivedMinor(invoice.received))), orderId: invoice.orderId };
}
