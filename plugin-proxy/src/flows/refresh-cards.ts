// A card was updated at its network or bank: every customer who holds it has a row, and each row is brought up to what token management says now of
// that customer's instrument. The notification itself is not believed; repeating changes nothing.
import type { StandingRow } from "../domain/notify/rows.ts";
import { updatedCard } from "../domain/payment/updated-card.ts";
import type { MerchantBinding } from "../ports/gateway.ts";
import type { FlowDeps } from "./deps.ts";

/** Rows that go into one change set. */
const ROWS_MAX = 50;

/** "later" when Cybersource or Dataverse did not answer for all of them. */
export async function refreshCards(deps: FlowDeps, binding: MerchantBinding, instrumentIdentifierId: string): Promise<"done" | "later"> {
  const { organizationId, merchantId } = binding;
  const held = await deps.surroundings.cardsWithNumber({ organizationId, merchantId, instrumentIdentifierId });
  if (held.kind === "unavailable") return "later";
  const rows: StandingRow[] = [];
  for (const card of held.cards) {
    const now = await deps.gateway.readCard({ binding, tmsCustomerId: card.tmsCustomerId, paymentInstrumentId: card.paymentInstrumentId });
    if (now.kind === "unavailable") return "later";
    const change = updatedCard(card, now.kind === "gone" ? "gone" : now, deps.clocks.business());
    if (change !== undefined) rows.push(change);
  }
  for (let from = 0; from < rows.length; from += ROWS_MAX) {
    const written = await deps.surroundings.writeRows({ organizationId, rows: rows.slice(from, from + ROWS_MAX) });
    if (written.kind === "unavailable") return "later";
    if (written.kind === "rejected") deps.reporter.alarm("surroundings_rejected", { organizationId, kind: "saved_card", reason: written.code });
  }
  deps.reporter.info("cards_refreshed", { organizationId, kind: String(rows.length) });
  return "done";
}
