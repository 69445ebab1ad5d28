// Rows that the relay makes for people, once each, and rows that follow the ledger. Pure values; dataverse/rows gives them their columns.
import type { CreditMemo } from "../allocation/credit-memo.ts";
import type { EffectId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { CustomerRef, DocumentRef } from "../payment/command.ts";
import type { ReasonCode } from "../refund-governance/refund-request.ts";
import type { Instant } from "../time.ts";

export interface RowOwner {
  readonly id: string;
  readonly kind: "systemuser" | "team";
}

/** What token management keeps of a card, under the name that people know it by. */
export interface CardDetails {
  readonly brand: string;
  readonly lastFour: string | undefined;
  readonly expirationMonth: number | undefined;
  readonly expirationYear: number | undefined;
}

/** A row under a key of its own; made again, it stands. */
export type NewRow = { readonly id: string } & (
  | { readonly table: "capture_request" | "increment_request"; readonly paymentId: string; readonly document: DocumentRef; readonly amount: Money; readonly currencyId: string; readonly validUntil: Instant; readonly owner: RowOwner }
  | { readonly table: "reauthorize_request"; readonly paymentId: string; readonly paymentMethodId: string; readonly document: DocumentRef; readonly amount: Money; readonly currencyId: string; readonly validUntil: Instant; readonly owner: RowOwner }
  | { readonly table: "release_request"; readonly paymentId: string; readonly document: DocumentRef; readonly amount: Money; readonly currencyId: string; readonly validUntil: Instant; readonly owner: RowOwner; readonly reasonCode: ReasonCode; readonly note: string }
  | { readonly table: "task"; readonly subject: string; readonly description: string; readonly regarding: DocumentRef; readonly owner: RowOwner; readonly dueAt: Instant }
  | { readonly table: "app_notification"; readonly title: string; readonly body: string; readonly recipientId: string; readonly icon: "info" | "success" | "failure" | "warning"; readonly link?: { readonly label: string; readonly table: string; readonly id: string } | undefined }
  | { readonly table: "email_draft"; readonly subject: string; readonly html: string; readonly regarding: DocumentRef; readonly senderId: string; readonly recipient: CustomerRef; readonly owner: RowOwner }
);

/** A row that follows the ledger and may be written any number of times. */
export type StandingRow =
  | { readonly table: "allocation"; readonly id: string; readonly paymentId: string; readonly invoiceId: string; readonly salesOrderId?: string | undefined; readonly amount: Money; readonly refunded: Money; readonly state: "applied" | "reversed"; readonly revision: number; readonly currencyId: string; readonly owner: RowOwner }
  | { readonly table: "credit_memo"; readonly id: string; readonly paymentId: string; readonly transactionId: EffectId; readonly customer: CustomerRef; readonly memo: CreditMemo; readonly currencyId: string; readonly owner: RowOwner }
  | { readonly table: "transaction_note"; readonly effectId: EffectId; readonly reason: string; readonly agentText: string }
  | { readonly table: "payment_note"; readonly paymentId: string; readonly expiryWarnedOn: Instant }
  | { readonly table: "saved_card"; readonly paymentMethodId: string; readonly isDefault?: boolean | undefined; readonly nickname?: string | undefined; readonly state?: "active" | "removed" | "blocked" | undefined; readonly details?: CardDetails | undefined; readonly mergeState?: "none" | "to_confirm" | undefined };
