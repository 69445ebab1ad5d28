// A copied environment must not charge: an organization that is not the one configuration names is left untouched, and told.
import type { OrganizationId } from "../domain/ids.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import type { FlowDeps } from "./deps.ts";

export type Identity = "confirmed" | "foreign" | "not_asked";

/** Asks Dataverse who it is. `next` is when to ask again: after `everyMs`, sooner when it did not answer. */
export async function identifyOrganization(deps: FlowDeps, organizationId: OrganizationId, everyMs: number): Promise<{ readonly identity: Identity; readonly next: Instant }> {
  const now = deps.clocks.business();
  const said = await deps.dataverse.identify(organizationId);
  if (said.kind === "unavailable") return { identity: "not_asked", next: now + (said.retryAfterMs ?? 5 * SECOND_MS) };
  const expected = deps.organizations.get(organizationId)?.environmentType;
  const isSame = said.organizationId === organizationId && (said.environmentType === "unknown" || said.environmentType === expected);
  if (!isSame) deps.reporter.alarm("foreign_organization", { organizationId, reason: said.environmentType });
  // By Dataverse's clock, which also says when a row was written: whatever is older than this connection may have been another ledger's.
  if (isSame) await deps.ledger.transaction((tx) => tx.connectedAt(organizationId, said.at));
  return { identity: isSame ? "confirmed" : "foreign", next: now + everyMs };
}
