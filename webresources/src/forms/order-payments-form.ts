// The small forms "Order – payments" and "Invoice – payments": status and payments of a document.
import { say } from "../lib/words.ts";

const NOTE = "cybs-read-only";
const ACTIVE = 0;

/** Load handler: says in words when the order or invoice is closed, and what can still be done. */
export function onLoad(context: Xrm.Events.EventContext): void {
  const form = context.getFormContext();
  const state = form.getAttribute<Xrm.Attributes.OptionSetAttribute>("statecode")?.getValue() ?? ACTIVE;
  if (state === ACTIVE) form.ui.clearFormNotification(NOTE);
  else form.ui.setFormNotification(say(form.data.entity.getEntityName() === "invoice" ? "readOnlyInvoice" : "readOnlyOrder"), "INFO", NOTE);
}
