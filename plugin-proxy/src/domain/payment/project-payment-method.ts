// The saved card that an approved payment leaves behind. A card is on file only after an approval, and only with consent.
import type { CustomerRef } from "./command.ts";
import type { Instant } from "../time.ts";
import { mainEffect, type Intent } from "./intent.ts";

export interface PaymentMethodRow {
  readonly paymentMethodId: string;
  readonly customer: CustomerRef;
  readonly merchantAccountId: string;
  readonly tmsCustomerId?: string | undefined;
  readonly paymentInstrumentId: string;
  readonly instrumentIdentifierId?: string | undefined;
  readonly cardTypeCode?: string | undefined;
  readonly lastFour?: string | undefined;
  readonly expirationMonth?: number | undefined;
  readonly expirationYear?: number | undefined;
  readonly consentTextVersion: string;
  readonly consentedOn: Instant;
  readonly consentedBy: string;
  readonly firstNetworkTransactionId?: string | undefined;
}

/** The row, or undefined when nothing may be kept (not approved, no consent, no token). `paymentMethodId` derives the row's key from the instrument. */
export function projectPaymentMethod(intent: Intent, paymentMethodId: (paymentInstrumentId: string) => string): PaymentMethodRow | undefined {
  const command = intent.command;
  const main = mainEffect(intent);
  const token = main.facts?.token;
  if (command?.saveCard !== true || command.consentTextVersion === undefined || main.state !== "approved" || token?.paymentInstrumentId === undefined) return undefined;
  return {
    paymentMethodId: paymentMethodId(token.paymentInstrumentId),
    customer: command.customer, merchantAccountId: command.merchantAccount.merchantAccountId,
    tmsCustomerId: token.customerId, paymentInstrumentId: token.paymentInstrumentId, instrumentIdentifierId: token.instrumentIdentifierId,
    cardTypeCode: main.facts?.card?.typeCode, lastFour: main.facts?.card?.lastFour,
    expirationMonth: main.facts?.card?.expirationMonth, expirationYear: main.facts?.card?.expirationYear,
    consentTextVersion: command.consentTextVersion, consentedOn: intent.claimedAt, consentedBy: command.author.userId,
    firstNetworkTransactionId: main.facts?.networkTransactionId,
  };
}
