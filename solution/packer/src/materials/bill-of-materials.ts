// The bill of materials of a delivery in CycloneDX 1.6 JSON: the zips, each file in them, each npm package bundled into those files.
// cyclonedx.org/docs/1.6/json. Same delivery, same bytes: no time stamp, and a serial number derived from the contents.
import { createHash } from "node:crypto";
import type { ShippedPackage } from "./shipped-packages.ts";

export interface Delivered { name: string; zip: Uint8Array; entries: ReadonlyMap<string, Uint8Array> }

const sha256 = (bytes: Uint8Array): string => createHash("sha256").update(bytes).digest("hex");
const hashes = (bytes: Uint8Array) => [{ alg: "SHA-256", content: sha256(bytes) }];

/** npm's own integrity is base64; CycloneDX wants hexadecimal. */
function integrityHashes(integrity: string | undefined): { hashes?: { alg: string; content: string }[] } {
  const [, algorithm, value] = /^sha(512|256)-(.+)$/.exec(integrity ?? "") ?? [];
  return algorithm === undefined || value === undefined ? {} : { hashes: [{ alg: `SHA-${algorithm}`, content: Buffer.from(value, "base64").toString("hex") }] };
}

const purl = (name: string, version: string): string => `pkg:npm/${name.replace("@", "%40")}@${version}`;
const licenceOf = (licence: string) => (/[ ()]/.test(licence) ? [{ expression: licence }] : [{ license: licence === "NOASSERTION" ? { name: licence } : { id: licence } }]);

function serialNumber(delivered: readonly Delivered[]): string {
  const digest = sha256(new TextEncoder().encode(delivered.map(({ zip }) => sha256(zip)).join("")));
  return `urn:uuid:${digest.slice(0, 8)}-${digest.slice(8, 12)}-5${digest.slice(13, 16)}-8${digest.slice(17, 20)}-${digest.slice(20, 32)}`;
}

/** The bill as JSON text. */
export function billOfMaterials(options: { name: string; version: string; delivered: readonly Delivered[]; packages: readonly ShippedPackage[] }): string {
  const self = `${options.name}@${options.version}`;
  const files = options.delivered.map(({ name, zip, entries }) => ({
    type: "file", "bom-ref": name, name, hashes: hashes(zip),
    components: [...entries].map(([path, bytes]) => ({ type: "file", "bom-ref": `${name}!${path}`, name: path, hashes: hashes(bytes) })),
  }));
  const packages = options.packages.map(({ name, version, licence, integrity }) => ({
    type: "library", "bom-ref": purl(name, version), name, version, purl: purl(name, version), licenses: licenceOf(licence), ...integrityHashes(integrity),
  }));
  return `${JSON.stringify({
    $schema: "http://cyclonedx.org/schema/bom-1.6.schema.json", bomFormat: "CycloneDX", specVersion: "1.6", serialNumber: serialNumber(options.delivered), version: 1,
    metadata: { component: { type: "application", "bom-ref": self, name: options.name, version: options.version } },
    components: [...files, ...packages],
    dependencies: [{ ref: self, dependsOn: [...files, ...packages].map((one) => one["bom-ref"]) }],
  }, undefined, 2)}\n`;
}
