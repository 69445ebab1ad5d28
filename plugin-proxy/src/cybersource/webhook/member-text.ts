// The text of one member of a JSON object exactly as it stands there: a signature over a part cannot be checked over that part printed anew.

/** Undefined when `text` is no JSON object or has no such member at its top level. The last one counts, as for JSON.parse. */
export function memberText(text: string, name: string): string | undefined {
  try { JSON.parse(text); } catch { return undefined; }
  let found: string | undefined;
  let depth = 0;
  // Where the value of the wanted member begins; its name was just read.
  let from: number | undefined;
  let label: string | undefined;
  for (let at = 0; at < text.length; at++) {
    const char = text[at];
    if (char === '"') {
      const end = endOfText(text, at);
      if (depth === 1 && from === undefined) label = text.slice(at, end + 1);
      at = end;
    } else if (char === ":" && depth === 1 && from === undefined) {
      if (label !== undefined && JSON.parse(label) === name) from = at + 1;
    } else if (char === "{" || char === "[") depth += 1;
    else if (char === "}" || char === "]") depth -= 1;
    const isOver = from !== undefined && ((char === "," && depth === 1) || (char === "}" && depth === 0));
    if (isOver) {
      found = text.slice(from, at).trim();
      from = undefined;
    }
  }
  return found;
}

/** The closing quote of the text that opens at `at`. */
function endOfText(text: string, at: number): number {
  let end = at + 1;
  while (end < text.length && text[end] !== '"') end += text[end] === "\\" ? 2 : 1;
  return end;
}
