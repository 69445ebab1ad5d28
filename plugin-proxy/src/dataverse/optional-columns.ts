// A column of ours that an older solution lacks: the relay is upgraded first (docs/guides/upgrade.md). It is asked for; where Dataverse does
// not know it, it is left out until it is time to look whether the solution has been upgraded meanwhile.
import { MINUTE_MS, type Instant } from "../domain/time.ts";
import type { OrganizationId } from "../domain/ids.ts";
import { errorOf, type Part } from "./read-batch.ts";

export interface OptionalColumn {
  /** Worth asking for: not refused lately. */
  isThere(organizationId: OrganizationId): boolean;
  /** Whether this answer says that there is no such column; it is remembered. */
  isRefused(organizationId: OrganizationId, part: Part | undefined): boolean;
}

const LOOK_AGAIN_MS = 15 * MINUTE_MS;

export function createOptionalColumn(name: string, now: () => Instant): OptionalColumn {
  const absentUntil = new Map<OrganizationId, Instant>();
  return {
    isThere: (organizationId) => (absentUntil.get(organizationId) ?? 0) <= now(),
    isRefused(organizationId, part) {
      // The code is the same for every fault of a query, and older services give none: the message names the column.
      const isRefused = part?.status === 400 && errorOf(part).message.includes(`'${name}'`);
      if (isRefused) absentUntil.set(organizationId, now() + LOOK_AGAIN_MS);
      return isRefused;
    },
  };
}

/** Asks for the column where that is worth it, and once more without it where Dataverse does not know it. `partOf`: the part that would be refused for it. */
export async function withColumn<Answer>(column: OptionalColumn, organizationId: OrganizationId, ask: (hasColumn: boolean) => Promise<Answer>, partOf: (answer: Answer) => Part | undefined): Promise<Answer> {
  if (!column.isThere(organizationId)) return ask(false);
  const answer = await ask(true);
  return column.isRefused(organizationId, partOf(answer)) ? ask(false) : answer;
}
