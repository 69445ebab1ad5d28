// Further parts of a row's wish that a lost ledger carried out are put on the payment; where they are all of it, the wish's own effect came to nothing.
import type { Found } from "../domain/payment/adopt.ts";
import type { Effect } from "../domain/payment/effect.ts";
import { withForeignParts } from "../domain/payment/foreign-parts.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { adoptSeen } from "./adopt-seen.ts";
import type { FlowDeps } from "./deps.ts";

/** False: there are none that are not known. */
export function adoptParts(deps: FlowDeps, intent: Intent, { effect, found }: { readonly effect: Effect; readonly found: readonly Found[] }): Promise<boolean> {
  const at = deps.clocks.business();
  return adoptSeen(deps, intent, effect, (current, wish) => {
    const seen = withForeignParts(current, wish, { found, at, ids: deps.derivation });
    if (seen === undefined) return undefined;
    return { intent: seen.intent, events: seen.isAll ? [{ kind: "found_refused", effectId: wish.effectId, attempt: wish.attempts.length, evidence: "search", at, reason: "void_came_too_late" }] : [] };
  });
}
