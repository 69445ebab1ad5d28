// The rows of a view as a grid: columns and widths of its layout, lookups as links, amounts at the right, optionally rows to select.
import { readMetadata, type Metadata, type Record_ } from "./api.ts";
import { button, el } from "./dom.ts";
import { cellTarget, cellText, fetchRows } from "./fetch-rows.ts";
import type { View } from "./views.ts";

const NUMBERS = new Set(["Money", "Integer", "Decimal", "Double", "BigInt"]);

export interface GridInput { readonly table: string; readonly view: View; readonly rowsMax: number; readonly openRecord: (table: string, id: string) => void; readonly selectionChanged?: (ids: readonly string[]) => void }

const classOf = (metadata: Metadata, column: string): string | undefined => (NUMBERS.has(metadata.attributes.get(column)?.type ?? "") ? "number" : undefined);

const idOf = (metadata: Metadata) => (row: Record_): string => { const id = row[metadata.primaryId]; return typeof id === "string" ? id : ""; };

function cell(input: GridInput, metadata: Metadata, row: Record_, at: number): HTMLElement {
  const { name } = input.view.columns[at] ?? { name: "" };
  const text = cellText(row, name);
  const target = at === 0 ? { table: input.table, id: idOf(metadata)(row) } : cellTarget(row, name);
  const isOpen = target !== undefined && target.table !== "systemuser" && target.table !== "transactioncurrency" && target.table !== "team";
  return el("td", { class: classOf(metadata, name) }, isOpen && (text !== "" || at === 0) ? button(text || "---", () => { input.openRecord(target.table, target.id); }, { class: "link" }) : text);
}

/** Checkboxes in front of rows, and who hears of them. */
function selection(ids: readonly string[], changed: (ids: readonly string[]) => void): { readonly boxes: readonly HTMLInputElement[]; readonly all: HTMLInputElement } {
  const boxes = ids.map((_id, at) => el("input", { type: "checkbox", "aria-label": `Select row ${at + 1}` }));
  const all = el("input", { type: "checkbox", "aria-label": "Select all rows" });
  const tell = (): void => { changed(ids.filter((_id, at) => boxes[at]?.checked === true)); };
  for (const box of boxes) box.addEventListener("change", tell);
  all.addEventListener("change", () => { for (const box of boxes) box.checked = all.checked; tell(); });
  return { boxes, all };
}

/** Draws the grid; a query that Dataverse refuses is said in its place. */
export async function viewGrid(input: GridInput): Promise<HTMLElement> {
  const [metadata, rows] = await Promise.all([readMetadata(input.table), fetchRows(input.table, input.view.fetchXml)]);
  const shown = rows.slice(0, input.rowsMax);
  if (shown.length === 0) return el("p", { class: "quiet" }, "No records");
  const picks = input.selectionChanged === undefined ? undefined : selection(shown.map(idOf(metadata)), input.selectionChanged);
  const head = input.view.columns.map(({ name, width }) => el("th", { scope: "col", class: classOf(metadata, name), style: `min-width:${width}px` }, metadata.attributes.get(name)?.label ?? name));
  const body = shown.map((row, at) => el("tr", {}, picks === undefined ? undefined : el("td", { class: "pick" }, picks.boxes[at]), ...input.view.columns.map((_column, index) => cell(input, metadata, row, index))));
  const foot = rows.length > shown.length ? el("p", { class: "quiet" }, `${shown.length} of ${rows.length} rows`) : undefined;
  return el("div", { class: "grid" }, el("table", {}, el("thead", {}, el("tr", {}, picks === undefined ? undefined : el("th", { scope: "col", class: "pick" }, picks.all), ...head)), el("tbody", {}, ...body)), foot);
}
