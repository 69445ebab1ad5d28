// The cardholder's details and order lines of one request, apart from the financial facts, dropped when closed. Sealed under their customer's key,
// and that key under the configuration's: when it is thrown away no copy of the ledger opens any more (design D15).
import { fromExactJson, toExactJson } from "../domain/exact-json.ts";
import type { BillTo, LineItem } from "../domain/payment/command.ts";
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { KeyOwner } from "../ports/customer-keys.ts";
import type { LedgerTransaction } from "../ports/ledger.ts";
import type { Sealer, Sealing } from "../ports/sealer.ts";

export interface Detail {
  readonly billTo: BillTo;
  readonly lines: readonly LineItem[];
  /** Of a row that captures for an invoice. */
  readonly invoiceNumber?: string | undefined;
}
export interface DetailOwner extends KeyOwner {
  readonly paymentRequestId: PaymentRequestId;
}

const contextOf = (owner: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId }): string => `detail:${owner.organizationId}:${owner.paymentRequestId}`;
const keyContext = (owner: KeyOwner): string => `customer-key:${owner.organizationId}:${owner.customerId}`;

/** Seals and stores. */
export async function keepDetail(tx: LedgerTransaction, sealer: Sealer, owner: DetailOwner, detail: Detail): Promise<void> {
  const old = await tx.customerKeys.loadKey(owner);
  const sealing = unwrap(sealer, owner, old) ?? unwrap(sealer, owner, await makeKey(tx, sealer, owner, old)) ?? sealer;
  await tx.putDetail(owner.organizationId, owner.paymentRequestId, sealing.seal(toExactJson(detail), contextOf(owner)));
}

/** The stored detail; empty when it was dropped or cannot be opened (the payment then goes out without address and lines). */
export async function openDetail(tx: LedgerTransaction, sealer: Sealer, owner: DetailOwner): Promise<Detail> {
  const [box, wrapped] = await Promise.all([tx.loadDetail(owner.organizationId, owner.paymentRequestId), tx.customerKeys.loadKey(owner)]);
  // The second one opens what was kept before customers had keys.
  const text = box === undefined ? undefined : unwrap(sealer, owner, wrapped)?.open(box, contextOf(owner)) ?? sealer.open(box, contextOf(owner));
  return text === undefined ? { billTo: {}, lines: [] } : fromExactJson(text) as Detail;
}

/** The first one; or another, when the configuration's key that opened the old one was exchanged and is gone. */
const makeKey = (tx: LedgerTransaction, sealer: Sealer, owner: KeyOwner, old: Uint8Array | undefined): Promise<Uint8Array | undefined> =>
  (old === undefined ? tx.customerKeys.putKey(owner, wrap(sealer, owner)) : tx.customerKeys.replaceKey(owner, { old, fresh: wrap(sealer, owner) }));

const wrap = (sealer: Sealer, owner: KeyOwner): Uint8Array => sealer.seal(sealer.newKey(), keyContext(owner));

function unwrap(sealer: Sealer, owner: KeyOwner, wrapped: Uint8Array | undefined): Sealing | undefined {
  const key = wrapped === undefined ? undefined : sealer.open(wrapped, keyContext(owner));
  return key === undefined ? undefined : sealer.under(key);
}
