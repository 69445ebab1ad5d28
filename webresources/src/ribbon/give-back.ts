// The commands that give money back: from an invoice, an order or a payment, also a closed one. They create no row: the panel in the dialog does.
import { paymentTable, refundRequestTable } from "@cybs/schema";
import { lookupValue, openDialog } from "../lib/dialogs.ts";
import { runCommand } from "../lib/run-command.ts";

const COLUMN_OF: Readonly<Record<string, string>> = { invoice: refundRequestTable.columns.invoiceId, salesorder: refundRequestTable.columns.salesOrderId, [paymentTable.logicalName]: refundRequestTable.columns.paymentId };

/** Opens a new refund request in a dialog. The relay chooses between reversal, void, refund and a split; the panel says which before it acts. */
export const giveBack = (primaryControl: Xrm.FormContext): Promise<void> => runCommand(primaryControl, {
  title: "giveBack", mayNot: "mayNotGiveBack",
  run: ({ table, id, name }) => openDialog({ table: refundRequestTable.logicalName, formId: refundRequestTable.forms.giveBack, title: "giveBack", values: lookupValue(COLUMN_OF[table] ?? refundRequestTable.columns.paymentId, table, id, name) }),
});

/** *Refund* on the command bar is the same dialog: people look for either word. */
export const refund = giveBack;
