// The lines of an invoice that a capture is for (adr/0087).
import type { Dataverse } from "../ports/dataverse.ts";
import { withColumn } from "./optional-columns.ts";
import { firstPart, refusedPart, unavailable, type Reading } from "./read-request.ts";
import { invoiceLinesPath, toInvoiceLines } from "./rows/document-lines.ts";

/** They only adorn the capture, which does not wait long for them. */
const BUDGET_MS = 6_000;

export const readInvoiceLines = ({ transport, levelThree }: Reading): Dataverse["readInvoiceLines"] => async ({ organizationId, invoiceId, currency }) => {
  const ask = (hasLevelThree: boolean) => transport.batch(organizationId, [{ kind: "read", path: invoiceLinesPath(invoiceId, hasLevelThree), isFormatted: true }], BUDGET_MS);
  const answer = await withColumn(levelThree, organizationId, ask, firstPart);
  if (answer.kind === "unavailable") return answer;
  const part = firstPart(answer);
  if (part?.status !== 200) return refusedPart("invoice lines", part);
  const lines = toInvoiceLines(part.body, currency);
  return lines === undefined ? unavailable("invoice lines are not of the shape asked for") : { kind: "read", lines };
};
