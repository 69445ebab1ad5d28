// A row that a lost ledger claimed is taken up by this one: as far as it goes now, and scheduled for what is left.
import type { OrganizationId } from "../domain/ids.ts";
import { MINUTE_MS } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";
import { executeRequest } from "./execute-request.ts";
import type { LostRow } from "./find-lost-rows.ts";
import { workKey } from "./work-key.ts";

export async function adoptRow(deps: FlowDeps, organizationId: OrganizationId, { table, paymentRequestId }: LostRow): Promise<void> {
  // Before anything is known of it: a process that ends in between leaves a claim that no reading shows as lost any more.
  const key = workKey(table, paymentRequestId);
  await deps.ledger.alone((ledger) => ledger.schedule({ kind: "advance", organizationId, key, dueAt: deps.clocks.business() + MINUTE_MS }));
  const next = await executeRequest(deps, { organizationId, paymentRequestId, table });
  if (next !== undefined) await deps.ledger.transaction((tx) => tx.schedule({ kind: "advance", organizationId, key, dueAt: next }));
}
