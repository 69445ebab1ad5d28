// A refund that waited for its batch takes its turn, unless a lost ledger has given it already. Where nobody but its author has agreed to it, it is
// judged once more: a limit that was lowered meanwhile makes it wait for a second person, before money moves.
import type { ChangeCommand } from "../domain/payment/command.ts";
import { isUndo, type Effect } from "../domain/payment/effect.ts";
import type { EffectEvent } from "../domain/payment/events.ts";
import { claimOf, commandOf, effectsOf, type Intent } from "../domain/payment/intent.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps, MoneyOutVerdict } from "./deps.ts";
import { recordEvents } from "./record-events.ts";
import { wasTaken } from "./was-taken.ts";

const RETRY_MS = 10 * SECOND_MS;

/** What its turn came to is recorded. `owner_gone`: another has taken it. An instant: nobody could say; ask again then. */
export async function takeTurn(deps: FlowDeps, intent: Intent, effect: Effect): Promise<"owner_gone" | Instant | undefined | { readonly moved: undefined }> {
  const taken = await isTaken(deps, intent, effect);
  if (taken === true) return "owner_gone";
  const command = commandOf(intent, effect);
  const gate = taken === false && command !== undefined && isByAuthorAlone(intent, command) ? await deps.moneyOut.prepareAgain({ intent, command }) : undefined;
  if (taken === "unavailable" || gate?.kind === "unavailable") return deps.clocks.business() + RETRY_MS;
  const recorded = await recordEvents(deps, {
    ...intent,
    events: async (current, tx) => {
      const turn: EffectEvent = { kind: "turn", effectId: effect.effectId, attempt: effect.attempts.length, evidence: "rule", at: deps.clocks.business() };
      const verdict = command !== undefined && isByAuthorAlone(current, command) ? await gate?.judge(current, tx) : undefined;
      return { events: [eventFor(turn, verdict, command === undefined ? undefined : claimOf(current, command.commandId))] };
    },
  });
  return recorded.ok && recorded.value.changes.length > 0 ? { moved: undefined } : undefined;
}

async function isTaken(deps: FlowDeps, intent: Intent, effect: Effect): Promise<boolean | "unavailable"> {
  if (commandOf(intent, effect)?.isForeign === true) return true;
  // Undos have attempt numbers of their own after a loss, and are looked for by their parent.
  return isUndo(effect) ? false : wasTaken(deps, intent, { effect, since: effect.notBefore ?? effect.changedAt });
}

/** A request whose first part is out was decided as a whole. */
const isByAuthorAlone = (intent: Intent, { commandId, table }: ChangeCommand): boolean =>
  table === "refundrequest" && effectsOf(intent, commandId).every((effect) => effect.state === "queued" && effect.evidence !== "person");

function eventFor(turn: EffectEvent, verdict: MoneyOutVerdict | undefined, claim: Effect | undefined): EffectEvent {
  if (verdict === undefined || verdict.kind === "go" || claim === undefined) return turn;
  const ofWish = { ...turn, effectId: claim.effectId, attempt: 0 };
  return verdict.kind === "refused" ? { ...ofWish, kind: "refused_by_rule", reason: verdict.reason } : { ...ofWish, kind: "approval_needed", why: verdict.why };
}
