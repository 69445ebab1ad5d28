// What the flows need of Dataverse. Implemented by dataverse/. Every call is bounded, respects Retry-After, and says when it could not.
import type { EffectId, OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { CommandTable, LineItem, MerchantAccount, RequestRow } from "../domain/payment/command.ts";
import type { RefundRequestRow } from "../domain/refund-governance/refund-request.ts";
import type { PaymentProjection } from "../domain/payment/project.ts";
import type { ShownLine } from "../domain/timeline/shown-trail.ts";
import type { Instant } from "../domain/time.ts";
import type { Decided } from "./decided.ts";
import type { ForeignEdits, Positions, RestoreAnswer } from "./owned-rows.ts";

export interface Unavailable {
  readonly kind: "unavailable";
  readonly cause: string;
  readonly retryAfterMs?: number | undefined;
}

export interface BusinessUnit {
  readonly id: string;
  readonly parentId?: string | undefined;
}

export interface RequestReading {
  readonly kind: "read";
  readonly row: RequestRow;
  readonly merchantAccounts: readonly MerchantAccount[];
  readonly businessUnits: readonly BusinessUnit[];
  /** Dataverse's own clock (Date header): ages are measured against it. */
  readonly now: Instant;
}
export type ReadAnswer = RequestReading | { readonly kind: "request_not_found" } | Unavailable;

/** A row of the other table: money out. */
export interface RefundReading extends Omit<RequestReading, "kind" | "row"> {
  readonly kind: "read_refund";
  readonly row: RefundRequestRow;
}

/** created: the row is ours now. own: it stood there with our ledger id. foreign: another ledger (or this one before its disk was lost) wrote it. */
export type ClaimAnswer = ((RequestReading | RefundReading) & { readonly claim: "created" | "own" | "foreign" }) | { readonly kind: "request_not_found" } | Unavailable;

/** A transaction row that is not final, of a request this ledger may not know. */
export interface OpenTransactionRow {
  readonly effectId: EffectId;
  readonly table: CommandTable;
  /** The row that asked for it, of either table. */
  readonly paymentRequestId: PaymentRequestId;
  readonly ledgerId: string;
}

/** A person's decision (create-only row). `isInteractivePerson` as for requests. */
export interface DecisionRow {
  readonly decisionId: string;
  /** The request of the transaction it decides on. */
  readonly paymentRequestId: PaymentRequestId;
  readonly paymentTransactionId: EffectId;
  readonly decision: "accept_soft_decline" | "release_the_hold" | "accept_partial" | "withdraw_refund_request";
  readonly amountText: string | undefined;
  readonly createdOn: Instant;
  readonly isInteractivePerson: boolean;
}

export interface WaitingWork {
  readonly kind: "read";
  /** A page of the submitted rows without any transaction row, the next one in the next sweep. */
  readonly unclaimed: readonly PaymentRequestId[];
  readonly unclaimedRefunds: readonly PaymentRequestId[];
  readonly openTransactions: readonly OpenTransactionRow[];
  /** Rows withdrawn lately. */
  readonly withdrawn: readonly PaymentRequestId[];
  /** A page of them, newest first page by page. */
  readonly decisions: readonly DecisionRow[];
  readonly hasMoreDecisions?: true | undefined;
  readonly now: Instant;
}

/** What one sweep reads. Each may be missing alone: what could not be read is read by the next sweep. */
export interface SweepReading {
  readonly work: WaitingWork | Unavailable;
  readonly foreign: ForeignEdits | Unavailable;
  readonly decided: Decided | Unavailable;
}

/** The rows that asked for something of a payment, as its transactions show: what a ledger that lost it adopts. */
export interface PaymentRequests {
  readonly kind: "read";
  readonly requests: readonly { readonly table: CommandTable; readonly paymentRequestId: PaymentRequestId; readonly isFounding: boolean; /** Ended without money having moved. */ readonly isNothing: boolean }[];
}

export type ProjectAnswer =
  | { readonly kind: "written" }
  /** A later revision stands there: another worker wrote it, or a ledger that went back knows less than it did. */
  | { readonly kind: "ahead"; readonly revision: number; /** Written by another ledger, which is gone; this one counts anew. */ readonly isAnothers: boolean }
  /** Dataverse will not take it as it is: a dead letter with the column named, mended by a person. */
  | { readonly kind: "rejected"; readonly code: string; readonly message: string }
  | Unavailable;

export interface OrganizationIdentity {
  readonly kind: "read";
  readonly organizationId: OrganizationId;
  readonly environmentType: "sandbox" | "production" | "unknown";
  /** When it said so, by its own clock. */
  readonly at: Instant;
}

export interface Dataverse {
  /**
   * One `$batch`: reads the request with its document, card, accounts and units, and creates the claim row (primary key = effectId). `claimedAt` is when
   * this ledger began to claim, and stands on the row: a claim of another moment was made before the ledger went back to a backup.
   */
  readAndClaim(query: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId; readonly effectId: EffectId; readonly ledgerId: string; readonly claimedAt?: Instant | undefined; readonly table?: CommandTable | undefined }): Promise<ClaimAnswer>;
  /** One `$batch`, reads only: for card entry, and to see whether the deal is still on. */
  readRequest(query: { readonly organizationId: OrganizationId; readonly paymentRequestId: PaymentRequestId }): Promise<ReadAnswer>;
  /** Of the invoice that a capture is for: the one document whose lines do not come with the request. */
  readInvoiceLines(query: { readonly organizationId: OrganizationId; readonly invoiceId: string; readonly currency: string }): Promise<{ readonly kind: "read"; readonly lines: readonly LineItem[] } | Unavailable>;
  /** What people have read of a transaction: before recovery takes back what a lost ledger may have told (recovery rules, law 9). */
  readTold(query: { readonly organizationId: OrganizationId; readonly effectId: EffectId }): Promise<{ readonly kind: "read"; readonly isApproved: boolean; /** Nothing was executed. */ readonly isRefused: boolean; /** More is written than that it is in progress. */ readonly hasMovedOn: boolean } | Unavailable>;
  /** What the payment's row tells of it; no lines where there is no row. */
  readTrail(query: { readonly organizationId: OrganizationId; readonly paymentId: string }): Promise<{ readonly kind: "read"; readonly lines: readonly ShownLine[] } | Unavailable>;
  /** Which rows a payment was made and changed by. */
  readPaymentRequests(query: { readonly organizationId: OrganizationId; readonly paymentId: string }): Promise<PaymentRequests | Unavailable>;
  /**
   * One `$batch`: what waits in this organization, what others changed in our tables since `positions`, and what people have decided since. Each
   * list is bounded (100), but for the changes.
   */
  readSweep(query: { readonly organizationId: OrganizationId; readonly changedSince: Instant; readonly positions: Positions }): Promise<SweepReading>;
  /** One `$batch` of upserts by primary key, in one change set; the document's convenience columns in a part that may fail alone. */
  project(query: { readonly organizationId: OrganizationId; readonly projection: PaymentProjection }): Promise<ProjectAnswer>;
  /**
   * Compares the rows of a payment with what they should be, and writes them over where they differ. `isCurrent` is asked once they were read: what
   * was projected meanwhile differs by right.
   */
  restore(query: { readonly organizationId: OrganizationId; readonly projection: PaymentProjection; readonly isCurrent: () => Promise<boolean> }): Promise<RestoreAnswer | Unavailable>;
  /** What the organization says it is: a copied environment must not charge. */
  identify(organizationId: OrganizationId): Promise<OrganizationIdentity | Unavailable>;
}
