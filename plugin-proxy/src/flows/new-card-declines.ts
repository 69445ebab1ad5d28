// Card testing goes on from user to user (design D3): declined new cards are counted by merchant account, too. Beyond the limit it takes no new card for
// an hour; who is on file goes on paying.
import type { OrganizationId } from "../domain/ids.ts";
import { HOUR_MS } from "../domain/time.ts";
import type { LedgerTransaction, VelocityKey } from "../ports/ledger.ts";
import type { FlowDeps } from "./deps.ts";

interface Account { readonly organizationId: OrganizationId; readonly merchantId: string }
const keyOf = ({ organizationId, merchantId }: Account): VelocityKey => ({ organizationId, scope: "decline", key: `account ${merchantId}` });

export async function takesNoNewCard(deps: Pick<FlowDeps, "clocks" | "limits">, tx: LedgerTransaction, account: Account): Promise<boolean> {
  return await tx.countVelocity(keyOf(account), deps.clocks.business() - HOUR_MS) >= deps.limits.newCardDeclinesPerHour;
}

/** Counts one; whoever reaches the limit tells the operators. */
export async function noteNewCardDeclined(deps: Pick<FlowDeps, "clocks" | "limits" | "reporter">, tx: LedgerTransaction, account: Account): Promise<void> {
  const now = deps.clocks.business();
  const before = await tx.countVelocity(keyOf(account), now - HOUR_MS);
  await tx.recordVelocity([keyOf(account)], now);
  if (before + 1 === deps.limits.newCardDeclinesPerHour) deps.reporter.alarm("many_new_cards_declined", { organizationId: account.organizationId });
}
