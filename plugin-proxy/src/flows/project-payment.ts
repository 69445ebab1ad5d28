// Writes what the ledger knows of a payment to Dataverse: whole, each time, keyed by ids that were derived, so that repeating is harmless.
// Serialized per payment by the work's lease, so a later revision is never overwritten by an earlier one.
import { spread } from "../domain/spread.ts";
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import { deriveSums } from "../domain/payment/derive-sums.ts";
import { mainEffect, type Intent } from "../domain/payment/intent.ts";
import { deriveDocumentStatus, projectIntent, type DocumentPaymentStatus, type PaymentProjection } from "../domain/payment/project.ts";
import { storyOf, type Story } from "../domain/timeline/story.ts";
import { MINUTE_MS, SECOND_MS, type Instant } from "../domain/time.ts";
import type { DocumentClaim, LedgerTransaction } from "../ports/ledger.ts";
import { catchUp } from "./catch-up.ts";
import type { FlowDeps } from "./deps.ts";
import { recallTrail } from "./recall-trail.ts";

const RETRY_MS_MAX = 5 * MINUTE_MS;

/** Projects once. Returns when to try again; undefined when Dataverse shows the ledger's state (or there is nothing to show). */
export async function projectPayment(deps: FlowDeps, input: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly tries: number }): Promise<Instant | undefined> {
  const { organizationId, paymentRequestId } = input;
  const read = await deps.ledger.alone((ledger) => readProjection(deps, ledger, input));
  if (read === undefined) return undefined;
  if (read.story.isToBeRecalled && read.projection.payment !== undefined) {
    const recalled = await recallTrail(deps, read.intent);
    return recalled === "recalled" ? projectPayment(deps, input) : deps.clocks.business() + spread(recalled.retryAfterMs ?? backoffMs(input.tries), paymentRequestId);
  }
  const answer = await deps.dataverse.project({ organizationId: input.organizationId, projection: read.projection });
  deps.reporter.count("projections", { answer: answer.kind });
  if (answer.kind === "unavailable") return deps.clocks.business() + spread(answer.retryAfterMs ?? backoffMs(input.tries), input.paymentRequestId);
  if (answer.kind === "ahead") {
    await catchUp(deps, { ...input, revision: answer.revision, isAnothers: answer.isAnothers });
    return undefined;
  }
  if (answer.kind === "rejected") {
    deps.reporter.alarm("projection_rejected", { organizationId: input.organizationId, paymentRequestId: input.paymentRequestId, reason: answer.code });
    await deps.ledger.transaction((tx) => tx.openIncident({ organizationId: input.organizationId, paymentRequestId: input.paymentRequestId, kind: "projection_rejected", detail: `${answer.code}: ${answer.message}`, at: deps.clocks.business() }));
    await noteRejection(deps, read.intent, answer);
    return deps.clocks.business() + RETRY_MS_MAX;
  }
  await deps.ledger.transaction(async (ledger) => {
    await ledger.markProjected(organizationId, paymentRequestId, read.intent.revision);
    if (read.story.written !== undefined) await ledger.surroundings.appendTrail(read.story.written);
  });
  return undefined;
}

/**
 * What Dataverse will not take, and why (its sentence names the column or the right that is missing), stands on the row that it did take: the claim.
 * Whoever mends it asks for it again at once with an operator's decision; by itself it is tried every five minutes.
 */
async function noteRejection(deps: FlowDeps, intent: Intent, { code, message }: { readonly code: string; readonly message: string }): Promise<void> {
  const note = { table: "transaction_note", effectId: mainEffect(intent).effectId, reason: "projection_rejected", agentText: `Dynamics 365 does not take what came of this payment (${code}): ${message}` } as const;
  const written = await deps.surroundings.writeRows({ organizationId: intent.organizationId, rows: [note] });
  if (written.kind === "rejected") deps.reporter.alarm("surroundings_rejected", { organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, reason: written.code });
}

const backoffMs = (tries: number): number => Math.min(RETRY_MS_MAX, SECOND_MS * 2 ** Math.min(tries, 8));

/**
 * What Dataverse shall show of a payment now; undefined when it has nothing to show yet. A card that its customer had erased stays erased, whatever
 * the ledger still knows of it.
 */
export async function readProjection(deps: FlowDeps, tx: LedgerTransaction, of: Pick<Intent, "organizationId" | "paymentRequestId">): Promise<{ readonly intent: Intent; readonly projection: PaymentProjection; readonly story: Story } | undefined> {
  const [read, happenings] = await Promise.all([tx.loadWithClaims(of.organizationId, of.paymentRequestId), tx.surroundings.happeningsOf(of)]);
  if (read === undefined || mainEffect(read.intent).state === "claiming") return undefined;
  const story = storyOf({ intent: read.intent, ...happenings, at: deps.clocks.business() });
  return { intent: read.intent, projection: { ...await withoutErased(tx, read.intent, projectionOf(deps, read)), trail: story.lines }, story };
}

function projectionOf(deps: FlowDeps, { intent, claims }: { readonly intent: Intent; readonly claims: readonly DocumentClaim[] }): PaymentProjection {
  return projectIntent(intent, {
    ledgerId: deps.ledger.ledgerId,
    documentStatus: documentStatusOf(intent, claims),
    paymentMethodId: (paymentInstrumentId) => deps.derivation.paymentMethodId(intent.organizationId, paymentInstrumentId),
  });
}

async function withoutErased(tx: LedgerTransaction, { command, organizationId, paymentRequestId, claimedAt }: Intent, projection: PaymentProjection): Promise<PaymentProjection> {
  if (command === undefined || projection.paymentMethod === undefined) return projection;
  const erasedAt = await tx.customerKeys.erasedAt({ organizationId, customerId: command.customer.id });
  if (erasedAt !== undefined && erasedAt >= claimedAt) return { ...projection, paymentMethod: undefined };
  await tx.ownedRows.noteRows({ organizationId, paymentRequestId, rowIds: [projection.paymentMethod.paymentMethodId] });
  return projection;
}

function documentStatusOf(intent: Intent, claims: readonly DocumentClaim[]): DocumentPaymentStatus | undefined {
  if (intent.command === undefined) return undefined;
  const own = deriveSums(intent);
  const others = claims.filter((claim) => claim.paymentRequestId !== intent.paymentRequestId);
  const sum = (pick: (claim: DocumentClaim) => bigint): bigint => others.reduce((total, claim) => total + pick(claim), 0n);
  return deriveDocumentStatus(intent.command.documentTotal, {
    captured: own.captured + sum((claim) => claim.capturedMinor),
    authorized: own.authorized - own.reversed + sum((claim) => claim.authorizedMinor),
    refunded: own.refunded + sum((claim) => claim.refundedMinor),
    isUnknown: own.unknown > 0n || others.some((claim) => claim.isUnknown),
    needsAttention: claims.some((claim) => claim.needsAttention),
    isInProgress: own.inFlight > 0n || others.some((claim) => claim.isOpen),
  });
}
