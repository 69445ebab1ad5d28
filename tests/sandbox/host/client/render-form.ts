// Draws a form out of FormXml: tabs, sections, columns, cells, subgrids, and PCF controls where a control description binds one.
import { readMetadata, webApi, type Record_ } from "./api.ts";
import { button, el } from "./dom.ts";
import { editorOf, isTyped } from "./editors.ts";
import { isNew, readValue, type ControlHandle, type FormHandle } from "./form-context.ts";
import { labelAmong } from "./language.ts";
import { mountControl, type MayDo, type MountedControl } from "./pcf.ts";

export interface RenderInput {
  readonly form: FormHandle;
  readonly xml: Document;
  readonly controls: Readonly<Record<string, string>>;
  readonly userId: string;
  readonly mayDo: MayDo;
  readonly openRecord: (table: string, id: string) => void;
}
export interface RenderedForm { readonly element: HTMLElement; readonly controls: readonly ControlHandle[]; refresh(): void; destroy(): void; readonly mounted: readonly MountedControl[] }

const labelOf = (node: Element): string => labelAmong(node.querySelectorAll(":scope > labels > label")) ?? "";
const FORMATTED = "@OData.Community.Display.V1.FormattedValue";
const SUBGRID = "{E7A81278-8635-4D9E-8D4D-59480B391C5B}";

class FormRenderer {
  readonly controls: ControlHandle[] = [];
  readonly mounted: MountedControl[] = [];
  readonly #values: (() => void)[] = [];
  readonly #input: RenderInput;
  constructor(input: RenderInput) { this.#input = input; }

  draw(): HTMLElement {
    const tabs = [...this.#input.xml.querySelectorAll("tabs > tab")];
    const panels = tabs.map((tab, index) => el("div", { role: "tabpanel", class: "panel", id: `panel-${this.#input.form.id}-${index}`, "aria-labelledby": `tab-${this.#input.form.id}-${index}`, hidden: index !== 0 }, this.#columns(tab)));
    return el("div", { class: "form-body" }, tabs.length > 1 ? this.#tabList(tabs, panels) : undefined, ...panels);
  }

  #tabList(tabs: readonly Element[], panels: readonly HTMLElement[]): HTMLElement {
    const { id } = this.#input.form;
    const buttons = tabs.map((tab, index) => button(labelOf(tab), () => { select(index); }, { role: "tab", id: `tab-${id}-${index}`, "aria-controls": `panel-${id}-${index}`, "aria-selected": String(index === 0), tabindex: index === 0 ? "0" : "-1" }));
    const select = (chosen: number): void => {
      buttons.forEach((one, index) => { one.setAttribute("aria-selected", String(index === chosen)); one.tabIndex = index === chosen ? 0 : -1; });
      panels.forEach((panel, index) => { panel.hidden = index !== chosen; });
      buttons[chosen]?.focus();
    };
    const list = el("div", { role: "tablist", class: "tabs" }, ...buttons);
    list.addEventListener("keydown", (event) => {
      const at = buttons.findIndex((one) => one.getAttribute("aria-selected") === "true");
      if (event.key === "ArrowRight") select((at + 1) % buttons.length);
      if (event.key === "ArrowLeft") select((at + buttons.length - 1) % buttons.length);
    });
    return list;
  }

  #columns(tab: Element): HTMLElement {
    const columns = [...tab.querySelectorAll(":scope > columns > column")];
    return el("div", { class: `columns columns-${columns.length}` }, ...columns.map((column) => el("div", { class: "column" }, ...[...column.querySelectorAll(":scope > sections > section")].filter((section) => section.getAttribute("visible") !== "false").map((section) => this.#section(section)))));
  }

  #section(section: Element): HTMLElement {
    const cells = [...section.querySelectorAll(":scope > rows > row > cell")].map((cell) => this.#cell(cell)).filter((cell) => cell !== undefined);
    return el("section", { class: "card" }, section.getAttribute("showlabel") === "false" ? undefined : el("h2", {}, labelOf(section)), ...cells);
  }

  #cell(cell: Element): HTMLElement | undefined {
    const control = cell.querySelector(":scope > control");
    if (control === null) return undefined;
    const column = control.getAttribute("datafieldname") ?? "";
    const custom = this.#customControl(control);
    if (custom !== undefined) return this.#pcf(cell, column, custom);
    if (control.getAttribute("classid")?.toUpperCase() === SUBGRID) return this.#subgrid(cell, control);
    return this.#field(column, labelOf(cell) || (this.#input.form.metadata.attributes.get(column)?.label ?? column), control.getAttribute("disabled") === "true");
  }

  /** The binding stands at the end of the form, by the control's unique id. */
  #customControl(control: Element): Element | undefined {
    const id = control.getAttribute("uniqueid");
    const description = id === null ? undefined : [...this.#input.xml.querySelectorAll("controlDescription")].find((one) => one.getAttribute("forControl") === id);
    return description?.querySelector("customControl[name][formFactor='2']") ?? description?.querySelector("customControl[name]") ?? undefined;
  }

  #pcf(cell: Element, column: string, custom: Element): HTMLElement {
    const name = custom.getAttribute("name") ?? "";
    const bindings = new Map([...custom.querySelectorAll(":scope > parameters > *")].map((one) => [one.tagName, one.textContent.trim()]));
    const container = el("div", { class: "pcf" });
    const holder = el("div", { class: "cell wide" }, cell.getAttribute("showlabel") === "false" || labelOf(cell) === "" ? undefined : el("span", { class: "label" }, labelOf(cell)), container);
    const { form, controls, userId, mayDo } = this.#input;
    mountControl({ name, manifestXml: controls[name] ?? "", column, bindings, form, container, userId, mayDo }).then((mounted) => { this.mounted.push(mounted); }, (error: unknown) => { container.append(el("p", { role: "alert" }, `The control ${name} could not be shown: ${error instanceof Error ? error.message : ""}`)); });
    this.controls.push({ name: column, element: holder });
    return holder;
  }

  #field(column: string, label: string, isDisabled: boolean): HTMLElement {
    const { form } = this.#input;
    const type = form.metadata.attributes.get(column)?.type;
    const id = `field-${form.id}-${column}`;
    const isEditable = !isDisabled && !form.isReadOnly && isTyped(type, isNew(form));
    const holder = el("div", { class: "cell" });
    const show = (): void => {
      const value = isEditable ? this.#editor(id, column) : this.#value(column, type);
      holder.replaceChildren(isEditable ? el("label", { class: "label", for: id }, label) : el("span", { class: "label" }, isDisabled || form.isReadOnly ? padlock() : undefined, label), value);
    };
    show();
    if (!isEditable) this.#values.push(show);
    this.controls.push({ name: column, element: holder });
    return holder;
  }

  #editor(id: string, column: string): HTMLElement {
    const { form } = this.#input;
    return editorOf({ id, attribute: form.metadata.attributes.get(column), value: readValue(form, column), change: (value) => { form.changes.set(column, value); form.redraw(); } });
  }

  #value(column: string, type: string | undefined): HTMLElement {
    const { form, openRecord } = this.#input;
    const isLookup = type === "Lookup" || type === "Owner" || type === "Customer";
    const property = isLookup ? `_${column}_value` : column;
    const text = form.record[`${property}${FORMATTED}`] ?? form.record[property];
    const shown = typeof text === "string" || typeof text === "number" ? String(text) : text === true ? "Yes" : "---";
    const target = form.record[`${property}@Microsoft.Dynamics.CRM.lookuplogicalname`];
    const id = form.record[property];
    if (isLookup && typeof id === "string" && typeof target === "string" && target !== "systemuser" && target !== "transactioncurrency") return button(shown, () => { openRecord(target, id); }, { class: "link" });
    return el("span", { class: type === "Money" ? "value money" : "value" }, shown);
  }

  #subgrid(cell: Element, control: Element): HTMLElement {
    const holder = el("div", { class: "cell wide" }, el("h3", {}, labelOf(cell)), el("p", {}, "Loading …"));
    const relationship = control.querySelector("RelationshipName")?.textContent ?? "";
    let columns: Promise<GridColumns | undefined> | undefined;
    // However often the form is drawn, one question at a time, and the view's columns once.
    let isFilling = false;
    const fill = async (): Promise<void> => {
      const found = this.#input.form.metadata.collections.get(relationship);
      if (found === undefined) { holder.replaceChildren(el("h3", {}, labelOf(cell)), el("p", {}, "No records")); return; }
      const { entities } = await webApi.retrieveMultipleRecords(found.table, `?$filter=_${found.column}_value eq ${this.#input.form.id}&$top=50`);
      holder.replaceChildren(el("h3", {}, labelOf(cell)), rowsTable(found.table, entities, this.#input.openRecord, await (columns ??= columnsOfView(found.table, control.querySelector("ViewId")?.textContent ?? ""))));
    };
    const fillOnce = (): void => {
      if (isFilling) return;
      isFilling = true;
      void fill().finally(() => { isFilling = false; });
    };
    fillOnce();
    this.#values.push(fillOnce);
    return holder;
  }

  refreshValues(): void {
    for (const show of this.#values) show();
    for (const control of this.mounted) control.update();
  }
}

const GRID_COLUMNS: Readonly<Record<string, GridColumns>> = { invoicedetail: [["productdescription", "Product"], ["quantity", "Quantity"], ["priceperunit", "Price"], ["extendedamount", "Amount"]], salesorderdetail: [["productdescription", "Product"], ["quantity", "Quantity"], ["priceperunit", "Price"], ["extendedamount", "Amount"]] };

/** The padlock of a column that cannot be changed. */
function padlock(): SVGSVGElement {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  for (const [name, value] of Object.entries({ width: "11", height: "11", viewBox: "0 0 16 16", class: "padlock", "aria-hidden": "true" })) svg.setAttribute(name, value);
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("fill", "currentColor");
  path.setAttribute("d", "M8 1a3.500 3.500 0 0 0-3.500 3.500V6H4a1 1 0 0 0-1 1v7a1 1 0 0 0 1 1h8a1 1 0 0 0 1-1V7a1 1 0 0 0-1-1h-.5V4.500A3.500 3.500 0 0 0 8 1Zm2 5H6V4.500a2 2 0 1 1 4 0V6Z");
  svg.append(path);
  return svg;
}

type GridColumns = readonly (readonly [string, string])[];

/** Columns of the view a subgrid names, headed by their display names; undefined when the view is not ours. */
async function columnsOfView(table: string, viewId: string): Promise<GridColumns | undefined> {
  const [{ views }, metadata] = await Promise.all([fetch(`/host/definition?etn=${table}`).then((response) => response.json() as Promise<{ views: readonly string[] }>), readMetadata(table)]);
  const view = views.find((xml) => viewId !== "" && xml.toLowerCase().includes(viewId.toLowerCase()));
  const names = view === undefined ? [] : [...view.matchAll(/<cell[^>]*\bname="([^"]+)"/g)].map((match) => match[1] ?? "").filter((name) => metadata.attributes.has(name));
  return names.length === 0 ? undefined : names.map((name) => { const attribute = metadata.attributes.get(name); return [["Lookup", "Owner", "Customer"].includes(attribute?.type ?? "") ? `_${name}_value` : name, attribute?.label ?? name]; });
}

/** A grid of rows: columns that are given or known, else whatever name and dates the rows have. */
export function rowsTable(table: string, rows: readonly Record_[], openRecord: (table: string, id: string) => void, given?: GridColumns): HTMLElement {
  if (rows.length === 0) return el("p", { class: "quiet" }, "No records");
  const columns = given ?? GRID_COLUMNS[table] ?? Object.keys(rows[0] ?? {}).filter((name) => name.endsWith("name") && !name.includes("@") && !name.startsWith("_")).slice(0, 2).concat("createdon").map((name) => [name, name.replace(/^\w+_/, "")] as const);
  const idColumn = Object.keys(rows[0] ?? {}).find((name) => name === `${table}id` || name === "activityid") ?? "";
  const text = (row: Record_, name: string): string => { const value = row[`${name}${FORMATTED}`] ?? row[name]; return typeof value === "string" || typeof value === "number" ? String(value) : ""; };
  return el("div", { class: "grid" }, el("table", {}, el("thead", {}, el("tr", {}, ...columns.map(([, label]) => el("th", { scope: "col" }, label)))), el("tbody", {}, ...rows.map((row) => el("tr", {}, ...columns.map(([name], index) => el("td", {}, index === 0 ? button(text(row, name) || "---", () => { openRecord(table, String(row[idColumn])); }, { class: "link" }) : text(row, name))))))));
}

export function renderForm(input: RenderInput): RenderedForm {
  const renderer = new FormRenderer(input);
  const element = renderer.draw();
  return { element, controls: renderer.controls, mounted: renderer.mounted, refresh: () => { renderer.refreshValues(); }, destroy: () => { for (const control of renderer.mounted) control.destroy(); } };
}
