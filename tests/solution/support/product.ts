// Our solution's source with small stand-ins for what is built (controls, script, icons), so that these tests need no build;
// and a way to break one file of it.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { readFolder, type SourceTree, treeOf } from "@cybs/packer";

export const root = join(import.meta.dirname, "..", "..", "..");
const encode = (text: string) => new TextEncoder().encode(text);

const controlManifest = (name: string): string =>
  `<manifest><control namespace="CybersourcePayments" constructor="${name}" version="1.0.0" display-name-key="${name}" control-type="virtual"><resources><code path="bundle.js" order="1"/></resources></control></manifest>`;

const BUILT: readonly (readonly [string, string])[] = [
  ...readdirSync(join(root, "solution", "src", "Controls")).map((name) => name.split(".")[1] ?? "").flatMap((name) => [
    [`Controls/cybs_CybersourcePayments.${name}/ControlManifest.xml`, controlManifest(name)] as const,
    [`Controls/cybs_CybersourcePayments.${name}/bundle.js`, "var built = true;"] as const,
  ]),
  ["WebResources/cybs_/js/payments.js", "var Cybs = {};"],
  ...readdirSync(join(root, "webresources", "src", "icons")).map((name) => [`WebResources/cybs_/icons/${name}`, "<svg xmlns=\"http://www.w3.org/2000/svg\"/>"] as const),
];

function files(): Map<string, () => Uint8Array> {
  const found = readFolder(join(root, "solution", "src"));
  for (const [path, text] of BUILT) found.set(path, () => encode(text));
  return found;
}

/** Our solution, complete. */
export const product = (): SourceTree => treeOf(files());

/** Our solution with some files changed: a text replaces or adds a file, undefined removes it. */
export function productWith(changes: Readonly<Record<string, ((text: string) => string) | string | undefined>>): SourceTree {
  const found = files();
  for (const [path, change] of Object.entries(changes)) {
    const before = found.get(path);
    if (change === undefined) found.delete(path);
    else if (typeof change === "string") found.set(path, () => encode(change));
    else {
      const text = before === undefined ? "" : new TextDecoder().decode(before());
      const after = change(text);
      if (after === text) throw new Error(`The change to ${path} changes nothing: the fixture is out of date.`);
      found.set(path, () => encode(after));
    }
  }
  return treeOf(found);
}

/** A tree from texts, for solutions that are not ours. */
export const treeOfTexts = (texts: Readonly<Record<string, string>>): SourceTree =>
  treeOf(new Map(Object.entries(texts).map(([path, text]) => [path, () => encode(text)])));
