// The deal is off and the money may still arrive: take it back by its transactionId. The effect itself stays unknown until that is proved.
import { chooseUndo, undoOfChange } from "../domain/payment/choose-undo.ts";
import { recalled, type Intent } from "../domain/payment/intent.ts";
import { isStillDue } from "../domain/payment/next-step.ts";
import { planUndoEffect } from "../domain/payment/plan-effect.ts";
import type { EffectStep } from "../domain/payment/step.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";
import { recallTold } from "./recall-told.ts";
import { recordEvents } from "./record-events.ts";

const RECALL_RETRY_MS = 30 * SECOND_MS;

/** Plans it, if it is still to be planned; an instant says when to try again. */
export async function planTimeoutUndo(deps: FlowDeps, intent: Intent, step: EffectStep): Promise<Instant | undefined> {
  const { effect } = step;
  const now = { business: deps.clocks.business(), wire: deps.clocks.wire() };
  const told = effect.commandId === undefined ? await recallTold(deps, intent) : false;
  if (told === "unavailable") return now.business + RECALL_RETRY_MS;
  await recordEvents(deps, {
    ...intent,
    events: async (current) => {
      if (told) return { intent: recalled(current), events: [] };
      if (!isStillDue(current, step, now, deps.settings)) return { events: [] };
      const undo = planUndoEffect(current, effect.commandId === undefined ? chooseUndo(current, "deal_off") : undoOfChange(effect, "deal_off"), now.business, deps.derivation);
      deps.reporter.info("timeout_undo_planned", { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, effectId: effect.effectId });
      const deal = current.deal === "on" && effect.commandId === undefined ? "expired" : current.deal;
      return { intent: { ...current, deal, revision: current.revision + 1, effects: [...current.effects, undo] }, events: [] };
    },
  });
  return undefined;
}
