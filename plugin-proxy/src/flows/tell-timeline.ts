// Everything the ledger knows of one payment, by any id a person may hold: request, payment or transaction row, merchant reference.
import { buildTimeline, type Timeline } from "../domain/timeline/build-timeline.ts";
import type { Ledger } from "../ports/ledger.ts";

/** The timeline, or undefined when no payment has this id. Reads only. */
export function tellTimeline(deps: { readonly ledger: Ledger }, id: string): Promise<Timeline | undefined> {
  return deps.ledger.transaction(async (tx) => {
    const key = await tx.surroundings.findPayment(id.trim());
    const intent = key === undefined ? undefined : await tx.loadIntent(key.organizationId, key.paymentRequestId);
    if (intent === undefined) return undefined;
    return buildTimeline({ intent, ...await tx.surroundings.happeningsOf(intent) });
  });
}
