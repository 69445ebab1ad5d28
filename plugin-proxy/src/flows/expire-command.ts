// A later row's validity is over before it was decided. It ends, unless a lost ledger has carried it out: then it is looked for (recovery rules §6).
import type { Effect } from "../domain/payment/effect.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";
import { wasTaken } from "./was-taken.ts";

const RETRY_MS = 60 * SECOND_MS;

/** What is to be recorded of it. An instant: nobody could say; ask again then. */
export async function expireCommand(deps: FlowDeps, intent: Intent, claim: Effect): Promise<"expired" | "foreign_claim" | Instant> {
  const taken = await wasTaken(deps, intent, { effect: claim, since: claim.changedAt });
  if (taken === "unavailable") return deps.clocks.business() + RETRY_MS;
  return taken ? "foreign_claim" : "expired";
}
