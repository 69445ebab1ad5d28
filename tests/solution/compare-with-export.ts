// How near the packer comes to a server's own export: an unpacked solution is packed and compared with the zip that was exported with it, element
// by element but for the order of siblings, payload byte by byte. For public solutions that publish both (docs/reference/packer.md has the result; nothing
// of them is kept): node --conditions=source tests/solution/compare-with-export.ts SOURCE_FOLDER EXPORTED.zip
import { readFileSync } from "node:fs";
import { assembleEntries, decodeText, readFolder, readXml, treeOf, type PackageType, type XmlElement } from "@cybs/packer";
import { unzipSync } from "fflate";

export interface Difference { readonly where: string; readonly only: "packed" | "exported" | "both"; readonly what: string }
interface Node { readonly name: string; readonly label: string; readonly canonical: string; readonly attributes: string; readonly text: string; readonly children: readonly Node[] }

const decode = (bytes: Uint8Array | undefined): string => new TextDecoder("utf-8").decode(bytes);
const KEYS = ["Name", "PhysicalName", "schemaName", "id", "name", "languagecode", "type"];
const byText = (left: string, right: string): number => (left < right ? -1 : left > right ? 1 : 0);

/** Siblings sorted, attributes sorted, space around text dropped: what is left is content. */
function canonical(text: string, element: XmlElement): Node {
  const attributes = [...element.attributes].filter(([name]) => !name.startsWith("xmlns")).sort(([left], [right]) => byText(left, right)).map(([name, value]) => `${name}="${value}"`).join(" ");
  const children = element.children.map((child) => canonical(text, child)).sort((left, right) => byText(left.canonical, right.canonical));
  const own = children.length > 0 ? "" : decodeText(text.slice(element.innerStart, element.innerEnd).replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, "$1")).replaceAll("\r\n", "\n").trim();
  const key = KEYS.map((name) => element.attributes.get(name)).find((value) => value !== undefined) ?? childText(text, element);
  return { name: element.name, label: `${element.name}${key === "" ? "" : `[${key}]`}`, attributes, text: own, children, canonical: `<${element.name} ${attributes}>${own}${children.map((child) => child.canonical).join("")}</>` };
}
/** A component's own id or name, for people who look for it. */
function childText(text: string, element: XmlElement): string {
  const named = element.children.find((child) => /^(formid|savedqueryid|savedqueryvisualizationid|Name|FormId|UniqueName)$/.test(child.name));
  return named === undefined ? "" : text.slice(named.innerStart, named.innerEnd).trim();
}

function compareNodes(packed: Node, exported: Node, path: string, found: Difference[]): void {
  if (packed.canonical === exported.canonical) return;
  if (packed.attributes !== exported.attributes) found.push({ where: path, only: "both", what: `attributes ${packed.attributes} / ${exported.attributes}` });
  if (packed.text !== exported.text) found.push({ where: path, only: "both", what: `text ${packed.text.slice(0, 60)} / ${exported.text.slice(0, 60)}` });
  const left = [...packed.children];
  const right = [...exported.children];
  for (const child of [...left]) { const at = right.findIndex((other) => other.canonical === child.canonical); if (at !== -1) { left.splice(left.indexOf(child), 1); right.splice(at, 1); } }
  for (const child of [...left]) {
    const at = right.findIndex((other) => other.label === child.label);
    const other = right[at];
    if (other === undefined) continue;
    compareNodes(child, other, `${path}/${child.label}`, found);
    left.splice(left.indexOf(child), 1);
    right.splice(at, 1);
  }
  for (const child of left) found.push({ where: `${path}/${child.label}`, only: "packed", what: child.canonical.slice(0, 160) });
  for (const child of right) found.push({ where: `${path}/${child.label}`, only: "exported", what: child.canonical.slice(0, 160) });
}

/** Line breaks are git's, spaces between a JSON's members the unpacking tool's. */
function content(path: string, bytes: Uint8Array): string {
  const text = decode(bytes).replaceAll("\r\n", "\n");
  if (!path.endsWith(".json")) return text.trimEnd();
  try { return JSON.stringify(JSON.parse(text.replace(/^\uFEFF/, ""))); } catch { return text; }
}

export function compareWithExport(packed: ReadonlyMap<string, Uint8Array>, exported: Readonly<Record<string, Uint8Array>>): readonly Difference[] {
  const found: Difference[] = [];
  const files = Object.keys(exported).filter((path) => !path.endsWith("/"));
  for (const path of files) if (!packed.has(path)) found.push({ where: path, only: "exported", what: "file" });
  for (const [path, bytes] of packed) {
    const other = exported[path];
    if (other === undefined) found.push({ where: path, only: "packed", what: "file" });
    else if (path.endsWith(".xml")) { const [left, right] = [decode(bytes), decode(other)]; compareNodes(canonical(left, readXml(left)), canonical(right, readXml(right)), path, found); } else if (content(path, bytes) !== content(path, other)) found.push({ where: path, only: "both", what: "other bytes" });
  }
  return found;
}

if (import.meta.main) {
  const [source = "", zip = ""] = process.argv.slice(2);
  const exported = unzipSync(new Uint8Array(readFileSync(zip)));
  const type: PackageType = decode(exported["solution.xml"]).includes('<Managed>1<') ? "managed" : "unmanaged";
  const packed = assembleEntries(treeOf(readFolder(source)), type);
  const found = compareWithExport(packed, exported);
  const elements = (text: string): number => (text.match(/<[A-Za-z]/g) ?? []).length;
  process.stdout.write(`${JSON.stringify({ type, files: packed.size, elements: elements(decode(packed.get("customizations.xml"))) + elements(decode(packed.get("solution.xml"))), differences: found }, undefined, 1)}\n`);
}
