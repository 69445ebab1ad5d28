// A row's key in the table of due work: its id, with the table's name before it where that is not the usual one.
import { asPaymentRequestId, type PaymentRequestId } from "../domain/ids.ts";
import type { CommandTable } from "../domain/payment/command.ts";

const REFUND = "refundrequest:";

export const workKey = (table: CommandTable | undefined, paymentRequestId: PaymentRequestId): string => (table === "refundrequest" ? `${REFUND}${paymentRequestId}` : paymentRequestId);

/** The row that a key stands for. */
export const rowOfKey = (key: string): { readonly paymentRequestId: PaymentRequestId; readonly table?: CommandTable } =>
  (key.startsWith(REFUND) ? { paymentRequestId: asPaymentRequestId(key.slice(REFUND.length)), table: "refundrequest" } : { paymentRequestId: asPaymentRequestId(key) });
