// Generated from solution/src by solution/schema/generate.ts: change the table there, then run the generator.
export { invoiceTable } from "./invoice.ts";
export { productTable } from "./product.ts";
export { salesOrderTable } from "./sales-order.ts";
export { bulkRunTable } from "./bulk-run.ts";
export { creditMemoTable } from "./credit-memo.ts";
export { manualPaymentTable } from "./manual-payment.ts";
export { merchantAccountTable } from "./merchant-account.ts";
export { operatorDecisionTable } from "./operator-decision.ts";
export { paymentTable } from "./payment.ts";
export { paymentAllocationTable } from "./payment-allocation.ts";
export { paymentDecisionTable } from "./payment-decision.ts";
export { paymentMethodTable } from "./payment-method.ts";
export { paymentRequestTable } from "./payment-request.ts";
export { paymentTransactionTable } from "./payment-transaction.ts";
export { refundApprovalTable } from "./refund-approval.ts";
export { refundLimitTable } from "./refund-limit.ts";
export { refundRequestTable } from "./refund-request.ts";

export const environmentVariables = {
  consentTextVersion: "cybs_consenttextversion",
  relayUrl: "cybs_relayurl",
} as const;
