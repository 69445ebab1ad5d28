// Relationships: Other/Relationships.xml gives the order by name, Other/Relationships/<table>.xml the definitions.
// Older trees hold the definitions in the list itself; those are taken as they are.
import { readDocument } from "./document.ts";
import { asChild } from "./splice.ts";
import { has, matching, PackError, type SourceTree } from "./source-tree.ts";

export const RELATIONSHIP_LIST = "Other/Relationships.xml";
export const RELATIONSHIP_FILES = /^Other\/Relationships\/[^/]+\.xml$/;

/** All relationship definitions by name. */
export function relationshipDefinitions(tree: SourceTree): Map<string, string> {
  const found = new Map<string, string>();
  for (const path of matching(tree, RELATIONSHIP_FILES)) {
    const { text, root } = readDocument(tree, path);
    for (const element of root.children) found.set(element.attributes.get("Name") ?? "", asChild(text, element));
  }
  return found;
}

/** The `EntityRelationship` elements in the order of the list. */
export function assembleRelationships(tree: SourceTree): string[] {
  if (!has(tree, RELATIONSHIP_LIST)) return [];
  const definitions = relationshipDefinitions(tree);
  const { text, root } = readDocument(tree, RELATIONSHIP_LIST);
  return root.children.map((element) => {
    if (element.children.length > 0) return asChild(text, element);
    const name = element.attributes.get("Name") ?? "";
    const definition = definitions.get(name);
    if (definition === undefined) throw new PackError(`${RELATIONSHIP_LIST} names ${name}, but no file below Other/Relationships defines it. Add the definition or remove the name.`);
    return definition;
  });
}
