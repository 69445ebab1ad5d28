// Versions (etags) of rows this process has written last, so that a guarded write needs no read before it. Forgetting one costs a read,
// nothing else; the number kept is bounded.
import { z } from "zod";
import type { Part } from "./read-batch.ts";

export interface KnownVersions {
  of(rowId: string): string | undefined;
  /** The payment's revision that the row was written with; undefined where it has none, or nobody here has written it. */
  revisionOf(rowId: string): number | undefined;
  remember(rowId: string, etag: string | undefined, revision?: number): void;
}

const KEPT_MAX = 10_000;

export function createKnownVersions(): KnownVersions {
  const rows = new Map<string, { readonly etag: string; readonly revision: number | undefined }>();
  return {
    of: (rowId) => rows.get(rowId)?.etag,
    revisionOf: (rowId) => rows.get(rowId)?.revision,
    remember(rowId, etag, revision) {
      rows.delete(rowId);
      if (etag === undefined) return;
      rows.set(rowId, { etag, revision });
      const oldest = rows.size > KEPT_MAX ? rows.keys().next().value : undefined;
      if (oldest !== undefined) rows.delete(oldest);
    },
  };
}

const Versioned = z.object({ "@odata.etag": z.string().min(1) });

/** The version a written row has now, when the answer carries it (`Prefer: return=representation`). */
export function etagOf(part: Part | undefined): string | undefined {
  const parsed = Versioned.safeParse(part?.body);
  return parsed.success ? parsed.data["@odata.etag"] : undefined;
}
