// A line on a payment's trail that no projection follows by itself: it is shown on the payment's row within a minute, together with what else comes.
import type { TrailEntry } from "../domain/timeline/trail.ts";
import { SHOWN_AFTER_MS } from "../domain/timeline/trail.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";

export async function noteOnTrail(tx: LedgerTransaction, entry: TrailEntry): Promise<void> {
  await tx.surroundings.appendTrail(entry);
  await tx.schedule({ kind: "project", organizationId: entry.organizationId, key: entry.paymentRequestId, dueAt: entry.at + SHOWN_AFTER_MS });
}
