// What a lost ledger did for a row is found as a void or a reversal: the effect becomes that, and what it took back is taken back here too.
import type { Found } from "../domain/payment/adopt.ts";
import type { Effect } from "../domain/payment/effect.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { recast } from "../domain/payment/recast.ts";
import { adoptSeen } from "./adopt-seen.ts";
import type { FlowDeps } from "./deps.ts";

/** False: it is none of these, and the look is judged as it is. */
export function recastEffect(deps: FlowDeps, intent: Intent, { effect, found }: { readonly effect: Effect; readonly found: readonly Found[] }): Promise<boolean> {
  const at = deps.clocks.business();
  return adoptSeen(deps, intent, effect, (current, wish) => {
    const undo = recast(current, wish, found);
    if (undo === undefined) return undefined;
    const effects = current.effects.map((other) => (other.effectId === undo.effectId ? undo : other));
    return { intent: { ...current, effects, revision: current.revision + 1 }, events: [{ kind: "undone_proved", effectId: undo.effectId, attempt: undo.attempts.length, evidence: "search", at }] };
  });
}
