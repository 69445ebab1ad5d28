// Erases what the ledger knows of a cardholder for some payment requests: sealed details and transient tokens. Financial facts stay. What
// is still needed to finish a payment is kept until it is finished, and named; every erasure is looked at afterwards, so that its answer is proof.
import { asOrganizationId, asPaymentRequestId } from "../domain/ids.ts";
import { isOpen } from "../domain/payment/effect.ts";
import type { FlowDeps } from "./deps.ts";

export interface EraseDetailsInput { readonly organizationId: string; readonly paymentRequestIds: readonly string[] }
export interface Erased {
  /** Nothing personal is left of these; also of those the ledger never knew. */
  readonly erased: readonly string[];
  /** A payment that is not finished needs its details still. */
  readonly kept: readonly string[];
}

export async function eraseDetails(deps: Pick<FlowDeps, "ledger">, input: EraseDetailsInput): Promise<Erased> {
  const organizationId = asOrganizationId(input.organizationId);
  const erased: string[] = [];
  const kept: string[] = [];
  for (const id of new Set(input.paymentRequestIds)) {
    const requestId = asPaymentRequestId(id);
    const isGone = await deps.ledger.transaction(async (tx) => {
      const intent = await tx.loadIntent(organizationId, requestId);
      if (intent?.effects.some(isOpen) === true) return false;
      await tx.discardDetail(organizationId, requestId);
      await tx.discardTransientToken(organizationId, requestId);
      return await tx.loadDetail(organizationId, requestId) === undefined;
    });
    (isGone ? erased : kept).push(id);
  }
  return { erased, kept };
}
