// Enable rules of the commands: from the form alone, no call to the server. Who may, the display rules ask; the relay checks everything again.
const CREATE = 1;

const isOn = (form: Xrm.FormContext, ...tables: readonly string[]): boolean => (form.ui.getFormType() as number) !== CREATE && tables.includes(form.data.entity.getEntityName());

/** Shown on every order that exists; the command itself says why a payment cannot be taken on a closed one. */
export const canTakePayment = (primaryControl: Xrm.FormContext): boolean => isOn(primaryControl, "salesorder");
export const canTakeInvoicePayment = (primaryControl: Xrm.FormContext): boolean => isOn(primaryControl, "invoice");
export const canChangePayments = (primaryControl: Xrm.FormContext): boolean => isOn(primaryControl, "salesorder", "invoice");
export const canCapture = (primaryControl: Xrm.FormContext): boolean => isOn(primaryControl, "cybs_payment");
export const canRelease = canCapture;
/** Cash that came for a closed invoice is recorded, too. */
export const canRecordPayment = canChangePayments;
/** Also on a paid, read-only invoice: giving back creates a row and touches nothing else. */
export const canGiveBack = (primaryControl: Xrm.FormContext): boolean => isOn(primaryControl, "invoice", "salesorder", "cybs_payment");
export const canShowCards = (primaryControl: Xrm.FormContext): boolean => isOn(primaryControl, "account", "contact");
