// Commerce indicator and stored-credential flags, from one table: channel × card × save × re-authorization. Agent-keyed payments are MOTO.
// Sources: Cybersource payments guide (commerce indicators, credentials on file), Visa stored-credential framework.
import type { Channel } from "./command.ts";

export interface FlagsInput {
  readonly channel: Channel;
  readonly instrument: "transient_token" | "saved_card";
  readonly saveCard: boolean;
  readonly isReauthorization: boolean;
  /** Network transaction id of the payment that saved the card; sent where the merchant, not the customer, starts the payment. */
  readonly firstNetworkTransactionId?: string | undefined;
}

export interface Flags {
  readonly commerceIndicator: "MOTO" | "internet" | "recurring";
  readonly initiator?: {
    readonly type: "customer" | "merchant";
    readonly credentialStoredOnFile?: true | undefined;
    readonly storedCredentialUsed?: true | undefined;
    readonly merchantInitiated?: { readonly reason?: string | undefined; readonly previousTransactionId?: string | undefined } | undefined;
  } | undefined;
}

/** Visa's reason for a re-authorization (merchantInitiatedTransaction.reason). */
const REAUTHORIZATION = "3";

export function commerceFlagsFor(input: FlagsInput): Flags {
  const previousTransactionId = input.firstNetworkTransactionId;
  if (input.isReauthorization) return { commerceIndicator: "internet", initiator: { type: "merchant", storedCredentialUsed: true, merchantInitiated: { reason: REAUTHORIZATION, previousTransactionId } } };
  if (input.instrument === "saved_card") {
    // The customer agreed earlier and is not there: the merchant starts it. On the phone or by mail the customer does.
    return input.channel === "absent_as_agreed"
      ? { commerceIndicator: "internet", initiator: { type: "merchant", storedCredentialUsed: true, merchantInitiated: { previousTransactionId } } }
      : { commerceIndicator: "MOTO", initiator: { type: "customer", storedCredentialUsed: true } };
  }
  return input.saveCard ? { commerceIndicator: "MOTO", initiator: { type: "customer", credentialStoredOnFile: true } } : { commerceIndicator: "MOTO" };
}
