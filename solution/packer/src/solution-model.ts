// What lint needs to know about a source tree, read once: tables, relationships, forms, views, roles, files.
// Texts and positions are kept, so that a finding can say where it is.
import { type Document, readDocument } from "./document.ts";
import { ENTITY_FILES } from "./sections.ts";
import { matching, type SourceTree } from "./source-tree.ts";
import { isTwin } from "./twins.ts";
import { childAt, childrenNamed, descendants, textOf, type XmlElement } from "./xml-elements.ts";

export interface ColumnModel { element: XmlElement; schemaName: string; logicalName: string; type: string; isCustom: boolean; isUnmodified: boolean }
export interface TableModel extends Document {
  schemaName: string;
  logicalName: string;
  /** A table of another publisher that is only extended. */
  isShell: boolean;
  ownership: string;
  columns: readonly ColumnModel[];
  keyColumns: readonly { key: string; columns: readonly string[] }[];
}
export interface RelationshipModel {
  path: string;
  name: string;
  referencing: string;
  referenced: string;
  attribute: string;
  cascades: ReadonlyMap<string, string>;
  /** Name of the lookup's navigation property where one is given; system relationships have none. */
  navigation: string | undefined;
}
export interface RootComponent { type: number; key: string; behavior: string }
export interface SolutionModel {
  tree: SourceTree;
  manifest: Document;
  prefix: string;
  optionValuePrefix: number;
  rootComponents: readonly RootComponent[];
  tables: readonly TableModel[];
  relationships: readonly RelationshipModel[];
  forms: readonly (Document & { table: string })[];
  views: readonly (Document & { table: string })[];
  charts: readonly (Document & { table: string })[];
  dashboards: readonly Document[];
  apps: readonly Document[];
  siteMaps: readonly Document[];
  /** Data files of cloud flows; their definitions lie beside them. */
  flows: readonly Document[];
  connectors: readonly Document[];
  ribbons: readonly (Document & { table: string })[];
  roles: readonly Document[];
  webResources: readonly (Document & { name: string })[];
  controls: readonly (Document & { name: string })[];
  environmentVariables: readonly Document[];
}

function readTable(document: Document): TableModel {
  const { text, root } = document;
  const entity = childAt(root, "EntityInfo", "entity");
  const schemaName = textOf(text, childAt(root, "Name"));
  const attributes = childAt(entity, "attributes")?.children ?? [];
  const keys = childAt(entity, "EntityKeys")?.children ?? [];
  return {
    ...document, schemaName, logicalName: schemaName.toLowerCase(),
    isShell: childAt(entity, "EntitySetName") === undefined,
    ownership: textOf(text, childAt(entity, "OwnershipTypeMask")),
    columns: attributes.map((element) => ({
      element,
      schemaName: element.attributes.get("PhysicalName") ?? "",
      logicalName: textOf(text, childAt(element, "LogicalName")),
      type: textOf(text, childAt(element, "Type")),
      isCustom: textOf(text, childAt(element, "IsCustomField")) === "1",
      isUnmodified: element.attributes.get("unmodified") === "1",
    })),
    keyColumns: keys.map((key) => ({
      key: textOf(text, childAt(key, "LogicalName")),
      columns: descendants(key, "AttributeName").map((name) => textOf(text, name)),
    })),
  };
}

const readRelationships = ({ path, text, root }: Document): RelationshipModel[] =>
  childrenNamed(root, "EntityRelationship").map((element) => {
    const value = (name: string) => textOf(text, childAt(element, name));
    const many = descendants(element, "EntityRelationshipRole").find((role) => textOf(text, childAt(role, "RelationshipRoleType")) === "1");
    return {
      path, name: element.attributes.get("Name") ?? "",
      referencing: value("ReferencingEntityName"), referenced: value("ReferencedEntityName"), attribute: value("ReferencingAttributeName"),
      cascades: new Map(element.children.filter((child) => child.name.startsWith("Cascade")).map((child) => [child.name.slice("Cascade".length), textOf(text, child)])),
      navigation: many === undefined ? undefined : textOf(text, childAt(many, "NavigationPropertyName")),
    };
  });

function readRootComponents({ root }: Document): RootComponent[] {
  return (childAt(root, "SolutionManifest", "RootComponents")?.children ?? []).map(({ attributes }) => ({
    type: Number(attributes.get("type")),
    key: (attributes.get("schemaName") ?? attributes.get("id") ?? "").toLowerCase(),
    behavior: attributes.get("behavior") ?? "",
  }));
}

/** Reads everything; an XML file that is not well-formed throws with its path. */
export function readSolution(tree: SourceTree): SolutionModel {
  const documents = (pattern: RegExp) => matching(tree, pattern).map((path) => readDocument(tree, path));
  const ofTable = (document: Document) => ({ ...document, table: (document.path.split("/")[1] ?? "").toLowerCase() });
  const named = (document: Document) => ({ ...document, name: textOf(document.text, childAt(document.root, "Name")) });
  const manifest = readDocument(tree, "Other/Solution.xml");
  const publisher = childAt(manifest.root, "SolutionManifest", "Publisher");
  return {
    tree, manifest,
    prefix: textOf(manifest.text, childAt(publisher, "CustomizationPrefix")),
    optionValuePrefix: Number(textOf(manifest.text, childAt(publisher, "CustomizationOptionValuePrefix"))),
    rootComponents: readRootComponents(manifest),
    tables: documents(ENTITY_FILES).map(readTable),
    relationships: documents(/^Other\/Relationships\/[^/]+\.xml$/).flatMap(readRelationships),
    forms: documents(/^Entities\/[^/]+\/FormXml\/.+\.xml$/).filter(({ path }) => !isTwin(path)).map(ofTable),
    views: documents(/^Entities\/[^/]+\/SavedQueries\/.+\.xml$/).map(ofTable),
    charts: documents(/^Entities\/[^/]+\/Visualizations\/.+\.xml$/).map(ofTable),
    dashboards: documents(/^Dashboards\/[^/]+\.xml$/),
    apps: documents(/^AppModules\/[^/]+\/AppModule\.xml$/),
    siteMaps: documents(/^AppModuleSiteMaps\/[^/]+\/AppModuleSiteMap\.xml$/),
    flows: documents(/^Workflows\/.+\.data\.xml$/),
    connectors: documents(/^Connectors\/[^/]+\.xml$/),
    ribbons: documents(/^Entities\/[^/]+\/RibbonDiff\.xml$/).map(ofTable),
    roles: documents(/^Roles\/.+\.xml$/),
    webResources: documents(/^WebResources\/.+\.data\.xml$/).map(named),
    controls: documents(/^Controls\/[^/]+\/ControlManifest\.xml\.data\.xml$/).map(named),
    environmentVariables: documents(/^environmentvariabledefinitions\/[^/]+\/environmentvariabledefinition\.xml$/),
  };
}
