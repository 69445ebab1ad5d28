// What the flows need of Cybersource, in our words. Implemented by cybersource/.
import type { BillTo, Channel, LineItem } from "../domain/payment/command.ts";
import type { EffectKind, ReviewKind, TransactionFacts } from "../domain/payment/effect.ts";
import type { MerchantReference, OrganizationId, RequestId, TransactionId } from "../domain/ids.ts";
import type { Money } from "../domain/money.ts";
import type { DayReport, ReportDay } from "../domain/settlement/day-report.ts";
import type { Instant } from "../domain/time.ts";

/** Which credentials sign: bound in configuration to the organization; a row can choose one of these, never add one. */
export interface MerchantBinding {
  readonly organizationId: OrganizationId;
  readonly merchantId: string;
  readonly environment: "test" | "production";
}

/** Commerce indicator and stored-credential flags; from the pure table in domain/payment/commerce-flags.ts. */
export interface CommerceFlags {
  readonly commerceIndicator: "MOTO" | "internet" | "recurring";
  readonly initiator?: {
    readonly type: "customer" | "merchant";
    readonly credentialStoredOnFile?: true | undefined;
    readonly storedCredentialUsed?: true | undefined;
    readonly merchantInitiated?: { readonly reason?: string | undefined; readonly previousTransactionId?: string | undefined } | undefined;
  } | undefined;
}

export type Instrument =
  | { readonly kind: "transient_token"; readonly jwt: string }
  | { readonly kind: "saved_card"; readonly paymentInstrumentId: string; readonly tmsCustomerId?: string | undefined };

interface CallBase {
  readonly binding: MerchantBinding;
  readonly merchantReference: MerchantReference;
  readonly transactionId: TransactionId;
}

export interface PayCall extends CallBase {
  readonly kind: "authorization" | "sale";
  readonly amount: Money;
  readonly instrument: Instrument;
  readonly channel: Channel;
  readonly flags: CommerceFlags;
  readonly saveCard: boolean;
  /** The customer's own number in token management (buyerInformation.merchantCustomerID). */
  readonly merchantCustomerId: string;
  readonly tmsCustomerId?: string | undefined;
  readonly billTo: BillTo;
  readonly lines: readonly LineItem[];
  readonly documentNumber: string;
  /** Of a payment that is taken on an invoice. */
  readonly invoiceNumber?: string | undefined;
  /** The account has level III processing: a sale says that its lines are such data. */
  readonly hasLevelThree: boolean;
}

/** What changes a payment that exists: everything but money in and taking back. */
export type ChangeCall =
  | (CallBase & {
      readonly kind: "capture"; readonly parentRequestId: RequestId; readonly amount: Money; readonly lines: readonly LineItem[]; readonly documentNumber: string;
      /** Where the capture is for an invoice. */
      readonly invoiceNumber?: string | undefined;
      readonly hasLevelThree: boolean;
      /** Several captures of one authorization: which this is, and of how many (more than this one until the last). */
      readonly sequence?: { readonly number: number; readonly count: number } | undefined;
    })
  | (CallBase & { readonly kind: "incremental_authorization"; readonly parentRequestId: RequestId; readonly additionalAmount: Money })
  | (CallBase & { readonly kind: "refund"; readonly parentRequestId: RequestId; readonly parentKind: "sale" | "capture"; readonly amount: Money; readonly documentNumber: string })
  | (CallBase & { readonly kind: "credit"; readonly amount: Money; readonly instrument: Extract<Instrument, { kind: "saved_card" }>; readonly billTo: BillTo; readonly documentNumber: string });

export type UndoCall =
  | (CallBase & { readonly kind: "authorization_reversal"; readonly parentRequestId: RequestId; readonly amount: Money })
  | (CallBase & { readonly kind: "void"; readonly parentRequestId: RequestId; readonly parentKind: "sale" | "capture" | "refund" | "credit" })
  | (CallBase & { readonly kind: "timeout_reversal"; readonly originalTransactionId: TransactionId; readonly amount: Money })
  | (CallBase & { readonly kind: "timeout_void"; readonly originalTransactionId: TransactionId })
  | (CallBase & { readonly kind: "case_decision"; readonly parentRequestId: RequestId; readonly decision: "REJECT"; readonly reverse: true });

export type GatewayCall = PayCall | ChangeCall | UndoCall;

/** What an answer means; classified by HTTP status, then `status`, then `reason` (recovery rules §3, §4). */
export type GatewayAnswer =
  | { readonly kind: "approved" | "partial" | "review"; readonly facts: TransactionFacts; readonly reviewKind?: ReviewKind | undefined; readonly reason?: string | undefined }
  | { readonly kind: "declined"; readonly facts: TransactionFacts; readonly reason: string; readonly holds: boolean; readonly blocksInstrument: boolean }
  | {
      readonly kind: "refused"; readonly reason: string; readonly field?: string | undefined; readonly isTransient: boolean; readonly retryAfterMs?: number | undefined;
      /** 401/403: every command of this account waits; INVALID_MERCHANT_CONFIGURATION: this action does. */
      readonly pauses?: "account" | "action" | undefined;
      /** Our picture of the parent is wrong: read it before anything else (recovery rules §3 row 10). */
      readonly needsLook: boolean; readonly requestId?: RequestId | undefined;
    }
  | { readonly kind: "not_sent"; readonly cause: string }
  | { readonly kind: "unknown"; readonly cause: string; readonly event: "no_answer" | "unreadable"; readonly isAlarming: boolean; readonly requestId?: RequestId | undefined };

export interface SignedCall {
  /** Wire clock: when Cybersource stops accepting these bytes. */
  readonly signatureExpiresAt: Instant;
  /** Sends the bytes once. Never throws, never retries; a deadline makes "unknown". */
  send(): Promise<GatewayAnswer>;
}

/** A transaction of ours that search or detail shows. */
export interface FoundTransaction {
  readonly requestId: RequestId;
  readonly merchantReference: string;
  readonly merchantId: string;
  readonly kind: EffectKind;
  readonly amount: Money | undefined;
  readonly lastFour?: string | undefined;
  readonly verdict: "approved" | "partial" | "review" | "declined" | "refused" | "unreadable";
  /** What is authorized by now: grown by increments. */
  readonly authorized?: Money | undefined;
  /** Is it still in an open batch? Closed: with the processor, can no longer be voided. */
  readonly settlement: "open" | "closed" | "voided";
  readonly holds: boolean;
  readonly isUndone: boolean;
  /** Wholly reversed: the cardholder's hold is gone too, which a void leaves. */
  readonly isReversed: boolean;
  readonly facts: TransactionFacts;
}
export type LookAnswer =
  /** `isComplete`: every transaction that is named as related could be read; else an empty look proves nothing. */
  | { readonly kind: "looked"; readonly found: readonly FoundTransaction[]; readonly isComplete: boolean }
  /** `isRefused`: Cybersource did answer (401, 403, 429 …), only not with what was asked. */
  | { readonly kind: "unavailable"; readonly cause: string; readonly isRefused?: true };

/** unavailable: nothing of the day is known, whatever a part of it said. */
export type ReportAnswer = { readonly kind: "reported"; readonly report: DayReport } | { readonly kind: "unavailable"; readonly cause: string };

export interface CaptureContext {
  readonly captureContext: string;
  readonly libraryUrl: string;
  readonly integrity: string;
  readonly expiresAt: Instant;
  /** Public key (JWK as JSON text) that this context's transient tokens are signed with, and its kid. */
  readonly tokenKey: string;
}
export type MintAnswer = { readonly kind: "minted"; readonly context: CaptureContext } | { readonly kind: "unavailable"; readonly cause: string } | { readonly kind: "refused"; readonly cause: string };

export interface TransientToken {
  readonly jti: string;
  readonly expiresAt: Instant;
  readonly lastFour: string;
  readonly typeCode?: string | undefined;
  readonly expirationMonth?: number | undefined;
  readonly expirationYear?: number | undefined;
}

/** What became of a card in token management. `card_is_default`: it is the customer's default there, and others are left. */
export type ForgetAnswer = { readonly kind: "forgotten" } | { readonly kind: "refused"; readonly reason: "card_is_default" | "card_not_removed" } | { readonly kind: "unavailable"; readonly cause: string };

/** A card as token management has it now. `gone`: deleted there. */
export type CardAnswer =
  | { readonly kind: "card"; readonly isClosed: boolean; readonly lastFour: string | undefined; readonly expirationMonth: number | undefined; readonly expirationYear: number | undefined }
  | { readonly kind: "gone" } | { readonly kind: "unavailable"; readonly cause: string };

export interface Gateway {
  /** Reads a saved card in token management; never its number. */
  readCard(query: { readonly binding: MerchantBinding; readonly tmsCustomerId: string | undefined; readonly paymentInstrumentId: string }): Promise<CardAnswer>;
  /** Removes a saved card from token management; may be repeated. One that is gone already (404, 410) is forgotten. */
  forgetCard(query: { readonly binding: MerchantBinding; readonly tmsCustomerId: string | undefined; readonly paymentInstrumentId: string }): Promise<ForgetAnswer>;
  /** Signs one call. The signature is made here, so that the compare-and-set that follows can store its end. Throws nothing: a signing failure is `not_sent`. */
  sign(call: GatewayCall): Promise<SignedCall>;
  /** Search by every merchant reference within ±1 day of `around` (wire time), plus the detail of `requestIds`, of what is found, and of everything related to them. No references: details only. Bounded, read-only, may be repeated. */
  look(query: { readonly binding: MerchantBinding; readonly merchantReferences: readonly MerchantReference[]; readonly around: Instant; readonly requestIds: readonly RequestId[] }): Promise<LookAnswer>;
  /** The day's purchase and refund details by submission date, and its chargeback details. Bounded, read-only, may be repeated. */
  readReport(query: { readonly binding: MerchantBinding; readonly day: ReportDay }): Promise<ReportAnswer>;
  /** POST /microform/v2/sessions; the context's signature is verified against Cybersource's public key before anything in it is believed. */
  mintCaptureContext(query: { readonly binding: MerchantBinding; readonly targetOrigins: readonly string[] }): Promise<MintAnswer>;
  /** Checks signature (with the key of *this* context), expiry and shape of a transient token. No network. */
  verifyTransientToken(query: { readonly jwt: string; readonly tokenKey: string; readonly at: Instant }): TransientToken | { readonly problem: "token_of_other_context" | "token_expired" | "not_a_token" };
}
