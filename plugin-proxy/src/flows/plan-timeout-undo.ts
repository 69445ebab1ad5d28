// The deal is off and the money may still arrive: take it back by its transactionId. The effect itself stays unknown until that is proved.
import type { Effect } from "../domain/payment/effect.ts";
import { recalled, type Intent } from "../domain/payment/intent.ts";
import { planUndoEffect } from "../domain/payment/plan-effect.ts";
import { timeoutUndoOf } from "../domain/payment/unknown-step.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";
import { recallTold } from "./recall-told.ts";
import { recordEvents } from "./record-events.ts";

const RECALL_RETRY_MS = 30 * SECOND_MS;

/** Plans it, if it is still to be planned; an instant says when to try again. Whoever slept on the way here may find everything done: it is decided anew under the lock. */
export async function planTimeoutUndo(deps: FlowDeps, intent: Intent, effect: Effect): Promise<Instant | undefined> {
  const now = { business: deps.clocks.business(), wire: deps.clocks.wire() };
  const told = effect.commandId === undefined ? await recallTold(deps, intent) : false;
  if (told === "unavailable") return now.business + RECALL_RETRY_MS;
  const recorded = await recordEvents(deps, {
    ...intent,
    events: async (current) => {
      if (told) return { intent: recalled(current), events: [] };
      const plan = timeoutUndoOf(current, effect.effectId, now, deps.settings);
      if (plan === undefined) return { events: [] };
      const undo = planUndoEffect(current, plan, now.business, deps.derivation);
      const deal = current.deal === "on" && effect.commandId === undefined ? "expired" : current.deal;
      return { intent: { ...current, deal, revision: current.revision + 1, effects: [...current.effects, undo] }, events: [] };
    },
  });
  if (!told && recorded.ok && recorded.value.after !== recorded.value.before) {
    deps.reporter.info("timeout_undo_planned", { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, effectId: effect.effectId });
  }
  return undefined;
}
