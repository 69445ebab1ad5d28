// Dataverse shows a later revision of a payment than this ledger: either somebody has written meanwhile what the ledger knows by now, or the ledger
// went back to a backup. Then the payment is taken from there, and what may have been done since is looked for (docs/adr/0073).
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { wentBack } from "../domain/payment/went-back.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";
import { workKey } from "./work-key.ts";

/** True: the payment goes on from the revision that is shown. Where this ledger had gone back (`isAnothers`: it lost its disk instead) it is looked for anew. */
export async function catchUp(deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly revision: number; readonly isAnothers: boolean }): Promise<boolean> {
  const { organizationId, paymentRequestId, revision, isAnothers } = input;
  const at = deps.clocks.business();
  const recorded = await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (standing, tx) => {
      const caught = wentBack(standing, { revision, at });
      if (caught === undefined) return { events: [] };
      // A ledger that lost its disk has adopted the payment already, and is looking for it.
      if (isAnothers) return { intent: { ...standing, revision }, events: [] };
      await tx.openIncident({ organizationId, paymentRequestId, kind: "ledger_went_back", detail: `revision ${standing.revision} here, ${revision} shown`, at });
      await tx.schedule({ kind: "advance", organizationId, key: workKey(standing.table, paymentRequestId), dueAt: at });
      return caught;
    },
  });
  const isBack = recorded.ok && recorded.value.after.revision !== recorded.value.before.revision;
  if (isBack && !isAnothers) deps.reporter.alarm("ledger_went_back", { organizationId, paymentRequestId, reason: `revision ${revision}` });
  return isBack;
}
