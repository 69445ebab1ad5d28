// The story that a payment's row tells, as this relay or one before it wrote it.
import { paymentTable } from "@cybs/schema";
import { z } from "zod";
import { TRAIL_SOURCES } from "../domain/timeline/trail.ts";
import type { Dataverse } from "../ports/dataverse.ts";
import type { ProjectDeps } from "./project.ts";
import { partOf, refusedPart } from "./read-request.ts";
import { collectionOf, textColumn } from "./rows/column-kinds.ts";

const { trail } = paymentTable.columns;
const Rows = collectionOf(z.object({ [trail]: textColumn }));
const word = z.string().max(200);
const Line = z.object({ at: word, source: z.enum(TRAIL_SOURCES), what: word, kind: word.optional(), answer: word.optional(), reason: word.optional(), detail: z.record(z.string(), z.union([word, z.number()])) });

/** An older solution has no such column; who may not read it goes on without: a story is not worth keeping money waiting. */
const NOTHING = { kind: "read", lines: [] } as const;

/** Lines that are not of our shape are left out. */
export const readTrail = ({ transport, trail: column }: Pick<ProjectDeps, "transport" | "trail">): Dataverse["readTrail"] => async ({ organizationId, paymentId }) => {
  if (!column.isThere(organizationId)) return NOTHING;
  const answer = await transport.batch(organizationId, [{ kind: "read", path: `${paymentTable.entitySetName}?$select=${trail}&$filter=${paymentTable.primaryId} eq ${paymentId}` }]);
  if (answer.kind === "unavailable") return answer;
  const part = partOf(answer.results[0]);
  const rows = Rows.safeParse(part?.body);
  if (column.isRefused(organizationId, part)) return NOTHING;
  if (!rows.success) return part === undefined || part.status >= 500 || part.status === 429 ? refusedPart("trail", part) : NOTHING;
  return { kind: "read", lines: linesOf(rows.data.value[0]?.[trail] ?? "[]").flatMap((line) => { const read = Line.safeParse(line); return read.success ? [read.data] : []; }) };
};

function linesOf(text: string): readonly unknown[] {
  try {
    const lines: unknown = JSON.parse(text);
    return Array.isArray(lines) ? lines : [];
  } catch { return []; }
}
