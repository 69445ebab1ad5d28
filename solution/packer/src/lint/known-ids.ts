// Which components of each kind a solution has, by component type number and in lower case, for rules that look up references.
import { childAt, descendants, textOf } from "../xml-elements.ts";
import type { Document } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";

const texts = (documents: readonly Document[], tag: string): string[] => documents.flatMap(({ text, root }) => descendants(root, tag).map((element) => textOf(text, element).toLowerCase()));

/** Looks up by component type: 1 table, 26 view, 59 chart, 60 form or dashboard, 62 site map. */
export function idsIn(solution: SolutionModel): (type: string) => ReadonlySet<string> {
  const known: Readonly<Record<string, ReadonlySet<string>>> = {
    1: new Set(solution.tables.map((table) => table.logicalName)),
    26: new Set(texts(solution.views, "savedqueryid")),
    59: new Set(texts(solution.charts, "savedqueryvisualizationid")),
    60: new Set([...texts(solution.forms, "formid"), ...solution.dashboards.map(({ text, root }) => textOf(text, childAt(root, "FormId")).toLowerCase())]),
    62: new Set(solution.siteMaps.map(({ text, root }) => textOf(text, childAt(root, "SiteMapUniqueName")).toLowerCase())),
  };
  return (type) => known[type] ?? new Set();
}
