// What surrounds a payment in Dataverse: who may give money back, documents and their invoices, rows that are made once, rows that follow the
// ledger. Implemented by dataverse/surroundings. Every call is bounded and says when it could not.
import type { BulkRun } from "../domain/bulk/plan.ts";
import type { OrganizationId, PaymentRequestId } from "../domain/ids.ts";
import type { NewRow, StandingRow } from "../domain/notify/rows.ts";
import type { Money } from "../domain/money.ts";
import type { BusinessUnitNode } from "../domain/payment/choose-merchant-account.ts";
import type { CustomerRef, MerchantAccount } from "../domain/payment/command.ts";
import type { RefundLimit } from "../domain/refund-governance/refund-limit.ts";
import type { RefundRequestRow } from "../domain/refund-governance/refund-request.ts";
import type { ManualPayment } from "../domain/manual-payment/received.ts";
import type { Instant } from "../domain/time.ts";
import type { Unavailable } from "./dataverse.ts";

/** Everything that decides who may give this money back, as it stands now. */
export interface RefundGround {
  readonly kind: "read";
  readonly row: RefundRequestRow;
  readonly limits: readonly RefundLimit[];
  readonly businessUnits: readonly BusinessUnitNode[];
  /** As they stand now: a payment keeps the account that it was made with. */
  readonly merchantAccounts: readonly MerchantAccount[];
  readonly authorUnitId: string | undefined;
  /** The relay's own user: what it writes for a business event needs no second person. */
  readonly relayUserId: string;
}

export interface InvoiceReading {
  readonly invoiceId: string;
  readonly number: string;
  readonly orderId?: string | undefined;
  readonly state: "open" | "paid" | "cancelled";
  readonly total: Money | undefined;
  readonly createdOn: Instant;
  readonly received: readonly ManualPayment[];
}

export interface OrderReading {
  readonly orderId: string;
  readonly number: string;
  readonly state: "active" | "submitted" | "cancelled" | "fulfilled" | "invoiced";
  readonly statusCode: number;
  readonly total: Money | undefined;
  readonly received: readonly ManualPayment[];
}

export interface DocumentsReading {
  readonly kind: "read";
  readonly orders: readonly OrderReading[];
  /** The invoices asked for, and those created from the orders asked for. */
  readonly invoices: readonly InvoiceReading[];
}

/** A saved card as its row has it. */
export interface HeldCard {
  readonly paymentMethodId: string;
  readonly tmsCustomerId: string | undefined;
  readonly paymentInstrumentId: string;
  readonly brand: string;
  readonly lastFour: string | undefined;
  readonly expirationMonth: number | undefined;
  readonly expirationYear: number | undefined;
  readonly state: "active" | "expired" | "blocked";
}

export interface PeopleReading {
  readonly kind: "read";
  /** UI language of each user (LCID), where he has chosen one. */
  readonly languageOf: Readonly<Record<string, number>>;
}

export type Written = { readonly kind: "written" | "stands" } | { readonly kind: "rejected"; readonly code: string; readonly message: string } | Unavailable;

export interface Surroundings {
  readRefundGround(query: { readonly organizationId: OrganizationId; readonly refundRequestId: PaymentRequestId }): Promise<RefundGround | { readonly kind: "request_not_found" } | Unavailable>;
  readBulkRun(query: { readonly organizationId: OrganizationId; readonly bulkRunId: string }): Promise<{ readonly kind: "read"; readonly run: BulkRun | undefined } | Unavailable>;
  /** At most 50 of each. */
  readDocuments(query: { readonly organizationId: OrganizationId; readonly orderIds: readonly string[]; readonly invoiceIds: readonly string[] }): Promise<DocumentsReading | Unavailable>;
  /** Cards of a customer that are marked as his default. */
  defaultCardsOf(query: { readonly organizationId: OrganizationId; readonly customer: CustomerRef }): Promise<{ readonly kind: "read"; readonly paymentMethodIds: readonly string[] } | Unavailable>;
  /** Every card on file with this number, of whatever customer, at this merchant id; none that were removed. At most 500. */
  cardsWithNumber(query: { readonly organizationId: OrganizationId; readonly merchantId: string; readonly instrumentIdentifierId: string }): Promise<{ readonly kind: "read"; readonly cards: readonly HeldCard[] } | Unavailable>;
  /** UI languages of users. */
  readPeople(query: { readonly organizationId: OrganizationId; readonly userIds: readonly string[] }): Promise<PeopleReading | Unavailable>;
  /** Enabled interactive users who hold one of our roles, by the end of its name; at most 50. */
  findUsersWithRole(query: { readonly organizationId: OrganizationId; readonly roleName: string }): Promise<{ readonly kind: "read"; readonly userIds: readonly string[] } | Unavailable>;
  /** Makes a row under a fixed key, once: `stands` when it was there. */
  createOnce(query: { readonly organizationId: OrganizationId; readonly row: NewRow }): Promise<Written>;
  /** Rows that follow the ledger, in one change set: made or written over. */
  writeRows(query: { readonly organizationId: OrganizationId; readonly rows: readonly StandingRow[] }): Promise<Written>;
  /** Marks an open invoice as paid; totals are never written. */
  closeInvoice(query: { readonly organizationId: OrganizationId; readonly invoiceId: string; readonly as: "complete" | "partial" }): Promise<Written>;
}

