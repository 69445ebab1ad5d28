// The command on account and contact: the customer's saved cards, on the form of one of them, which shows them all.
import { paymentMethodTable } from "@cybs/schema";
import { openDialog, tell } from "../lib/dialogs.ts";
import { runCommand } from "../lib/run-command.ts";
import { say } from "../lib/words.ts";

const { columns, lookupValues, choices, logicalName, primaryId, forms } = paymentMethodTable;

export const savedCards = (primaryControl: Xrm.FormContext): Promise<void> => runCommand(primaryControl, {
  title: "savedCards", mayNot: "mayNotTake",
  run: async ({ id }) => {
    const { entities } = await Xrm.WebApi.retrieveMultipleRecords(logicalName, `?$select=${primaryId}&$filter=${lookupValues.customerId} eq ${id} and ${columns.state} ne ${choices.state.removed}&$orderby=${columns.isDefault} desc&$top=1`);
    const card = (entities[0] as Readonly<Record<string, string>> | undefined)?.[primaryId];
    if (card === undefined) { await tell("savedCards", say("noCards")); return; }
    await openDialog({ table: logicalName, id: card, formId: forms.savedCards, title: "savedCards" });
  },
});
