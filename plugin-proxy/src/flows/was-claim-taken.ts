// Whether a claim of this ledger that waited long was gone on with by a ledger that is lost, this one being its backup (recovery rules §6): asked before the
// row ends, by a person's withdrawal, its time or a rule. Of one that is to be carried out ask-for-old-claim.ts asks, which waits for the lag besides.
import { freezeCommand } from "../domain/payment/freeze-command.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import type { Instant } from "../domain/time.ts";
import type { RequestReading } from "../ports/dataverse.ts";
import type { FlowDeps } from "./deps.ts";
import { isThere } from "./was-taken.ts";

/** What a row says that somebody has claimed: money may have moved, so no rule turns it down any more. */
export const freezeClaimed = (organizationId: Intent["organizationId"], { row, merchantAccounts, businessUnits }: RequestReading, now: Instant): ReturnType<typeof freezeCommand> =>
  freezeCommand(row, { organizationId, accounts: merchantAccounts, businessUnits, now, connectedAt: 0, isClaimed: true });

/** Longer ago than a signature lives, or known to have gone back. */
export const isOldClaim = (deps: Pick<FlowDeps, "clocks" | "settings">, intent: Intent): boolean =>
  intent.wentBackAt !== undefined || deps.clocks.business() - mainEffect(intent).changedAt > deps.settings.signatureLifeMs;

/** "unavailable": nobody could say. What nobody could carry out was not. */
export async function wasClaimTaken(deps: FlowDeps, intent: Intent, answer: RequestReading): Promise<boolean | "unavailable"> {
  const main = mainEffect(intent);
  if (!isOldClaim(deps, intent)) return false;
  const { organizationId } = intent;
  const told = await deps.dataverse.readTold({ organizationId, effectId: main.effectId });
  if (told.kind === "unavailable") return "unavailable";
  // Refused there for good: nothing of it was executed. A decline may still hold the cardholder's money.
  if (told.isRefused) return false;
  if (told.hasMovedOn) return true;
  const frozen = freezeClaimed(organizationId, answer, deps.clocks.business());
  return isThere(deps, frozen.ok ? { ...intent, command: frozen.value } : intent, { effect: main, since: main.changedAt });
}
