// Branded ids, so that one kind never stands where another is meant (a Cybersource request id is not a payment request's id).
declare const brand: unique symbol;
type Branded<Name extends string> = string & { readonly [brand]: Name };

/** Dataverse organization, lower-case guid. */
export type OrganizationId = Branded<"OrganizationId">;
/** A row that asks for something: `cybs_paymentrequest`, or `cybs_refundrequest` where money goes out. Guids: unique over both tables. */
export type PaymentRequestId = Branded<"PaymentRequestId">;
/** Ours: UUIDv5(organization, request, step). Also the primary key of the `cybs_paymenttransaction` row. */
export type EffectId = Branded<"EffectId">;
/** Cybersource's `id` of a transaction (16–26 digits). */
export type RequestId = Branded<"RequestId">;
/** `clientReferenceInformation.code`: the only handle of ours that transaction search knows. */
export type MerchantReference = Branded<"MerchantReference">;
/** `clientReferenceInformation.transactionId`: the handle of timeout void and timeout reversal, unique for 60 days. */
export type TransactionId = Branded<"TransactionId">;

export const asOrganizationId = (text: string): OrganizationId => text.toLowerCase() as OrganizationId;
export const asPaymentRequestId = (text: string): PaymentRequestId => text.toLowerCase() as PaymentRequestId;
export const asEffectId = (text: string): EffectId => text.toLowerCase() as EffectId;
export const asRequestId = (text: string): RequestId => text as RequestId;
export const asMerchantReference = (text: string): MerchantReference => text as MerchantReference;
export const asTransactionId = (text: string): TransactionId => text as TransactionId;
