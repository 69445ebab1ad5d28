// Reads a solution zip into an inventory: solution.xml and customizations.xml as an export or our packer writes them.
import { createHash } from "node:crypto";
import { unzipSync } from "fflate";
import { PackError } from "../source-tree.ts";
import { childAt, childrenNamed, decodeText, descendants, readXml, textOf, type XmlElement } from "../xml-elements.ts";
import { type ColumnFacts, type Inventory, type PartFacts, type RoleFacts, type TableFacts, typeInWords } from "./inventory.ts";

const ENGLISH = "1033";
const SIZE_MAX = 200 * 1024 * 1024;

interface Xml { text: string; root: XmlElement }

const english = (labels: XmlElement | undefined): string => {
  const all = labels?.children ?? [];
  return (all.find((label) => label.attributes.get("languagecode") === ENGLISH) ?? all[0])?.attributes.get("description") ?? "";
};
const digest = (text: string): string => createHash("sha256").update(text.replace(/\s+/g, " ")).digest("hex");
const section = ({ root }: Xml, name: string, item: string): readonly XmlElement[] => childrenNamed(childAt(root, name) ?? root, item);

function columnOf(text: string, attribute: XmlElement): [string, ColumnFacts] {
  const value = (name: string) => textOf(text, childAt(attribute, name));
  const choices = descendants(attribute, "option").map((option) => [option.attributes.get("value") ?? "", english(childAt(option, "labels"))] as const);
  const length = value("MaxLength");
  return [value("LogicalName"), {
    label: english(childAt(attribute, "displaynames")), type: typeInWords(value("Type")), lengthMax: length === "" ? undefined : Number(length),
    isRequired: value("RequiredLevel") === "systemrequired" ? undefined : value("RequiredLevel") === "required", choices: choices.length === 0 ? undefined : new Map(choices),
  }];
}

function tableOf({ text }: Xml, entity: XmlElement): [string, TableFacts] {
  const inner = childAt(entity, "EntityInfo", "entity");
  const name = childAt(entity, "Name");
  return [textOf(text, name).toLowerCase(), {
    label: english(childAt(inner, "LocalizedNames")) || (name?.attributes.get("LocalizedName") ?? ""), isOwn: childAt(inner, "EntitySetName") !== undefined,
    columns: new Map((childAt(inner, "attributes")?.children ?? []).map((attribute) => columnOf(text, attribute))),
  }];
}

interface PartKind { kind: string; element: string; key: string; label: (text: string, part: XmlElement) => string }
const OF_TABLES: readonly PartKind[] = [
  { kind: "form", element: "systemform", key: "formid", label: (_text, part) => english(childAt(part, "LocalizedNames")) },
  { kind: "view", element: "savedquery", key: "savedqueryid", label: (_text, part) => english(childAt(part, "LocalizedNames")) },
  { kind: "chart", element: "visualization", key: "savedqueryvisualizationid", label: (_text, part) => english(childAt(part, "LocalizedNames")) },
];

function commandsIn({ text }: Xml, entity: XmlElement, table: string): [string, PartFacts][] {
  const ribbon = childAt(entity, "RibbonDiffXml");
  if (ribbon === undefined) return [];
  const titles = new Map(descendants(ribbon, "LocLabel").map((label) => [label.attributes.get("Id") ?? "", english(childAt(label, "Titles"))]));
  return descendants(ribbon, "CommandDefinition").map((command) => {
    const id = command.attributes.get("Id") ?? "";
    const buttons = descendants(ribbon, "Button").filter((button) => button.attributes.get("Command") === id).map((button) => text.slice(button.start, button.end)).join("");
    return [id, { label: titles.get(`${id}.LabelText`) ?? id, table, contents: digest(text.slice(command.start, command.end) + buttons) }];
  });
}

function partsOf(xml: Xml, files: ReadonlyMap<string, Uint8Array>): Map<string, Map<string, PartFacts>> {
  const { text } = xml;
  const parts = new Map<string, Map<string, PartFacts>>();
  const put = (kind: string, key: string, facts: PartFacts): void => { parts.set(kind, (parts.get(kind) ?? new Map<string, PartFacts>()).set(key.toLowerCase(), facts)); };
  const contentsOf = (part: XmlElement): string => digest(text.slice(part.start, part.end));
  for (const entity of section(xml, "Entities", "Entity")) {
    const table = english(childAt(entity, "EntityInfo", "entity", "LocalizedNames")) || (childAt(entity, "Name")?.attributes.get("LocalizedName") ?? "");
    for (const { kind, element, key, label } of OF_TABLES) for (const part of descendants(entity, element)) put(kind, textOf(text, childAt(part, key)), { label: label(text, part), table, contents: contentsOf(part) });
    for (const [id, facts] of commandsIn(xml, entity, table)) put("command", id, facts);
  }
  for (const part of section(xml, "Dashboards", "Dashboard")) put("dashboard", textOf(text, childAt(part, "FormId")), { label: english(childAt(part, "LocalizedNames")), table: undefined, contents: contentsOf(part) });
  for (const part of section(xml, "AppModules", "AppModule")) put("app", textOf(text, childAt(part, "UniqueName")), { label: english(childAt(part, "LocalizedNames")), table: undefined, contents: contentsOf(part) });
  for (const part of section(xml, "WebResources", "WebResource")) {
    const bytes = files.get(textOf(text, childAt(part, "FileName")).replace(/^\//, ""));
    put("web resource", textOf(text, childAt(part, "Name")), { label: textOf(text, childAt(part, "Name")), table: undefined, contents: createHash("sha256").update(bytes ?? "").digest("hex") });
  }
  for (const part of section(xml, "CustomControls", "CustomControl")) {
    const name = textOf(text, childAt(part, "Name"));
    const own = [...files].filter(([path]) => path.startsWith(`Controls/${name}/`)).map(([path, bytes]) => `${path} ${createHash("sha256").update(bytes).digest("hex")}`).sort();
    put("control", name, { label: name, table: undefined, contents: digest(own.join("\n")) });
  }
  for (const [path, bytes] of files) if (path.endsWith("/environmentvariabledefinition.xml")) put("environment variable", path.split("/")[1] ?? "", { label: path.split("/")[1] ?? "", table: undefined, contents: digest(new TextDecoder().decode(bytes)) });
  return parts;
}

const roleOf = (role: XmlElement): [string, RoleFacts] => [(role.attributes.get("name") ?? "").toLowerCase(), {
  label: role.attributes.get("name") ?? "", privileges: new Map(descendants(role, "RolePrivilege").map(({ attributes }) => [(attributes.get("name") ?? "").toLowerCase(), attributes.get("level") ?? ""])),
}];

/** Throws a sentence when the bytes are no solution package. */
export function readPackage(source: string, zip: Uint8Array): Inventory {
  const files = entriesOf(source, zip);
  const xmlIn = (name: string): Xml => {
    const bytes = files.get(name);
    if (bytes === undefined) throw new PackError(`${source} has no ${name} at its root, so it is no solution. Name a zip that was exported or packed.`);
    const text = new TextDecoder().decode(bytes);
    return { text, root: readXml(text) };
  };
  const manifest = xmlIn("solution.xml");
  const value = (...path: string[]) => textOf(manifest.text, childAt(manifest.root, "SolutionManifest", ...path));
  const xml = xmlIn("customizations.xml");
  return {
    source, name: decodeText(value("UniqueName")), version: value("Version"), publisher: value("Publisher", "UniqueName"), isManaged: value("Managed") === "1",
    tables: new Map(section(xml, "Entities", "Entity").map((entity) => tableOf(xml, entity))),
    roles: new Map(section(xml, "Roles", "Role").map(roleOf)),
    parts: partsOf(xml, files),
  };
}

function entriesOf(source: string, zip: Uint8Array): ReadonlyMap<string, Uint8Array> {
  let size = 0;
  try {
    return new Map(Object.entries(unzipSync(zip, { filter: ({ originalSize }) => { size += originalSize; if (size > SIZE_MAX) throw new PackError(`${source} unpacks to more than ${SIZE_MAX} bytes. Is it a solution?`); return true; } })));
  } catch (error) {
    if (error instanceof PackError) throw error;
    throw new PackError(`${source} is no zip file. Name a solution package.`);
  }
}
