// customizations.xml: the skeleton Other/Customizations.xml with its empty sections filled from the other files.
// A section is filled only if the skeleton has its element, as Microsoft's packer does; lostSections tells what that leaves out.
import { readDocument } from "./document.ts";
import { assembleEntity } from "./entity.ts";
import { assembleRelationships, RELATIONSHIP_FILES } from "./relationships.ts";
import { ENTITY_FILES, SECTIONS_OF_FILES, SECTIONS_OF_ROOT, TEMPLATE_FILES } from "./sections.ts";
import { applyEdits, asChild, type Edit, fillElement } from "./splice.ts";
import { has, matching, PackError, type SourceTree } from "./source-tree.ts";
import { type PackageType, selectTwins } from "./twins.ts";
import type { XmlElement } from "./xml-elements.ts";

export const SKELETON = "Other/Customizations.xml";

const rootText = (tree: SourceTree, path: string): string => {
  const { text, root } = readDocument(tree, path);
  return asChild(text, root);
};

function childTexts(tree: SourceTree, path: string, section: string): string[] {
  const { text, root } = readDocument(tree, path);
  // The site map's section holds an element of its own name; some trees keep only the inner one.
  const isInner = section === "SiteMap" && root.children[0]?.name !== "SiteMap";
  return isInner ? [asChild(text, root)] : root.children.map((child) => text.slice(child.start, child.end));
}

function templates(tree: SourceTree): string[] {
  const groups = new Map<string, string[]>();
  for (const path of matching(tree, TEMPLATE_FILES)) {
    const group = TEMPLATE_FILES.exec(path)?.[1] ?? "";
    groups.set(group, [...(groups.get(group) ?? []), rootText(tree, path)]);
  }
  return [...groups].map(([group, parts]) => `<${group}>\n${parts.map((part) => `      ${part}\n`).join("")}    </${group}>`);
}

/** What each section is to hold, by section name; only sections that have something. */
export function sectionContents(tree: SourceTree, type: PackageType): Map<string, string[]> {
  const contents = new Map<string, string[]>();
  const put = (section: string, parts: string[]) => { if (parts.length > 0) contents.set(section, [...(contents.get(section) ?? []), ...parts]); };
  put("Entities", matching(tree, ENTITY_FILES).map((path) => assembleEntity(tree, path.replace(/\/Entity\.xml$/, ""), type)));
  put("EntityRelationships", assembleRelationships(tree));
  put("Templates", templates(tree));
  for (const { section, files, hasTwins } of SECTIONS_OF_FILES) {
    const paths = matching(tree, files);
    put(section, (hasTwins ? selectTwins(tree, paths, { type, isTwinRequired: false }) : paths).map((path) => rootText(tree, path)));
  }
  for (const { section, file, hasTwins } of SECTIONS_OF_ROOT) {
    if (!has(tree, file)) continue;
    const path = hasTwins ? selectTwins(tree, [file], { type, isTwinRequired: false })[0] ?? file : file;
    put(section, childTexts(tree, path, section));
  }
  return contents;
}

/** Sections that files of the source belong to and that the skeleton does not have. */
export function lostSections(tree: SourceTree): string[] {
  const kinds = [{ section: "Entities", files: ENTITY_FILES }, { section: "EntityRelationships", files: RELATIONSHIP_FILES }, { section: "Templates", files: TEMPLATE_FILES }, ...SECTIONS_OF_FILES];
  const used = [
    ...kinds.filter(({ files }) => matching(tree, files).length > 0).map(({ section }) => section),
    ...SECTIONS_OF_ROOT.filter(({ file }) => has(tree, file)).map(({ section }) => section),
  ];
  const present = new Set(readDocument(tree, SKELETON).root.children.map((child) => child.name));
  return [...new Set(used)].filter((name) => !present.has(name));
}

function fillSection(skeleton: string, section: XmlElement, parts: readonly string[]): Edit {
  if (section.children.length > 0) throw new PackError(`${SKELETON} already holds something in <${section.name}>, and files would fill it too. Keep one of the two.`);
  return fillElement(skeleton, section, parts, "  ");
}

/** The text of customizations.xml for a package of this type. */
export function assembleCustomizations(tree: SourceTree, type: PackageType): string {
  const { text: skeleton, root } = readDocument(tree, SKELETON);
  const edits = [...sectionContents(tree, type)].flatMap(([name, parts]) => {
    const section = root.children.find((child) => child.name === name);
    return section === undefined ? [] : [fillSection(skeleton, section, parts)];
  });
  return applyEdits(skeleton, edits).slice(root.start).trimEnd();
}
