// "Look at this row now", from the card-entry page. It carries no command and tells nothing: a row that no session knows only makes the
// sweep come sooner, so that strangers can neither fill the ledger nor claim somebody's draft.
import { asOrganizationId, asPaymentRequestId } from "../domain/ids.ts";
import type { FlowDeps } from "./deps.ts";

export interface Hint {
  readonly organizationId: string;
  readonly paymentRequestId: string;
}

/** Schedules and wakes; never refuses, never waits for the outcome. */
export async function receivePoke(deps: FlowDeps, input: Hint): Promise<void> {
  const organizationId = asOrganizationId(input.organizationId);
  if (!deps.organizations.has(organizationId)) return;
  const paymentRequestId = asPaymentRequestId(input.paymentRequestId);
  deps.reporter.count("pokes", { source: "page" });
  await deps.ledger.alone((ledger) => ledger.hasten({ organizationId, paymentRequestId, dueAt: deps.clocks.business(), trace: deps.trace.current() }));
  deps.wake();
}
