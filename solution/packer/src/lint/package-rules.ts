// Rules about the finished package: names at its root, no folders as entries, every part with a content type.
// A package that breaks them is refused as a whole ("The solution file is invalid", 0x80048060).
import type { Entries } from "../pack.ts";
import { readXml } from "../xml-elements.ts";
import { type Finding, findings } from "./finding.ts";

const REQUIRED = ["customizations.xml", "solution.xml", "[Content_Types].xml"];

export function packageIsWellFormed(entries: Entries): Finding[] {
  const say = findings("package-is-well-formed");
  const paths = [...entries.keys()];
  const types = entries.get("[Content_Types].xml");
  const declared = types === undefined ? [] : readXml(new TextDecoder().decode(types)).children;
  const extensions = new Set(declared.map((child) => child.attributes.get("Extension")?.toLowerCase()));
  const parts = new Set(declared.map((child) => decodeURIComponent(child.attributes.get("PartName") ?? "")));
  const extensionOf = (path: string) => /\.([^./]+)$/.exec(path)?.[1]?.toLowerCase();
  return [
    ...REQUIRED.filter((name) => !entries.has(name)).map((name) => say(name, "It is missing from the root of the package. Pack with this packer, not by zipping a folder.")),
    ...paths.filter((path) => path.includes("\\")).map((path) => say(path, "A part's name has a backslash. Use forward slashes.")),
    ...paths.filter((path) => path.endsWith("/") || path.startsWith("/") || path.includes("//")).map((path) => say(path, "It is a folder, not a file. Leave folders out of the package.")),
    ...paths.filter((path) => !REQUIRED.includes(path) && !path.includes("/")).map((path) => say(path, "Only three files may lie at the root of the package. Put it into the folder of its kind.")),
    ...paths.filter((path) => path !== "[Content_Types].xml" && !extensions.has(extensionOf(path)) && !parts.has(`/${path}`)).map((path) => say(path, "[Content_Types].xml does not cover it. Add its extension or its name.")),
  ];
}
