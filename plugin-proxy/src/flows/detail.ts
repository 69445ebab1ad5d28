// The cardholder's details and order lines of one request: sealed in the ledger, apart from the financial facts, dropped when closed.
import { fromExactJson, toExactJson } from "../domain/exact-json.ts";
import type { BillTo, LineItem } from "../domain/payment/command.ts";
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { Sealer } from "../ports/sealer.ts";

export interface Detail {
  readonly billTo: BillTo;
  readonly lines: readonly LineItem[];
}

const contextOf = (organizationId: OrganizationId, paymentRequestId: PaymentRequestId): string => `detail:${organizationId}:${paymentRequestId}`;

/** Seals and stores. */
export async function keepDetail(tx: LedgerTransaction, sealer: Sealer, owner: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId }, detail: Detail): Promise<void> {
  await tx.putDetail(owner.organizationId, owner.paymentRequestId, sealer.seal(toExactJson(detail), contextOf(owner.organizationId, owner.paymentRequestId)));
}

/** The stored detail; empty when it was dropped or cannot be opened (the payment then goes out without address and lines). */
export async function openDetail(tx: LedgerTransaction, sealer: Sealer, owner: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId }): Promise<Detail> {
  const box = await tx.loadDetail(owner.organizationId, owner.paymentRequestId);
  const text = box === undefined ? undefined : sealer.open(box, contextOf(owner.organizationId, owner.paymentRequestId));
  return text === undefined ? { billTo: {}, lines: [] } : fromExactJson(text) as Detail;
}
