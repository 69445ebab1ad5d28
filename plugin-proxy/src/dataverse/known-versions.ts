// Versions (etags) of rows this process has written last, so that a guarded write needs no read before it. Forgetting one costs a read,
// nothing else; the number kept is bounded.
import { z } from "zod";
import type { Part } from "./read-batch.ts";

export interface KnownVersions {
  of(rowId: string): string | undefined;
  remember(rowId: string, etag: string | undefined): void;
}

const KEPT_MAX = 10_000;

export function createKnownVersions(): KnownVersions {
  const etags = new Map<string, string>();
  return {
    of: (rowId) => etags.get(rowId),
    remember(rowId, etag) {
      etags.delete(rowId);
      if (etag === undefined) return;
      etags.set(rowId, etag);
      const oldest = etags.size > KEPT_MAX ? etags.keys().next().value : undefined;
      if (oldest !== undefined) etags.delete(oldest);
    },
  };
}

const Versioned = z.object({ "@odata.etag": z.string().min(1) });

/** The version a written row has now, when the answer carries it (`Prefer: return=representation`). */
export function etagOf(part: Part | undefined): string | undefined {
  const parsed = Versioned.safeParse(part?.body);
  return parsed.success ? parsed.data["@odata.etag"] : undefined;
}
