// The commands of a view: what was selected (payments, or orders and invoices with their payments) becomes the first content of a new bulk run,
// whose control makes the preview.
import { bulkRunTable, paymentTable } from "@cybs/schema";
import { openDialog, tell, plainId } from "../lib/dialogs.ts";
import { reasonOf } from "../lib/run-command.ts";
import { say } from "../lib/words.ts";

const { columns, choices, logicalName, forms } = bulkRunTable;
/** More than a person can look through before pressing the button is not offered. */
const ROWS_MAX = 100;
const DOCUMENT_COLUMNS: Readonly<Record<string, string | undefined>> = { salesorder: paymentTable.lookupValues.salesOrderId, invoice: paymentTable.lookupValues.invoiceId };

async function paymentsOf(table: string, ids: readonly string[]): Promise<readonly string[]> {
  const column = DOCUMENT_COLUMNS[table];
  if (column === undefined) return ids;
  const { entities } = await Xrm.WebApi.retrieveMultipleRecords(paymentTable.logicalName, `?$select=${paymentTable.primaryId}&$filter=${ids.map((id) => `${column} eq ${id}`).join(" or ")}&$top=${ROWS_MAX + 1}`);
  return (entities as readonly Readonly<Record<string, string>>[]).map((row) => row[paymentTable.primaryId] ?? "");
}

async function openBulkRun(action: "capture" | "refund", table: string, selectedIds: readonly string[]): Promise<void> {
  const title = action === "capture" ? "bulkCapture" : "bulkRefund";
  try {
    if (selectedIds.length === 0) { await tell(title, say("noneSelected")); return; }
    if (selectedIds.length > ROWS_MAX) { await tell(title, say("tooMany", String(ROWS_MAX))); return; }
    const payments = await paymentsOf(table, selectedIds.map(plainId));
    if (payments.length === 0) { await tell(title, say("noPayment")); return; }
    if (payments.length > ROWS_MAX) { await tell(title, say("tooMany", String(ROWS_MAX))); return; }
    await openDialog({ table: logicalName, formId: forms.bulkRun, title, values: { [columns.plan]: JSON.stringify({ action, paymentIds: payments }), [columns.action]: String(choices.action[action]) } });
  } catch (error) {
    await tell(title, reasonOf(error, action === "capture" ? "mayNotTake" : "mayNotGiveBack"));
  }
}

export const bulkCapture = (selectedIds: readonly string[], table: string): Promise<void> => openBulkRun("capture", table, selectedIds);
export const bulkRefund = (selectedIds: readonly string[], table: string): Promise<void> => openBulkRun("refund", table, selectedIds);
