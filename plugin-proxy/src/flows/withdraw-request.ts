// A person withdrew the request: what is not yet sent ends, what is live and untold is taken back, what is unknown is taken back when found.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { isOpen, isWaiting, type Effect } from "../domain/payment/effect.ts";
import { claimOf, effectsOf, mainEffect } from "../domain/payment/intent.ts";
import type { FlowDeps } from "./deps.ts";
import { recordEvents } from "./record-events.ts";
import { isOldClaim } from "./was-claim-taken.ts";
import { wasTaken } from "./was-taken.ts";

/** A row that founds a payment, or a later one of either table. Idempotent: the second time nothing changes. A payment that a person was told is approved stays. */
export async function withdrawRequest(deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId }): Promise<void> {
  const founder = await deps.ledger.alone((tx) => tx.founderOf(input.organizationId, { commandId: input.paymentRequestId }));
  if (founder !== undefined) return withdrawCommand(deps, { ...input, founder });
  await recordEvents(deps, {
    ...input,
    events: async (current, tx) => {
      if (current.deal !== "on") return { events: [] };
      const main = mainEffect(current);
      await tx.schedule({ kind: "advance", organizationId: current.organizationId, key: current.paymentRequestId, dueAt: deps.clocks.business() });
      // A lost ledger may have gone on with it: claim-request.ts reads the row as withdrawn, and asks before it ends.
      if (main.state === "claiming" && isOldClaim(deps, current)) return { events: [] };
      return { events: [{ kind: "withdrawn", effectId: main.effectId, attempt: main.attempts.length, evidence: "person", at: deps.clocks.business(), reason: "request_withdrawn" }] };
    },
  });
}

/**
 * What of it is not on the wire ends; what is unknown is taken back when it is found. What was told as done stays. One that waited long may have been
 * carried out by a lost ledger: asked for first; while nobody can say it stays as it is, and the next sweep comes with it again.
 */
async function withdrawCommand(deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly founder: PaymentRequestId }): Promise<void> {
  const { organizationId, founder, paymentRequestId: commandId } = input;
  const intent = await deps.ledger.alone((tx) => tx.loadIntent(organizationId, founder));
  const claim = intent === undefined ? undefined : claimOf(intent, commandId);
  const taken = intent !== undefined && claim !== undefined && isUndecided(claim) ? await wasTaken(deps, intent, { effect: claim, since: claim.changedAt }) : false;
  if (taken === "unavailable") return;
  await recordEvents(deps, {
    organizationId, paymentRequestId: founder,
    events: async (current, tx) => {
      if (current.commands.find((command) => command.commandId === commandId)?.deal !== "on") return { events: [] };
      const open = effectsOf(current, commandId).find((effect) => effect.state !== "sent" && (isOpen(effect) || isWaiting(effect)));
      if (open === undefined) return { events: [] };
      const at = deps.clocks.business();
      await tx.schedule({ kind: "advance", organizationId, key: founder, dueAt: at });
      const base = { effectId: open.effectId, attempt: open.attempts.length, at } as const;
      const withdrawn = { ...base, kind: "withdrawn", evidence: "person", reason: "request_withdrawn" } as const;
      return { events: taken && isUndecided(open) ? [{ ...base, kind: "foreign_claim", evidence: "rule" }, withdrawn] : [withdrawn] };
    },
  });
}

const isUndecided = (effect: Effect): boolean => effect.state === "claiming" || effect.state === "awaiting_approval";
