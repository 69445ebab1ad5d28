// Opens another form over the one that is shown. Model-driven apps give controls navigateTo, though it is not in the published types: where it is
// missing, the form opens in a window of its own.
import type { Host } from "./words.ts";

export interface FormTarget { readonly table: string; readonly id?: string | undefined; readonly formId?: string | undefined; readonly title: string; readonly values?: Readonly<Record<string, string>> }

interface DialogNavigation { navigateTo?(page: object, options: object): Promise<unknown> }
const SIZE = { width: { value: 720, unit: "px" }, height: { value: 80, unit: "%" } };

/** Resolves when the dialog is gone, or at once when a window was opened instead. */
export async function openFormDialog(host: Host, target: FormTarget): Promise<void> {
  const navigation = host.navigation as DialogNavigation;
  if (typeof navigation.navigateTo === "function") {
    await navigation.navigateTo({ pageType: "entityrecord", entityName: target.table, ...(target.id === undefined ? {} : { entityId: target.id }), ...(target.formId === undefined ? {} : { formId: target.formId }), ...(target.values === undefined ? {} : { data: target.values }) }, { target: 2, position: 1, ...SIZE, title: target.title });
    return;
  }
  await host.navigation.openForm({ entityName: target.table, openInNewWindow: true, ...(target.id === undefined ? {} : { entityId: target.id }) }, { ...(target.formId === undefined ? {} : { formid: target.formId }), ...target.values });
}
