// What Dynamics 365 calls: commands and their enable rules by Cybs.<name> from the command bar, the forms' handlers by name.
export { bulkCapture, bulkRefund } from "./ribbon/bulk-run.ts";
export { canCapture, canChangePayments, canGiveBack, canRecordPayment, canRelease, canShowCards, canTakeInvoicePayment, canTakePayment } from "./ribbon/enable-rules.ts";
export { capturePayment, releasePayment } from "./ribbon/capture-payment.ts";
export { giveBack, refund } from "./ribbon/give-back.ts";
export { recordPayment } from "./ribbon/record-payment.ts";
export { savedCards } from "./ribbon/saved-cards.ts";
export { takePayment } from "./ribbon/take-payment.ts";
export * as createByControlForm from "./forms/create-by-control-form.ts";
export * as paymentRequestForm from "./forms/payment-request-form.ts";
export * as orderPaymentsForm from "./forms/order-payments-form.ts";
