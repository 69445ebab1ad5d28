// Applies what a payment has captured to an invoice because a person asked for it (record payment applied): no money moves. Allocation follows
// the documents, so that asking only makes it happen now, and says so where the payment does not pay this invoice.
import type { EffectEvent } from "../domain/payment/events.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { ClaimAnswer } from "../ports/dataverse.ts";
import { applyToInvoices } from "./apply-to-invoices.ts";
import { cameTooLate } from "./came-too-late.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

interface Applied { readonly kind: "done" | "refused_by_rule" | "expired"; readonly reason: string }

type Reading = Extract<ClaimAnswer, { kind: "read"; claim: string }>;

/** Carries the row out at its claim. A payment that this ledger does not know is adopted first; what Dataverse did not answer is asked again; what came too late is not begun. */
export async function applyPayment(deps: FlowDeps, intent: Intent, { row, claim }: Reading): Promise<ClaimOutcome> {
  const { organizationId } = intent;
  const { paymentId } = row;
  const tooLate = claim === "created" ? await cameTooLate(deps, organizationId, row) : undefined;
  if (tooLate !== undefined) return record(deps, intent, { kind: tooLate.kind === "expired" ? "expired" : "refused_by_rule", reason: tooLate.reason });
  const founder = paymentId === undefined ? undefined : await deps.ledger.alone((ledger) => ledger.founderOf(organizationId, { paymentId }));
  if (paymentId !== undefined && founder === undefined) return { kind: "unknown_payment", paymentId };
  const payment = founder === undefined ? undefined : await deps.ledger.transaction((tx) => tx.loadIntent(organizationId, founder));
  const applied = await apply(deps, payment, row.document?.ref.kind === "invoice" ? row.document.ref.id : undefined);
  return typeof applied === "number" ? { kind: "waiting", until: applied } : record(deps, intent, applied);
}

async function record(deps: FlowDeps, { organizationId, paymentRequestId }: Intent, applied: Applied): Promise<ClaimOutcome> {
  const event: Omit<EffectEvent, "effectId"> = { ...applied, attempt: 0, evidence: "rule", at: deps.clocks.business() };
  const recorded = await recordEvents(deps, { organizationId, paymentRequestId, events: async (current) => ({ events: [{ ...event, effectId: mainEffect(current).effectId }] }) });
  return { kind: "moved", intent: recorded.ok ? recorded.value.after : undefined };
}

/** A number: when to ask again. */
async function apply(deps: FlowDeps, payment: Intent | undefined, invoiceId: string | undefined): Promise<Applied | number> {
  if (payment === undefined) return { kind: "refused_by_rule", reason: "no_payment" };
  if (deriveSums(payment).captured === 0n) return { kind: "refused_by_rule", reason: "nothing_to_apply" };
  const surrounded = await applyToInvoices(deps, payment);
  const allocations = await deps.ledger.alone((ledger) => ledger.surroundings.allocationsOf(payment));
  const isApplied = allocations.some((row) => row.amountMinor > row.refundedMinor && (invoiceId === undefined || row.invoiceId === invoiceId));
  if (isApplied) return { kind: "done", reason: "payment_applied" };
  return surrounded.kind === "later" ? surrounded.at : { kind: "refused_by_rule", reason: "payment_of_other_document" };
}
