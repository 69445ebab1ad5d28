// Relationships: every lookup has one (a customer column two), the list names exactly what is defined, and nothing that
// happens to a customer's own row reaches a row of ours: delete is restricted, assign and share do not cascade.
import { RELATIONSHIP_LIST } from "../relationships.ts";
import { readDocument } from "../document.ts";
import type { SolutionModel } from "../solution-model.ts";
import { has } from "../source-tree.ts";
import { type Finding, findings } from "./finding.ts";

const TARGETS: Readonly<Record<string, number>> = { lookup: 1, customer: 2, owner: 1 };

export function lookupsHaveRelationships(solution: SolutionModel): Finding[] {
  return solution.tables.flatMap((table) => table.columns.filter((column) => column.type in TARGETS && !column.isUnmodified).flatMap((column) => {
    const found = solution.relationships.filter((one) => one.referencing === table.schemaName && one.attribute === column.schemaName).length;
    const wanted = TARGETS[column.type] ?? 1;
    return found === wanted ? [] : [findings("lookups-have-relationships")(table.path, `${column.logicalName} has ${found} relationships and needs ${wanted}. Define them below Other/Relationships, in the file of the table it points to.`)];
  }));
}

export function relationshipListMatches(solution: SolutionModel): Finding[] {
  const say = findings("relationship-list-matches");
  const listed = has(solution.tree, RELATIONSHIP_LIST) ? readDocument(solution.tree, RELATIONSHIP_LIST).root.children.map((child) => child.attributes.get("Name") ?? "") : [];
  const defined = solution.relationships.map(({ name }) => name);
  return [
    ...solution.relationships.filter(({ name }) => !listed.includes(name)).map(({ path, name }) => say(path, `${name} is not in ${RELATIONSHIP_LIST} and would be left out. Add its name there.`)),
    ...listed.filter((name) => !defined.includes(name)).map((name) => say(RELATIONSHIP_LIST, `${name} is not defined. Define it below Other/Relationships or remove the name.`)),
    ...defined.filter((name, at) => defined.indexOf(name) !== at).map((name) => say(RELATIONSHIP_LIST, `${name} is defined twice. Remove one definition.`)),
    ...solution.relationships.filter(({ path, referenced }) => path !== `Other/Relationships/${referenced}.xml`).map(({ path, name, referenced }) => say(path, `${name} points to ${referenced}. Move it to Other/Relationships/${referenced}.xml.`)),
  ];
}

/** Tables of the platform whose rows are people, teams and settings, not business data of the customer. */
const PLATFORM = new Set(["SystemUser", "Team", "Owner", "BusinessUnit", "Organization", "TransactionCurrency"]);

export function nothingCascades(solution: SolutionModel): Finding[] {
  const say = findings("nothing-cascades");
  return solution.relationships.flatMap(({ path, name, referenced, cascades }) => [
    ...["Assign", "Share", "Unshare", "Reparent"].filter((kind) => cascades.get(kind) !== "NoCascade")
      .map((kind) => say(path, `${name} cascades ${kind.toLowerCase()}. Write <Cascade${kind}>NoCascade</Cascade${kind}>: rows of ours have owners of their own.`)),
    ...(PLATFORM.has(referenced) || cascades.get("Delete") === "Restrict" ? [] : [say(path, `${name} lets a ${referenced} with payments be deleted. Write <CascadeDelete>Restrict</CascadeDelete>.`)]),
  ]);
}
