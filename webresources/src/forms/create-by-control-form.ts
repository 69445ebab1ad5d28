// Forms whose one control creates the row itself: the form's own Save must not make a second one, and closing must not ask about changes.
const PREVENTED_MODES = "never";

/** Load handler: what was passed as form parameters is for the control to read, never to be saved by the form. */
export function onLoad(context: Xrm.Events.EventContext): void {
  const form = context.getFormContext();
  for (const attribute of form.data.entity.attributes.get()) attribute.setSubmitMode(PREVENTED_MODES);
  for (const control of form.ui.controls.get()) if (control.getName().startsWith("header_")) (control as Xrm.Controls.StandardControl).setVisible(false);
}

/** Save handler: nothing is saved here, not by the button, not by Ctrl+S, not by leaving. */
export function onSave(context: Xrm.Events.SaveEventContext): void {
  context.getEventArgs().preventDefault();
}
