// What a system administrator changed or deleted of the relay's rows is found, written over from the ledger and alarmed, within one sweep (design
// D6). Positions are kept only when everything was put right: what could not be is found again.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { ForeignEdit, ForeignEdits, WrittenCommand } from "../ports/owned-rows.ts";
import { adoptRow } from "./adopt-row.ts";
import { catchUp } from "./catch-up.ts";
import type { FlowDeps } from "./deps.ts";
import { noteOnTrail } from "./note-on-trail.ts";
import { readProjection } from "./project-payment.ts";

/** False: Dataverse could not be read, so nothing is known of what a lost ledger did. */
export async function restoreRows(deps: FlowDeps, organizationId: OrganizationId, read: ForeignEdits | Unavailable): Promise<boolean> {
  if (read.kind === "unavailable") return false;
  for (const behind of await deps.ledger.alone((tx) => tx.ownedRows.behindOf(organizationId, read.shown))) await catchUp(deps, { organizationId, isAnothers: false, ...behind });
  await adoptUnknown(deps, organizationId, read.written);
  let isWhole = true;
  for (const [paymentRequestId, edits] of await byPayment(deps, organizationId, read.edits)) isWhole = await restoreOne(deps, { organizationId, paymentRequestId, edits }) && isWhole;
  if (isWhole) await deps.ledger.transaction((tx) => tx.ownedRows.keepPositions(organizationId, read.positions));
  return true;
}

/**
 * Rows that this relay wrote and that its ledger has never met: it went back to a backup, and a lost one changed the payment since. What they moved
 * is looked for, so that nothing is moved again and Dataverse keeps what people have read.
 */
async function adoptUnknown(deps: FlowDeps, organizationId: OrganizationId, written: readonly WrittenCommand[]): Promise<void> {
  for (const row of await deps.ledger.alone((ledger) => ledger.ownedRows.unknownOf(organizationId, written))) await adoptRow(deps, organizationId, row);
}

/** A row that this ledger knows nothing of is nobody's outcome: it is named, and left to people, because the relay deletes nothing. */
async function byPayment(deps: FlowDeps, organizationId: OrganizationId, edits: readonly ForeignEdit[]): Promise<ReadonlyMap<PaymentRequestId, readonly ForeignEdit[]>> {
  const found = new Map<PaymentRequestId, ForeignEdit[]>();
  for (const edit of edits) {
    const paymentRequestId = await deps.ledger.alone((tx) => tx.ownedRows.paymentOfRow(organizationId, edit.rowId));
    if (paymentRequestId !== undefined) found.set(paymentRequestId, [...(found.get(paymentRequestId) ?? []), edit]);
    else if (!edit.isDeleted && (edit.table === "payment" || edit.table === "transaction")) deps.reporter.alarm("row_not_ours", { organizationId, kind: edit.table, reason: edit.rowId });
  }
  return found;
}

interface Edited { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly edits: readonly ForeignEdit[] }

/** False: it has to be tried again. */
async function restoreOne(deps: FlowDeps, { organizationId, paymentRequestId, edits }: Edited): Promise<boolean> {
  const at = deps.clocks.business();
  const following = edits.filter((edit) => edit.table === "allocation" || edit.table === "credit_memo");
  // These are written whole by the work that follows a payment.
  if (following.length > 0) {
    await deps.ledger.alone((tx) => tx.schedule({ kind: "surround", organizationId, key: paymentRequestId, dueAt: at }));
    await tell(deps, { organizationId, paymentRequestId, edits: following }, following.map((edit) => edit.table), "restored");
  }
  const own = edits.filter((edit) => !following.includes(edit));
  const read = own.length === 0 ? undefined : await deps.ledger.alone((tx) => readProjection(deps, tx, { organizationId, paymentRequestId }));
  if (read === undefined) return true;
  const isCurrent = async (): Promise<boolean> => (await deps.ledger.alone((tx) => tx.loadWithClaims(organizationId, paymentRequestId)))?.intent.revision === read.intent.revision;
  const restored = await deps.dataverse.restore({ organizationId, projection: read.projection, isCurrent });
  if (restored.kind === "restored" || restored.kind === "left") await tell(deps, { organizationId, paymentRequestId, edits: own }, restored.columns, restored.kind === "left" ? "left_as_it_is" : "restored");
  if (restored.kind === "rejected") deps.reporter.alarm("projection_rejected", { organizationId, paymentRequestId, reason: restored.code });
  return restored.kind !== "unavailable" && restored.kind !== "rejected";
}

async function tell(deps: FlowDeps, { organizationId, paymentRequestId, edits }: Edited, columns: readonly string[], what: "restored" | "left_as_it_is"): Promise<void> {
  const at = deps.clocks.business();
  const reason = columns.join(", ");
  deps.reporter.alarm("row_changed_by_others", { organizationId, paymentRequestId, reason });
  await deps.ledger.transaction(async (tx) => {
    await tx.openIncident({ organizationId, paymentRequestId, kind: "row_changed_by_others", detail: reason, at });
    for (const edit of edits) await noteOnTrail(tx, { organizationId, paymentRequestId, at, source: "dataverse", what, kind: edit.table, rowId: edit.rowId, reason });
  });
}
