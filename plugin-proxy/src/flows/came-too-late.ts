// A row that moves no money (a saved card, a payment to apply) is not begun after its validity, nor when it is older than this ledger's connection.
import type { OrganizationId } from "../domain/ids.ts";
import type { RequestRow } from "../domain/payment/command.ts";
import { validUntilOf } from "../domain/payment/freeze-command.ts";
import { SECOND_MS } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";

export interface TooLate { readonly kind: "expired" | "refused"; readonly reason: "request_expired" | "older_than_ledger" }

export async function cameTooLate(deps: FlowDeps, organizationId: OrganizationId, row: RequestRow): Promise<TooLate | undefined> {
  const now = deps.clocks.business();
  if (now > validUntilOf(row)) return { kind: "expired", reason: "request_expired" };
  const connectedAt = await deps.ledger.alone((ledger) => ledger.connectedAt(organizationId, now));
  return row.modifiedOn < Math.floor(connectedAt / SECOND_MS) * SECOND_MS ? { kind: "refused", reason: "older_than_ledger" } : undefined;
}
