// From ids to what they prove: the detail of each, of everything related to it, and whether all of that could be read. A related
// transaction that cannot be read yet means that something is there: an empty look then proves nothing.
import type { FoundTransaction, LookAnswer } from "../ports/gateway.ts";
import { relatedIds, toFound } from "./operations/look.ts";

/** undefined: Cybersource does not know it (yet). */
export type Detail = Record<string, unknown> | "unavailable" | undefined;

const DETAILS_MAX = 20;
const READS_MAX = 100;

/** Ids that the search has shown, and those of transactions that we know already. */
export interface Ids {
  readonly shown: ReadonlySet<string>;
  readonly known: readonly string[];
}

/** Reads each id once; bounded, what is beyond the bound makes the look incomplete. So does what search shows and detail does not know yet: something is there. */
export async function readFound(readDetail: (id: string) => Promise<Detail>, { shown, known: own }: Ids): Promise<LookAnswer> {
  const ids = [...new Set([...own, ...shown])];
  const known = new Map<string, Detail>();
  const readOnce = async (id: string): Promise<Detail> => {
    if (!known.has(id)) known.set(id, known.size < READS_MAX ? await readDetail(id) : undefined);
    return known.get(id);
  };
  const found = new Map<string, FoundTransaction>();
  let isComplete = ids.length <= DETAILS_MAX;
  const queue = ids.slice(0, DETAILS_MAX);
  const asked = new Set(queue);
  for (const id of queue) {
    const detail = await readOnce(id);
    if (detail === "unavailable") return { kind: "unavailable", cause: "transaction detail did not answer" };
    if (detail === undefined) {
      if (shown.has(id)) isComplete = false;
      continue;
    }
    const children: Record<string, unknown>[] = [];
    for (const child of relatedIds(detail).slice(0, DETAILS_MAX)) {
      const related = await readOnce(child);
      // Without its children a transaction that was taken back would look live.
      if (related === "unavailable") return { kind: "unavailable", cause: "related transaction did not answer" };
      if (related === undefined) isComplete = false;
      else children.push(related);
      // Search may not show a capture or refund yet that its parent names already: parents are the stronger evidence.
      if (related !== undefined && !asked.has(child) && asked.size < DETAILS_MAX * 2) { asked.add(child); queue.push(child); }
    }
    const transaction = toFound(detail, children);
    if (transaction !== undefined) found.set(transaction.requestId, transaction);
  }
  return { kind: "looked", found: [...found.values()], isComplete };
}
