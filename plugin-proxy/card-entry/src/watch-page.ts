// The page watches itself (PCI DSS 11.6.1): a script, frame or form that is not ours or Cybersource's, and whatever the content security policy
// stopped, is told to the relay, which alarms. It names the kind and the origin of what it saw, never contents.
import type { PageReport } from "@cybs/contract";

export type Foreign = Pick<PageReport, "kind" | "what">;
export interface PageWatch {
  /** The one foreign script that may come, as the verified capture context names it; its fields come from the same origin. */
  allow(libraryUrl: string, integrity: string): void;
}

const REPORTS_MAX = 5;
const WATCHED = "script, iframe, frame, object, embed, form";
/** Extensions of the browser put things of theirs into every page: told apart, because nobody else can mend them. */
const EXTENSION = /^[a-z]+(-web)?-extension:/;

/** `ownScript`: address of the page's own script. Everything is told once. */
export function watchPage(page: Document, ownScript: string, tell: (foreign: Foreign) => void): PageWatch {
  const libraries = new Map<string, string>();
  const told = new Set<string>();
  const say = (foreign: Foreign): void => {
    const key = `${foreign.kind} ${foreign.what}`;
    if (told.has(key) || told.size >= REPORTS_MAX) return;
    told.add(key);
    tell(foreign);
  };
  const look = (element: Element): void => {
    const foreign = isExpected(element, ownScript, libraries) ? undefined : describe(element);
    if (foreign !== undefined) say(foreign);
  };
  page.addEventListener("securitypolicyviolation", (event) => { say({ kind: EXTENSION.test(event.blockedURI) || EXTENSION.test(event.sourceFile) ? "extension" : "policy", what: `${event.effectiveDirective} ${originOf(event.blockedURI)}` }); });
  new MutationObserver((records) => {
    for (const { addedNodes } of records) for (const node of addedNodes) if (node instanceof Element) for (const element of [node, ...node.querySelectorAll(WATCHED)]) if (element.matches(WATCHED)) look(element);
  }).observe(page, { childList: true, subtree: true });
  for (const element of page.querySelectorAll(WATCHED)) look(element);
  return { allow: (libraryUrl, integrity) => { libraries.set(libraryUrl, integrity); } };
}

function isExpected(element: Element, ownScript: string, libraries: ReadonlyMap<string, string>): boolean {
  const integrity = element.getAttribute("integrity") ?? (element as { readonly integrity?: string }).integrity ?? "";
  if (element instanceof HTMLScriptElement) return integrity !== "" && (element.src === ownScript || libraries.get(element.src) === integrity);
  if (!(element instanceof HTMLIFrameElement)) return false;
  // A frame without an address yet is given one by the library that made it; the policy holds that one.
  return element.src === "" || element.src === "about:blank" || [...libraries.keys()].some((url) => originOf(url) === originOf(element.src));
}

function describe(element: Element): Foreign {
  const url = element.getAttribute("src") ?? element.getAttribute("data") ?? element.getAttribute("action") ?? "";
  const tag = element.tagName.toLowerCase();
  const kind = EXTENSION.test(url) ? "extension" : tag === "script" ? "script" : tag === "form" ? "form" : "frame";
  return { kind, what: `${tag} ${url === "" ? "inline" : originOf(url)}` };
}

const originOf = (url: string): string => (URL.canParse(url) ? new URL(url).origin.replace(/^null$/, new URL(url).protocol) : url === "" ? "none" : url.slice(0, 20).replace(/[^\w:.-]/g, "?"));
