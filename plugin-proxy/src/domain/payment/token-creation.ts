// The card that a payment was to leave on file is an effect of its own: a payment never fails for it, and a payment that came to nothing leaves none
// behind (recovery rules §4, token create). It is made by the payment's own call, so only an answer says whether it was made: a look shows no tokens.
import type { Change } from "./change.ts";
import type { Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { mainEffect, openUndoOf, type Intent } from "./intent.ts";
import type { EffectIds } from "./plan-effect.ts";

const STEP = "token_creation-1";

/** What became of the card, once the payment's own answer says so. `main` as it is after the answer. */
export function tokenCreation(intent: Intent, main: Effect, event: EffectEvent, ids: EffectIds): readonly Change[] {
  if (intent.command?.saveCard !== true || event.evidence !== "answer" || intent.effects.some((effect) => effect.kind === "token_creation")) return [];
  const token = main.facts?.token;
  const isMade = token?.paymentInstrumentId !== undefined;
  if (main.facts === undefined || (!isMade && main.state !== "approved")) return [];
  const { organizationId, paymentRequestId } = intent;
  const effect: Effect = {
    effectId: ids.effectId(organizationId, paymentRequestId, STEP), step: STEP, kind: "token_creation", state: isMade ? "approved" : "refused", parentId: main.effectId, attempts: [], holds: false, evidence: "answer",
    reason: isMade ? undefined : "card_not_saved", changedAt: event.at, looks: { count: 0, emptyCount: 0 },
  };
  return [{ type: "part_planned", effect }];
}

const ENDED: readonly Effect["state"][] = ["declined", "refused", "absent", "undone", "expired", "withdrawn"];

/** A token whose payment came to nothing and that nobody was told of: it has to be deleted at Cybersource. */
export function isTokenLeft(intent: Intent, effect: Effect): boolean {
  const main = mainEffect(intent);
  return effect.kind === "token_creation" && effect.state === "approved" && !intent.isToldApproved && ENDED.includes(main.state) && openUndoOf(intent, main.effectId) === undefined;
}
