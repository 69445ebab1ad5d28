// solution.xml: Other/Solution.xml with the package type written into <Managed>.
// A source says 2 ("both"), or the one type it was exported as; Microsoft's packer refuses to convert and so do we.
import { readDocument } from "./document.ts";
import { applyEdits } from "./splice.ts";
import { PackError, type SourceTree } from "./source-tree.ts";
import type { PackageType } from "./twins.ts";
import { childAt, textOf } from "./xml-elements.ts";

export const MANIFEST = "Other/Solution.xml";
const CODE: Readonly<Record<PackageType, string>> = { unmanaged: "0", managed: "1" };

export interface Manifest { uniqueName: string; version: string; prefix: string; optionValuePrefix: string }

/** The names in the manifest that the rest of the package depends on. */
export function readManifest(tree: SourceTree): Manifest {
  const { text, root } = readDocument(tree, MANIFEST);
  const solution = childAt(root, "SolutionManifest");
  return {
    uniqueName: textOf(text, childAt(solution, "UniqueName")),
    version: textOf(text, childAt(solution, "Version")),
    prefix: textOf(text, childAt(solution, "Publisher", "CustomizationPrefix")),
    optionValuePrefix: textOf(text, childAt(solution, "Publisher", "CustomizationOptionValuePrefix")),
  };
}

/** The text of solution.xml for a package of this type. */
export function assembleManifest(tree: SourceTree, type: PackageType): string {
  const { text, root } = readDocument(tree, MANIFEST);
  const managed = childAt(root, "SolutionManifest", "Managed");
  if (managed === undefined) throw new PackError(`${MANIFEST} has no <Managed> element. Add <Managed>2</Managed>.`);
  const source = textOf(text, managed);
  if (source !== "2" && source !== CODE[type]) {
    throw new PackError(`Solution package type did not match requested type: the source says <Managed>${source}</Managed>, ${type} was asked for. Write <Managed>2</Managed> to pack both.`);
  }
  return applyEdits(text, [{ start: managed.innerStart, end: managed.innerEnd, text: CODE[type] }]).slice(root.start).trimEnd();
}

/** The name of the zip: unique name, version with underscores, and the suffix that exports have. */
export function zipName(manifest: Manifest, type: PackageType): string {
  return `${manifest.uniqueName}_${manifest.version.replaceAll(".", "_")}${type === "managed" ? "_managed" : ""}.zip`;
}
