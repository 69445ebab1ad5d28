// A second person's word on a row that waits for it. Given: judged and decided anew, because a policy may have changed and the batch may have
// closed since; whatever the limits are now, he has agreed to this amount. Refused: it ends, and what it had reserved is free again. Who may say so is refund governance's business; this only carries it out.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { claimOf, type Intent } from "../domain/payment/intent.ts";
import type { RefundGround } from "../ports/surroundings.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";
import { verifySettlement } from "./verify-settlement.ts";
import { wasTaken } from "./was-taken.ts";

export interface Approval {
  readonly organizationId: OrganizationId;
  /** The payment's founding row. */
  readonly paymentRequestId: PaymentRequestId;
  readonly commandId: PaymentRequestId;
  readonly kind: "approval_given" | "approval_refused";
  readonly reason?: string | undefined;
  /** What decides who may, where it was just read. */
  readonly ground?: RefundGround | undefined;
}

/** applied; not_waiting: it does not wait (any more); unavailable: Cybersource could not be asked, try again. */
export async function approveCommand(deps: FlowDeps, approval: Approval): Promise<"applied" | "not_waiting" | "unavailable"> {
  const { organizationId, paymentRequestId, commandId, kind, reason, ground } = approval;
  const intent = await deps.ledger.transaction((tx) => tx.loadIntent(organizationId, paymentRequestId));
  const command = intent?.commands.find((one) => one.commandId === commandId);
  if (intent === undefined || command === undefined || !isWaiting(intent, commandId)) return "not_waiting";
  const waiting = claimOf(intent, commandId);
  const taken = waiting === undefined ? false : await wasTaken(deps, intent, { effect: waiting, since: waiting.changedAt });
  if (taken === "unavailable") return "unavailable";
  const settlement = kind === "approval_given" ? await verifySettlement(deps, intent, command) : [];
  const gate = kind === "approval_given" ? await deps.moneyOut.prepareAgain({ intent, command, ground }) : undefined;
  if (settlement === "unavailable" || gate?.kind === "unavailable") return "unavailable";
  const recorded = await recordEvents(deps, {
    organizationId, paymentRequestId,
    events: async (current, tx) => {
      const claim = claimOf(current, commandId);
      if (claim === undefined || !isWaiting(current, commandId)) return { events: [] };
      const at = deps.clocks.business();
      await tx.schedule({ kind: "advance", organizationId, key: paymentRequestId, dueAt: at });
      const verdict = taken ? undefined : await gate?.judge(current, tx);
      if (verdict?.kind === "refused") return { events: [{ kind: "refused_by_rule", effectId: claim.effectId, attempt: 0, evidence: "rule", at, reason: verdict.reason }] };
      return { events: [{ kind: taken ? "foreign_claim" : kind, effectId: claim.effectId, attempt: 0, evidence: taken ? "rule" : "person", at, reason, settlement }], reserve: true };
    },
  });
  deps.wake();
  return recorded.ok && recorded.value.changes.length > 0 ? "applied" : "not_waiting";
}

const isWaiting = (intent: Intent, commandId: PaymentRequestId): boolean => claimOf(intent, commandId)?.state === "awaiting_approval";
