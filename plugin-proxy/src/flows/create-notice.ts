// A row for people, made once: a notification, a task, a draft, a request by rule. Its key is derived and remembered in the ledger.
import type { NewRow } from "../domain/notify/rows.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { FlowDeps } from "./deps.ts";
import { noteOnTrail } from "./note-on-trail.ts";
import { afterMending, DONE, laterAfter, type Surrounded } from "./surrounded.ts";

/** Money hangs on it: it is asked for again until it is made. */
const isRequest = ({ table }: NewRow): boolean => table.endsWith("_request");
const whatOf = (row: NewRow, isRejected: boolean): string => (isRequest(row) ? (isRejected ? "request_not_made" : "request_made") : isRejected ? "not_told" : "told");

/** Made once under a derived key and remembered: a person who deletes it is not told again. */
export async function createNotice(deps: FlowDeps, intent: Intent, key: string, toRow: (id: string) => NewRow): Promise<Surrounded> {
  const { organizationId, paymentRequestId } = intent;
  const id = deps.derivation.rowId(organizationId, intent.paymentId, key);
  const isTold = await deps.ledger.alone((ledger) => ledger.surroundings.isNoted({ organizationId, key: id }));
  if (isTold) return DONE;
  const row = toRow(id);
  const written = await deps.surroundings.createOnce({ organizationId, row });
  if (written.kind === "unavailable") return laterAfter(deps, written);
  deps.reporter.count("notices", { table: row.table, answer: written.kind });
  if (written.kind === "rejected") deps.reporter.alarm("surroundings_rejected", { organizationId, paymentRequestId, reason: written.code, kind: row.table });
  const isToBeMade = written.kind === "rejected" && isRequest(row);
  await deps.ledger.transaction(async (tx) => {
    const isFirst = await tx.insertInbox({ organizationId, source: "notice", key: isToBeMade ? `refused ${id}` : id, at: deps.clocks.business() });
    if (isFirst) await noteOnTrail(tx, { organizationId, paymentRequestId, at: deps.clocks.business(), source: "relay", what: whatOf(row, written.kind === "rejected"), kind: row.table, reason: key.split(" ")[0], answer: written.kind, rowId: id });
  });
  return isToBeMade ? afterMending(deps) : DONE;
}
