// Saved cards: read when a request names one, written when an approved payment leaves one behind. Ids in token management, never a number.
import { scopeOfConsent } from "@cybs/contract";
import { merchantAccountTable, paymentMethodTable as table } from "@cybs/schema";
import { z } from "zod";
import type { SavedCard } from "../../domain/payment/command.ts";
import type { PaymentMethodRow } from "../../domain/payment/project-payment-method.ts";
import { brandNameOfChoice, brandOfTypeCode } from "./card-brands.ts";
import { guidColumn, textColumn, wholeColumn } from "./column-kinds.ts";
import { LOOKUP_TABLE, systemUser } from "./standard-tables.ts";
import { bind, bindCustomer, bindOwner, dateValue, textValue, type Owner, type Row } from "./write-values.ts";

const { columns, lookupValues, navigation, choices, maxLengths } = table;
const CUSTOMER_TABLE = `${lookupValues.customerId}${LOOKUP_TABLE}` as const;

const SELECTED = [
  columns.paymentMethodId, lookupValues.customerId, lookupValues.merchantAccountId, columns.tmsCustomerId, columns.paymentInstrumentId, columns.brand,
  columns.lastFour, columns.expiryMonth, columns.expiryYear, columns.state, columns.stateCode, columns.firstNetworkTransactionId, columns.consentScope, columns.mergeState,
];
export const savedCardExpand = `($select=${SELECTED.join(",")})`;
export const SavedCardColumns = z.object({
  [columns.paymentMethodId]: z.guid(), [lookupValues.customerId]: guidColumn, [CUSTOMER_TABLE]: textColumn, [lookupValues.merchantAccountId]: guidColumn,
  [columns.tmsCustomerId]: textColumn, [columns.paymentInstrumentId]: textColumn, [columns.brand]: wholeColumn, [columns.lastFour]: textColumn,
  [columns.expiryMonth]: wholeColumn, [columns.expiryYear]: wholeColumn, [columns.state]: wholeColumn, [columns.stateCode]: wholeColumn,
  [columns.firstNetworkTransactionId]: textColumn, [columns.consentScope]: wholeColumn, [columns.mergeState]: wholeColumn,
});

/** A row without customer or merchant account is no card of anybody: it stays unusable. */
export function toSavedCard(row: z.infer<typeof SavedCardColumns> | null | undefined): SavedCard | undefined {
  if (row === null || row === undefined) return undefined;
  const customerId = row[lookupValues.customerId];
  const merchantAccountId = row[lookupValues.merchantAccountId];
  const paymentInstrumentId = row[columns.paymentInstrumentId];
  const isComplete = customerId !== undefined && merchantAccountId !== undefined && paymentInstrumentId !== undefined;
  return {
    paymentMethodId: row[columns.paymentMethodId].toLowerCase(),
    customer: { kind: row[CUSTOMER_TABLE] === "contact" ? "contact" : "account", id: customerId ?? "" },
    merchantAccountId: merchantAccountId ?? "", tmsCustomerId: row[columns.tmsCustomerId], paymentInstrumentId: paymentInstrumentId ?? "",
    brand: brandNameOfChoice(row[columns.brand]), lastFour: row[columns.lastFour],
    expirationMonth: row[columns.expiryMonth], expirationYear: row[columns.expiryYear],
    isUsable: isComplete && row[columns.state] === choices.state.active && (row[columns.stateCode] ?? 0) === 0 && row[columns.mergeState] !== choices.mergeState.toConfirm,
    isToConfirm: row[columns.mergeState] === choices.mergeState.toConfirm,
    firstNetworkTransactionId: row[columns.firstNetworkTransactionId], hasMerchantInitiatedConsent: row[columns.consentScope] === choices.consentScope.alsoMerchantInitiated,
  };
}

/** The row an approved payment leaves. Its state is set when the row is made and never again: a card that was removed stays removed. So is what its network may renew (refresh-cards.ts), whose it is (customers are merged) and what else its holder agreed to since: the payment only knows how the card was then. */
export function fromPaymentMethod(method: PaymentMethodRow, write: { readonly owner: Owner | undefined; readonly isNew: boolean }): Row {
  const brand = brandOfTypeCode(method.cardTypeCode);
  return {
    ...bind(navigation.merchantAccountId, merchantAccountTable.entitySetName, method.merchantAccountId),
    [columns.tmsCustomerId]: method.tmsCustomerId ?? null, [columns.paymentInstrumentId]: method.paymentInstrumentId,
    [columns.instrumentIdentifierId]: method.instrumentIdentifierId ?? null,
    [columns.brand]: brand.choice,
    [columns.consentTextVersion]: method.consentTextVersion, [columns.consentedOn]: dateValue(method.consentedOn),
    ...bind(navigation.consentedBy, systemUser.entitySetName, method.consentedBy),
    [columns.firstNetworkTransactionId]: textValue(method.firstNetworkTransactionId, maxLengths.firstNetworkTransactionId),
    ...(write.isNew ? {
      ...bindCustomer({ account: navigation.customerIdAccount, contact: navigation.customerIdContact }, method.customer), [columns.consentScope]: choices.consentScope[scopeOfConsent(method.consentTextVersion)],
      [columns.name]: textValue(`${brand.name} •••• ${method.lastFour ?? "????"}`, maxLengths.name), [columns.lastFour]: method.lastFour ?? null,
      [columns.expiryMonth]: method.expirationMonth ?? null, [columns.expiryYear]: method.expirationYear ?? null, [columns.state]: choices.state.active,
    } : {}),
    ...bindOwner(write.owner),
  };
}
