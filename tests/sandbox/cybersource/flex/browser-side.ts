// What Cybersource serves to browsers, on an origin of its own: the library (its hash stands in every capture context), the hosted fields,
// and the token endpoint that only the fields call.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Call, Reply } from "../../kit/faults.ts";
import { json } from "../../kit/control.ts";
import type { State } from "../state.ts";
import type { Library } from "./sessions.ts";
import { tokenize } from "./tokenize.ts";

const read = (name: string): string => readFileSync(join(import.meta.dirname, name), "utf8");
const LIBRARY_PATH = "/microform/bundle/v2.0.2/flex-microform.min.js";
const LIBRARY = read("library.js");
const FIELD = read("field.js");
const STYLE = "html,body{margin:0;height:100%;background:transparent}input{box-sizing:border-box;width:100%;height:100%;border:0;outline:0;margin:0;padding:0 8px;background:transparent;font:14px 'Segoe UI',system-ui,sans-serif}";

export const libraryAt = (browserUrl: string): Library => ({ url: `${browserUrl}${LIBRARY_PATH}`, source: LIBRARY });

const LABELS: Readonly<Record<string, { label: string; autocomplete: string }>> = {
  number: { label: "Card number", autocomplete: "cc-number" }, securityCode: { label: "Security code", autocomplete: "cc-csc" },
};

function fieldPage(type: string): Reply {
  const field = LABELS[type];
  if (field === undefined) return json(404, { message: "The requested resource does not exist" });
  const body = `<!doctype html><html lang="en" data-field="${type}"><head><meta charset="utf-8"><title>${field.label}</title><link rel="stylesheet" href="/microform/fields/field.css"></head>`
    + `<body><main><input aria-label="${field.label}" autocomplete="${field.autocomplete}" inputmode="numeric" type="text" maxlength="${type === "number" ? 23 : 4}"></main><script src="/microform/fields/field.js"></script></body></html>`;
  return { status: 200, headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'" }, body };
}

const script = (body: string): Reply => ({ status: 200, headers: { "content-type": "text/javascript; charset=utf-8", "access-control-allow-origin": "*", "cache-control": "max-age=3600" }, body });

export async function answerBrowser(state: State, call: Call): Promise<Reply> {
  const path = call.url.split("?")[0] ?? "";
  if (call.method === "POST" && path === "/flex/v2/tokens") return tokenize(state, call.body);
  if (call.method !== "GET") return json(405, { message: "Method not allowed" });
  if (path === LIBRARY_PATH) return script(LIBRARY);
  if (path === "/microform/fields/field.js") return script(FIELD);
  if (path === "/microform/fields/field.css") return { status: 200, headers: { "content-type": "text/css" }, body: `${STYLE}main{height:100%}` };
  return path.startsWith("/microform/fields/") ? fieldPage(path.slice("/microform/fields/".length)) : json(404, { message: "The requested resource does not exist" });
}
