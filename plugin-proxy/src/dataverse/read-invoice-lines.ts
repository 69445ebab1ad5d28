// The lines of an invoice that a capture is for (adr/0087).
import type { Dataverse } from "../ports/dataverse.ts";
import { partOf, refusedPart, unavailable, type Reading } from "./read-request.ts";
import { invoiceLinesPath, toInvoiceLines } from "./rows/document-lines.ts";

/** They only adorn the capture, which does not wait long for them. */
const BUDGET_MS = 6_000;

export const readInvoiceLines = ({ transport, levelThree }: Reading): Dataverse["readInvoiceLines"] => async ({ organizationId, invoiceId, currency }) => {
  const ask = (hasLevelThree: boolean) => transport.batch(organizationId, [{ kind: "read", path: invoiceLinesPath(invoiceId, hasLevelThree), isFormatted: true }], BUDGET_MS);
  const isAsked = levelThree.isThere(organizationId);
  const first = await ask(isAsked);
  const answer = isAsked && first.kind === "answered" && levelThree.isRefused(organizationId, partOf(first.results[0])) ? await ask(false) : first;
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  if (part?.status !== 200) return refusedPart("invoice lines", part);
  const lines = toInvoiceLines(part.body, currency);
  return lines === undefined ? unavailable("invoice lines are not of the shape asked for") : { kind: "read", lines };
};
