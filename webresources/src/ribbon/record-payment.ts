// The command that records cash, a cheque or a bank transfer: a new row on its own form, with document, currency and open amount filled in.
import { manualPaymentTable } from "@cybs/schema";
import { confirm, lookupValue, openDialog } from "../lib/dialogs.ts";
import { readDocument } from "../lib/document.ts";
import { readOpen } from "../lib/open-amount.ts";
import { runCommand } from "../lib/run-command.ts";
import { say } from "../lib/words.ts";

const { columns, choices, forms, logicalName } = manualPaymentTable;

export const recordPayment = (primaryControl: Xrm.FormContext): Promise<void> => runCommand(primaryControl, {
  title: "recordPayment", mayNot: "mayNotRecord",
  run: async ({ table, id, name }) => {
    const document = await readDocument(table, id);
    const open = await readOpen(document);
    if (open === 0 && !await confirm({ title: "recordPayment", text: say("nothingOpen"), yes: say("recordAnyway"), no: say("cancel") })) return;
    const values = {
      ...lookupValue(table === "invoice" ? columns.invoiceId : columns.salesOrderId, table, id, name), [columns.kind]: String(choices.kind.cash), ...(open === 0 ? {} : { [columns.amount]: String(open) }),
      ...(document.currencyId === undefined ? {} : lookupValue(columns.transactionCurrencyId, "transactioncurrency", document.currencyId, document.currency)),
    };
    // What a colleague of another unit received may not be read here; the relay counts it.
    await openDialog({ table: logicalName, formId: forms.recordPayment, title: "recordPaymentSeen", values });
  },
});
