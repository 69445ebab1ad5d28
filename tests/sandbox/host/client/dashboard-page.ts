// A dashboard: its tiles in the columns and rows that its XML says, each a view's rows or a chart over a view.
import { nameIn } from "./app-definition.ts";
import { chartElement, chartFrom } from "./chart.ts";
import { button, el } from "./dom.ts";
import { labelAmong } from "./language.ts";
import { viewGrid } from "./view-grid.ts";
import { viewsOf } from "./views.ts";

interface Shipped { readonly views: readonly string[]; readonly charts: readonly string[] }
const ROW_PIXELS = 32;
const COLUMN_PIXELS = 260;

const definitionOf = async (table: string): Promise<Shipped> => await (await fetch(`/host/definition?etn=${table}`)).json() as Shipped;
const bare = (id: string): string => id.replace(/[{}]/g, "").toLowerCase();

async function tileContent(control: Element, columns: number, openRecord: (table: string, id: string) => void): Promise<HTMLElement> {
  const value = (name: string): string => control.querySelector(`parameters > ${name}`)?.textContent ?? "";
  const table = value("TargetEntityType");
  const { views, charts } = await definitionOf(table);
  const view = viewsOf(views, true).find(({ id }) => id === bare(value("ViewId")));
  if (view === undefined) throw new Error("This tile's view is not there.");
  if (value("ChartGridMode") !== "Chart") return viewGrid({ table, view, rowsMax: Number(value("RecordsPerPage")) || 8, openRecord });
  const chart = charts.find((xml) => xml.toLowerCase().includes(bare(value("VisualizationId"))));
  if (chart === undefined) throw new Error("This tile's chart is not there.");
  return chartElement(chartFrom(chart), view, columns * COLUMN_PIXELS);
}

function tile(cell: Element, openRecord: (table: string, id: string) => void): HTMLElement {
  const control = cell.querySelector("control");
  const label = labelAmong(cell.querySelectorAll(":scope > labels > label")) ?? "";
  const holder = el("div", { class: "tile-body" }, el("p", { class: "quiet" }, "Loading …"));
  const card = el("section", { class: "card tile", style: `grid-column: span ${cell.getAttribute("colspan") ?? "1"}; min-height: ${Number(cell.getAttribute("rowspan") ?? 1) * ROW_PIXELS}px`, "aria-label": label }, el("h2", {}, label), holder);
  if (control !== null) tileContent(control, Number(cell.getAttribute("colspan") ?? 1), openRecord).then((content) => { holder.replaceChildren(content); }, (error: unknown) => { holder.replaceChildren(el("p", { role: "alert" }, error instanceof Error ? error.message : "")); });
  return card;
}

export function openDashboard(dashboard: Element, openRecord: (table: string, id: string) => void): HTMLElement {
  const title = nameIn(dashboard);
  document.title = title;
  const sections = [...dashboard.querySelectorAll("section")].map((section) => el("div", { class: "tiles", style: `grid-template-columns: repeat(${section.getAttribute("columns")?.length ?? 1}, minmax(0, 1fr))` },
    ...[...section.querySelectorAll(":scope > rows > row > cell")].map((cell) => tile(cell, openRecord))));
  return el("div", {}, el("div", { class: "commands" }, button("Refresh all", () => { location.reload(); })), el("div", { class: "heading" }, el("h1", {}, title)), ...sections);
}
