// Every command runs once at a time, saves a form that was changed and can be saved, and ends in a sentence when it fails.
import { tell, plainId } from "./dialogs.ts";
import { say, type WordKey } from "./words.ts";

export interface Subject { readonly table: string; readonly id: string; readonly name: string; readonly form: Xrm.FormContext }
export interface Command { readonly title: WordKey; readonly mayNot: WordKey; readonly run: (subject: Subject) => Promise<void> }

/** Form types of learn.microsoft.com/power-apps/developer/model-driven-apps/clientapi/reference/formcontext-ui/getformtype */
const UPDATE = 2;
let isRunning = false;

export async function runCommand(form: Xrm.FormContext, command: Command): Promise<void> {
  if (isRunning) return;
  isRunning = true;
  try {
    const { entity } = form.data;
    // A read-only form (paid invoice, fulfilled order) is never saved: the commands only create rows.
    if ((form.ui.getFormType() as number) === UPDATE && entity.getIsDirty()) await form.data.save();
    await command.run({ table: entity.getEntityName(), id: plainId(entity.getId()), name: entity.getPrimaryAttributeValue(), form });
    await form.data.refresh(false);
  } catch (error) {
    await tell(command.title, reasonOf(error, command.mayNot));
  } finally {
    isRunning = false;
  }
}

/** The host's words behind ours; a missing privilege names the role. */
export function reasonOf(error: unknown, mayNot: WordKey): string {
  const { message, errorCode } = (error ?? {}) as { message?: string; errorCode?: number };
  if (errorCode === -2147220960 || /privilege|0x80040220/i.test(message ?? "")) return say(mayNot);
  return `${say("didNotOpen")} ${message ?? ""}`.trim();
}
