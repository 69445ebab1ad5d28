// A refund that waited for its batch takes its turn, unless a lost ledger has given it already.
import { isUndo, type Effect } from "../domain/payment/effect.ts";
import { commandOf, type Intent } from "../domain/payment/intent.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";
import { wasTaken } from "./was-taken.ts";

const RETRY_MS = 10 * SECOND_MS;

/** `turn`: it may go. `owner_gone`: another has taken it. An instant: nobody could say; ask again then. */
export async function takeTurn(deps: FlowDeps, intent: Intent, effect: Effect): Promise<"turn" | "owner_gone" | Instant> {
  if (commandOf(intent, effect)?.isForeign === true) return "owner_gone";
  // Undos have attempt numbers of their own after a loss, and are looked for by their parent.
  if (isUndo(effect)) return "turn";
  const taken = await wasTaken(deps, intent, { effect, since: effect.notBefore ?? effect.changedAt });
  if (taken === "unavailable") return deps.clocks.business() + RETRY_MS;
  return taken ? "owner_gone" : "turn";
}
