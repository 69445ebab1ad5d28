// The finished packages: the same bytes every time, the shape of a server export, clean against Microsoft's schemas.
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { assembleEntries, checkAgainstSchema, packageIsWellFormed, packProduct, readManifest, schemaFolder, treeOf, zipEntries, zipName } from "@cybs/packer";
import { unzipSync } from "fflate";
import { product, productWith, root } from "./support/product.ts";

const TYPES = ["unmanaged", "managed"] as const;
const text = (bytes: Uint8Array | undefined) => new TextDecoder().decode(bytes);

describe("a package", () => {
  test.each(TYPES)("has the same bytes on every run, whatever the order of files on disk (%s)", (type) => {
    const tree = product();
    const shuffled = treeOf(new Map([...tree.paths].reverse().map((path) => [path, () => tree.bytes(path)])));
    expect(Buffer.compare(zipEntries(assembleEntries(tree, type)), zipEntries(assembleEntries(shuffled, type)))).toBe(0);
  });

  test.each(TYPES)("has its bytes from any time zone (%s)", (type) => {
    const before = process.env.TZ;
    const zips = ["Pacific/Kiritimati", "America/Los_Angeles", "UTC"].map((zone) => {
      process.env.TZ = zone;
      return Buffer.from(zipEntries(assembleEntries(product(), type))).toString("base64");
    });
    process.env.TZ = before;
    expect(new Set(zips).size).toBe(1);
  });

  test.each(TYPES)("is well-formed: three files at the root, no folders, every part with a content type (%s)", (type) => {
    const entries = unzipSync(zipEntries(assembleEntries(product(), type)));
    const paths = Object.keys(entries);
    expect(paths.slice(0, 2)).toEqual(["customizations.xml", "solution.xml"]);
    expect(paths.at(-1)).toBe("[Content_Types].xml");
    expect(packageIsWellFormed(new Map(Object.entries(entries)))).toEqual([]);
    expect(paths).toContain("Controls/cybs_CybersourcePayments.CardPicker/bundle.js");
    expect(paths).toContain("environmentvariabledefinitions/cybs_relayurl/environmentvariabledefinition.xml");
    expect(paths.filter((path) => path.startsWith("WebResources/"))).toHaveLength(product().paths.filter((path) => /^WebResources\/.*\.data\.xml$/.test(path)).length);
    expect(text(entries["[Content_Types].xml"])).toContain("<Override PartName=\"/WebResources/cybs_jspaymentsjs");
    expect(paths.filter((path) => path.endsWith(".data.xml"))).toEqual([]);
  });

  test("says of which type it is and is otherwise the same for our own components", () => {
    const [unmanaged, managed] = TYPES.map((type) => assembleEntries(product(), type));
    expect(text(unmanaged?.get("solution.xml"))).toContain("<Managed>0</Managed>");
    expect(text(managed?.get("solution.xml"))).toContain("<Managed>1</Managed>");
    expect(text(managed?.get("customizations.xml"))).toBe(text(unmanaged?.get("customizations.xml")));
  });

  test("is named as an export is", () => {
    const manifest = readManifest(product());
    expect(TYPES.map((type) => zipName(manifest, type))).toEqual(["CybersourcePayments_1_0_0_0.zip", "CybersourcePayments_1_0_0_0_managed.zip"]);
  });

  test("leaves a form without managed twin out of the managed package only", () => {
    const form = product().paths.find((path) => path.includes("Entities/cybs_Payment/FormXml/main/") && path.endsWith("_managed.xml")) ?? "";
    const tree = productWith({ [form]: undefined });
    const id = /\{[^}]+\}/.exec(form)?.[0] ?? "";
    expect(text(assembleEntries(tree, "unmanaged").get("customizations.xml"))).toContain(`<formid>${id}</formid>`);
    expect(text(assembleEntries(tree, "managed").get("customizations.xml"))).not.toContain(`<formid>${id}</formid>`);
  });

  test.each(TYPES)("validates against Microsoft's schema where that is on the machine (%s)", (type) => {
    const schema = join(schemaFolder(root), "modern", "CustomizationsSolution.xsd");
    const check = checkAgainstSchema({ schema, text: text(assembleEntries(product(), type).get("customizations.xml")) });
    if (check.kind === "skipped") process.stderr.write(`Not checked against Microsoft's schema: ${check.why}.\n`);
    expect(check.kind).not.toBe("broken");
  });

  test("has ribbons that validate against Microsoft's published ribbon schema where that is on the machine", () => {
    const schema = join(schemaFolder(root), "official", "RibbonCore.xsd");
    const tree = product();
    for (const path of tree.paths.filter((one) => one.endsWith("/RibbonDiff.xml"))) {
      expect([path, checkAgainstSchema({ schema, text: text(tree.bytes(path)) }).kind]).not.toEqual([path, "broken"]);
    }
  });

  test("a broken schema is reported by line", () => {
    const tree = productWith({ "Roles/Cybersource Payments – Finance.xml": (role) => role.replace("level=\"Global\"", "depth=\"Global\"") });
    const schema = join(schemaFolder(root), "modern", "CustomizationsSolution.xsd");
    const check = checkAgainstSchema({ schema, text: text(assembleEntries(tree, "unmanaged").get("customizations.xml")) });
    expect(check.kind === "skipped" || (check.kind === "broken" && /line \d+.*depth/.test(check.errors.join("\n")))).toBe(true);
  });

  test("of the built product passes every check", () => {
    const said: string[] = [];
    const packed = packProduct({ root, isPartial: false, say: (line) => said.push(line) });
    expect(packed.map(({ name }) => name)).toEqual(["CybersourcePayments_1_0_0_0.zip", "CybersourcePayments_1_0_0_0_managed.zip"]);
    expect(said.filter((line) => !line.startsWith("Not checked against Microsoft's schemas"))).toEqual([]);
  });
});
