// Names, values and labels: publisher prefix, option value range, English labels and descriptions, versions.
import type { SolutionModel, TableModel } from "../solution-model.ts";
import { childAt, childrenNamed, descendants, textOf, type XmlElement } from "../xml-elements.ts";
import { type Finding, findings } from "./finding.ts";

const ENGLISH = "1033";

/** Whatever we add carries the publisher's prefix; names starting with crm_ are reserved. */
export function namesCarryPrefix(solution: SolutionModel): Finding[] {
  const say = findings("names-carry-prefix");
  const wanted = `${solution.prefix}_`;
  const names = [
    ...solution.tables.filter((table) => !table.isShell).map((table) => ({ path: table.path, name: table.schemaName })),
    ...solution.tables.flatMap((table) => table.columns.filter((column) => column.isCustom).map((column) => ({ path: table.path, name: column.schemaName }))),
    ...solution.webResources, ...solution.controls,
    ...solution.environmentVariables.map(({ path, root }) => ({ path, name: root.attributes.get("schemaname") ?? "" })),
  ];
  return [
    ...names.filter(({ name }) => !name.startsWith(wanted)).map(({ path, name }) => say(path, `"${name}" does not start with the publisher's prefix. Begin it with ${wanted}.`)),
    ...(/^(crm|mscrm)$/i.test(solution.prefix) ? [say(solution.manifest.path, `The prefix ${solution.prefix} is reserved for Microsoft. Choose another <CustomizationPrefix>.`)] : []),
  ];
}

/** Choice values must lie in the publisher's range, or two publishers' values can meet. */
export function optionValuesInRange(solution: SolutionModel): Finding[] {
  const first = solution.optionValuePrefix * 10_000;
  return solution.tables.flatMap((table) => table.columns.filter((column) => column.type === "picklist" && column.isCustom).flatMap((column) =>
    descendants(column.element, "option").map((option) => Number(option.attributes.get("value"))).filter((value) => !(value >= first && value < first + 10_000))
      .map((value) => findings("option-values-in-range")(table.path, `${column.logicalName} has the value ${value}. Use ${first} to ${first + 9_999}.`))));
}

const english = (element: XmlElement | undefined, child: string): string =>
  (element === undefined ? [] : childrenNamed(element, child)).find((label) => label.attributes.get("languagecode") === ENGLISH)?.attributes.get("description") ?? "";

const unlabelled = (table: TableModel): string[] => table.columns.filter((column) => !column.isUnmodified).flatMap((column) => {
  const missing = [
    ...(english(childAt(column.element, "displaynames"), "displayname") === "" ? ["a label"] : []),
    ...(english(childAt(column.element, "Descriptions"), "Description") === "" ? ["a description"] : []),
    ...descendants(column.element, "option").filter((option) => english(childAt(option, "labels"), "label") === "").map((option) => `a label for ${option.attributes.get("value") ?? "an option"}`),
  ];
  return missing.map((what) => `${column.logicalName} has no English ${what.replace(/^a /, "")}`);
});

export function columnsAreDescribed(solution: SolutionModel): Finding[] {
  return solution.tables.flatMap((table) => unlabelled(table).map((sentence) => findings("columns-are-described")(table.path, `${sentence}. Add one with languagecode="${ENGLISH}".`)));
}

export function introducedVersionsAreValid(solution: SolutionModel): Finding[] {
  const documents = [...solution.tables, ...solution.forms, ...solution.views, ...solution.charts, ...solution.dashboards, ...solution.apps, ...solution.webResources];
  return documents.flatMap(({ path, text, root }) => descendants(root, "IntroducedVersion").map((element) => textOf(text, element)).filter((version) => !/^\d+(\.\d+){1,3}$/.test(version))
    .map((version) => findings("introduced-versions-are-valid")(path, `<IntroducedVersion> is "${version}". Write two to four numbers, and never change it for a component that was shipped.`)));
}

/** Names inside one table: a column twice, or a key over a column that is not there. */
export function columnsAreConsistent(solution: SolutionModel): Finding[] {
  const say = findings("columns-are-consistent");
  return solution.tables.flatMap((table) => {
    const names = table.columns.map((column) => column.logicalName);
    const twice = names.filter((name, at) => names.indexOf(name) !== at).map((name) => say(table.path, `${name} is there twice. Remove one.`));
    const cased = table.columns.filter((column) => column.logicalName !== column.schemaName.toLowerCase()).map((column) => say(table.path, `LogicalName ${column.logicalName} is not ${column.schemaName} in lower case. Write it so.`));
    const keys = table.keyColumns.flatMap(({ key, columns }) => columns.filter((column) => !names.includes(column)).map((column) => say(table.path, `Key ${key} names ${column}, which is no column of the table. Correct the key.`)));
    return [...twice, ...cased, ...keys];
  });
}
