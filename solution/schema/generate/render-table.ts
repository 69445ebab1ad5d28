// Turns what was read into TypeScript constants: one file a table, keys in camelCase without our prefix.
// Lookups carry their navigation property in its exact case, because the Web API is case-sensitive about it:
// learn.microsoft.com/power-apps/developer/data-platform/webapi/web-api-navigation-properties
import type { Relationship, Table } from "./read-tables.ts";

/** Standard tables that the solution only extends; their own names are not part of its source. */
const STANDARD: Readonly<Record<string, { entitySetName: string; primaryName: string }>> = {
  SalesOrder: { entitySetName: "salesorders", primaryName: "name" },
  Invoice: { entitySetName: "invoices", primaryName: "name" },
  Product: { entitySetName: "products", primaryName: "name" },
};
/** Names that are written in lower case where they are defined, and read better otherwise. */
const SPELLED: Readonly<Record<string, string>> = {
  statecode: "stateCode", statuscode: "statusCode", cybs_relayurl: "relayUrl", cybs_consenttextversion: "consentTextVersion",
};
const LOOKUPS = new Set(["lookup", "customer", "owner"]);
const HEADER = "// Generated from solution/src by solution/schema/generate.ts: change the table there, then run the generator.\n";

export function camelKey(schemaName: string): string {
  const known = SPELLED[schemaName];
  if (known !== undefined) return known;
  const words = schemaName.replace(/^cybs_/, "").split("_").map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join("");
  return words.replace(/^[A-Z]+(?=[A-Z][a-z])|^[A-Z]/, (start) => start.toLowerCase());
}

const labelKey = (label: string): string =>
  label.replace(/[^A-Za-z0-9]+/g, " ").trim().split(" ")
    .map((word, at) => (at === 0 ? word.charAt(0).toLowerCase() + word.slice(1) : word.charAt(0).toUpperCase() + word.slice(1)))
    .join("").replace(/^[a-z][A-Z]+$/, (all) => all.toLowerCase());

const block = (name: string, entries: readonly (readonly [string, string])[], indent = "  "): string =>
  entries.length === 0 ? `${indent}${name}: {},\n` : `${indent}${name}: {\n${entries.map(([key, value]) => `${indent}  ${key}: ${value},\n`).join("")}${indent}},\n`;
const quoted = (value: string) => JSON.stringify(value);

/** The file name of a table's module, in kebab case. */
export const fileOf = (table: Table): string => `${camelKey(table.schemaName).replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
export const constantOf = (table: Table): string => `${camelKey(table.schemaName)}Table`;

/** One table as the text of a TypeScript module. */
export function renderTable(table: Table, relationships: readonly Relationship[]): string {
  const logicalName = table.schemaName.toLowerCase();
  const standard = STANDARD[table.schemaName];
  const entitySetName = table.entitySetName ?? standard?.entitySetName;
  const primaryName = table.columns.find((column) => column.isPrimaryName)?.logicalName ?? standard?.primaryName;
  if (entitySetName === undefined || primaryName === undefined) throw new Error(`${table.schemaName} is not a table of ours: add its set name and primary name to STANDARD in solution/schema/generate/render-table.ts.`);
  const lookups = table.columns.filter((column) => LOOKUPS.has(column.type));
  const navigation = lookups.flatMap((column) => {
    const found = relationships.filter((one) => one.referencing === table.schemaName && one.attribute === column.schemaName);
    if (found.length === 1) return [[camelKey(column.schemaName), quoted(found[0]?.navigation ?? column.logicalName)] as const];
    return found.map((one) => [`${camelKey(column.schemaName)}${one.referenced.replace(/^cybs_/, "")}`, quoted(one.navigation ?? column.logicalName)] as const);
  });
  const collections = relationships.filter((one) => one.referenced === table.schemaName && one.navigation !== undefined)
    .map((one) => [camelKey(one.name.replace(`cybs_${table.schemaName.replace(/^cybs_/, "")}_`, "")), quoted(one.name)] as const);
  const picklists = table.columns.filter((column) => column.type === "picklist");
  return `${HEADER}export const ${constantOf(table)} = {
  logicalName: ${quoted(logicalName)},
  entitySetName: ${quoted(entitySetName)},
  primaryId: ${quoted(`${logicalName}id`)},
  primaryName: ${quoted(primaryName)},
${block("columns", table.columns.map((column) => [camelKey(column.schemaName), quoted(column.logicalName)]))}${
    block("lookupValues", lookups.map((column) => [camelKey(column.schemaName), quoted(`_${column.logicalName}_value`)]))}${
    block("navigation", navigation)}${block("collections", collections)}${
    block("maxLengths", table.columns.filter((column) => column.maxLength !== undefined).map((column) => [camelKey(column.schemaName), String(column.maxLength)]))}${
    block("keys", table.keys.map((key) => [camelKey(key.schemaName), `[${key.columns.map(quoted).join(", ")}]`]))}${
    block("forms", table.forms.map((form) => [labelKey(form.name), quoted(form.id)]))}  choices: {
${picklists.map((column) => block(camelKey(column.schemaName), column.options.map((option) => [labelKey(option.label), String(option.value)]), "    ")).join("")}  },
} as const;
`;
}

/** The package's index: all tables and the names of the environment variables. */
export function renderIndex(tables: readonly Table[], environmentVariables: readonly string[]): string {
  const lines = tables.map((table) => `export { ${constantOf(table)} } from "./${fileOf(table)}";\n`).join("");
  return `${HEADER}${lines}\nexport const environmentVariables = {\n${environmentVariables.map((name) => `  ${camelKey(name)}: ${quoted(name)},\n`).join("")}} as const;\n`;
}
