// What a request row asks for, frozen at first sight: later edits of the row change nothing.
// Parsed from Dataverse at one edge (dataverse/rows) and trusted inside.
import type { EffectId, OrganizationId, PaymentRequestId } from "../ids.ts";
import type { Money } from "../money.ts";
import type { InvoicePaidPolicy } from "../allocation/choose-invoice-state.ts";
import type { Instant } from "../time.ts";

export type DocumentKind = "salesorder" | "invoice";
export interface DocumentRef {
  readonly kind: DocumentKind;
  readonly id: string;
}
export interface CustomerRef {
  readonly kind: "account" | "contact";
  readonly id: string;
}

/** What a payment request can ask for. The last three are about saved cards and applied payments: not the machine's business. */
/** What a row asks of a saved card; no money moves. */
export type CardAction = "remove_card" | "make_default" | "rename_card";
export type RequestedAction = CardAction | "take_payment" | "authorization" | "sale" | "capture" | "incremental_authorization" | "reauthorization" | "remove_saved_card" | "make_default" | "rename_saved_card" | "apply_payment";
export type Channel = "phone" | "mail" | "absent_as_agreed";
export type Method = "saved_card" | "new_card";

/** Cardholder's details as the request row holds them; already ISO codes for country and state. Personal: sealed in the ledger. */
export interface BillTo {
  readonly firstName?: string | undefined;
  readonly lastName?: string | undefined;
  readonly company?: string | undefined;
  readonly line1?: string | undefined;
  readonly line2?: string | undefined;
  readonly city?: string | undefined;
  readonly stateOrProvince?: string | undefined;
  readonly postalCode?: string | undefined;
  readonly country?: string | undefined;
  readonly email?: string | undefined;
  readonly telephone?: string | undefined;
}

export interface LineItem {
  readonly sku?: string | undefined;
  readonly name: string;
  /** What kind of goods this is, in the words of whoever keeps the products. */
  readonly commodityCode?: string | undefined;
  /** The name of the unit that is counted. */
  readonly unit?: string | undefined;
  readonly quantity: number;
  readonly unitPrice: Money;
  readonly tax?: Money | undefined;
}

/** A saved card: ids in token management, whose it is, and where it may be used. */
export interface SavedCard {
  readonly paymentMethodId: string;
  readonly customer: CustomerRef;
  readonly merchantAccountId: string;
  readonly tmsCustomerId?: string | undefined;
  readonly paymentInstrumentId: string;
  readonly brand?: string | undefined;
  readonly lastFour?: string | undefined;
  readonly expirationMonth?: number | undefined;
  readonly expirationYear?: number | undefined;
  readonly isUsable: boolean;
  /** A merge of customers has moved it, and no person has said yet that it is his. */
  readonly isToConfirm?: boolean | undefined;
  readonly firstNetworkTransactionId?: string | undefined;
  /** The customer agreed that the merchant may start payments by himself. */
  readonly hasMerchantInitiatedConsent?: boolean | undefined;
}

export interface Author {
  readonly userId: string;
  readonly fullName: string;
  /** Interactive, enabled, and the row was written by nobody on anybody's behalf. */
  readonly isInteractivePerson: boolean;
}

/** In which table a command's row stands. */
export type CommandTable = "paymentrequest" | "refundrequest";
/** What a later row can ask of a payment. `give_back` lets the relay choose reversal, void, refund or a split (choose-give-back.ts). */
export type ChangeAction = "capture" | "incremental_authorization" | "reauthorization" | "give_back" | "refund" | "void" | "authorization_reversal" | "credit";
export type RefundReason = "returned_goods" | "not_delivered" | "wrong_amount" | "duplicate" | "goodwill" | "cancelled" | "other";

/** A later row, frozen at first sight. Its first effect has the claim's id; `deal` says whether a person still wants it. */
export interface ChangeCommand {
  readonly commandId: PaymentRequestId;
  readonly table: CommandTable;
  readonly name: string;
  readonly action: ChangeAction;
  readonly amount: Money;
  /** Capture (or sale, or refund to be voided) that the row names; else the relay chooses. */
  readonly captureId?: EffectId | undefined;
  /** The person's preview said "void or refund": when the void comes too late, refund. */
  readonly isRefundAccepted: boolean;
  readonly reasonCode?: RefundReason | undefined;
  /** The invoice or order that the row names; an invoice of the payment's order may. */
  readonly document?: DocumentRef | undefined;
  readonly savedCard?: SavedCard | undefined;
  /** Total of the document at claim, less what was received without a card: for what takes more money in. */
  readonly documentTotal?: Money | undefined;
  readonly bulkRunId?: string | undefined;
  readonly bulkLine?: number | undefined;
  /** Everybody who had a hand in the row: none of them can be its second person. */
  readonly hands?: readonly string[] | undefined;
  readonly author: Author;
  readonly createdOn: Instant;
  readonly validUntil: Instant;
  readonly claimedAt: Instant;
  /** Claimed by a ledger that is gone: looked for when its turn comes, never decided anew, and everything newer waits for it. */
  readonly isForeign?: true | undefined;
  readonly deal: "on" | "withdrawn" | "expired";
  /** Money out that the relay itself asked for: so says Dataverse of the row's author, whatever the row says. */
  readonly isByRelay?: true | undefined;
}

export type SoftDeclinePolicy = "ask" | "reverse" | "accept";

/** Which merchant id serves a business unit in a currency, what its processor can do, and its policies. */
export interface MerchantAccount {
  readonly merchantAccountId: string;
  readonly merchantId: string;
  readonly environment: "test" | "production";
  readonly businessUnitId: string;
  readonly currency: string;
  readonly currencyId: string;
  readonly isEnabled: boolean;
  readonly abilities: {
    readonly multiCapture: boolean; readonly reversalAfterVoid: boolean; readonly captureAfterVoid: boolean; readonly timeoutVoid: boolean;
    readonly incremental: boolean; readonly standaloneCredit: boolean; readonly partialReversal: boolean;
    /** Sales and captures tell Cybersource that level III data is there. Absent in what was frozen before there was such a setting. */
    readonly levelThree?: boolean | undefined;
  };
  readonly capturePolicy: "sale" | "authorize_only" | "on_fulfilment" | "on_invoice";
  readonly softDeclinePolicy: SoftDeclinePolicy;
  readonly partialPolicy: "reverse" | "ask";
  readonly authorizationDays: number;
  /** Shorter lives by brand (Cybersource's card type code) and for mail or absent customers; days. */
  readonly authorizationDaysByBrand?: Readonly<Record<string, number>> | undefined;
  readonly mailDays?: number | undefined;
  /** When the day's batch closes ("HH:MM") in the account's own time zone (IANA); none: midnight UTC. */
  readonly batchCutOff?: string | undefined;
  readonly timeZone?: string | undefined;
  readonly reauthorizePolicy?: "ask" | "with_consent" | undefined;
  readonly creditPolicy?: "off" | "allowed" | undefined;
  /** When an invoice is closed as paid. */
  readonly invoicePaidPolicy?: InvoicePaidPolicy | undefined;
  /** What nobody captured before it lapses: reversed by a request of the relay's own, or a task. */
  readonly releasePolicy?: "reverse" | "task" | undefined;
  readonly receiptPolicy?: "none" | "email_draft" | undefined;
}

/** The frozen request. `billTo` lives apart (sealed, dropped when the payment is closed). */
export interface Command {
  readonly organizationId: OrganizationId;
  readonly paymentRequestId: PaymentRequestId;
  readonly requestName: string;
  readonly document: DocumentRef;
  readonly documentNumber: string;
  readonly customer: CustomerRef;
  /** A credit founds a payment only where there is none that it belongs to. */
  readonly action: "authorization" | "sale" | "credit";
  readonly amount: Money;
  readonly currencyId: string;
  readonly method: Method;
  readonly savedCard?: SavedCard | undefined;
  readonly channel: Channel;
  readonly saveCard: boolean;
  readonly consentTextVersion?: string | undefined;
  readonly validUntil: Instant;
  readonly author: Author;
  readonly owner: { readonly id: string; readonly kind: "systemuser" | "team" };
  readonly merchantAccount: MerchantAccount;
  /** Document as it was at claim, compared by value while the deal is on. */
  readonly documentTotal: Money;
  /** A re-authorization: the payment whose authorization has ended, and its network's id for it (merchant-initiated, reason 3). */
  readonly reauthorizes?: { readonly paymentId: string; readonly networkTransactionId: string | undefined } | undefined;
}

/** A request row as read from Dataverse, before anything is decided about it. */
export interface RequestRow {
  readonly paymentRequestId: PaymentRequestId;
  readonly name: string;
  readonly state: "draft" | "submitted" | "withdrawn";
  readonly action: RequestedAction | "unsupported";
  readonly method: Method | "none" | undefined;
  readonly channel: Channel;
  /** Undefined when missing or not an amount of the currency; `amountProblem` says which. */
  readonly amount: Money | undefined;
  readonly amountProblem?: "missing" | "too_precise" | undefined;
  readonly currency: string | undefined;
  readonly currencyId: string | undefined;
  readonly saveCard: boolean;
  readonly consentTextVersion?: string | undefined;
  readonly validUntil?: Instant | undefined;
  readonly nonceHash?: string | undefined;
  /** Of a saved card. */
  readonly newName?: string | undefined;
  readonly createdOn: Instant;
  readonly modifiedOn: Instant;
  readonly author: Author;
  readonly createdById: string;
  readonly modifiedById: string;
  readonly ownerId: string;
  readonly hasOnBehalfBy: boolean;
  readonly billTo: BillTo;
  readonly savedCard?: SavedCard | undefined;
  readonly document?: DocumentRow | undefined;
  /** The payment that the row changes. */
  readonly paymentId?: string | undefined;
  readonly bulkRunId?: string | undefined;
  readonly bulkLine?: number | undefined;
}

/** The order (or invoice) a request names, as read with it. */
export interface DocumentRow {
  readonly ref: DocumentRef;
  readonly number: string;
  readonly isOpen: boolean;
  readonly isCancelled?: boolean | undefined;
  readonly isWritable: boolean;
  readonly total: Money | undefined;
  readonly currency: string | undefined;
  readonly customer: CustomerRef | undefined;
  readonly customerParentAccountId?: string | undefined;
  readonly owner: { readonly id: string; readonly kind: "systemuser" | "team" };
  readonly owningBusinessUnitId: string;
  readonly lines: readonly LineItem[];
  /** Paid otherwise: cash, cheque, bank transfer, and on an invoice by the payments of its order. */
  readonly receivedMinor?: bigint | undefined;
  /** Of an invoice: its order, and how much of `receivedMinor` is of which of that order's payments. */
  readonly orderId?: string | undefined;
  readonly applied?: readonly { readonly paymentId: string; readonly minor: bigint }[] | undefined;
  /** Payments Dataverse shows for this document; used for those this ledger does not know (a new disk). */
  readonly payments: readonly DocumentPayment[];
}

export interface DocumentPayment {
  readonly paymentId: string;
  readonly authorized: bigint;
  readonly captured: bigint;
  readonly refunded: bigint;
  readonly reversed: bigint;
  readonly unknown: bigint;
}
