// Folds changes into an intent. Total: it never refuses, because decide() already has. The revision grows by one when anything changed.
import type { Change } from "./change.ts";
import type { Effect } from "./effect.ts";
import type { Intent } from "./intent.ts";

function replaceEffect(effects: readonly Effect[], effect: Effect): readonly Effect[] {
  return effects.map((existing) => (existing.effectId === effect.effectId ? effect : existing));
}

function applyOne(intent: Intent, change: Change): Intent {
  switch (change.type) {
    case "effect_changed": return { ...intent, effects: replaceEffect(intent.effects, change.effect) };
    case "undo_planned": case "part_planned": return { ...intent, effects: [...intent.effects, change.effect] };
    case "deal_ended": return { ...intent, deal: change.deal };
    case "command_ended": return { ...intent, commands: intent.commands.map((command) => (command.commandId === change.commandId ? { ...command, deal: change.deal } : command)) };
    case "command_taken": return { ...intent, commands: intent.commands.map((command) => (command.commandId === change.commandId ? { ...command, isForeign: true } : command)) };
    case "told_approved": return { ...intent, isToldApproved: true };
    case "instrument_blocked": case "incident": return intent;
  }
}

/** The intent after these changes. */
export function apply(intent: Intent, changes: readonly Change[]): Intent {
  if (changes.length === 0) return intent;
  return { ...changes.reduce(applyOne, intent), revision: intent.revision + 1 };
}
