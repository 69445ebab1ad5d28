// The only place that says what may happen next to a payment. Every entrance (request, webhook, recovery, person) ends here.
// Pure: the same intent and event give the same changes; a late, weaker or repeated event gives none.
import { err, ok, type Result } from "../result.ts";
import type { Change, DecideContext, Refusal } from "./change.ts";
import { decideChange } from "./decide-change.ts";
import { decideCommand, isCommandEvent } from "./decide-command.ts";
import { decideMoneyIn } from "./decide-money-in.ts";
import { decideUndo } from "./decide-undo.ts";
import { EVIDENCE, isMoneyOut, isOpen, isTaken, isUndo, type Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { bringsMoneyIn, findEffect, isHeldByDispute, type Intent } from "./intent.ts";
import { nextState } from "./transitions.ts";

/**
 * What one event changes. Refuses only a `send` that may not be (a compare-and-set lost) and an unknown effect;
 * everything else that does not fit is recorded by the caller and changes nothing.
 */
export function decide(intent: Intent, event: EffectEvent, context: DecideContext): Result<readonly Change[], Refusal> {
  const effect = findEffect(intent, event.effectId);
  if (effect === undefined) return err({ code: "no_such_effect" });
  const state = nextState(effect.state, event.kind);
  if (event.kind === "send" && isHeldByDispute(intent, effect)) return err({ code: "not_allowed", state: effect.state, event: event.kind });
  if (state === undefined || isWeaker(effect, event) || isMeaningless(effect, event)) {
    return event.kind === "send" ? err({ code: "not_allowed", state: effect.state, event: event.kind }) : ok([]);
  }
  const next = { ...withFacts(effect, event), state, changedAt: event.at };
  if (isCommandEvent(effect, event)) return ok(decideCommand(intent, effect, event, context));
  if (isUndo(effect)) return ok(decideUndo(intent, { before: effect, next }, event, context));
  return ok(bringsMoneyIn(intent, effect) ? decideMoneyIn(intent, { before: effect, next }, event, context) : decideChange(intent, { before: effect, next }, event, context));
}

/** Words of undos are for undos; a resend after a refusal needs that refusal. */
function isMeaningless(effect: Effect, event: EffectEvent): boolean {
  if (event.kind === "retry_undo" || event.kind === "window_closed") return !isUndo(effect);
  // A report may tell it of money out before the answer does; of money in only what was taken is turned down.
  if (event.kind === "settlement_rejected") return !isMoneyOut(effect) && !isTaken(effect);
  if (event.kind === "settled") return !isMoneyOut(effect);
  return event.kind === "not_executed" && effect.refusal?.isTransient !== true;
}

/** Evidence order of the recovery rules: answer > detail > search > webhook > report > person. Open states take any. */
function isWeaker(effect: Effect, event: EffectEvent): boolean {
  if (isOpen(effect) || effect.evidence === undefined || event.evidence === "person" || event.evidence === "rule") return false;
  return EVIDENCE.indexOf(event.evidence) > EVIDENCE.indexOf(effect.evidence) && event.kind.startsWith("found_") && event.kind !== "found_live";
}

function withFacts(effect: Effect, event: EffectEvent): Effect {
  return {
    ...effect, evidence: event.evidence,
    facts: event.facts === undefined ? effect.facts : { ...effect.facts, ...event.facts },
    reason: event.reason ?? event.facts?.reason ?? effect.reason,
    retryAt: undefined, ...(event.field === undefined ? {} : { field: event.field }),
  };
}
