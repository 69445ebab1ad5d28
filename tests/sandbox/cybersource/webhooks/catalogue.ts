// Products and their events, as GET /notification-subscriptions/v2/products/{organization} lists them (webhooks implementation guide).
// Notifications of payments and unifiedCheckout are always encrypted.
const PAYMENT_EVENTS = [
  ...["capture", "refund", "credit"].flatMap((what) => [`payments.${what}.status.accepted`, `payments.${what}.status.updated`]), "payments.void.status.accepted", "payments.void.status.rejected",
  ...["accepted", "reviewed", "rejected", "partiallyApproved"].map((how) => `payments.authorization.status.${how}`), "payments.reversal.status.accepted", "payments.reversal.status.rejected",
];
const CASE_EVENTS = ["risk.casemanagement.decision.accept", "risk.casemanagement.decision.reject", "risk.casemanagement.addnote", "risk.profile.decision.reject"];

export interface Product { readonly productId: string; readonly eventTypes: readonly string[]; readonly isEncrypted: boolean }
const product = (productId: string, eventTypes: readonly string[], isEncrypted = false): Product => ({ productId, eventTypes, isEncrypted });

export const PRODUCTS: readonly Product[] = [
  product("payments", PAYMENT_EVENTS, true),
  product("unifiedCheckout", ["uc.orders.transactionresults"], true),
  product("decisionManager", CASE_EVENTS),
  product("fraudManagementEssentials", [...CASE_EVENTS, "risk.profile.decision.monitor", "risk.profile.decision.review"]),
  product("tokenManagement", ["tms.networktoken.updated", "tms.networktoken.provisioned", "tms.networktoken.binding"]),
  product("recurringBilling", ["rbs.subscriptions.charge.created", "rbs.subscriptions.charge.failed", "rbs.subscriptions.charge.pre-notified"]),
  product("customerInvoicing", ["send", "cancel", "paid", "partial-payment", "partial-resend", "reminder", "overdue-reminder"].map((what) => `invoicing.customer.invoice.${what}`)),
  product("payByLink", ["payByLink.merchant.payment", "payByLink.customer.payment"]),
  product("eCheck", ["payments", "credits", "voids"].flatMap((what) => [`payments.${what}.accepted`, `payments.${what}.failed`])),
  product("alternativePaymentMethods", ["payments.payments.updated"]),
  product("accountUpdater", ["aura.batch.status.update"]),
];
export const productById = (productId: unknown): Product | undefined => PRODUCTS.find((one) => one.productId === productId);
