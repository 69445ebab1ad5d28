// Opens one of our forms over the record: an existing row, or a new one with values given as form parameters. Resolves when the dialog is gone.
import { say, type WordKey } from "./words.ts";

export interface FormTarget { readonly table: string; readonly formId: string; readonly title: WordKey; readonly id?: string | undefined; readonly values?: Readonly<Record<string, string>> }

const WIDTH = { value: 800, unit: "px" } as const;
const HEIGHT = { value: 85, unit: "%" } as const;

export async function openDialog(target: FormTarget): Promise<void> {
  // The published types know no formId for a record in a dialog; the platform does.
  const page = { pageType: "entityrecord", entityName: target.table, formId: target.formId, ...(target.id === undefined ? {} : { entityId: target.id }), ...(target.values === undefined ? {} : { data: target.values }) } as unknown as Xrm.Navigation.PageInputEntityRecord;
  await Xrm.Navigation.navigateTo(page, { target: 2, position: 1, width: WIDTH, height: HEIGHT, title: say(target.title) });
}

/** A lookup of a new row, as form parameters name it. learn.microsoft.com: set column values using parameters passed to a form */
export const lookupValue = (column: string, table: string, id: string, name: string): Readonly<Record<string, string>> => ({ [column]: id, [`${column}name`]: name, [`${column}type`]: table });

export const tell = (title: WordKey, text: string): Promise<unknown> => Promise.resolve(Xrm.Navigation.openAlertDialog({ text, title: say(title) }));
interface Question { readonly title: WordKey; readonly text: string; readonly yes: string; readonly no: string }
/** Buttons say what they do. */
export async function confirm({ title, text, yes, no }: Question): Promise<boolean> {
  return (await Xrm.Navigation.openConfirmDialog({ title: say(title), text, confirmButtonLabel: yes, cancelButtonLabel: no })).confirmed;
}
export const plainId = (id: string): string => id.replace(/[{}]/g, "").toLowerCase();
