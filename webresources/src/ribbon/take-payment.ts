// The command on order and invoice: a draft request, opened as a dialog. On an invoice it first offers what its order already captured.
import { invoiceTable, paymentRequestTable } from "@cybs/schema";
import { confirm, openDialog, tell } from "../lib/dialogs.ts";
import { readDocument, readUnapplied, type DocumentFacts } from "../lib/document.ts";
import { formattedAmount, sumOf } from "../lib/money.ts";
import { createApplyRequest, createDraftRequest } from "../lib/payment-request.ts";
import { runCommand } from "../lib/run-command.ts";
import { say } from "../lib/words.ts";

const VALID_MS = 24 * 3_600_000;

/** Every refusal is a sentence; nothing is sent to anybody before the person presses the button in the dialog. */
export const takePayment = (primaryControl: Xrm.FormContext): Promise<void> => runCommand(primaryControl, {
  title: "takePayment", mayNot: "mayNotTake",
  run: async ({ table, id }) => {
    const document = await readDocument(table, id);
    const isInvoice = table === invoiceTable.logicalName;
    if (document.isClosed) { await tell("takePayment", say(isInvoice ? "invoiceClosed" : "orderClosed")); return; }
    if (document.total <= 0) { await tell("takePayment", say(isInvoice ? "invoiceEmpty" : "orderEmpty")); return; }
    if (await hasAppliedInstead(document)) return;
    const requestId = await createDraftRequest({ table, documentId: id, currencyId: document.currencyId, amount: document.total });
    await openDialog({ table: paymentRequestTable.logicalName, id: requestId, formId: paymentRequestTable.forms.takePayment, title: "takePayment" });
  },
});

/** What the order's customer has already paid is offered first; nobody is charged twice for one delivery. */
async function hasAppliedInstead(document: DocumentFacts): Promise<boolean> {
  if (document.salesOrderId === undefined) return false;
  const captured = await readUnapplied(document.salesOrderId);
  if (captured.length === 0) return false;
  const all = sumOf(captured.map(({ unapplied }) => unapplied));
  const amount = Math.min(all, document.total);
  const shown = formattedAmount(amount, document.currency);
  if (!await confirm({ title: "applyTitle", text: say("applyText", formattedAmount(all, document.currency), shown), yes: say("applyYes", shown), no: say("applyNo") })) return false;
  let rest = amount;
  for (const { id, unapplied } of captured) {
    const part = Math.min(rest, unapplied);
    if (part <= 0) break;
    await createApplyRequest({ table: document.table, documentId: document.id, currencyId: document.currencyId, amount: part, paymentId: id, validUntil: new Date(Date.now() + VALID_MS) });
    rest = sumOf([rest, -part]);
  }
  await tell("applyTitle", say("applied", shown));
  return true;
}
