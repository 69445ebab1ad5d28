// Somebody has claimed a request before us, or this ledger did before its disk was lost: its payment is looked for and never sent anew.
import type { Command } from "../domain/payment/command.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { Instant } from "../domain/time.ts";
import type { RequestReading } from "../ports/dataverse.ts";
import type { ClaimOutcome } from "./claim-outcome.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";
import { freezeClaimed } from "./was-claim-taken.ts";

/** What a rule, or a person through the row, says of a claim. */
export const ruleEvent = (intent: Intent, kind: EffectEvent["kind"], reason: string | undefined, at: Instant): EffectEvent => ({ kind, effectId: mainEffect(intent).effectId, attempt: 0, evidence: "rule", at, reason });

/** The intent with its frozen command: the claim becomes an authorization or a sale of that amount. */
export function withCommand(intent: Intent, command: Command): Intent {
  const [main, ...others] = intent.effects;
  if (main === undefined) return intent;
  return { ...intent, command, revision: intent.revision + 1, effects: [{ ...main, kind: command.action, amount: command.amount }, ...others] };
}

/** Unknown, to be looked for. What the row says is frozen so that a find can be compared. */
export async function adoptForeignClaim(deps: FlowDeps, intent: Intent, answer: RequestReading): Promise<ClaimOutcome> {
  const { organizationId, paymentRequestId } = intent;
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current) => {
      const at = deps.clocks.business();
      const frozen = freezeClaimed(organizationId, answer, at);
      if (!frozen.ok) return { events: [ruleEvent(current, "foreign_claim", frozen.error, at)] };
      const since: Intent = { ...withCommand(current, frozen.value), claimedAt: Math.min(current.claimedAt, answer.row.modifiedOn) };
      return { intent: since, events: [ruleEvent(since, "foreign_claim", undefined, at)] };
    },
  });
  deps.reporter.alarm("foreign_claim", { organizationId, paymentRequestId });
  return { kind: "moved" };
}
