// Managed twins: X_managed.xml takes the place of X.xml in a managed package and never appears in an unmanaged one.
// Microsoft's packer leaves a form without a twin out of the managed zip; ours does the same, and lint says so.
// learn.microsoft.com/power-platform/alm/solution-component-file-reference-solutionpackager
import { has, type SourceTree } from "./source-tree.ts";

export type PackageType = "managed" | "unmanaged";

export const isTwin = (path: string): boolean => path.endsWith("_managed.xml");
export const twinOf = (path: string): string => path.replace(/\.xml$/, "_managed.xml");

/** Of the files of one kind, those that belong into a package of this type. */
export function selectTwins(tree: SourceTree, paths: readonly string[], options: { type: PackageType; isTwinRequired: boolean }): string[] {
  const plain = paths.filter((path) => !isTwin(path));
  if (options.type === "unmanaged") return plain;
  return plain.flatMap((path) => {
    if (has(tree, twinOf(path))) return [twinOf(path)];
    return options.isTwinRequired ? [] : [path];
  });
}
