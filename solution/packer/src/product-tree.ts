// Our own solution as a source tree: solution/src with the built controls, scripts and icons laid over it.
// What is not built yet is reported by name with the command that builds it.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { readManifest } from "./manifest.ts";
import { readFolder, type SourceTree, treeOf } from "./source-tree.ts";
import { readXml } from "./xml-elements.ts";

type Files = Map<string, () => Uint8Array>;
const CONTROL_DATA = /^Controls\/([^/]+)\/ControlManifest\.xml\.data\.xml$/;
const WEB_RESOURCE_DATA = /^WebResources\/(.+)\.data\.xml$/;

const folders = (path: string): string[] => (existsSync(path) ? readdirSync(path, { withFileTypes: true }).filter((entry) => entry.isDirectory()).map((entry) => entry.name) : []);

/** Name of a built control as the solution knows it: publisher prefix, namespace and constructor of its manifest. */
function controlName(manifestFile: string, prefix: string): string {
  const control = readXml(readFileSync(manifestFile, "utf8")).children.find((child) => child.name === "control");
  return `${prefix}_${control?.attributes.get("namespace") ?? ""}.${control?.attributes.get("constructor") ?? ""}`;
}

function addControls(files: Files, root: string, prefix: string): void {
  const packages = join(root, "pcf-controls");
  for (const name of folders(packages)) {
    const built = join(packages, name, "out", "controls");
    for (const control of folders(built)) {
      const manifest = join(built, control, "ControlManifest.xml");
      if (!existsSync(manifest)) continue;
      const target = `Controls/${controlName(manifest, prefix)}`;
      for (const [path, read] of readFolder(join(built, control))) files.set(`${target}/${path}`, read);
    }
  }
}

function addWebResources(files: Files, root: string, prefix: string): void {
  for (const path of [...files.keys()]) {
    const name = WEB_RESOURCE_DATA.exec(path)?.[1];
    if (name === undefined || files.has(`WebResources/${name}`)) continue;
    const rest = name.replace(`${prefix}_/`, "");
    const file = [join(root, "webresources", "dist", rest), join(root, "webresources", "src", rest)].find((candidate) => existsSync(candidate));
    if (file !== undefined) files.set(`WebResources/${name}`, () => new Uint8Array(readFileSync(file)));
  }
}

/** Data files whose built file is missing. */
function missingParts(files: Files): { data: string; part: string }[] {
  return [...files.keys()].flatMap((data) => {
    const control = CONTROL_DATA.exec(data)?.[1];
    const resource = WEB_RESOURCE_DATA.exec(data)?.[1];
    const part = control === undefined ? resource && `WebResources/${resource}` : `Controls/${control}/ControlManifest.xml`;
    return part === undefined || files.has(part) ? [] : [{ data, part }];
  });
}

/** The tree of our solution, and what of it is not built. */
export function readProduct(root: string): { tree: SourceTree; missing: readonly { data: string; part: string }[] } {
  const files = readFolder(join(root, "solution", "src"));
  const { prefix } = readManifest(treeOf(files));
  addControls(files, root, prefix);
  addWebResources(files, root, prefix);
  return { tree: treeOf(files), missing: missingParts(files) };
}

/** The tree without parts that are not built and without their root components: for work on tables and forms only. */
export function withoutParts(tree: SourceTree, missing: readonly { data: string; part: string }[]): SourceTree {
  const dropped = new Set(missing.map(({ data }) => data));
  const names = missing.map(({ part }) => part.replace(/^WebResources\//, "").replace(/^Controls\/([^/]+)\/.*$/, "$1"));
  const files: Files = new Map(tree.paths.filter((path) => !dropped.has(path)).map((path) => [path, () => tree.bytes(path)]));
  const manifest = new TextDecoder().decode(tree.bytes("Other/Solution.xml"));
  const lines = manifest.split("\n").filter((line) => !names.some((name) => line.includes(`schemaName="${name}"`)));
  return treeOf(files.set("Other/Solution.xml", () => new TextEncoder().encode(lines.join("\n"))));
}
