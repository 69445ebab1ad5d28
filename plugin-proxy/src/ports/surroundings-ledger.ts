// What the ledger keeps beside payments and their events. A member of every ledger transaction, under the same rules.
import type { Allocation } from "../domain/allocation/plan-allocations.ts";
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { RefundUse } from "../domain/refund-governance/spent.ts";
import type { Instant } from "../domain/time.ts";
import type { Happenings, TrailEntry } from "../domain/timeline/trail.ts";

export interface BookedRefund extends RefundUse {
  /** Everybody who had a hand in the row when it was frozen. */
  readonly hands: readonly string[];
}

export interface SpentQuery {
  readonly organizationId: OrganizationId;
  readonly currency: string;
  readonly since: Instant;
  /** Booked by then; whenever, where it is left out. */
  readonly until?: Instant | undefined;
  readonly except: PaymentRequestId;
}

export interface PaymentKey {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
}

export interface SurroundingsLedger {
  /** Others who lock one of these keys wait until the transaction ends. Always in one order, so that nobody waits for each other. */
  lockBooks(organizationId: OrganizationId, keys: readonly string[]): Promise<void>;

  /** Counts from now on; booked again, nothing changes. */
  bookRefund(refund: BookedRefund): Promise<void>;
  /** Known not to have moved money: counts no longer. */
  releaseRefund(organizationId: OrganizationId, refundRequestId: PaymentRequestId): Promise<void>;
  bookedRefund(organizationId: OrganizationId, refundRequestId: PaymentRequestId): Promise<BookedRefund | undefined>;
  /** Minor units that count, by author or to a customer. */
  spentMinor(query: SpentQuery & ({ readonly authorId: string } | { readonly customerId: string })): Promise<bigint>;

  allocationsOf(key: PaymentKey): Promise<readonly Allocation[]>;
  /** Net of refunds, by other payments. */
  allocatedMinor(query: { readonly organizationId: OrganizationId; readonly invoiceId: string; readonly except: PaymentRequestId }): Promise<bigint>;
  saveAllocations(key: PaymentKey, allocations: readonly Allocation[], at: Instant): Promise<void>;

  notePaidWith(query: { readonly organizationId: OrganizationId; readonly customerId: string; readonly paymentInstrumentId: string }): Promise<void>;
  hasPaidWith(query: { readonly organizationId: OrganizationId; readonly customerId: string; readonly paymentInstrumentId: string }): Promise<boolean>;

  /** Whose cards these were at first sight, in their order; sets it for new ones. */
  cardHolders(query: { readonly organizationId: OrganizationId; readonly cards: readonly { readonly paymentMethodId: string; readonly customerId: string }[] }): Promise<readonly string[]>;
  changeCardHolder(query: { readonly organizationId: OrganizationId; readonly paymentMethodId: string; readonly customerId: string }): Promise<void>;

  /** Was this notice, or this row, made before? */
  isNoted(query: { readonly organizationId: OrganizationId; readonly key: string }): Promise<boolean>;
  /** Forgets it, so that it is made again: it could not be made. */
  forgetNote(query: { readonly organizationId: OrganizationId; readonly key: string }): Promise<void>;

  appendTrail(entry: TrailEntry): Promise<void>;
  /** What moved a payment, and what happened around it: the latest `TRAIL_MAX` of each, oldest first. */
  happeningsOf(key: PaymentKey): Promise<Happenings>;
  /** A payment by any id of ours or of Cybersource: request row, payment row, transaction row, merchant reference. */
  findPayment(id: string): Promise<PaymentKey | undefined>;

  /** Payments with something left to capture or to apply to an invoice, in the order of their keys, after `after`. */
  paymentsToWatch(query: { readonly organizationId: OrganizationId; readonly after: string; readonly limit: number }): Promise<readonly PaymentRequestId[]>;
}
