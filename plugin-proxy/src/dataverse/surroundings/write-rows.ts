// Writes what surrounds payments: rows made once under fixed keys, rows that follow the ledger, an invoice that is paid.
import type { Surroundings, Written } from "../../ports/surroundings.ts";
import { errorOf, type OperationResult } from "../read-batch.ts";
import { refusedPart } from "../read-request.ts";
import { toCreation } from "../rows/new-rows.ts";
import { toStandingChange } from "../rows/standing-rows.ts";
import { invoice } from "../rows/standard-tables.ts";
import { paidInvoice } from "../rows/watched-documents.ts";
import type { Transport } from "../transport.ts";

const DUPLICATE: ReadonlySet<string> = new Set(["0x80040237", "0x80060892"]);
const READ_ONLY = "0x8004022e";

/** What a write came to: refused for good is a matter for a person, a server's trouble is a matter of time. */
function outcomeOf(what: string, result: OperationResult | undefined): Written {
  if (result?.kind === "committed") return { kind: "written" };
  const part = result?.part;
  if (part === undefined || part.status >= 500) return refusedPart(what, part);
  if (part.status < 300) return { kind: "written" };
  const error = errorOf(part);
  return part.status === 412 && DUPLICATE.has(error.code.toLowerCase()) ? { kind: "stands" } : { kind: "rejected", ...error };
}

/** Alone in its batch: notifications are elastic rows, which no change set takes. */
export const createOnce = (transport: Transport): Surroundings["createOnce"] => async ({ organizationId, row }) => {
  const { path, body } = toCreation(row);
  const answer = await transport.batch(organizationId, [{ kind: "change", change: { method: "POST", path, body } }]);
  return answer.kind === "unavailable" ? answer : outcomeOf(row.table, answer.results[0]);
};

export const writeRows = (transport: Transport): Surroundings["writeRows"] => async ({ organizationId, rows }) => {
  if (rows.length === 0) return { kind: "written" };
  const answer = await transport.batch(organizationId, [{ kind: "change_set", changes: rows.map(toStandingChange) }]);
  return answer.kind === "unavailable" ? answer : outcomeOf("rows", answer.results[0]);
};

/** Only an open one is closed; one that somebody closed meanwhile is read-only and stays as it is. */
export const closeInvoice = (transport: Transport): Surroundings["closeInvoice"] => async ({ organizationId, invoiceId, as }) => {
  const answer = await transport.batch(organizationId, [{ kind: "change", change: { method: "PATCH", path: `${invoice.entitySetName}(${invoiceId})`, body: paidInvoice(as), headers: { "If-Match": "*" } } }]);
  if (answer.kind === "unavailable") return answer;
  const outcome = outcomeOf("invoice", answer.results[0]);
  return outcome.kind === "rejected" && outcome.code.toLowerCase() === READ_ONLY ? { kind: "stands" } : outcome;
};
