// Calls and answers that the tests of the Cybersource client start from; each test changes what it is about.
import { asMerchantReference, asOrganizationId, asRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import type { MerchantBinding, PayCall, UndoCall } from "../../plugin-proxy/src/ports/gateway.ts";
import type { WireReply } from "../../plugin-proxy/src/cybersource/transport.ts";

export const binding: MerchantBinding = { organizationId: asOrganizationId("7d3f1c52-0000-4000-8000-000000000001"), merchantId: "fabrikam_sandbox", environment: "test" };
export const usd = (minor: bigint) => ({ minor, currency: "USD" });

const ids = { binding, merchantReference: asMerchantReference("PR-000001-1"), transactionId: asTransactionId("T0000000000000000001") };

export const payCall = (more: Partial<PayCall> = {}): PayCall => ({
  ...ids, kind: "authorization", amount: usd(124_000n), instrument: { kind: "saved_card", paymentInstrumentId: "A1B2", tmsCustomerId: "C3D4" }, channel: "phone",
  flags: { commerceIndicator: "MOTO", initiator: { type: "customer", storedCredentialUsed: true } }, saveCard: false, merchantCustomerId: "customer-1",
  billTo: { firstName: "Nancy", lastName: "Davolio", line1: "1 Market St", city: "San Francisco", stateOrProvince: "CA", postalCode: "94105", country: "US", email: "nancy@example.com", telephone: "+1 (415) 555-0100" },
  lines: [], documentNumber: "ORD-1", hasLevelThree: false, ...more,
});

const parentRequestId = asRequestId("6750124114786780104953");
export const undoCalls = {
  authorization_reversal: { ...ids, kind: "authorization_reversal", parentRequestId, amount: usd(124_000n) },
  void: { ...ids, kind: "void", parentRequestId, parentKind: "sale" },
  timeout_reversal: { ...ids, kind: "timeout_reversal", originalTransactionId: asTransactionId("T0000000000000000000"), amount: usd(124_000n) },
  timeout_void: { ...ids, kind: "timeout_void", originalTransactionId: asTransactionId("T0000000000000000000") },
  case_decision: { ...ids, kind: "case_decision", parentRequestId, decision: "REJECT", reverse: true },
} as const satisfies Record<string, UndoCall>;

export const replied = (status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): WireReply =>
  ({ kind: "replied", status, headers, text: typeof body === "string" ? body : JSON.stringify(body) });

/** A 201 to `payCall()` with this status and reason. */
export const paid = (status: string, more: Record<string, unknown> = {}): WireReply => replied(201, {
  id: "6750124114786780104953", status, clientReferenceInformation: { code: "PR-000001-1" }, reconciliationId: "78243988SD9YL291",
  orderInformation: { amountDetails: { authorizedAmount: "1240.00", currency: "USD" } }, processorInformation: { approvalCode: "888888", networkTransactionId: "123456789619999", responseCode: "100" }, ...more,
});
export const because = (reason: string): Record<string, unknown> => ({ errorInformation: { reason, message: "as documented" } });
