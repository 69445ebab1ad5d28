// An XML file of the source tree with its text and root; a file that is not well-formed is named in the error.
import { PackError, readText, type SourceTree } from "./source-tree.ts";
import { readXml, type XmlElement, XmlError } from "./xml-elements.ts";

export interface Document { path: string; text: string; root: XmlElement }

/** What was read already: lint, both packages and the comparison of two packages read the same texts many times. */
const known = new Map<string, XmlElement>();
const KNOWN_MAX = 2_000;

function rootOf(text: string): XmlElement {
  const before = known.get(text);
  if (before !== undefined) return before;
  if (known.size >= KNOWN_MAX) known.clear();
  const root = readXml(text);
  known.set(text, root);
  return root;
}

export function readDocument(tree: SourceTree, path: string): Document {
  const text = readText(tree, path);
  try {
    return { path, text, root: rootOf(text) };
  } catch (error) {
    if (error instanceof XmlError) throw new PackError(`${path} is not well-formed XML: ${error.message}. Correct the file.`);
    throw error;
  }
}
