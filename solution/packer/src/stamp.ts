// The version that a package carries: the three numbers of package.json and of Other/Solution.xml agree, the fourth is the build.
// An import over an older version needs a higher one: learn.microsoft.com/power-platform/alm/update-solutions-alm
import { MANIFEST } from "./manifest.ts";
import { readDocument } from "./document.ts";
import { PackError, type SourceTree, treeOf } from "./source-tree.ts";
import { applyEdits } from "./splice.ts";
import { childAt, textOf } from "./xml-elements.ts";

const BUILD_MAX = 2_147_483_647;

/** The tree with its version stamped; throws when product and solution name different versions. */
export function stampVersion(tree: SourceTree, options: { productVersion: string; build: number | undefined }): SourceTree {
  const { text, root } = readDocument(tree, MANIFEST);
  const element = childAt(root, "SolutionManifest", "Version");
  const version = textOf(text, element);
  if (!version.startsWith(`${options.productVersion}.`)) throw new PackError(`${MANIFEST} has the version ${version}, package.json ${options.productVersion}. Write ${options.productVersion}.0 into <Version>.`);
  if (options.build === undefined || element === undefined) return tree;
  if (!Number.isSafeInteger(options.build) || options.build < 0 || options.build > BUILD_MAX) throw new PackError(`--build must be a whole number from 0 to ${BUILD_MAX}.`);
  const stamped = applyEdits(text, [{ start: element.innerStart, end: element.innerEnd, text: `${options.productVersion}.${options.build}` }]);
  const files = new Map(tree.paths.map((path) => [path, () => tree.bytes(path)] as const));
  return treeOf(files.set(MANIFEST, () => new TextEncoder().encode(stamped)));
}
