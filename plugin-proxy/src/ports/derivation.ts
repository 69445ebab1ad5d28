// Ids that a lost ledger derives again: pure functions of organization, request, step and attempt under a key of the configuration.
import type { EffectId, MerchantReference, OrganizationId, PaymentRequestId, TransactionId } from "../domain/ids.ts";

export interface Derivation {
  /** UUIDv5(organization, request, step). */
  effectId(organizationId: OrganizationId, paymentRequestId: PaymentRequestId, step: string): EffectId;
  /** UUIDv5(organization, request, "payment"). */
  paymentId(organizationId: OrganizationId, paymentRequestId: PaymentRequestId): string;
  /** UUIDv5(organization, paymentInstrumentId, "paymentmethod"). */
  paymentMethodId(organizationId: OrganizationId, paymentInstrumentId: string): string;
  /** UUIDv5(organization, words…): keys of rows that the relay makes beside payments (requests of business events, allocations, memos, notices). */
  rowId(organizationId: OrganizationId, ...words: readonly string[]): string;
  /** Organization tag + base32 of a hash (first 15 characters already unique) + "-" step and attempt; at most 50 characters. */
  merchantReference(query: StepAttempt): MerchantReference;
  /** base32(HMAC), 16 characters, unique for 60 days. */
  transactionId(query: StepAttempt): TransactionId;
}

export interface StepAttempt {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly step: string;
  readonly attempt: number;
}
