// The payment through the official SDK, its log off. One API object serves all calls.
import { createRequire } from "node:module";
import type { Command, Outcome } from "./dataverse.ts";
import { settings } from "./settings.ts";

interface Answer {
  readonly id?: string; readonly status?: string; readonly reconciliationId?: string; readonly errorInformation?: { readonly reason?: string };
  readonly processorInformation?: { readonly approvalCode?: string; readonly networkTransactionId?: string; readonly avs?: { readonly code?: string } };
}
interface PaymentsApi { createPayment(request: unknown, callback: (error: unknown, data: Answer | undefined) => void): void }
interface Sdk { PaymentsApi: new (configuration: unknown, client: unknown) => PaymentsApi; ApiClient: new () => unknown }

const sdk = createRequire(import.meta.url)("cybersource-rest-client") as Sdk;
const api = new sdk.PaymentsApi({
  authenticationType: "jwt", jwtKeyType: "SHARED_SECRET", runEnvironment: settings.cybersourceHost, merchantID: settings.merchantId, merchantKeyId: settings.merchantKeyId, merchantsecretKey: settings.merchantSecret,
  logConfiguration: { enableLog: false },
}, new sdk.ApiClient());

/** Never throws: no answer is the outcome "unknown". */
export function pay(command: Command, ids: { readonly reference: string; readonly transactionId: string }): Promise<Outcome> {
  const request = {
    clientReferenceInformation: { code: ids.reference, transactionId: ids.transactionId, comments: command.orderNumber, applicationName: "Express peer" },
    processingInformation: { capture: command.isSale, commerceIndicator: "MOTO", authorizationOptions: { partialAuthIndicator: false, initiator: { type: "customer", storedCredentialUsed: true } } },
    paymentInformation: { paymentInstrument: { id: command.paymentInstrumentId }, customer: { id: command.tmsCustomerId } },
    orderInformation: { amountDetails: { totalAmount: (command.amountMinor / 100).toFixed(2), currency: command.currency }, billTo: command.billTo, lineItems: command.lines },
    buyerInformation: { merchantCustomerID: command.customerId },
  };
  return new Promise((resolve) => {
    api.createPayment(request, (_error, data) => {
      if (data?.id === undefined) { resolve({ status: "unknown" }); return; }
      resolve({
        status: data.status === "AUTHORIZED" ? "approved" : data.status === "DECLINED" ? "declined" : "unknown", requestId: data.id, reconciliationId: data.reconciliationId, reason: data.errorInformation?.reason,
        approvalCode: data.processorInformation?.approvalCode, networkTransactionId: data.processorInformation?.networkTransactionId, avsCode: data.processorInformation?.avs?.code,
      });
    });
  });
}
