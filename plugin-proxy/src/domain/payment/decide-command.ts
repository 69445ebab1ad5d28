// A later row's claim becomes effects: decided when the payment is free, under its lock, from what was just verified. An approval decides
// again, because the batch may have closed meanwhile; what was reserved stays reserved for the same captures.
import { apply } from "./apply.ts";
import { changed, type Change, type DecideContext } from "./change.ts";
import type { ChangeCommand } from "./command.ts";
import { isWaiting, type Effect } from "./effect.ts";
import type { EffectEvent } from "./events.ts";
import { claimOf, commandOf, effectsOf, isBusy, mainEffect, type Intent } from "./intent.ts";
import { foreignAttempts } from "./attempt-moves.ts";
import { planAttempt, planPart } from "./plan-effect.ts";
import { planChange, restOf, type PlannedPart } from "./plan-change.ts";
import { voidedAsVerified } from "./voided-elsewhere.ts";

const COMMAND_EVENTS: readonly EffectEvent["kind"][] = ["read_ok", "approval_needed", "approval_given", "approval_refused", "refused_by_rule", "foreign_claim", "expired", "withdrawn"];

/** Not of a row that another ledger may have carried out. */
const GOES_ON: readonly EffectEvent["kind"][] = ["read_ok", "approval_needed", "approval_given"];

/** Is this about the row's wish as a whole, before any of it is on the wire? */
export const isCommandEvent = (effect: Effect, event: EffectEvent): boolean =>
  effect.commandId !== undefined && (effect.state === "claiming" || isWaiting(effect) || effect.state === "planned") && COMMAND_EVENTS.includes(event.kind);

/** What the row's wish comes to. A payment that is busy changes nothing: the row waits and is asked for again. */
export function decideCommand(intent: Intent, claim: Effect, event: EffectEvent, context: DecideContext): readonly Change[] {
  const command = commandOf(intent, claim);
  if (command === undefined || (command.isForeign === true && GOES_ON.includes(event.kind))) return [];
  switch (event.kind) {
    // Planned already, and its limit was lowered before its turn: as it was planned it waits for a second person.
    case "approval_needed": return claim.state === "queued" ? [changed({ ...claim, state: "awaiting_approval", reason: event.why, evidence: event.evidence, changedAt: event.at })] : decideWish(intent, { claim, command }, event, context);
    case "refused_by_rule": return endCommand(intent, command, event, "refused");
    case "approval_refused": return endCommand(intent, command, event, "refused");
    case "expired": return endCommand(intent, command, event, "expired");
    // What another ledger claimed may have moved money: it is looked for first, and taken back if it is found.
    case "withdrawn": return command.isForeign === true ? [{ type: "command_ended", commandId: command.commandId, deal: "withdrawn" }] : endCommand(intent, command, event, "withdrawn");
    case "foreign_claim": return [...taken(command), ...(isBusy(intent, claim.effectId) ? [] : [changed(foreignClaim(intent, claim, command, event, context))])];
    default: return decideWish(intent, { claim, command }, event, context);
  }
}

/** Nothing of it is on the wire: all of it ends, and what it reserved is free again. */
function endCommand(intent: Intent, command: ChangeCommand, event: EffectEvent, state: "refused" | "expired" | "withdrawn"): readonly Change[] {
  const waiting = effectsOf(intent, command.commandId).filter((effect) => effect.state === "claiming" || effect.state === "planned" || isWaiting(effect));
  return [
    ...waiting.map((effect) => changed({ ...effect, state, reason: event.reason ?? state, amount: effect.amount ?? command.amount, evidence: event.evidence, changedAt: event.at, retryAt: undefined })),
    ...(state === "refused" ? [] : [{ type: "command_ended", commandId: command.commandId, deal: state } as const]),
  ];
}

function decideWish(intent: Intent, { claim, command }: { readonly claim: Effect; readonly command: ChangeCommand }, event: EffectEvent, context: DecideContext): readonly Change[] {
  // An approval is a person's word and is not lost: it is carried out in its turn, as it was planned when it was asked for.
  if (isBusy(intent, claim.effectId)) return event.kind === "approval_given" ? [changed({ ...claim, state: "queued", evidence: event.evidence, changedAt: event.at })] : [];
  const voided = voidedAsVerified(intent, claim, event, context);
  const planned = planChange(apply(intent, voided), command, { settlement: event.settlement ?? [], at: event.at });
  // Said as Cybersource would have said it.
  if (!planned.ok) return [...voided, ...endCommand(intent, command, { ...event, reason: voided.length > 0 && planned.error !== "amount_above_given" ? "CAPTURE_ALREADY_VOIDED" : planned.error }, "refused")];
  return [...voided, ...carryOut(intent, { claim, command, parts: planned.value }, event, context)];
}

interface Wish { readonly claim: Effect; readonly command: ChangeCommand; readonly parts: readonly PlannedPart[] }

function carryOut(intent: Intent, { claim, command, parts }: Wish, event: EffectEvent, context: DecideContext): readonly Change[] {
  const isWaitingForApproval = event.kind === "approval_needed";
  return [...notNeeded(intent, command, parts.length, event), ...parts.flatMap((part, index): readonly Change[] => {
    const known = index === 0 ? claim : effectsOf(intent, command.commandId)[index];
    const effect = withPart(known ?? planPart(intent, command.commandId, index + 1, event.at, context.ids), part, event);
    if (index > 0) return [known === undefined ? { type: "part_planned", effect: { ...effect, state: "queued" } } : changed({ ...effect, state: "queued" })];
    if (isWaitingForApproval) return [changed({ ...effect, state: "awaiting_approval", reason: event.why ?? "awaiting_approval" })];
    if (part.notBefore !== undefined && part.notBefore > event.at) return [changed({ ...effect, state: "queued" })];
    return [changed({ ...effect, state: "planned", attempts: [planAttempt(intent, effect, 1, context.ids)] })];
  })];
}

/** Planned before into more parts than now (another capture has come that holds it whole): what is left over would go out beyond what was approved. */
const notNeeded = (intent: Intent, command: ChangeCommand, parts: number, event: EffectEvent): readonly Change[] => effectsOf(intent, command.commandId).slice(parts)
  .filter(isWaiting).map((effect) => changed({ ...effect, state: "withdrawn", reason: "part_not_needed", evidence: event.evidence, changedAt: event.at }));

const withPart = (effect: Effect, part: PlannedPart, event: EffectEvent): Effect => ({
  ...effect, kind: part.kind, amount: part.amount, undoes: part.undoes, parentId: part.parentId, notBefore: part.notBefore, releasesRest: part.releasesRest,
  isRefundAccepted: part.isRefundAccepted, reason: part.why, evidence: event.evidence, changedAt: event.at,
});

/** Nothing more of it is sent; its further parts are looked for as well, and all of it later where something else of the payment is on its way (law 2). */
const taken = (command: ChangeCommand): readonly Change[] => (command.isForeign === true ? [] : [{ type: "command_taken", commandId: command.commandId }]);

/** Claimed by a ledger that is gone: whatever it was, it is looked for by all the ids it may have had, and never sent anew. */
function foreignClaim(intent: Intent, claim: Effect, command: ChangeCommand, event: EffectEvent, context: DecideContext): Effect {
  const kind = command.action === "capture" || command.action === "incremental_authorization" || command.action === "credit" ? command.action : "refund";
  const parentId = kind === "refund" ? command.captureId : mainEffect(intent).effectId;
  // What was planned here, and waited for a second person, is not what the other ledger may have done.
  const effect: Effect = { ...claim, kind, undoes: undefined, notBefore: undefined, ...restOf(intent, command), state: "unknown", amount: command.amount, parentId, evidence: event.evidence, changedAt: event.at, nextLookAt: event.at };
  return { ...effect, attempts: foreignAttempts(intent, effect, context.ids) };
}

/** A part waits for its turn as long as its row waits for an approval. */
export const isHeldBack = (intent: Intent, effect: Effect): boolean => effect.commandId !== undefined && claimOf(intent, effect.commandId)?.state === "awaiting_approval";
