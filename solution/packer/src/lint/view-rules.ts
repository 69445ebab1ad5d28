// Views: every column they fetch or show must exist, and a shown column must be fetched.
// grid@object carries the object type code of the exporting organization, which differs everywhere, so it must be absent.
import { childAt, childrenNamed, descendants, type XmlElement } from "../xml-elements.ts";
import type { SolutionModel } from "../solution-model.ts";
import { type Finding, findings } from "./finding.ts";
import { columnsOf } from "./form-rules.ts";

const fetched = (entity: XmlElement): string[] => childrenNamed(entity, "attribute").map((attribute) => attribute.attributes.get("name") ?? "");
const named = (entity: XmlElement): string[] => [
  ...fetched(entity),
  ...childrenNamed(entity, "order").map((order) => order.attributes.get("attribute") ?? ""),
  ...childrenNamed(entity, "filter").flatMap((filter) => descendants(filter, "condition").map((condition) => condition.attributes.get("attribute") ?? "")),
];

/** Columns that a view reaches through links, with the table they are looked for on. */
function linked(solution: SolutionModel, entity: XmlElement, table: string): { table: string; name: string }[] {
  return childrenNamed(entity, "link-entity").flatMap((link) => {
    const target = link.attributes.get("name") ?? "";
    if (!solution.tables.some((one) => one.logicalName === target && !one.isShell)) return [];
    return [
      { table: target, name: link.attributes.get("from") ?? "" }, { table, name: link.attributes.get("to") ?? "" },
      ...named(link).map((name) => ({ table: target, name })), ...linked(solution, link, target),
    ];
  });
}

export function viewColumnsExist(solution: SolutionModel): Finding[] {
  const say = findings("view-columns-exist");
  return solution.views.flatMap(({ path, root, table }) => descendants(root, "savedquery").flatMap((query) => {
    const entity = childAt(query, "fetchxml", "fetch", "entity");
    if (entity === undefined) return [say(path, "It has no <fetch> with an <entity>. Add the query.")];
    const columns = columnsOf(solution, table);
    const cells = descendants(query, "cell").map((cell) => cell.attributes.get("name") ?? "").filter((name) => !name.includes("."));
    return [
      ...(entity.attributes.get("name") === table ? [] : [say(path, `It fetches ${entity.attributes.get("name") ?? ""}. Fetch ${table}, the table of its folder.`)]),
      ...[...new Set(named(entity))].filter((name) => !columns.has(name)).map((name) => say(path, `It uses ${name}, which ${table} does not have. Correct the name or add the column.`)),
      ...linked(solution, entity, table).filter((one) => !columnsOf(solution, one.table).has(one.name)).map((one) => say(path, `It reaches ${one.name}, which ${one.table} does not have. Correct the link or add the column.`)),
      ...cells.filter((name) => !fetched(entity).includes(name)).map((name) => say(path, `It shows ${name} without fetching it. Add <attribute name="${name}" />.`)),
      ...descendants(query, "grid").filter((grid) => grid.attributes.has("object")).map(() => say(path, "grid has an object type code, which differs between organizations. Remove the attribute object.")),
    ];
  }));
}
