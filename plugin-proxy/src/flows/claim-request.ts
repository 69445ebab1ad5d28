// The claim: the first transaction row in Dataverse, made in the same batch that reads the request; then whatever the row asks for takes its own way.
// Whoever finds a claim of another ledger (or of this one before its disk was lost) looks for the payment and never sends it anew.
import { claimRetryMs } from "../domain/payment/claim-retry.ts";
import { isChangeOf } from "../domain/payment/freeze-change.ts";
import { isFoundingCredit } from "../domain/payment/freeze-credit.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { RequestReading } from "../ports/dataverse.ts";
import { adoptForeignClaim, ruleEvent } from "./adopt-foreign-claim.ts";
import { applyPayment } from "./apply-payment.ts";
import { readAroundInvoice } from "./around-invoice.ts";
import { beginCommand } from "./begin-command.ts";
import { changeSavedCard, isCardAction } from "./change-saved-card.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import type { FlowDeps } from "./deps.ts";
import { foundCredit } from "./found-credit.ts";
import { planPayment } from "./plan-payment.ts";
import { readLines } from "./read-lines.ts";
import { recordEvents } from "./record-events.ts";
import { wasClaimTaken } from "./was-claim-taken.ts";

/** Reads and claims the row, then plans, refuses, or adopts an unknown. */
export async function claimRequest(deps: FlowDeps, intent: Intent): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = intent;
  const answer = await deps.dataverse.readAndClaim({ organizationId, paymentRequestId, effectId: mainEffect(intent).effectId, ledgerId: deps.ledger.ledgerId, claimedAt: mainEffect(intent).changedAt, table: intent.table });
  const now = deps.clocks.business();
  if (answer.kind === "unavailable") return { kind: "waiting", until: now + (answer.retryAfterMs ?? claimRetryMs(intent, now)) };
  if (answer.kind === "request_not_found") return endWithdrawn(deps, intent);
  if (answer.kind === "read_refund" || isChangeOf(answer.row)) {
    const state = answer.kind === "read" ? answer.row.state : "submitted";
    if (state === "draft" && answer.claim !== "foreign") return { kind: "waiting", until: undefined };
    if (answer.kind === "read_refund" && isFoundingCredit(answer.row)) return foundCredit(deps, intent, answer);
    return state === "withdrawn" && answer.claim !== "foreign" ? endWithdrawn(deps, intent) : beginCommand(deps, intent, answer);
  }
  // No money moves: whose claim it is does not matter, and what a lost ledger did of it is done again.
  const { action, state } = answer.row;
  const movesMoney = action !== "apply_payment" && !isCardAction(action);
  if (movesMoney && answer.claim === "foreign") return adoptForeignClaim(deps, intent, answer);
  if (state === "draft") return { kind: "waiting", until: undefined };
  if (state === "withdrawn") return movesMoney && answer.claim === "own" ? endUnlessTaken(deps, intent, answer) : endWithdrawn(deps, intent);
  if (action === "apply_payment") return applyPayment(deps, intent, answer);
  if (isCardAction(action)) return changeSavedCard(deps, intent, answer, action);
  const [goods, around] = await Promise.all([readLines(deps, organizationId, answer.row), readAroundInvoice(deps, organizationId, answer.row.document)]);
  if (around?.kind === "unavailable") return { kind: "waiting", until: now + (around.retryAfterMs ?? claimRetryMs(intent, now)) };
  return planPayment(deps, intent, { ...answer, goods, around });
}

/** A lost ledger, of which this one is the backup, may have gone on with what a person has withdrawn since. */
async function endUnlessTaken(deps: FlowDeps, intent: Intent, answer: RequestReading): Promise<ClaimOutcome> {
  const taken = await wasClaimTaken(deps, intent, answer);
  const now = deps.clocks.business();
  if (taken === "unavailable") return { kind: "waiting", until: now + claimRetryMs(intent, now) };
  return taken ? adoptForeignClaim(deps, intent, answer) : endWithdrawn(deps, intent);
}

async function endWithdrawn(deps: FlowDeps, intent: Intent): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = intent;
  const reason = "request_withdrawn";
  deps.reporter.count("refusals", { reason });
  await recordEvents(deps, { organizationId, paymentRequestId, events: async (current) => ({ events: [ruleEvent(current, "withdrawn", reason, deps.clocks.business())] }) });
  return { kind: "moved" };
}
