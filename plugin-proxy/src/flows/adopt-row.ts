// A row that a lost ledger claimed is taken up by this one: as far as it goes now, and scheduled for what is left.
import type { OrganizationId } from "../domain/ids.ts";
import type { FlowDeps } from "./deps.ts";
import { executeRequest } from "./execute-request.ts";
import type { LostRow } from "./find-lost-rows.ts";
import { workKey } from "./work-key.ts";

export async function adoptRow(deps: FlowDeps, organizationId: OrganizationId, { table, paymentRequestId }: LostRow): Promise<void> {
  const next = await executeRequest(deps, { organizationId, paymentRequestId, table });
  if (next !== undefined) await deps.ledger.transaction((tx) => tx.schedule({ kind: "advance", organizationId, key: workKey(table, paymentRequestId), dueAt: next }));
}
