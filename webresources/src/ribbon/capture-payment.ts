// The command that captures: on a payment its own panel; on an order or invoice the payment whose authorization expires first.
import { paymentTable } from "@cybs/schema";
import { openDialog, tell } from "../lib/dialogs.ts";
import { runCommand, type Subject } from "../lib/run-command.ts";
import { say } from "../lib/words.ts";

const { columns, lookupValues, choices, logicalName, primaryId } = paymentTable;

async function paymentToCapture({ table, id }: Subject): Promise<string | undefined> {
  if (table === logicalName) return id;
  const document = table === "invoice" ? lookupValues.invoiceId : lookupValues.salesOrderId;
  const filter = `${document} eq ${id} and (${columns.status} eq ${choices.status.authorized} or ${columns.status} eq ${choices.status.partlyCaptured})`;
  const { entities } = await Xrm.WebApi.retrieveMultipleRecords(logicalName, `?$select=${primaryId}&$filter=${filter}&$orderby=${columns.expiresOn} asc&$top=1`);
  return (entities[0] as Readonly<Record<string, string>> | undefined)?.[primaryId];
}

/** The same panel: releasing is one of its three steps, next to what it would give up. */
export const releasePayment = (primaryControl: Xrm.FormContext): Promise<void> => capturePayment(primaryControl);

export const capturePayment = (primaryControl: Xrm.FormContext): Promise<void> => runCommand(primaryControl, {
  title: "capture", mayNot: "mayNotTake",
  run: async (subject) => {
    const id = await paymentToCapture(subject);
    if (id === undefined) { await tell("capture", say("noCapture")); return; }
    await openDialog({ table: logicalName, id, formId: paymentTable.forms.capture, title: "capture" });
  },
});
