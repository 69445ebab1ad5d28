// Which npm packages are inside what we ship: the runtime dependencies of the parts that are bundled into the zip, with all of theirs,
// as package-lock.json pins them, less those of which the script's bundle holds nothing. What a build needs only (devDependencies)
// ships nothing; React and Fluent come from the platform.
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface ShippedPackage { name: string; version: string; licence: string; integrity: string | undefined; folder: string }
interface Locked { version?: string; license?: string; integrity?: string; link?: boolean; resolved?: string; dependencies?: Record<string, string> }

/** Workspaces whose code is bundled into controls and scripts. */
const isBundled = (folder: string): boolean => folder === "webresources" || folder.startsWith("pcf-controls/");

/** Where npm would find a package from a folder: the nearest node_modules upwards. */
function locate(packages: Readonly<Record<string, Locked>>, from: string, name: string): string | undefined {
  const steps = from.split("/");
  for (let length = steps.length; length >= 0; length--) {
    const candidate = [...steps.slice(0, length), "node_modules", name].filter((part) => part !== "").join("/");
    if (packages[candidate] !== undefined) return candidate;
  }
  return undefined;
}

function licenceIn(root: string, folder: string): string {
  const file = join(root, folder, "package.json");
  const { license } = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) as { license?: string } : {};
  return license ?? "NOASSERTION";
}

/** Tells whether the script's bundle holds something of a package; of everything else, that it does. */
function bundledInScript(root: string): (folder: string) => boolean {
  const file = join(root, "webresources", "dist", "payments.meta.json");
  if (!existsSync(file)) return () => true;
  const { inputs } = JSON.parse(readFileSync(file, "utf8")) as { inputs: Record<string, unknown> };
  const paths = Object.keys(inputs);
  return (folder) => paths.some((path) => path.replace(/^(\.\.\/)+/, "").startsWith(`${folder}/`));
}

/** Sorted by name and version. */
export function shippedPackages(root: string): ShippedPackage[] {
  const isInScript = bundledInScript(root);
  const { packages } = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as { packages: Record<string, Locked> };
  const found = new Map<string, ShippedPackage>();
  const seen = new Set<string>();
  const visit = (folder: string): void => {
    if (seen.has(folder)) return;
    seen.add(folder);
    const entry = packages[folder];
    if (entry?.link === true) { visit(entry.resolved ?? ""); return; }
    const name = folder.split("node_modules/").at(-1) ?? folder;
    if (folder.includes("node_modules/")) found.set(folder, { name, version: entry?.version ?? "", licence: entry?.license ?? licenceIn(root, folder), integrity: entry?.integrity, folder });
    for (const dependency of Object.keys(entry?.dependencies ?? {})) {
      const at = locate(packages, folder, dependency);
      if (at !== undefined) visit(at);
    }
  };
  for (const folder of Object.keys(packages).filter(isBundled)) visit(folder);
  return [...found.values()].filter(({ folder }) => isInScript(folder)).sort((a, b) => `${a.name}@${a.version}`.localeCompare(`${b.name}@${b.version}`, "en"));
}

const LICENCE_FILE = /^(licen[cs]e|notice|copying)(\.|$)/i;

/** The licence texts of these packages, one after another, for a file beside the zips. */
export function licenceTexts(root: string, packages: readonly ShippedPackage[]): string {
  const texts = packages.map(({ name, version, licence, folder }) => {
    const files = existsSync(join(root, folder)) ? readdirSync(join(root, folder)).filter((file) => LICENCE_FILE.test(file)).sort() : [];
    const text = files.map((file) => readFileSync(join(root, folder, file), "utf8").trim()).join("\n\n");
    return `${name} ${version} (${licence})\n${"-".repeat(72)}\n${text === "" ? "The package carries no licence file." : text}\n`;
  });
  return `Third-party software inside this package\n\n${texts.length === 0 ? "None.\n" : texts.join("\n\n")}`;
}
