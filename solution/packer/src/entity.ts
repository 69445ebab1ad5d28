// One table: Entity.xml with its forms, views, charts and ribbon put back into their places.
// In a managed package nothing marked unmodified="1" is kept; a table of which nothing else is left loses its EntityInfo.
import { readDocument } from "./document.ts";
import { applyEdits, asChild, type Edit, fillElement, removeElement } from "./splice.ts";
import { has, matching, type SourceTree } from "./source-tree.ts";
import { type PackageType, selectTwins } from "./twins.ts";
import { childAt, childrenNamed, descendants, readXml, type XmlElement } from "./xml-elements.ts";

const escaped = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
const isUnmodified = (element: XmlElement): boolean => element.attributes.get("unmodified") === "1";

/** Text of all children of one name in a file's root, without those that a managed package drops. */
function partsOf(tree: SourceTree, path: string, options: { child: string | undefined; type: PackageType }): string[] {
  const { text, root } = readDocument(tree, path);
  const elements = options.child === undefined ? [root] : childrenNamed(root, options.child);
  return elements.filter((element) => options.type === "unmanaged" || !isUnmodified(element)).map((element) => asChild(text, element));
}

function formGroups(tree: SourceTree, folder: string, type: PackageType): string[] {
  const all = matching(tree, new RegExp(`^${escaped(folder)}/FormXml/[^/]+/[^/]+\\.xml$`));
  const groups = new Map<string, string[]>();
  for (const path of selectTwins(tree, all, { type, isTwinRequired: true })) {
    const kind = path.slice(folder.length).split("/")[2] ?? "";
    const forms = partsOf(tree, path, { child: "systemform", type });
    if (forms.length > 0) groups.set(kind, [...(groups.get(kind) ?? []), ...forms]);
  }
  return [...groups].map(([kind, forms]) => `<forms type="${kind}">\n${forms.map((form) => `          ${form}\n`).join("")}        </forms>`);
}

function views(tree: SourceTree, folder: string, type: PackageType): string[] {
  const found = matching(tree, new RegExp(`^${escaped(folder)}/SavedQueries/[^/]+\\.xml$`)).flatMap((path) => partsOf(tree, path, { child: "savedquery", type }));
  return found.length === 0 ? [] : [`<savedqueries>\n${found.map((view) => `          ${view}\n`).join("")}        </savedqueries>`];
}

const charts = (tree: SourceTree, folder: string, type: PackageType): string[] =>
  matching(tree, new RegExp(`^${escaped(folder)}/Visualizations/[^/]+\\.xml$`)).flatMap((path) => partsOf(tree, path, { child: undefined, type }));

function dropUnmodified(text: string, root: XmlElement): Edit[] {
  const info = childAt(root, "EntityInfo");
  const attributes = info === undefined ? [] : descendants(info, "attribute");
  const dropped = attributes.filter(isUnmodified);
  if (info !== undefined && dropped.length > 0 && dropped.length === attributes.length) return [removeElement(text, info)];
  return dropped.map((element) => removeElement(text, element));
}

/** Fills a placeholder; where the source has none, the part goes before the ribbon, or else before the end. */
function place(text: string, root: XmlElement, name: string, parts: readonly string[]): Edit[] {
  if (parts.length === 0) return [];
  const placeholder = childAt(root, name);
  if (placeholder !== undefined) return [fillElement(text, placeholder, parts, "      ")];
  const at = childAt(root, "RibbonDiffXml")?.start ?? root.innerEnd;
  return [{ start: at, end: at, text: `<${name}>\n${parts.map((part) => `        ${part}\n`).join("")}      </${name}>\n      ` }];
}

function placeRibbon(tree: SourceTree, folder: string, root: XmlElement): Edit[] {
  const path = `${folder}/RibbonDiff.xml`;
  if (!has(tree, path)) return [];
  const file = readDocument(tree, path);
  const ribbon = asChild(file.text, file.root);
  const placeholder = childAt(root, "RibbonDiffXml");
  return placeholder === undefined
    ? [{ start: root.innerEnd, end: root.innerEnd, text: `${ribbon}\n` }]
    : [{ start: placeholder.start, end: placeholder.end, text: ribbon }];
}

/** The `Entity` element of one folder below Entities, complete, as text. */
export function assembleEntity(tree: SourceTree, folder: string, type: PackageType): string {
  const { text, root } = readDocument(tree, `${folder}/Entity.xml`);
  const edits = [
    ...(type === "managed" ? dropUnmodified(text, root) : []),
    ...place(text, root, "FormXml", formGroups(tree, folder, type)),
    ...place(text, root, "SavedQueries", views(tree, folder, type)),
    ...place(text, root, "Visualizations", charts(tree, folder, type)),
    ...placeRibbon(tree, folder, root),
  ];
  const whole = applyEdits(text, edits);
  return asChild(whole, readXml(whole));
}
