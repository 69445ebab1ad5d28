// Reads names out of the unpacked solution: tables with their columns, choices, keys and forms, and the relationships between them.
// The packer's reader is used, so that there is one understanding of the source.
import { childAt, childrenNamed, descendants, readFolder, readSolution, type SolutionModel, textOf, treeOf, type XmlElement } from "@cybs/packer";

export interface Column {
  schemaName: string;
  logicalName: string;
  type: string;
  isPrimaryName: boolean;
  maxLength: number | undefined;
  options: { value: number; label: string }[];
}
export interface Table {
  schemaName: string;
  entitySetName: string | undefined;
  columns: Column[];
  keys: { schemaName: string; columns: readonly string[] }[];
  /** Main forms by English name. */
  forms: { name: string; id: string }[];
}
export type Relationship = SolutionModel["relationships"][number];
export interface Names { tables: Table[]; relationships: readonly Relationship[]; environmentVariables: string[] }

type TableModel = SolutionModel["tables"][number];
const ENGLISH = "1033";

const english = (labels: XmlElement | undefined): string =>
  labels?.children.find((label) => label.attributes.get("languagecode") === ENGLISH)?.attributes.get("description") ?? "";

function readColumn(table: TableModel, column: TableModel["columns"][number]): Column {
  const value = (name: string) => textOf(table.text, childAt(column.element, name));
  const maxLength = value("MaxLength");
  return {
    schemaName: column.schemaName, logicalName: column.logicalName, type: column.type,
    isPrimaryName: value("DisplayMask").split("|").includes("PrimaryName"),
    maxLength: maxLength === "" ? undefined : Number(maxLength),
    options: descendants(column.element, "option").map((option) => ({ value: Number(option.attributes.get("value")), label: english(childAt(option, "labels")) })),
  };
}

function readForms(solution: SolutionModel, table: TableModel): Table["forms"] {
  return solution.forms.filter((form) => form.table === table.logicalName && form.path.includes("/FormXml/main/"))
    .flatMap(({ text, root }) => childrenNamed(root, "systemform").map((form) => ({
      name: english(childAt(form, "LocalizedNames")), id: textOf(text, childAt(form, "formid")).replace(/[{}]/g, ""),
    })));
}

const readKeys = (table: TableModel): Table["keys"] => descendants(table.root, "EntityKey").map((key) => ({
  schemaName: textOf(table.text, childAt(key, "Name")),
  columns: descendants(key, "AttributeName").map((name) => textOf(table.text, name)),
}));

/** All names of the solution in a folder; tables without columns of ours are left out. */
export function readNames(source: string): Names {
  const solution = readSolution(treeOf(readFolder(source)));
  return {
    tables: solution.tables.filter((table) => table.columns.length > 0).map((table) => ({
      schemaName: table.schemaName,
      entitySetName: textOf(table.text, childAt(table.root, "EntityInfo", "entity", "EntitySetName")) || undefined,
      columns: table.columns.map((column) => readColumn(table, column)),
      keys: readKeys(table),
      forms: readForms(solution, table),
    })),
    relationships: solution.relationships,
    environmentVariables: solution.environmentVariables.map(({ root }) => root.attributes.get("schemaname") ?? ""),
  };
}
