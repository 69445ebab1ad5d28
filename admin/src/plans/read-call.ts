// A failing call as somebody pastes it: JSON {method, url, headers, body}, or a curl command line as browsers and tools copy it. Pure.
import type { SentCall } from "./explain-signature.ts";

/** The call, or what is missing in it. */
export function readCall(text: string): SentCall | string {
  const trimmed = text.trim();
  return trimmed.startsWith("curl") ? readCurl(trimmed) : readJsonCall(trimmed);
}

function readJsonCall(text: string): SentCall | string {
  let value: unknown;
  try { value = JSON.parse(text); } catch { return "it is neither JSON nor a curl command"; }
  const { method, url, headers, body } = (typeof value === "object" && value !== null ? value : {}) as Readonly<Record<string, unknown>>;
  if (typeof method !== "string" || typeof url !== "string" || !URL.canParse(url)) return "method and url (https://…) are needed";
  if (typeof headers !== "object" || headers === null) return "headers are needed";
  const given = Object.entries(headers).filter((entry): entry is [string, string] => typeof entry[1] === "string");
  return { method, url, headers: Object.fromEntries(given), body: typeof body === "string" ? body : body === undefined || body === null ? undefined : JSON.stringify(body) };
}

function readCurl(text: string): SentCall | string {
  const words = [...text.replace(/\\\r?\n/g, " ").matchAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|(\S+)/g)].map(([, single, double, bare]) => single ?? double?.replace(/\\(.)/g, "$1") ?? bare ?? "");
  const headers: Record<string, string> = {};
  let method: string | undefined;
  let url: string | undefined;
  let body: string | undefined;
  for (let index = 1; index < words.length; index++) {
    const word = words[index] ?? "";
    const next = (): string => words[++index] ?? "";
    if (word === "-X" || word === "--request") method = next();
    else if (word === "-H" || word === "--header") { const [name = "", ...rest] = next().split(":"); headers[name.trim()] = rest.join(":").trim(); }
    else if (["-d", "--data", "--data-raw", "--data-binary"].includes(word)) body = next();
    else if (word === "--url") url = next();
    else if (/^https?:\/\//.test(word)) url = word;
  }
  if (url === undefined || !URL.canParse(url)) return "the curl command names no address";
  return { method: method ?? (body === undefined ? "GET" : "POST"), url, headers, body };
}
