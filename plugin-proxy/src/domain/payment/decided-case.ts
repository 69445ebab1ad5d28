// A payment in case review waits for people at Cybersource. Nobody tells for sure what they decided: its detail is looked at, on a notification and
// every hour (recovery rules §4). Their decision counts like one of ours; a deal that is off meanwhile is taken back.
import { HOUR_MS, type Instant } from "../time.ts";
import type { Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import type { Intent } from "./intent.ts";

const LOOK_EVERY_MS = HOUR_MS;

/** A failed check of the bank's is no case: nobody there will ever decide it. */
export const isInCase = (effect: Effect): boolean => effect.state === "review" && effect.facts?.reviewKind !== "soft_decline" && effect.decisionDueAt === undefined;
export const nextCaseLookAt = (effect: Effect): Instant => effect.nextLookAt ?? effect.changedAt + LOOK_EVERY_MS;

/** What a look at a payment in review means; none while nobody has decided. What was never authorized cannot become so by a decision: the customer pays anew. */
export function caseDecided(intent: Intent, effect: Effect, seen: EffectEvent): readonly EffectEvent[] {
  const { reviewKind } = effect.facts ?? {};
  const event: EffectEvent = { ...seen, evidence: "detail", facts: { ...seen.facts, requestId: seen.facts?.requestId ?? effect.facts?.requestId, reviewKind } as EffectEvent["facts"] };
  switch (seen.kind) {
    case "found_approved":
      if (reviewKind === "before_authorization") return [];
      // Let through there and not wanted here: it is no case any more, and is taken back like any other payment; where that failed, an operator is asked.
      if (intent.deal !== "on" && intent.effects.some((undo) => undo.undoes === effect.effectId && undo.kind !== "case_decision")) return [];
      return [intent.deal === "on" ? { ...event, kind: "accepted" } : { ...event, kind: "deal_off", facts: { ...event.facts, reviewKind: undefined } as EffectEvent["facts"] }];
    case "found_declined": return [{ ...event, kind: "rejected", reason: seen.facts?.reason ?? "DECISION_PROFILE_REJECT" }];
    case "undone_proved": return [event];
    default: return [];
  }
}
