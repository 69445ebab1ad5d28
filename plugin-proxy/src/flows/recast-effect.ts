// What a lost ledger did for a row is found as a void or a reversal: the effect becomes that, and what it took back is taken back here too.
import type { Found } from "../domain/payment/adopt.ts";
import { findEffect, type Intent } from "../domain/payment/intent.ts";
import type { Effect } from "../domain/payment/effect.ts";
import { recast } from "../domain/payment/recast.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

/** False: it is none of these, and the look is judged as it is. */
export async function recastEffect(deps: FlowDeps, intent: Intent, { effect, found }: { readonly effect: Effect; readonly found: readonly Found[] }): Promise<boolean> {
  if (recast(intent, effect, found) === undefined) return false;
  const at = deps.clocks.business();
  const recorded = await recordEvents(deps, {
    organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId,
    events: async (current) => {
      const now = findEffect(current, effect.effectId);
      const undo = now === undefined ? undefined : recast(current, now, found);
      if (undo === undefined) return { events: [] };
      const effects = current.effects.map((other) => (other.effectId === undo.effectId ? undo : other));
      return { intent: { ...current, effects, revision: current.revision + 1 }, events: [{ kind: "undone_proved", effectId: undo.effectId, attempt: undo.attempts.length, evidence: "search", at }] };
    },
  });
  return recorded.ok && recorded.value.changes.length > 0;
}
