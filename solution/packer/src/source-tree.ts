// The files of an unpacked solution, by path with forward slashes: from a folder, with other files laid over it,
// or from memory (tests). Everything else in the packer works on this and never touches the disk.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface SourceTree {
  /** Sorted by code unit, so that every run sees the same order on every machine. */
  readonly paths: readonly string[];
  bytes(path: string): Uint8Array;
}

export class PackError extends Error {}

const byCodeUnit = (a: string, b: string): number => (a < b ? -1 : a > b ? 1 : 0);

export function treeOf(files: ReadonlyMap<string, () => Uint8Array>): SourceTree {
  return {
    paths: [...files.keys()].sort(byCodeUnit),
    bytes: (path) => {
      const read = files.get(path);
      if (read === undefined) throw new PackError(`${path} is missing.`);
      return read();
    },
  };
}

/** Reads a folder; files whose name starts with a dot are no part of a solution. */
export function readFolder(folder: string): Map<string, () => Uint8Array> {
  const files = new Map<string, () => Uint8Array>();
  if (!existsSync(folder)) throw new PackError(`There is no folder ${folder}.`);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith(".")) continue;
    const full = join(entry.parentPath, entry.name);
    const path = full.slice(join(folder, "/").length).replaceAll("\\", "/");
    files.set(path, () => new Uint8Array(readFileSync(full)));
  }
  return files;
}

/** A file as text, without byte order mark. */
export const readText = (tree: SourceTree, path: string): string => new TextDecoder("utf-8").decode(tree.bytes(path));

export const has = (tree: SourceTree, path: string): boolean => tree.paths.includes(path);

/** Paths that match, in order. */
export const matching = (tree: SourceTree, pattern: RegExp): string[] => tree.paths.filter((path) => pattern.test(path));
