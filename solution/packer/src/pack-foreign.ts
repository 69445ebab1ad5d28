// Packs any unpacked solution. What the packer does not know is said aloud instead of being left out silently.
import { lostSections, SKELETON } from "./customizations.ts";
import { assembleEntries, zipEntries } from "./pack.ts";
import { unusedFiles } from "./payload.ts";
import { readFolder, treeOf } from "./source-tree.ts";
import { isCustomizationFile } from "./sections.ts";
import type { PackageType } from "./twins.ts";

/** The zip of the solution in a folder. */
export function packForeign(options: { source: string; type: PackageType; say: (line: string) => void }): Uint8Array {
  const tree = treeOf(readFolder(options.source));
  for (const path of unusedFiles(tree, isCustomizationFile)) options.say(`Left out: ${path} is of no kind that this packer knows.`);
  for (const section of lostSections(tree)) options.say(`Left out: ${SKELETON} has no <${section} />, so what belongs there is not in the package.`);
  return zipEntries(assembleEntries(tree, options.type));
}
