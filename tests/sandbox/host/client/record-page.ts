// One record on one form: header, command bar, notifications, tabs. Used for the page and for dialogs.
import { readMetadata, webApi, type Metadata, type Record_ } from "./api.ts";
import { vendorForm } from "./default-forms.ts";
import { button, el } from "./dom.ts";
import { createFormContext, isDirty, isNew, refresh, save, type FormHandle } from "./form-context.ts";
import { labelAmong } from "./language.ts";
import { recordOfValues, type FormValues } from "./new-record.ts";
import { loadScript, type MayDo } from "./pcf.ts";
import { renderForm, type RenderedForm } from "./render-form.ts";
import { readPrivileges } from "./privileges.ts";
import { enabledCommands } from "./ribbon.ts";
import { startStorms } from "./storms.ts";

export interface Definition { readonly forms: readonly { readonly id: string; readonly name: string; readonly xml: string }[]; readonly views: readonly string[]; readonly ribbons: readonly string[]; readonly controls: Readonly<Record<string, string>> }
export const readDefinition = async (table: string): Promise<Definition> => (await fetch(`/host/definition?etn=${table}`)).json() as Promise<Definition>;

export interface PageInput { readonly table: string;
  /** Without one the row is new, and the values are what its form starts with. */
  readonly id: string | undefined; readonly values?: FormValues; readonly formId: string | undefined; readonly isDialog: boolean; readonly userId: string; readonly openRecord: (table: string, id: string) => void; readonly close: () => void; readonly switchForm: (formId: string) => void }
export interface RecordPage { readonly element: HTMLElement; readonly destroy: () => void; readonly isDirty: () => boolean }

const PRIVILEGE_CREATE = 1;

const labelIn = (xml: Document, column: string): string | undefined => labelAmong([...xml.querySelectorAll("header cell")].find((cell) => cell.querySelector(`control[datafieldname="${column}"]`) !== null)?.querySelectorAll("label") ?? []);

/** Closed orders and invoices are read-only, as the platform makes them. */
const isReadOnly = (table: string, record: Record_): boolean => (table === "salesorder" && Number(record["statecode"]) >= 2) || (table === "invoice" && Number(record["statecode"]) >= 2);

export async function openRecordPage(input: PageInput): Promise<RecordPage> {
  const [metadata, definition, mayDo] = await Promise.all([readMetadata(input.table), readDefinition(input.table), readPrivileges(input.userId)]);
  const record = input.id === undefined ? recordOfValues(metadata, input.values ?? {}) : await webApi.retrieveRecord(input.table, input.id);
  if (input.id === undefined && !mayDo(input.table, PRIVILEGE_CREATE, 0)) throw new Error(`You do not have permission to create ${metadata.plural}.`);
  return new Page(input, { metadata, definition, record, mayDo }).open();
}

interface PageParts { readonly metadata: Metadata; readonly definition: Definition; readonly record: Record_; readonly mayDo: MayDo }

class Page {
  readonly #input: PageInput;
  readonly #mayDo: MayDo;
  readonly #definition: Definition;
  readonly #forms: readonly { readonly id: string; readonly name: string; readonly xml: string }[];
  readonly #form: FormHandle;
  readonly #notices = el("div", { class: "notices", role: "status" });
  readonly #commands = el("div", { class: "commands", role: "toolbar", "aria-label": "Commands" });
  readonly #heading = el("div", { class: "heading" });
  #rendered: RenderedForm | undefined;
  #xml: Document | undefined;
  #context: Record<string, unknown> = {};

  constructor(input: PageInput, { metadata, definition, record, mayDo }: PageParts) {
    this.#input = input;
    this.#mayDo = mayDo;
    this.#definition = definition;
    const vendor = vendorForm(input.table, metadata.primaryName);
    this.#forms = vendor === undefined ? definition.forms : [vendor, ...definition.forms];
    this.#form = {
      table: input.table, metadata, id: input.id ?? "", record, changes: new Map(), pending: new Set(input.id === undefined ? Object.keys(input.values ?? {}).filter((name) => metadata.attributes.has(name)) : []), isReadOnly: isReadOnly(input.table, record),
      redraw: () => { this.#redraw(); }, notify: (id, message, level) => { this.#notify(id, message, level); }, clearNotification: (id) => { this.#notices.querySelector(`[data-id="${id}"]`)?.remove(); }, close: input.close, maySave: () => this.#maySave(), created: () => { this.#created(); },
    };
  }

  async open(): Promise<RecordPage> {
    const chosen = this.#forms.find((form) => form.id === this.#input.formId) ?? this.#forms[0];
    const xml = new DOMParser().parseFromString(chosen?.xml ?? "<form/>", "application/xml");
    const rendered = renderForm({ form: this.#form, xml, controls: this.#definition.controls, userId: this.#input.userId, mayDo: this.#mayDo, openRecord: this.#input.openRecord });
    this.#rendered = rendered;
    this.#context = createFormContext(this.#form, () => rendered.controls);
    const isBare = this.#input.isDialog && !isNew(this.#form);
    const page = el("div", { class: this.#input.isDialog ? "record in-dialog" : "record" }, ...(isBare ? [] : [this.#commands]), ...(this.#input.isDialog ? [] : [this.#heading]), this.#notices, rendered.element);
    this.#redraw();
    this.#xml = xml;
    if (!this.#input.isDialog) this.#drawHeading(xml, chosen?.id);
    if (!isBare) await this.#drawCommands();
    await this.#runHandlers(xml);
    const stopStorms = startStorms({ redraw: () => { this.#redraw(); }, remount: () => { for (const control of rendered.mounted) control.remount(); }, autosave: () => this.#guard(save(this.#form).then(() => refresh(this.#form))) });
    return { element: page, destroy: () => { stopStorms(); rendered.destroy(); }, isDirty: () => isDirty(this.#form) };
  }

  #redraw(): void {
    this.#rendered?.refresh();
    const saved = this.#heading.querySelector(".saved");
    if (saved !== null) saved.textContent = isDirty(this.#form) ? "- Unsaved" : "- Saved";
  }

  #drawHeading(xml: Document, formId: string | undefined): void {
    const { record, metadata } = this.#form;
    const facts = [...xml.querySelectorAll("header control")].map((control) => control.getAttribute("datafieldname") ?? "").map((column) => {
      const property = record[column] === undefined ? `_${column}_value` : column;
      const value = record[`${property}@OData.Community.Display.V1.FormattedValue`] ?? record[property];
      return el("div", { class: "fact" }, el("span", {}, typeof value === "string" || typeof value === "number" ? String(value) : "---"), el("small", {}, labelIn(xml, column) ?? metadata.attributes.get(column)?.label ?? column));
    });
    const picker = el("select", { "aria-label": "Form" }, ...this.#forms.map((form) => el("option", { value: form.id, selected: form.id === formId }, form.name)));
    picker.addEventListener("change", () => { this.#input.switchForm(picker.value); });
    this.#heading.replaceChildren(el("div", { class: "title" }, el("h1", {}, typeof record[metadata.primaryName] === "string" ? record[metadata.primaryName] as string : `${isNew(this.#form) ? "New " : ""}${metadata.label}`, " ", el("span", { class: "saved" }, "- Saved")), el("p", {}, metadata.label, " · ", this.#forms.length > 1 ? picker : this.#forms[0]?.name ?? "")), el("div", { class: "facts" }, ...facts));
    if (this.#form.isReadOnly) this.#notify("read-only", "Read-only: this record's status does not allow changes.", "WARNING");
  }

  async #drawCommands(): Promise<void> {
    const saving = (after: () => void): void => { void this.#guard(save(this.#form).then(() => { if (!isDirty(this.#form)) after(); })); };
    this.#commands.replaceChildren(...(this.#input.isDialog ? [button("Save & Close", () => { saving(this.#input.close); })] : [button("Save", () => { saving(() => undefined); }), button("Refresh", () => { void this.#guard(refresh(this.#form)); })]));
    if (this.#input.isDialog) return;
    const scope = { primaryControl: this.#context, mayDo: this.#mayDo };
    for (const command of await enabledCommands(this.#definition.ribbons, this.#input.table, "Form", scope)) {
      const icon = command.icon === undefined ? undefined : el("img", { src: command.icon, alt: "", width: "16", height: "16" });
      this.#commands.append(button(command.label, () => { void this.#guard(command.run(scope)); }, {}, icon));
    }
  }

  /** The first save of a new row: the page shows it as an existing one. */
  #created(): void { if (!this.#input.isDialog) this.#input.openRecord(this.#input.table, this.#form.id); }

  /** The save handlers run at once; a promise of theirs is not waited for. */
  #maySave(): boolean {
    let isPrevented = false;
    const saveEvent = { preventDefault: () => { isPrevented = true; }, getSaveMode: () => 1, isDefaultPrevented: () => isPrevented };
    for (const handler of this.#xml?.querySelectorAll("event[name='onsave'] Handler[enabled='true']") ?? []) functionNamed(handler)?.({ getFormContext: () => this.#context, getEventArgs: () => saveEvent, getDepth: () => 1, getEventSource: () => undefined });
    return !isPrevented;
  }

  async #guard(work: Promise<void>): Promise<void> {
    try { await work; } catch (error) { this.#notify("error", error instanceof Error ? error.message : "It did not work.", "ERROR"); }
  }

  #notify(id: string, message: string, level: string): void {
    this.#notices.querySelector(`[data-id="${id}"]`)?.remove();
    this.#notices.append(el("p", { "data-id": id, class: `notice ${level.toLowerCase()}` }, message));
  }

  /** onload handlers of the form, with the execution context first. */
  async #runHandlers(xml: Document): Promise<void> {
    for (const library of new Set([...xml.querySelectorAll("event Handler[enabled='true']")].map((handler) => handler.getAttribute("libraryName") ?? ""))) await loadScript(`/WebResources/${library}`).catch(() => undefined);
    for (const handler of xml.querySelectorAll("event[name='onload'] Handler[enabled='true']")) functionNamed(handler)?.({ getFormContext: () => this.#context, getEventArgs: () => ({}), getDepth: () => 1, getContext: () => undefined, getEventSource: () => undefined });
  }
}

function functionNamed(handler: Element): ((context: unknown) => unknown) | undefined {
  const target = (handler.getAttribute("functionName") ?? "").split(".").reduce<unknown>((current, name) => (current as Record<string, unknown> | undefined)?.[name], window);
  return typeof target === "function" ? target as (context: unknown) => unknown : undefined;
}
