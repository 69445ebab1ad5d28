// What the people of a run know of an order that is invoiced, paid in cash, fulfilled or cancelled.
/** An order, its invoices and the cash of all of them, as the people know them. Minor units. */
export interface Deal {
  readonly organization: number;
  readonly orderId: string;
  readonly orderMinor: bigint;
  readonly currency: string;
  readonly invoices: { readonly id: string; readonly minor: bigint; isCancelled: boolean }[];
  readonly cash: { readonly minor: bigint; readonly at: number; readonly invoiceId: string | undefined }[];
  state: "open" | "fulfilled" | "cancelled";
}

export const dealKey = (organizationId: string, documentId: string): string => `${organizationId} ${documentId}`;
