// Reads a multipart/mixed `$batch` response into one result an operation, with every part's own status: the claim depends on knowing
// which part failed. Operations after a failed one have no result. Accepts CRLF and LF.
import { z } from "zod";
import { parseExactJson } from "./exact-json.ts";

export interface Part {
  readonly status: number;
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}
/** A change set that went through has a part for each change; one that failed is a single part, and nothing of it was written. */
export type OperationResult = { readonly kind: "part"; readonly part: Part } | { readonly kind: "committed"; readonly parts: readonly Part[] };

const NESTED_MAX = 1000;

/** The results in the order of the operations, or undefined when the body is not a whole multipart answer. */
export function readBatch(contentType: string, text: string): readonly OperationResult[] | undefined {
  const boundary = boundaryOf(contentType);
  const sections = boundary === undefined ? undefined : splitMultipart(text.includes("\r") ? text.replaceAll("\r\n", "\n") : text, boundary);
  if (sections === undefined) return undefined;
  const results = sections.map(readSection);
  return results.every((result) => result !== undefined) ? results : undefined;
}

const boundaryOf = (contentType: string): string | undefined => /^multipart\/mixed\s*;.*?boundary="?([^";\s]+)"?/i.exec(contentType)?.[1];

/** What stands between the boundaries; undefined when the closing one is missing (a truncated answer). */
function splitMultipart(text: string, boundary: string): readonly string[] | undefined {
  const mark = `\n--${boundary}`;
  const sections: string[] = [];
  for (const piece of `\n${text}`.split(mark).slice(1)) {
    const end = /^(--)?[ \t]*(?:\n|$)/.exec(piece);
    // A line that only begins like a boundary is text.
    if (end === null) sections.push(`${sections.pop() ?? ""}${mark}${piece}`);
    else if (end[1] !== undefined) return sections;
    else if (sections.length >= NESTED_MAX) return undefined;
    else sections.push(piece.slice(end[0].length));
  }
  return undefined;
}

function readSection(section: string): OperationResult | undefined {
  const { headers, rest } = splitHead(section);
  const boundary = boundaryOf(headers["content-type"] ?? "");
  if (boundary === undefined) {
    const part = readHttp(rest);
    return part === undefined ? undefined : { kind: "part", part };
  }
  const parts = splitMultipart(rest, boundary)?.map((inner) => readHttp(splitHead(inner).rest));
  return parts?.every((part) => part !== undefined) === true ? { kind: "committed", parts } : undefined;
}

const NAME = /^[\w-]+$/;

function splitHead(text: string): { readonly headers: Readonly<Record<string, string>>; readonly rest: string } {
  const trimmed = text.startsWith("\n") ? text.replace(/^\n+/, "") : text;
  const end = trimmed.indexOf("\n\n");
  const head = end === -1 ? trimmed : trimmed.slice(0, end);
  const headers: Record<string, string> = {};
  for (const line of head.split("\n")) {
    const colon = line.indexOf(":");
    if (NAME.test(line.slice(0, colon))) headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
  }
  return { headers, rest: end === -1 ? "" : trimmed.slice(end + 2) };
}

function readHttp(text: string): Part | undefined {
  const status = /^\n*HTTP\/\d(?:\.\d)? (\d{3})[^\n]*(?:\n|$)/.exec(text);
  if (status === null) return undefined;
  const { headers, rest } = splitHead(text.slice(status[0].length));
  const json = rest.trim();
  if (json === "") return { status: Number(status[1]), headers, body: undefined };
  const parsed = parseExactJson(json);
  return parsed === undefined ? undefined : { status: Number(status[1]), headers, body: parsed.value };
}

const ErrorBody = z.object({ error: z.object({ code: z.string().catch(""), message: z.string().catch("") }) });

/** Dataverse's error code (`0x…`) and message of a failed part; empty when it gave none. */
export function errorOf(part: Part): { readonly code: string; readonly message: string } {
  const parsed = ErrorBody.safeParse(part.body);
  return parsed.success ? parsed.data.error : { code: "", message: "" };
}
