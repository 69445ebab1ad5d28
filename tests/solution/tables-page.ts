// docs/reference/tables.md, written from the solution's source. Run this file to write it again; a test compares.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { childAt, childrenNamed, descendants, readFolder, readText, readXml, textOf, treeOf, type SourceTree, type XmlElement } from "@cybs/packer";

const root = join(import.meta.dirname, "..", "..");
export const PAGE_FILE = join(root, "docs/reference/tables.md");

const HEAD = `# Tables

What the solution adds to Dataverse, column by column, as its own descriptions say. Columns that every table has (created, modified, owner, status, …) and the base-currency twins of amounts are left out.
Who may do what with each table: [roles.md](roles.md). Only the relay writes payments, transactions, saved cards, allocations and credit memos; what anybody else changes of them is put back
([adr/0060](../adr/0060-rows-of-ours.md)).

This page is written from \`solution/src\` by \`tests/solution/tables-page.ts\`.
`;

const english = (labels: XmlElement | undefined): string => labels?.children.find((label) => label.attributes.get("languagecode") === "1033")?.attributes.get("description") ?? "";
const cell = (text: string): string => text.replaceAll("|", "\\|").replace(/\s+/g, " ").trim();

interface Source { readonly text: string; readonly root: XmlElement }
const TYPES: Readonly<Record<string, string>> = { nvarchar: "text", ntext: "long text", int: "whole number", bit: "yes/no", datetime: "date and time", picklist: "choice", money: "money", lookup: "lookup", customer: "customer", decimal: "decimal", uniqueidentifier: "id", primarykey: "id", float: "decimal" };

function columnRow({ text }: Source, attribute: XmlElement): string {
  const value = (name: string): string => textOf(text, childAt(attribute, name));
  const options = descendants(attribute, "option").map((option) => `${option.attributes.get("value") ?? ""} ${english(childAt(option, "labels"))}`);
  const length = value("MaxLength");
  const type = `${TYPES[value("Type")] ?? value("Type")}${length === "" || options.length > 0 ? "" : ` (${length})`}${value("RequiredLevel").includes('required') ? ", required" : ""}`;
  return `| \`${value("LogicalName")}\` | ${cell(english(childAt(attribute, "displaynames")))} | ${type} | ${cell(`${english(childAt(attribute, "Descriptions"))}${options.length === 0 ? "" : ` ${options.join("; ")}.`}`)} |`;
}

function tableSection(tree: SourceTree, path: string): string {
  const text = readText(tree, path);
  const source: Source = { text, root: readXml(text) };
  const entity = childAt(source.root, "EntityInfo", "entity");
  const name = childAt(source.root, "Name");
  const logical = textOf(text, name).toLowerCase();
  const own = childrenNamed(childAt(entity, "attributes") ?? source.root, "attribute").filter((attribute) => { const column = textOf(text, childAt(attribute, "LogicalName")); return column.startsWith("cybs_") && !column.endsWith("_base"); });
  if (own.length === 0) return "";
  const title = english(childAt(entity, "LocalizedNames")) || (name?.attributes.get("LocalizedName") ?? "");
  const about = english(childAt(entity, "Descriptions")) || "A table of Dynamics 365; the solution adds:";
  return `\n## ${title} (\`${logical}\`)\n\n${about}\n\n| column | label | kind | meaning |\n|---|---|---|---|\n${own.map((attribute) => columnRow(source, attribute)).join("\n")}\n`;
}

export function tablesPage(): string {
  const tree = treeOf(readFolder(join(root, "solution", "src")));
  return HEAD + tree.paths.filter((path) => /^Entities\/[^/]+\/Entity\.xml$/.test(path)).map((path) => tableSection(tree, path)).join("");
}

if (import.meta.main) writeFileSync(PAGE_FILE, tablesPage());
