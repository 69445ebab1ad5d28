// Cash, cheques and bank transfers of a document, read with it. Nobody but people creates them, and nobody changes them.
import { manualPaymentTable as table } from "@cybs/schema";
import { z } from "zod";
import type { ManualPayment } from "../../domain/manual-payment/received.ts";
import { decimalColumn, guidColumn } from "./column-kinds.ts";
import { fromColumn } from "./money-columns.ts";

const { columns, lookupValues, primaryId } = table;
export const manualPaymentExpand = `($select=${primaryId},${columns.amount},${lookupValues.reversesId},${lookupValues.transactionCurrencyId})`;
export const ManualPaymentColumns = z.object({ [primaryId]: z.guid(), [columns.amount]: decimalColumn, [lookupValues.reversesId]: guidColumn, [lookupValues.transactionCurrencyId]: guidColumn });

/** Rows in the document's currency; one in another currency pays nothing of it. */
export function toManualPayments(rows: readonly z.infer<typeof ManualPaymentColumns>[] | null | undefined, document: { readonly currency: string; readonly currencyId: string | undefined }): readonly ManualPayment[] {
  return (rows ?? []).flatMap((row) => {
    const amount = row[lookupValues.transactionCurrencyId] === document.currencyId ? fromColumn(row[columns.amount], document.currency) : undefined;
    return amount === undefined ? [] : [{ manualPaymentId: row[primaryId].toLowerCase(), minor: amount.minor, reversesId: row[lookupValues.reversesId] }];
  });
}
