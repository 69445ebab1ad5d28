// The card that a payment was to leave on file is an effect of its own: a payment never fails for it, and a payment that came to nothing leaves none
// behind (recovery rules §4, token create). It is made by the payment's own call: whether it was made says the answer, or, where that was lost, the
// transaction's detail, whose members are optional (docs/adr/0084).
import type { Change } from "./change.ts";
import type { Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { mainEffect, openUndoOf, type Intent } from "./intent.ts";
import type { EffectIds } from "./plan-effect.ts";
import type { Instant } from "../time.ts";

const STEP = "token_creation-1";
const LOOKS: readonly EffectEvent["evidence"][] = ["search", "detail"];

const isAsked = (intent: Intent): boolean => intent.command?.saveCard === true && intent.command.savedCard === undefined && intent.effects.every((effect) => effect.kind !== "token_creation");

const newEffect = (intent: Intent, of: Pick<Effect, "state" | "reason" | "evidence">, at: Instant, ids: EffectIds): Effect => ({
  effectId: ids.effectId(intent.organizationId, intent.paymentRequestId, STEP), step: STEP, kind: "token_creation", parentId: mainEffect(intent).effectId, attempts: [], holds: false, changedAt: at, looks: { count: 0, emptyCount: 0 }, ...of,
});

/** What became of the card, once an answer or a look says so. `main` as it is after it. */
export function tokenCreation(intent: Intent, main: Effect, event: EffectEvent, ids: EffectIds): readonly Change[] {
  const isLook = LOOKS.includes(event.evidence);
  if (!isAsked(intent) || main.facts === undefined || (!isLook && event.evidence !== "answer")) return [];
  const planned = (of: Pick<Effect, "state" | "reason">): Change => ({ type: "part_planned", effect: newEffect(intent, { ...of, evidence: event.evidence }, event.at, ids) });
  if (main.facts.token?.paymentInstrumentId !== undefined) return [planned({ state: "approved", reason: undefined })];
  if (!isLook) return main.state === "approved" ? [planned({ state: "refused", reason: "card_not_saved" })] : [];
  // Authorized, and the detail does not say whether a card was left: only a person can look in token management.
  return main.state === "approved" || main.state === "undone" ? [planned({ state: "refused", reason: "card_not_shown" }), { type: "incident", kind: "token_not_shown" }] : [];
}

/** A look at a payment that has ended shows a token that nobody knew of: noted, so that it is deleted. */
export function withLateToken(intent: Intent, event: EffectEvent, ids: EffectIds): Intent {
  const main = mainEffect(intent);
  const { facts } = event;
  if (!isAsked(intent) || event.effectId !== main.effectId || facts?.token?.paymentInstrumentId === undefined) return intent;
  const known: Effect = { ...main, facts: { ...facts, ...main.facts, token: facts.token } };
  return { ...intent, revision: intent.revision + 1, effects: [known, ...intent.effects.slice(1), newEffect(intent, { state: "approved", reason: undefined, evidence: "detail" }, event.at, ids)] };
}

const ENDED: readonly Effect["state"][] = ["declined", "refused", "absent", "undone", "expired", "withdrawn"];

/** A token whose payment came to nothing and that nobody was told of: it has to be deleted at Cybersource. */
export function isTokenLeft(intent: Intent, effect: Effect): boolean {
  const main = mainEffect(intent);
  return effect.kind === "token_creation" && effect.state === "approved" && !intent.isToldApproved && ENDED.includes(main.state) && openUndoOf(intent, main.effectId) === undefined;
}
