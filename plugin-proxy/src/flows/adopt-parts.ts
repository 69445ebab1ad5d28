// Further parts of a row's wish that a lost ledger carried out are put on the payment; where they are all of it, the wish's own effect came to nothing.
import type { Found } from "../domain/payment/adopt.ts";
import type { Effect } from "../domain/payment/effect.ts";
import { withForeignParts } from "../domain/payment/foreign-parts.ts";
import { findEffect, type Intent } from "../domain/payment/intent.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";

/** False: there are none that are not known. */
export async function adoptParts(deps: FlowDeps, intent: Intent, { effect, found }: { readonly effect: Effect; readonly found: readonly Found[] }): Promise<boolean> {
  const at = deps.clocks.business();
  if (withForeignParts(intent, effect, { found, at, ids: deps.derivation }) === undefined) return false;
  const recorded = await recordEvents(deps, {
    organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId,
    events: async (current) => {
      const now = findEffect(current, effect.effectId);
      const seen = now === undefined ? undefined : withForeignParts(current, now, { found, at, ids: deps.derivation });
      if (seen === undefined) return { events: [] };
      return { intent: seen.intent, events: seen.isAll ? [{ kind: "found_refused", effectId: effect.effectId, attempt: effect.attempts.length, evidence: "search", at, reason: "void_came_too_late" }] : [] };
    },
  });
  return recorded.ok && recorded.value.after.revision !== recorded.value.before.revision;
}
