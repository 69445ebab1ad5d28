// What people have decided in rows of their own: approvals of refunds, operators' decisions, and cards that a merge of customers has moved.
import type { OrganizationId } from "../domain/ids.ts";
import type { Instant } from "../domain/time.ts";
import { applyApproval } from "./apply-approval.ts";
import { applyOperatorDecision } from "./apply-operator-decision.ts";
import { confirmMerges } from "./confirm-merges.ts";
import type { FlowDeps } from "./deps.ts";

/** Reads what was decided since, and applies each once. When Dataverse does not answer, the next sweep reads it again. */
export async function hearPeople(deps: FlowDeps, organizationId: OrganizationId, since: Instant): Promise<void> {
  const decided = await deps.surroundings.findDecisions({ organizationId, since });
  if (decided.kind === "unavailable") return;
  for (const approval of decided.approvals) await applyApproval(deps, { organizationId, approval });
  for (const decision of decided.operatorDecisions) await applyOperatorDecision(deps, { organizationId, decision });
  await confirmMerges(deps, { organizationId, cards: decided.cards, decisions: decided.operatorDecisions });
}
