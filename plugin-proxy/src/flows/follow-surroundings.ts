// What follows from a change of a payment besides its projection: its surroundings become due, and a refund that moved no money no longer
// counts against anybody's limit. In the transaction of the change; nothing is written for a payment that was simply taken.
import { DIALOG_MS } from "../domain/notify/notices.ts";
import { WARN_BEFORE_MS } from "../domain/expiry/expiry-steps.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import { needsAttention } from "../domain/payment/derive-status.ts";
import { FINAL_STATES, isOpen, type Effect } from "../domain/payment/effect.ts";
import { effectsOf, mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { Instant } from "../domain/time.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";

export async function followSurroundings(tx: LedgerTransaction, { before, after }: { readonly before: Intent; readonly after: Intent }, now: Instant): Promise<void> {
  const { organizationId, paymentRequestId } = after;
  const dueAt = surroundingsDueAt(after, now);
  if (dueAt !== undefined) await tx.schedule({ kind: "surround", organizationId, key: paymentRequestId, dueAt });
  // Authorized again for a capture of another payment: that one goes on.
  const endedId = after.command?.reauthorizes?.paymentId;
  const founder = endedId === undefined || isOpen(mainEffect(after)) ? undefined : await tx.founderOf(organizationId, { paymentId: endedId });
  if (founder !== undefined) await tx.schedule({ kind: "surround", organizationId, key: founder, dueAt: now });
  for (const command of after.commands) {
    if (command.table === "refundrequest" && isOver(effectsOf(after, command.commandId)) && !isOver(effectsOf(before, command.commandId))) await tx.surroundings.releaseRefund(organizationId, command.commandId);
  }
}

/** Ended without money: refused, declined, withdrawn, expired, proved absent. A found-live refund keeps counting. */
const isOver = (effects: readonly Effect[]): boolean => effects.length > 0 && effects.every((effect) => !effect.holds && (effect.state === "declined" || (FINAL_STATES.includes(effect.state) && effect.state !== "undone")));

/** At once when something is to be written or told, else when somebody is to be warned; undefined when neither will be. */
export function surroundingsDueAt(intent: Intent, now: Instant): Instant | undefined {
  const { command } = intent;
  if (command === undefined) return undefined;
  const sums = deriveSums(intent);
  const isLate = now - intent.claimedAt >= DIALOG_MS;
  const paysInvoice = command.document.kind === "invoice" && sums.captured > 0n;
  const hasReceipt = command.merchantAccount.receiptPolicy === "email_draft" && sums.captured > 0n;
  const canBeCredited = command.merchantAccount.creditPolicy === "allowed" && sums.captured > 0n;
  if (intent.commands.length > 0 || isLate || paysInvoice || hasReceipt || canBeCredited || needsAttention(intent) || intent.isDisputed === true) return now;
  const expiresAt = mainEffect(intent).authorizationExpiresAt;
  return sums.capturable > 0n && expiresAt !== undefined ? expiresAt - WARN_BEFORE_MS : undefined;
}
