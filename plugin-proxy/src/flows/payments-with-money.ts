// The payments of a document that hold, have taken or may have taken something: what came to nothing is not loaded.
import type { OrganizationId } from "../domain/ids.ts";
import type { Intent } from "../domain/payment/intent.ts";
import type { DocumentClaim, LedgerTransaction } from "../ports/ledger.ts";

/** Read without their locks: whoever decides such a payment holds its lock while he waits for the document's. */
export async function paymentsWithMoney(ledger: Pick<LedgerTransaction, "loadWithClaims">, organizationId: OrganizationId, claims: readonly DocumentClaim[]): Promise<readonly Intent[]> {
  const found: Intent[] = [];
  for (const claim of claims) {
    const read = claim.exposureMinor === 0n && claim.capturedMinor === 0n ? undefined : await ledger.loadWithClaims(organizationId, claim.paymentRequestId);
    if (read !== undefined) found.push(read.intent);
  }
  return found;
}
