// What people have decided in rows of their own: approvals of refunds, operators' decisions, and cards that a merge of customers has moved.
import type { OrganizationId } from "../domain/ids.ts";
import type { Unavailable } from "../ports/dataverse.ts";
import type { Decided } from "../ports/decided.ts";
import { applyApproval } from "./apply-approval.ts";
import { applyOperatorDecision } from "./apply-operator-decision.ts";
import { confirmMerges } from "./confirm-merges.ts";
import type { FlowDeps } from "./deps.ts";

/** Applies each decision once. What Dataverse did not say, the next sweep reads again. */
export async function hearPeople(deps: FlowDeps, organizationId: OrganizationId, decided: Decided | Unavailable): Promise<void> {
  if (decided.kind === "unavailable") return;
  for (const approval of decided.approvals) await applyApproval(deps, { organizationId, approval });
  for (const decision of decided.operatorDecisions) await applyOperatorDecision(deps, { organizationId, decision });
  await confirmMerges(deps, { organizationId, cards: decided.cards, decisions: decided.operatorDecisions });
}
