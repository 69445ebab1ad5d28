// Files that travel in the zip beside customizations.xml: web resources, controls, workflows, assemblies and all folders
// of solution component framework (environment variables, custom APIs, …), which are copied as they are.
import { readDocument } from "./document.ts";
import { FOLDERS_OF_CUSTOMIZATIONS } from "./sections.ts";
import { has, matching, type SourceTree } from "./source-tree.ts";
import { childAt, textOf } from "./xml-elements.ts";

const DATA = ".data.xml";

/** Kinds whose data file names, in <FileName> or <ExportedFileName>, where the file beside it goes in the zip. */
const NAMED_BY_DATA = /^(WebResources|PluginAssemblies|Reports)\/.+\.data\.xml$/;

function namedByData(tree: SourceTree, files: Map<string, string>): void {
  for (const path of matching(tree, NAMED_BY_DATA)) {
    const { text, root } = readDocument(tree, path);
    const target = textOf(text, childAt(root, "FileName") ?? childAt(root, "ExportedFileName")).replace(/^\//, "");
    if (target !== "") files.set(target, path.slice(0, -DATA.length));
  }
}

const isDescription = (path: string): boolean =>
  path.endsWith(DATA) || /^CanvasApps\/[^/]+\.meta\.xml$/.test(path) || /^Connectors\/[^/]+\.xml$/.test(path) || path === "PluginAssemblies/ServiceEndpoints.xml" || path === "Reports/ReportSignatureIdMappings.xml";

/** What pac unpacks of a canvas app for people to read; the app itself is the .msapp beside it. */
const isForReaders = (path: string): boolean => path.startsWith("CanvasApps/src/");

/** Zip path → source path of every payload file, sorted by zip path. */
export function payloadOf(tree: SourceTree): Map<string, string> {
  const files = new Map<string, string>();
  namedByData(tree, files);
  for (const path of tree.paths) {
    const [folder = "", ...rest] = path.split("/");
    const formula = /^Entities\/[^/]+\/Formulas\/(.+)$/.exec(path)?.[1];
    if (formula !== undefined) files.set(`Formulas/${formula}`, path);
    if (rest.length === 0 || FOLDERS_OF_CUSTOMIZATIONS.has(folder) || isDescription(path) || isForReaders(path)) continue;
    if (folder === "WebResources" || ((folder === "PluginAssemblies" || folder === "Reports") && has(tree, path + DATA))) continue;
    // The folder of connectors is plural in a source and singular in a zip.
    files.set(folder === "Connectors" ? `Connector/${rest.join("/")}` : path, path);
  }
  return new Map([...files].sort(([a], [b]) => (a < b ? -1 : 1)));
}

/** Files that neither customizations.xml nor the payload uses: a typing mistake, or something left behind. */
export function unusedFiles(tree: SourceTree, isUsed: (path: string) => boolean): string[] {
  const used = new Set(payloadOf(tree).values());
  return tree.paths.filter((path) => !used.has(path) && !isUsed(path) && !isForReaders(path));
}
