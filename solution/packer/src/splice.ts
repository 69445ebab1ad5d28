// Edits of a text by position, applied together, so that everything that is not edited stays byte for byte.
import type { XmlElement } from "./xml-elements.ts";

export interface Edit { start: number; end: number; text: string }

/** Applies edits that do not overlap; their order does not matter. */
export function applyEdits(text: string, edits: readonly Edit[]): string {
  let result = "";
  let at = 0;
  for (const edit of [...edits].sort((a, b) => a.start - b.start)) {
    if (edit.start < at) throw new Error(`two edits overlap at character ${edit.start}`);
    result += text.slice(at, edit.start) + edit.text;
    at = edit.end;
  }
  return result + text.slice(at);
}

/** Replaces what stands between the tags of an element; an empty-element tag is opened. */
export function fillElement(text: string, element: XmlElement, parts: readonly string[], indent: string): Edit {
  const inner = `\n${parts.map((part) => `${indent}  ${part}\n`).join("")}${indent}`;
  if (!element.isSelfClosing) return { start: element.innerStart, end: element.innerEnd, text: inner };
  const openTag = text.slice(element.start, element.end).replace(/\s*\/>$/, ">");
  return { start: element.start, end: element.end, text: `${openTag}${inner}</${element.name}>` };
}

/** Removes an element together with the white space before it. */
export function removeElement(text: string, element: XmlElement): Edit {
  let start = element.start;
  while (start > 0 && " \t\r\n".includes(text.charAt(start - 1))) start--;
  return { start, end: element.end, text: "" };
}

const XSI = / xmlns:xsi="http:\/\/www\.w3\.org\/2001\/XMLSchema-instance"/;

/** The text of a root element for use inside another document, whose root already declares the xsi prefix. */
export function asChild(text: string, element: XmlElement): string {
  const openTag = text.slice(element.start, element.innerStart);
  return openTag.replace(XSI, "") + text.slice(element.innerStart, element.end);
}
