// What follows a change of a payment without moving money: it is applied to its invoice, refunds get their credit memos, people are told,
// what lapses is let go. Derived from the payment as it stands, so that doing it again changes nothing.
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import type { Intent } from "../domain/payment/intent.ts";
import { SECOND_MS, type Instant } from "../domain/time.ts";
import { authorizeAgain } from "./authorize-again.ts";
import { applyToInvoices } from "./apply-to-invoices.ts";
import type { FlowDeps } from "./deps.ts";
import { escalateReview } from "./escalate-review.ts";
import { issueCreditMemos } from "./issue-credit-memos.ts";
import { letGoBeforeExpiry } from "./let-go-before-expiry.ts";
import { tellPeople } from "./tell-people.ts";

/** Shorter than a lease (LEASE_MS, 15 s): such a round had no other beside it, and costs nothing more. */
const SURELY_LEASED_MS = 10 * SECOND_MS;

/** One round. Returns when to come again; undefined when nothing is left to do until the payment changes. */
export async function surroundPayment(deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly tries: number }): Promise<Instant | undefined> {
  const startedAt = deps.clocks.wire();
  const intent = await deps.ledger.transaction((tx) => tx.loadIntent(input.organizationId, input.paymentRequestId));
  if (intent?.command === undefined) return undefined;
  await notePaidWith(deps, intent);
  const due: Instant[] = [];
  for (const step of [applyToInvoices, issueCreditMemos, tellPeople, letGoBeforeExpiry, escalateReview, authorizeAgain]) {
    const outcome = await step(deps, intent);
    if (outcome.kind === "later") due.push(outcome.at);
  }
  if (deps.clocks.wire() - startedAt > SURELY_LEASED_MS) await comeAgainIfMoved(deps, intent);
  return due.length === 0 ? undefined : Math.max(Math.min(...due), deps.clocks.business() + SECOND_MS);
}

/** Rows of a round that slept through its lease may be older than what another has written since: whoever wrote last sees that the payment has moved. */
async function comeAgainIfMoved(deps: FlowDeps, { organizationId, paymentRequestId, revision }: Intent): Promise<void> {
  await deps.ledger.alone(async (ledger) => {
    const now = (await ledger.loadWithClaims(organizationId, paymentRequestId))?.intent;
    if (now !== undefined && now.revision !== revision) await ledger.schedule({ kind: "surround", organizationId, key: paymentRequestId, dueAt: deps.clocks.business() });
  });
}

/** A standalone credit may only go to an instrument that this customer paid with. */
async function notePaidWith(deps: FlowDeps, intent: Intent): Promise<void> {
  const { command } = intent;
  const paymentInstrumentId = command?.savedCard?.paymentInstrumentId ?? intent.effects[0]?.facts?.token?.paymentInstrumentId;
  if (command === undefined || paymentInstrumentId === undefined || deriveSums(intent).captured === 0n) return;
  await deps.ledger.alone((ledger) => ledger.surroundings.notePaidWith({ organizationId: intent.organizationId, customerId: command.customer.id, paymentInstrumentId }));
}
