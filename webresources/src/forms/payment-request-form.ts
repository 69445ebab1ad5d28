// The request's own form is the dialog: one section, one control. Nothing of the form's own chrome is needed there.
/** Load handler of the form "Take payment". */
export function onLoad(context: Xrm.Events.EventContext): void {
  const form = context.getFormContext();
  for (const control of form.ui.controls.get()) if (control.getName().startsWith("header_")) (control as Xrm.Controls.StandardControl).setVisible(false);
}
