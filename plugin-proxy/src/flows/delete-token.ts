// The card of a payment that came to nothing is deleted in token management: a card is on file only after an approved payment. Gone already is gone.
import { currentAttempt, type Effect } from "../domain/payment/effect.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { HOUR_MS, MINUTE_MS, type Instant } from "../domain/time.ts";
import { bindingOf, type FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

/** Undefined: deleted, and noted. Else when to try again; a refusal is an alarm, because the card stays there until somebody deletes it. */
export async function deleteToken(deps: FlowDeps, intent: Intent, effect: Effect): Promise<Instant | undefined> {
  const { organizationId, paymentRequestId, command } = intent;
  const token = mainEffect(intent).facts?.token;
  const binding = command === undefined ? undefined : bindingOf(deps, command);
  const at = deps.clocks.business();
  if (binding === undefined || token?.paymentInstrumentId === undefined) return at + HOUR_MS;
  const answer = await deps.gateway.forgetCard({ binding, tmsCustomerId: token.customerId, paymentInstrumentId: token.paymentInstrumentId });
  if (answer.kind === "unavailable") return at + MINUTE_MS;
  if (answer.kind === "refused") {
    deps.reporter.alarm("token_not_deleted", { organizationId, paymentRequestId, effectId: effect.effectId, reason: answer.reason });
    return at + 24 * HOUR_MS;
  }
  await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async () => ({ events: [{ kind: "undone_proved", effectId: effect.effectId, attempt: currentAttempt(effect)?.attempt ?? 0, evidence: "answer", at: deps.clocks.business(), reason: "token_deleted" }] }),
  });
  return undefined;
}
