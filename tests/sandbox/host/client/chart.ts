// A chart of a solution as the platform draws it: the query with the view's own filter, aggregated, as columns, bars or a ring.
import { el } from "./dom.ts";
import { cellText, fetchRows } from "./fetch-rows.ts";
import { labelAmong } from "./language.ts";
import type { View } from "./views.ts";

interface Slice { readonly name: string; readonly value: number; readonly text: string }
interface ChartSource { readonly title: string; readonly kind: string; readonly colours: readonly string[]; readonly root: Element }

const SVG = "http://www.w3.org/2000/svg";
const SLICES_MAX = 12;
const HEIGHT = 220;
const LABEL_PIXELS = 72;

function draw(name: string, attributes: Readonly<Record<string, string | number>>, text?: string): SVGElement {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  if (text !== undefined) element.textContent = text;
  return element;
}

export function chartFrom(xml: string): ChartSource {
  const root = new DOMParser().parseFromString(xml, "application/xml").documentElement;
  const colours = (root.querySelector("Chart")?.getAttribute("PaletteCustomColors") ?? "").split(";").map((one) => one.trim()).filter((one) => one !== "").map((one) => `rgb(${one})`);
  return { root, title: labelAmong(root.querySelectorAll(":scope > LocalizedNames > LocalizedName")) ?? "", kind: root.querySelector("Series > Series")?.getAttribute("ChartType") ?? "Column", colours: colours.length === 0 ? ["#0f6cbd"] : colours };
}

/** The chart's own query, narrowed to what the view beside it shows. */
function queryOf(source: ChartSource, view: View | undefined): string {
  const fetch = source.root.querySelector("fetch")?.cloneNode(true) as Element | undefined;
  const entity = fetch?.querySelector("entity");
  const filters = view === undefined ? [] : [...new DOMParser().parseFromString(view.fetchXml, "application/xml").querySelectorAll("fetch > entity > filter, fetch > entity > link-entity")];
  if (entity !== undefined && entity !== null) for (const filter of filters) entity.append(fetch?.ownerDocument.importNode(filter, true) ?? filter);
  return fetch === undefined ? "" : new XMLSerializer().serializeToString(fetch);
}

async function slicesOf(source: ChartSource, view: View | undefined): Promise<readonly Slice[]> {
  const table = source.root.querySelector("entity")?.getAttribute("name") ?? "";
  const measure = source.root.querySelector("measure")?.getAttribute("alias") ?? "";
  const category = source.root.querySelector("category")?.getAttribute("alias") ?? "";
  const rows = await fetchRows(table, queryOf(source, view));
  return rows.slice(0, SLICES_MAX).map((row) => ({ name: cellText(row, category) || "(blank)", value: Number(row[measure] ?? 0), text: cellText(row, measure) }));
}

function columns(slices: readonly Slice[], colour: string, width: number): SVGElement {
  const picture = draw("svg", { viewBox: `0 0 ${width} ${HEIGHT}`, class: "chart", "aria-hidden": "true" });
  const highest = Math.max(...slices.map(({ value }) => value), 1);
  const step = width / slices.length;
  // Labels that would meet are turned, as the platform turns them.
  const isTight = step < LABEL_PIXELS;
  const foot = isTight ? 62 : 24;
  slices.forEach(({ name, value, text }, at) => {
    const height = (HEIGHT - foot - 24) * (value / highest);
    const middle = step * (at + 0.5);
    picture.append(draw("rect", { x: middle - Math.min(step * 0.35, 24), y: HEIGHT - foot - height, width: Math.min(step * 0.7, 48), height, rx: 2, fill: colour }));
    picture.append(draw("text", { x: middle, y: HEIGHT - foot - 6 - height, "text-anchor": "middle", class: "figure" }, text));
    const y = HEIGHT - foot + 14;
    picture.append(draw("text", isTight ? { x: middle + 4, y, "text-anchor": "end", transform: `rotate(-35 ${middle + 4} ${y})` } : { x: middle, y, "text-anchor": "middle" }, name.length > 16 ? `${name.slice(0, 15)}…` : name));
  });
  return picture;
}

function bars(slices: readonly Slice[], colour: string, width: number): SVGElement {
  const line = 24;
  const left = Math.min(160, width * 0.45);
  const picture = draw("svg", { viewBox: `0 0 ${width} ${Math.max(slices.length * line, line)}`, class: "chart", "aria-hidden": "true" });
  const highest = Math.max(...slices.map(({ value }) => value), 1);
  slices.forEach(({ name, value, text }, at) => {
    const length = (width - left - 60) * (value / highest);
    picture.append(draw("text", { x: left - 10, y: at * line + 16, "text-anchor": "end" }, name.length > 24 ? `${name.slice(0, 23)}…` : name));
    picture.append(draw("rect", { x: left, y: at * line + 4, width: Math.max(length, 2), height: line - 8, rx: 2, fill: colour }));
    picture.append(draw("text", { x: left + 6 + length, y: at * line + 16, class: "figure" }, text));
  });
  return picture;
}

function ring(slices: readonly Slice[], colours: readonly string[], width: number): SVGElement {
  const isNarrow = width < 300;
  const picture = draw("svg", { viewBox: `0 0 ${width} ${isNarrow ? HEIGHT + slices.length * 22 : HEIGHT}`, class: "chart", "aria-hidden": "true" });
  const total = slices.reduce((sum, { value }) => sum + value, 0) || 1;
  const around = 2 * Math.PI * 70;
  let before = 0;
  slices.forEach(({ name, value, text }, at) => {
    const share = around * (value / total);
    const colour = colours[at % colours.length] ?? "";
    picture.append(draw("circle", { cx: 100, cy: HEIGHT / 2, r: 70, fill: "none", stroke: colour, "stroke-width": 28, "stroke-dasharray": `${share} ${around - share}`, "stroke-dashoffset": around / 4 - before }));
    const [x, y] = isNarrow ? [20, HEIGHT + at * 22] : [210, 22 + at * 22];
    picture.append(draw("rect", { x, y, width: 10, height: 10, fill: colour }));
    picture.append(draw("text", { x: x + 18, y: y + 9 }, `${name}: ${text}`));
    before += share;
  });
  return picture;
}

/** The picture, and the same figures as a table for those who cannot see it. */
export async function chartElement(source: ChartSource, view: View | undefined, width: number): Promise<HTMLElement> {
  const slices = await slicesOf(source, view);
  if (slices.length === 0) return el("p", { class: "quiet" }, "No data");
  const picture = source.kind === "Bar" ? bars(slices, source.colours[0] ?? "", width) : source.kind === "Doughnut" || source.kind === "Pie" ? ring(slices, source.colours, width) : columns(slices, source.colours[0] ?? "", width);
  const figures = el("table", { class: "for-readers" }, el("caption", {}, source.title), ...slices.map(({ name, text }) => el("tr", {}, el("th", { scope: "row" }, name), el("td", {}, text))));
  return el("div", {}, picture, figures);
}
