// A payment of which Dataverse shows a later revision than the ledger knows: the ledger went back to a backup, and what has been done since is
// looked for before anything is done again (recovery rules §6). Everything that was still to come here may have come there.
import type { Instant } from "../time.ts";
import { isUndo, type Effect } from "./effect.ts";
import type { EffectEvent, EventKind } from "./events.ts";
import { claimOf, type Intent } from "./intent.ts";

/** The payment from the revision on that people have seen, and what happens to the effect that was under way. Nothing where the ledger knows as much. */
export function wentBack(intent: Intent, { revision, at }: { readonly revision: number; readonly at: Instant }): { readonly intent: Intent; readonly events: readonly EffectEvent[] } | undefined {
  if (intent.revision >= revision) return undefined;
  const events = intent.effects.flatMap((effect): readonly EffectEvent[] => {
    const kind = lostTo(effect);
    return kind === undefined ? [] : [{ kind, effectId: effect.effectId, attempt: effect.attempts.length, evidence: "rule", at }];
  });
  // A later row that was not begun here may have been carried out there: looked for in its turn, one after another (law 2).
  const commands = intent.commands.map((command) => (isWaitingHere(claimOf(intent, command.commandId)) ? { ...command, isForeign: true as const } : command));
  return { intent: { ...intent, revision, wentBackAt: at, commands }, events };
}

const isWaitingHere = (claim: Effect | undefined): boolean => claim?.state === "claiming" || claim?.state === "awaiting_approval";

/** What was on its way is not trusted; an undo is resolved by its parent (law 10). */
function lostTo(effect: Effect): EventKind | undefined {
  switch (effect.state) {
    case "planned": return "owner_gone";
    case "sent": return isUndo(effect) ? "no_answer" : "owner_gone";
    case "unknown": return isUndo(effect) ? undefined : "owner_gone";
    default: return undefined;
  }
}
