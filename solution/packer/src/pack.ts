// Packs an unpacked solution into a zip, the same bytes on every run and machine.
// Order and shape of the entries are those of a server export: customizations.xml, solution.xml, payload, [Content_Types].xml.
import { type Zippable, zipSync } from "fflate";
import { contentTypes } from "./content-types.ts";
import { assembleCustomizations } from "./customizations.ts";
import { assembleManifest } from "./manifest.ts";
import { payloadOf } from "./payload.ts";
import { has, PackError, type SourceTree } from "./source-tree.ts";
import type { PackageType } from "./twins.ts";

export type Entries = ReadonlyMap<string, Uint8Array>;

/** The zip's entries by path, in their order. */
export function assembleEntries(tree: SourceTree, type: PackageType): Entries {
  const encode = (text: string) => new TextEncoder().encode(text);
  const entries = new Map<string, Uint8Array>([
    ["customizations.xml", encode(assembleCustomizations(tree, type))],
    ["solution.xml", encode(assembleManifest(tree, type))],
  ]);
  for (const [target, source] of payloadOf(tree)) {
    if (!has(tree, source)) throw new PackError(`${source} is missing, and a data file names it as ${target}. Put the file there, or build it first.`);
    entries.set(target, tree.bytes(source));
  }
  return entries.set("[Content_Types].xml", encode(contentTypes([...entries.keys()])));
}

/** The entries as a zip; the time stamp is fixed because a zip's times are local times of the machine. */
export function zipEntries(entries: Entries): Uint8Array {
  const files: Zippable = {};
  for (const [path, bytes] of entries) files[path] = [bytes, { level: 9, mtime: new Date(1980, 0, 1), os: 0 }];
  return zipSync(files);
}
