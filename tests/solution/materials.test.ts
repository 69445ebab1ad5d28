// What lies beside the zips and inside their numbers: bill of materials, licences, the stamped version, the folder for Microsoft's packer.
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { assembleEntries, billOfMaterials, checkPieces, licenceTexts, piecesBySchema, readManifest, readSolution, schemaFolder, type ShippedPackage, shippedPackages, stampVersion, treeOf, zipEntries, zipName } from "@cybs/packer";
import { product, productWith, root } from "./support/product.ts";

const { version } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { version: string };
const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

interface Component { type: string; name: string; hashes?: { alg: string; content: string }[]; purl?: string; licenses?: unknown[]; components?: Component[] }
interface Bill { bomFormat: string; specVersion: string; serialNumber: string; components: Component[]; dependencies: { ref: string; dependsOn: string[] }[] }

describe("the bill of materials", () => {
  const entries = assembleEntries(product(), "managed");
  const delivered = [{ name: "CybersourcePayments_1_0_0_0_managed.zip", zip: zipEntries(entries), entries }];
  const packages: ShippedPackage[] = [{ name: "@scope/part", version: "1.2.3", licence: "MIT", integrity: `sha512-${Buffer.from("ab", "hex").toString("base64")}`, folder: "node_modules/@scope/part" }];
  const bill = JSON.parse(billOfMaterials({ name: "CybersourcePayments", version: "1.0.0.0", delivered, packages })) as Bill;

  test("names each zip and each file in it with its hash", () => {
    expect([bill.bomFormat, bill.specVersion]).toEqual(["CycloneDX", "1.6"]);
    const zip = bill.components.find(({ type }) => type === "file");
    expect(zip?.hashes).toEqual([{ alg: "SHA-256", content: sha256(delivered[0]?.zip ?? new Uint8Array()) }]);
    expect(zip?.components?.map(({ name }) => name)).toEqual([...entries.keys()]);
    for (const file of zip?.components ?? []) expect(file.hashes?.[0]?.content).toBe(sha256(entries.get(file.name) ?? new Uint8Array()));
  });

  test("names each bundled package with its address, licence and the hash that the lock file pins", () => {
    expect(bill.components.filter(({ type }) => type === "library")).toEqual([expect.objectContaining({ name: "@scope/part", version: "1.2.3", purl: "pkg:npm/%40scope/part@1.2.3", licenses: [{ license: { id: "MIT" } }], hashes: [{ alg: "SHA-512", content: "ab" }] })]);
    expect(bill.dependencies[0]?.dependsOn).toContain("pkg:npm/%40scope/part@1.2.3");
  });

  test("is the same for the same delivery, and another for another", () => {
    expect(billOfMaterials({ name: "CybersourcePayments", version: "1.0.0.0", delivered, packages })).toBe(billOfMaterials({ name: "CybersourcePayments", version: "1.0.0.0", delivered, packages }));
    const other = JSON.parse(billOfMaterials({ name: "CybersourcePayments", version: "1.0.0.0", delivered: [{ ...delivered[0], name: "x", entries, zip: new Uint8Array([1]) }], packages })) as Bill;
    expect(other.serialNumber).not.toBe(bill.serialNumber);
    expect(bill.serialNumber).toMatch(/^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-5[0-9a-f]{3}-8[0-9a-f]{3}-[0-9a-f]{12}$/);
  });
});

describe("licences", () => {
  const packages = shippedPackages(root);
  test("are known for every package inside what ships, and none of them is a package that a build alone needs", () => {
    expect(packages.map(({ name }) => name)).toContain("dataverse-ify");
    expect(packages.filter(({ licence }) => licence === "NOASSERTION")).toEqual([]);
    expect(packages.map(({ name }) => name)).not.toEqual(expect.arrayContaining(["pcf-scripts"]));
  });
  test("are given in full", () => {
    const text = licenceTexts(root, packages);
    for (const { name, version: number, licence } of packages) expect(text).toContain(`${name} ${number} (${licence})`);
    expect(text).not.toContain("The package carries no licence file.");
    expect(licenceTexts(root, [])).toContain("None.");
  });
});

describe("the version", () => {
  test("is package.json's, with the build as its fourth number, in solution.xml and in the file's name", () => {
    const tree = stampVersion(product(), { productVersion: version, build: 417 });
    expect(readManifest(tree).version).toBe(`${version}.417`);
    expect(zipName(readManifest(tree), "managed")).toBe(`CybersourcePayments_${version.replaceAll(".", "_")}_417_managed.zip`);
    expect(new TextDecoder().decode(assembleEntries(tree, "managed").get("solution.xml"))).toContain(`<Version>${version}.417</Version>`);
  });
  test("must be the same in both places", () => {
    expect(() => stampVersion(product(), { productVersion: "9.9.9", build: undefined })).toThrow(/Write 9.9.9.0 into <Version>/);
  });
  test.each([-1, 1.5, Number.NaN, 3_000_000_000])("refuses %p as a build", (build) => {
    expect(() => stampVersion(product(), { productVersion: version, build })).toThrow(/--build must be a whole number/);
  });
});

test("the complete source, written to a folder and read again, packs to the same bytes", () => {
  const tree = product();
  const copied = treeOf(new Map(tree.paths.map((path) => { const bytes = Uint8Array.from(tree.bytes(path)); return [path, () => bytes] as const; })));
  expect(Buffer.compare(zipEntries(assembleEntries(copied, "managed")), zipEntries(assembleEntries(tree, "managed")))).toBe(0);
});

describe("pieces against Microsoft's schemas as published", () => {
  const official = (schema: string) => join(schemaFolder(root), "official", schema);
  test.each([...piecesBySchema(readSolution(product()))])("%s: every piece is valid", (schema, pieces) => {
    expect(pieces.length).toBeGreaterThan(0);
    const check = checkPieces(official(schema), pieces);
    if (check.kind === "skipped") process.stderr.write(`Not checked against Microsoft's schema: ${check.why}.\n`);
    else expect(check).toEqual({ kind: "clean" });
  });
  test("a broken ribbon is found, and named", () => {
    const broken = readSolution(productWith({ "Entities/Invoice/RibbonDiff.xml": (text) => text.replace("<CustomAction Id=", "<CustomAct Id=").replace("</CustomAction>", "</CustomAct>") }));
    const check = checkPieces(official("RibbonCore.xsd"), piecesBySchema(broken).get("RibbonCore.xsd") ?? []);
    if (check.kind === "skipped") expect(check.why).toMatch(/not on this machine/);
    else expect(check.kind === "broken" && check.errors.join("\n")).toMatch(/Entities\/Invoice\/RibbonDiff.xml line \d+/);
  });
});
