// Level II and III data of money that is captured: each line with its total, their tax as a sum, the order's number and that it is taxed.
// Cybersource passes it on to the bank only when `purchaseLevel` says that it is there (level II and III guides, "Requesting captures … with level III data").
import { toDecimalText, type Money } from "../../domain/money.ts";
import type { LineItem } from "../../domain/payment/command.ts";
import { invoiceNumberFor, orderNumberFor } from "../purchase-data.ts";
import { filled, filledOrNone, lineItem } from "./members.ts";

export interface Goods {
  readonly amount: Money;
  /** Those that make up the amount; none when they are not known. */
  readonly lines: readonly LineItem[];
  readonly documentNumber: string;
  readonly invoiceNumber?: string | undefined;
}

/** A line with its own total, which level III data asks for beside unit price and quantity; tax comes on top of it. The invoice's number goes with the first: a capture has no other place for it (lineItems[].invoiceNumber). */
const commodityLine = (line: LineItem, invoiceNumber: string | undefined): Record<string, unknown> =>
  filled({ ...lineItem(line), totalAmount: toDecimalText({ ...line.unitPrice, minor: line.unitPrice.minor * BigInt(line.quantity) }), invoiceNumber });

/** Members of `orderInformation`. */
export function goodsMembers({ amount, lines, documentNumber, invoiceNumber }: Goods): Record<string, unknown> {
  const tax = lines.reduce((sum, line) => sum + (line.tax?.minor ?? 0n), 0n);
  const invoiceDetails = filledOrNone({ purchaseOrderNumber: orderNumberFor(documentNumber), taxable: tax > 0n ? true : undefined });
  return {
    amountDetails: { totalAmount: toDecimalText(amount), currency: amount.currency, ...(tax === 0n ? {} : { taxAmount: toDecimalText({ ...amount, minor: tax }) }) },
    ...(invoiceDetails === undefined ? {} : { invoiceDetails }),
    ...(lines.length === 0 ? {} : { lineItems: lines.map((line, index) => commodityLine(line, index === 0 ? invoiceNumberFor(invoiceNumber) : undefined)) }),
  };
}

/** Member of `processingInformation`: only where the account has level III processing, and there are lines to pass on. */
export const purchaseLevel = (hasLevelThree: boolean, lines: readonly LineItem[]): { readonly purchaseLevel?: string } => (hasLevelThree && lines.length > 0 ? { purchaseLevel: "3" } : {});
