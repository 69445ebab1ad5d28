// Packs the samples beside the product: unmanaged only, as they are there to be changed.
import { join } from "node:path";
import { lintSolution } from "./lint/lint.ts";
import { packageIsWellFormed } from "./lint/package-rules.ts";
import { readManifest, zipName } from "./manifest.ts";
import { refuse } from "./pack-product.ts";
import { assembleEntries, zipEntries } from "./pack.ts";
import { readSolution } from "./solution-model.ts";
import { readFolder, type SourceTree, treeOf } from "./source-tree.ts";

const IN_THE_SOLUTION = /^(Other|Workflows|Connectors)\//;

/** The samples' source: what lies in its folders, not the program and the text beside them. */
export function samplesTree(root: string): SourceTree {
  return treeOf(new Map([...readFolder(join(root, "solution", "samples"))].filter(([path]) => IN_THE_SOLUTION.test(path))));
}

/** The zip with its name; throws with everything that must be mended. */
export function packSamples(root: string): { name: string; zip: Uint8Array } {
  const tree = samplesTree(root);
  refuse(lintSolution(readSolution(tree)));
  const entries = assembleEntries(tree, "unmanaged");
  refuse(packageIsWellFormed(entries));
  return { name: zipName(readManifest(tree), "unmanaged"), zip: zipEntries(entries) };
}
