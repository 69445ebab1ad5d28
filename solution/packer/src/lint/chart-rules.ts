// Charts and dashboards: every column, alias, view and chart they name must exist and belong together.
// Shape of a chart: learn.microsoft.com/power-apps/developer/model-driven-apps/understand-charts-data-description-presentation-description
import { childAt, descendants, textOf } from "../xml-elements.ts";
import type { Document } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { type Finding, findings } from "./finding.ts";
import { columnsOf } from "./form-rules.ts";

export function chartColumnsExist(solution: SolutionModel): Finding[] {
  const say = findings("chart-columns-exist");
  return solution.charts.flatMap(({ path, root, table }) => {
    const columns = columnsOf(solution, table);
    const attributes = descendants(root, "attribute");
    const aliases = new Set(attributes.map((attribute) => attribute.attributes.get("alias") ?? ""));
    const entities = descendants(root, "entity").map((entity) => entity.attributes.get("name") ?? "");
    const used = [...descendants(root, "category"), ...descendants(root, "measure"), ...descendants(root, "order")].map((element) => element.attributes.get("alias") ?? "");
    return [
      ...entities.filter((name) => name !== table).map((name) => say(path, `It fetches ${name}. Fetch ${table}, the table of its folder.`)),
      ...attributes.map((attribute) => attribute.attributes.get("name") ?? "").filter((name) => !columns.has(name)).map((name) => say(path, `It uses ${name}, which ${table} does not have. Correct the name or add the column.`)),
      ...used.filter((alias) => !aliases.has(alias)).map((alias) => say(path, `It shows "${alias}", which it does not fetch. Give an attribute that alias.`)),
    ];
  });
}

const idsOf = (documents: readonly (Document & { table: string })[], tag: string): ReadonlyMap<string, string> =>
  new Map(documents.flatMap(({ text, root, table }) => descendants(root, tag).concat(root.name === tag ? [root] : []).map((id) => [textOf(text, id).toLowerCase(), table] as const)));

/** Each tile of a dashboard shows a view that is shipped, of the table it names, and a chart of the same table. */
export function dashboardTilesResolve(solution: SolutionModel): Finding[] {
  const say = findings("dashboard-tiles-resolve");
  const views = idsOf(solution.views, "savedqueryid");
  const charts = idsOf(solution.charts, "savedqueryvisualizationid");
  return solution.dashboards.flatMap(({ path, text, root }) => descendants(root, "control").flatMap((control) => {
    const value = (name: string) => textOf(text, childAt(control, "parameters", name)).toLowerCase();
    const tile = control.attributes.get("id") ?? "";
    const [table, view, chart] = [value("TargetEntityType"), value("ViewId"), value("VisualizationId")];
    return [
      ...(views.get(view) === table ? [] : [say(path, `Tile ${tile} shows the view ${view}, which is no shipped view of ${table}. Use the id of one below Entities/…/SavedQueries.`)]),
      ...(chart === "" || charts.get(chart) === table ? [] : [say(path, `Tile ${tile} shows the chart ${chart}, which is no shipped chart of ${table}. Use the id of one below Entities/…/Visualizations.`)]),
    ];
  }));
}
