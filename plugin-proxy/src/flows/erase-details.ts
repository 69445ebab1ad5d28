// Erases what the ledger knows of a customer: sealed details, transient tokens, and the key that opens them in every backup. Financial facts stay.
// What is still needed to finish a payment is kept until it is finished, and named; every erasure is looked at afterwards, so that its answer is proof.
import { asOrganizationId, asPaymentRequestId } from "../domain/ids.ts";
import { isOpen } from "../domain/payment/effect.ts";
import type { KeyOwner } from "../ports/customer-keys.ts";
import type { FlowDeps } from "./deps.ts";

export interface EraseDetailsInput { readonly organizationId: string; readonly customerId: string; readonly paymentRequestIds: readonly string[]; /** With the last part, when nothing was kept. */ readonly withKey: boolean }
export interface Erased {
  /** Nothing personal is left of these; also of those the ledger never knew. */
  readonly erased: readonly string[];
  /** A payment that is not finished needs its details still. */
  readonly kept: readonly string[];
  /** The customer's key: gone now, there was none, or kept: it was not asked for, or something was kept. */
  readonly key: "thrown_away" | "none" | "kept";
}

export async function eraseDetails(deps: Pick<FlowDeps, "ledger" | "clocks">, input: EraseDetailsInput): Promise<Erased> {
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
  return { erased, kept, key: kept.length > 0 || !input.withKey ? "kept" : await throwKeyAway(deps, { organizationId, customerId: input.customerId.toLowerCase() }) };
}

async function throwKeyAway(deps: Pick<FlowDeps, "ledger" | "clocks">, owner: KeyOwner): Promise<Erased["key"]> {
  return deps.ledger.transaction(async (tx) => {
    const had = await tx.customerKeys.throwKeyAway(owner, deps.clocks.business());
    if (await tx.customerKeys.loadKey(owner) !== undefined) throw new Error("The customer's key is still there.");
    return had ? "thrown_away" : "none";
  });
}
