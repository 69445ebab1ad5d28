// A reader of XML that keeps positions: every element knows where it starts and ends in the text.
// The packer never rebuilds XML from a parsed tree (that is not byte-faithful); it cuts and joins the original text.

export interface XmlElement {
  readonly name: string;
  readonly attributes: ReadonlyMap<string, string>;
  readonly start: number;
  /** Where the text between the tags begins; equal to innerEnd for an empty-element tag. */
  readonly innerStart: number;
  readonly innerEnd: number;
  readonly end: number;
  readonly isSelfClosing: boolean;
  readonly children: readonly XmlElement[];
}

export class XmlError extends Error {}

interface OpenElement { name: string; attributes: Map<string, string>; start: number; innerStart: number; innerEnd: number; end: number; isSelfClosing: boolean; children: OpenElement[] }

const TOKEN = /<!--[\s\S]*?-->|<!\[CDATA\[[\s\S]*?\]\]>|<\?[\s\S]*?\?>|<\/([^\s<>]+)\s*>|<([^\s<>/!?]+)((?:\s+[^\s=<>/]+\s*=\s*(?:"[^"]*"|'[^']*'))*)\s*(\/?)>/g;
const ATTRIBUTE = /([^\s=<>/]+)\s*=\s*(?:"([^"]*)"|'([^']*)')/g;
const ENTITIES: Readonly<Record<string, string>> = { amp: "&", lt: "<", gt: ">", quot: "\"", apos: "'" };

/** Replaces character and entity references by what they stand for. */
export function decodeText(text: string): string {
  return text.replace(/&(?:#x([0-9a-fA-F]+)|#(\d+)|(\w+));/g, (whole, hex?: string, decimal?: string, name?: string) => {
    if (hex !== undefined) return String.fromCodePoint(Number.parseInt(hex, 16));
    if (decimal !== undefined) return String.fromCodePoint(Number(decimal));
    return ENTITIES[name ?? ""] ?? whole;
  });
}

function readAttributes(text: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const [, name = "", double, single] of text.matchAll(ATTRIBUTE)) found.set(name, decodeText(double ?? single ?? ""));
  return found;
}

/** Reads the root element of an XML text, with all positions. */
export function readXml(text: string): XmlElement {
  const document: OpenElement = { name: "", attributes: new Map(), start: 0, innerStart: 0, innerEnd: 0, end: 0, isSelfClosing: false, children: [] };
  const open: OpenElement[] = [document];
  for (const token of text.matchAll(TOKEN)) {
    const [whole, closing, opening, attributes = "", slash] = token;
    const top = open.at(-1) ?? document;
    if (opening !== undefined) {
      const end = token.index + whole.length;
      const element: OpenElement = { name: opening, attributes: readAttributes(attributes), start: token.index, innerStart: end, innerEnd: end, end, isSelfClosing: slash === "/", children: [] };
      top.children.push(element);
      if (slash !== "/") open.push(element);
    } else if (closing !== undefined) {
      if (top.name !== closing || top === document) throw new XmlError(`</${closing}> at character ${token.index} closes nothing that is open`);
      top.innerEnd = token.index;
      top.end = token.index + whole.length;
      open.pop();
    }
  }
  const root = document.children[0];
  if (open.length > 1) throw new XmlError(`<${open.at(-1)?.name ?? ""}> is never closed`);
  if (root === undefined || document.children.length > 1) throw new XmlError("there must be exactly one root element");
  return root;
}

export const childrenNamed = (element: XmlElement, name: string): readonly XmlElement[] => element.children.filter((child) => child.name === name);

/** The first element on a path of names below `element`. */
export function childAt(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  return path.reduce<XmlElement | undefined>((at, name) => at?.children.find((child) => child.name === name), element);
}

/** All elements of one name at any depth, in document order. */
export function descendants(element: XmlElement, name: string): XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
}

/** The decoded text of an element without children; empty when the element is missing. */
export const textOf = (text: string, element: XmlElement | undefined): string => (element === undefined ? "" : decodeText(text.slice(element.innerStart, element.innerEnd)).trim());
