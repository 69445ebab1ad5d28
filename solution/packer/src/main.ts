// `npm run pack`: writes the solution's zips, their bill of materials and the licences beside them. See arguments.ts for the command line.
// Order of work: read, lint, assemble, check against the schemas where they are, zip, write.
import { mkdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { readArguments, USAGE } from "./arguments.ts";
import { readManifest } from "./manifest.ts";
import { billOfMaterials } from "./materials/bill-of-materials.ts";
import { licenceTexts, shippedPackages } from "./materials/shipped-packages.ts";
import { packProduct, productTree } from "./pack-product.ts";
import { packForeign } from "./pack-foreign.ts";
import { packSamples } from "./pack-samples.ts";

const root = resolve(import.meta.dirname, "..", "..", "..");
const dist = join(root, "solution", "dist");
const say = (line: string): void => { process.stderr.write(`${line}\n`); };

function write(file: string, bytes: Uint8Array | string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}

function announce(file: string, bytes: Uint8Array | string): void {
  write(file, bytes);
  process.stdout.write(`${file} (${Math.ceil(Buffer.byteLength(bytes) / 1024)} KB)\n`);
}

function writeProduct(options: { isPartial: boolean; build: number | undefined }): void {
  const delivered = packProduct({ root, say, ...options });
  for (const { name, zip } of delivered) announce(join(dist, name), zip);
  if (options.isPartial) return;
  const samples = packSamples(root);
  announce(join(dist, samples.name), samples.zip);
  const { uniqueName, version } = readManifest(productTree({ root, say, ...options }));
  const packages = shippedPackages(root);
  announce(join(dist, `${uniqueName}.cdx.json`), billOfMaterials({ name: uniqueName, version, delivered, packages }));
  announce(join(dist, "THIRD-PARTY-LICENCES.txt"), licenceTexts(root, packages));
}

function writeFolder(folder: string, build: number | undefined): void {
  const tree = productTree({ root, say, isPartial: false, build });
  rmSync(folder, { recursive: true, force: true });
  for (const path of tree.paths) write(join(folder, path), tree.bytes(path));
  process.stdout.write(`${folder} (${tree.paths.length} files)\n`);
}

try {
  const args = readArguments(process.argv.slice(2));
  if (args.kind === "help") process.stdout.write(`${USAGE}\n`);
  else if (args.kind === "foreign") announce(args.out, packForeign({ source: args.source, type: args.type, say }));
  else if (args.kind === "folder") writeFolder(resolve(args.folder), args.build);
  else writeProduct(args);
} catch (error) {
  process.stderr.write(`Not packed: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
