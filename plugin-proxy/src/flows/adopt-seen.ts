// What a look shows of a lost ledger's doings and the payment does not know is put on it: judged on the intent at hand, which spares a transaction
// where there is nothing, and again under its lock.
import type { Effect } from "../domain/payment/effect.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { findEffect, type Intent } from "../domain/payment/intent.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

export interface Seen {
  readonly intent: Intent;
  readonly events: readonly EffectEvent[];
}

/** False: there is nothing that is not known. */
export async function adoptSeen(deps: FlowDeps, intent: Intent, { effectId }: Effect, judge: (intent: Intent, effect: Effect) => Seen | undefined): Promise<boolean> {
  const judged = (current: Intent): Seen | undefined => {
    const effect = findEffect(current, effectId);
    return effect === undefined ? undefined : judge(current, effect);
  };
  if (judged(intent) === undefined) return false;
  const { organizationId, paymentRequestId } = intent;
  const recorded = await recordEvents(deps, { organizationId, paymentRequestId, events: async (current) => judged(current) ?? { events: [] } });
  return recorded.ok && recorded.value.after.revision !== recorded.value.before.revision;
}
