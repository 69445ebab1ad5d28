// A credit without a payment founds one: its claim becomes the payment's only effect, and the wish of the very row that made it, so that limits,
// a second person, looks and credit memos treat it like every other refund request (docs/adr/0081).
import { freezeCredit } from "../domain/payment/freeze-credit.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { ClaimAnswer } from "../ports/dataverse.ts";
import { refuseFounding } from "./begin-command.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

/** Freezes the row, or refuses it on the spot. What another ledger claimed is looked for. */
export async function foundCredit(deps: FlowDeps, provisional: Intent, answer: Extract<ClaimAnswer, { kind: "read_refund"; claim: string }>): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = provisional;
  const now = deps.clocks.business();
  const isForeign = answer.claim === "foreign";
  const connectedAt = await deps.ledger.alone((tx) => tx.connectedAt(organizationId, now));
  const frozen = freezeCredit(answer.row, { organizationId, accounts: answer.merchantAccounts, businessUnits: answer.businessUnits, now, connectedAt, isClaimed: isForeign });
  if (!frozen.ok) return refuseFounding(deps, provisional, frozen.error);
  const { command, wish } = frozen.value;
  const recorded = await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current) => {
      const main = mainEffect(current);
      if (main.state !== "claiming" || main.commandId !== undefined) return { events: [] };
      const deal = current.deal === "on" ? wish.deal : "withdrawn";
      const claimed = isForeign ? { ...wish, isForeign: true as const, deal, claimedAt: Math.min(wish.claimedAt, wish.createdOn) } : { ...wish, deal };
      const founded: Intent = { ...current, command, commands: [claimed], effects: [{ ...main, commandId: wish.commandId, amount: wish.amount }], revision: current.revision + 1 };
      return { intent: founded, events: [] };
    },
  });
  if (isForeign) deps.reporter.alarm("foreign_claim", { organizationId, paymentRequestId });
  return { kind: "moved", intent: recorded.ok ? recorded.value.after : undefined };
}
