// The payment page's inventory: every script and style with what it is for, why it is allowed and its hash, and the headers that keep it so.
// PCI DSS 4.0.1, requirements 6.4.3 (scripts authorized, integrity assured, inventory kept) and 11.6.1 (change and tamper detection). Pure.
import { createHash } from "node:crypto";

export interface ScriptEntry { readonly url: string; readonly kind: "script" | "style" | "frame"; readonly what: string; readonly why: string; readonly integrity: string }
export interface Inventory { readonly page: string; readonly takenAt: string; readonly html: string; readonly entries: readonly ScriptEntry[]; readonly headers: Readonly<Record<string, string>> }
export interface Fetched { readonly url: string; readonly status: number; readonly text: string; readonly headers: Readonly<Record<string, string>> }
export interface PageFacts { readonly page: Fetched; readonly assets: readonly (Fetched & { readonly declared: string; readonly kind: "script" | "style" })[]; readonly flexOrigins: readonly string[]; readonly takenAt: string }

/** Headers that are evidence; the rest changes with every answer. */
const HEADERS = ["content-security-policy", "permissions-policy", "strict-transport-security", "x-content-type-options", "referrer-policy", "cross-origin-opener-policy", "cache-control"] as const;
export const integrityOf = (text: string): string => `sha384-${createHash("sha384").update(text).digest("base64")}`;

export function takeInventory(facts: PageFacts): Inventory {
  const own = facts.assets.map(({ url, text, kind }): ScriptEntry => (kind === "script"
    ? { url, kind, what: "Script of the card-entry page", why: "Shows Cybersource's card fields, hands the transient token to the relay; reads no card number", integrity: integrityOf(text) }
    : { url, kind, what: "Style of the card-entry page", why: "Looks only", integrity: integrityOf(text) }));
  const flex = facts.flexOrigins.map((origin): ScriptEntry => ({ url: origin, kind: "frame", what: "Cybersource's Flex Microform library and fields", why: "Card number and security code are typed into Cybersource's own frames; the library's address and hash come signed in each capture context and are checked before it is loaded", integrity: "from the signed capture context, verified in the browser (SRI)" }));
  return { page: facts.page.url, takenAt: facts.takenAt, html: integrityOf(facts.page.text), entries: [...own, ...flex], headers: Object.fromEntries(HEADERS.filter((name) => facts.page.headers[name] !== undefined).map((name) => [name, facts.page.headers[name] ?? ""])) };
}

/** What is wrong with the page in itself, whatever was recorded before. */
export function inspectPage(facts: PageFacts): readonly string[] {
  const policy = facts.page.headers["content-security-policy"] ?? "";
  return [
    ...facts.assets.filter((asset) => asset.declared !== integrityOf(asset.text)).map((asset) => `${asset.url}: the file is not the one whose hash the page declares`),
    ...(/<script(?![^>]*\ssrc=)[^>]*>\s*\S/.test(facts.page.text) ? ["the page has a script in its own text"] : []),
    ...(/\son\w+=/.test(facts.page.text.replace(/<script[\s\S]*?<\/script>/g, "")) ? ["the page has an inline event handler"] : []),
    ...(policy === "" ? ["there is no content security policy"] : []), ...(/unsafe-(inline|eval)/.test(policy) ? ["the content security policy allows inline or eval"] : []), ...(/script-src[^;]*\s\*/.test(policy) ? ["the content security policy allows scripts from anywhere"] : []),
  ];
}

/** Changes since the recorded inventory, in words. */
export function compareInventories(before: Inventory, now: Inventory): readonly string[] {
  const old = new Map(before.entries.map((entry) => [`${entry.kind} ${nameOf(entry)}`, entry]));
  const current = new Map(now.entries.map((entry) => [`${entry.kind} ${nameOf(entry)}`, entry]));
  return [
    ...(before.html === now.html ? [] : ["the page's HTML has changed"]),
    ...[...current].filter(([key]) => !old.has(key)).map(([, entry]) => `new: ${entry.url}`), ...[...old].filter(([key]) => !current.has(key)).map(([, entry]) => `gone: ${entry.url}`),
    ...[...current].filter(([key, entry]) => old.has(key) && old.get(key)?.integrity !== entry.integrity).map(([, entry]) => `changed: ${entry.url}`),
    ...[...new Set([...Object.keys(before.headers), ...Object.keys(now.headers)])].filter((name) => before.headers[name] !== now.headers[name]).map((name) => `header ${name}: ${before.headers[name] ?? "(none)"} → ${now.headers[name] ?? "(none)"}`),
  ];
}

/** Our files carry the build's version in their names; the file is the same file in every version. */
const nameOf = ({ url }: ScriptEntry): string => url.replace(/[?#].*$/, "").replace(/[0-9a-f]{16}/g, "");
