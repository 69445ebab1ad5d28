// The global Xrm: Web API, navigation, utilities. Source: learn.microsoft.com/power-apps/developer/model-driven-apps/clientapi/reference
import { entitySetOf, webApi } from "./api.ts";
import { ask, openDialog } from "./dialogs.ts";
import { languageId } from "./language.ts";
import { el } from "./dom.ts";
import { openRecordPage } from "./record-page.ts";

export interface XrmInput { readonly userId: string; readonly organizationId: string; readonly openRecord: (table: string, id: string) => void }
interface PageTarget { readonly pageType: string; readonly entityName?: string; readonly entityId?: string; readonly formId?: string; readonly data?: Readonly<Record<string, string>> }
interface Size { readonly value: number; readonly unit: string }
interface NavigationOptions { readonly target?: number; readonly width?: number | Size; readonly height?: number | Size; readonly title?: string }

const css = (size: number | Size | undefined): string | undefined => (size === undefined ? undefined : typeof size === "number" ? `${size}px` : `${size.value}${size.unit === "%" ? (size.value > 0 ? "vw" : "") : "px"}`);
const height = (size: number | Size | undefined): string | undefined => css(size)?.replace("vw", "vh");

async function openAsDialog(input: XrmInput, page: PageTarget, options: NavigationOptions): Promise<void> {
  const holder = el("div", { class: "dialog-body" }, el("p", { role: "status" }, "Loading …"));
  let destroy = (): void => undefined;
  let isDirty = (): boolean => false;
  const dialog = openDialog({ title: options.title ?? "", width: css(options.width) ?? "70vw", height: height(options.height) ?? "auto", onClose: () => { destroy(); }, mayClose: async () => !isDirty() || ask("Unsaved changes", "Do you want to discard your changes?", [{ label: "Discard changes", value: true }, { label: "Cancel", value: false }]) }, holder);
  const record = await openRecordPage({ table: page.entityName ?? "", id: page.entityId?.replace(/[{}]/g, "").toLowerCase(), values: page.data ?? {}, formId: page.formId?.replace(/[{}]/g, "").toLowerCase(), isDialog: true, userId: input.userId, openRecord: input.openRecord, close: dialog.close, switchForm: () => undefined });
  destroy = record.destroy;
  isDirty = record.isDirty;
  holder.replaceChildren(record.element);
  await dialog.closed;
}

/** navigation.openFile: the content is base64; the browser saves it. */
function saveFile(file: { readonly fileContent: string; readonly fileName: string; readonly mimeType: string }): Promise<void> {
  const link = el("a", { href: `data:${file.mimeType};base64,${file.fileContent}`, download: file.fileName });
  link.click();
  return Promise.resolve();
}

export function createXrm(input: XrmInput): Record<string, unknown> {
  const navigateTo = async (page: PageTarget, options: NavigationOptions = {}): Promise<void> => {
    if (options.target === 2) { await openAsDialog(input, page, options); return; }
    input.openRecord(page.entityName ?? "", page.entityId ?? "");
  };
  const alert = async (strings: { text: string; title?: string }): Promise<void> => { await ask(strings.title ?? "", strings.text, [{ label: "OK", value: true }]); };
  const context = {
    userSettings: { userId: `{${input.userId}}`, userName: document.body.dataset["user"], languageId: languageId(), roles: { get: () => [], getLength: () => 0 } }, organizationSettings: { organizationId: `{${input.organizationId}}`, uniqueName: "fabrikam", languageId: 1033 },
    client: { getClient: () => "Web", getFormFactor: () => 1, isOffline: () => false }, getClientUrl: () => location.origin, getCurrentAppUrl: () => location.href, getVersion: () => "9.2",
  };
  return {
    WebApi: { ...webApi, online: webApi },
    Navigation: { navigateTo, openFile: saveFile, openForm: (options: { entityName: string; entityId: string }) => { input.openRecord(options.entityName, options.entityId); return Promise.resolve({}); }, openAlertDialog: alert, openErrorDialog: (options: { message?: string }) => alert({ title: "Error", text: options.message ?? "An error occurred." }), openConfirmDialog: async (strings: { text: string; title?: string; confirmButtonLabel?: string; cancelButtonLabel?: string }) => ({ confirmed: await ask(strings.title ?? "", strings.text, [{ label: strings.confirmButtonLabel ?? "OK", value: true }, { label: strings.cancelButtonLabel ?? "Cancel", value: false }]) }), openUrl: (url: string) => { window.open(url, "_blank", "noopener"); } },
    Utility: { getGlobalContext: () => context, getEntityMetadata: async (table: string) => ({ EntitySetName: await entitySetOf(table), LogicalName: table }), showProgressIndicator: () => undefined, closeProgressIndicator: () => undefined },
    App: { addGlobalNotification: async () => "0", clearGlobalNotification: async () => undefined },
  };
}
