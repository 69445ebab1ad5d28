// Pieces of the source that Microsoft publishes a schema of their own for, as it was published: ribbons, queries, site maps, charts' data.
// learn.microsoft.com/power-apps/developer/model-driven-apps/customization-solutions-file-schema
import type { Piece } from "./schema-check.ts";
import type { Document } from "./document.ts";
import type { SolutionModel } from "./solution-model.ts";
import { descendants } from "./xml-elements.ts";

const parts = (documents: readonly Document[], element: string): Piece[] => documents.flatMap(({ path, text, root }) =>
  descendants(root, element).map((found) => ({ name: path, text: text.slice(found.start, found.end) })));

/** Schema file → what has to be valid against it. */
export const piecesBySchema = (solution: SolutionModel): ReadonlyMap<string, readonly Piece[]> => new Map([
  ["RibbonCore.xsd", solution.ribbons.map(({ path, text }) => ({ name: path, text }))],
  ["Fetch.xsd", parts(solution.views, "fetch")],
  ["SiteMap.xsd", parts(solution.siteMaps, "SiteMap")],
  ["VisualizationDataDescription.xsd", parts(solution.charts, "datadefinition")],
]);
