// From built parts on disk to our packages: what is laid over the source, what is said when something is not built.
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { packProduct } from "@cybs/packer";
import { unzipSync } from "fflate";
import { root as repository } from "./support/product.ts";

const root = mkdtempSync(join(tmpdir(), "product-"));
const put = (path: string, text: string) => {
  mkdirSync(dirname(join(root, path)), { recursive: true });
  writeFileSync(join(root, path), text);
};
const manifest = (constructor: string) => `\uFEFF<manifest><control namespace="CybersourcePayments" constructor="${constructor}" version="1.0.0"><resources><code path="bundle.js" order="1" /></resources></control><built-by name="pac" /></manifest>`;

const CONTROLS = readdirSync(join(repository, "solution", "src", "Controls")).map((name) => name.split(".")[1] ?? "");
const ICONS = readdirSync(join(repository, "webresources", "src", "icons"));
const folderOf = (constructor: string) => constructor.replace(/(?!^)[A-Z]/g, (letter) => `-${letter}`).toLowerCase();

function pack(isPartial = false): { names: string[]; entries: Record<string, Uint8Array>; said: string[] } {
  const said: string[] = [];
  const packed = packProduct({ root, isPartial, say: (line) => said.push(line) });
  return { names: packed.map(({ name }) => name), entries: unzipSync(packed[0]?.zip ?? new Uint8Array()), said };
}

describe("packing our product", () => {
  beforeAll(() => {
    cpSync(join(repository, "solution", "src"), join(root, "solution", "src"), { recursive: true });
    // The product's version is stamped into the packages.
    cpSync(join(repository, "package.json"), join(root, "package.json"));
  });
  afterAll(() => { rmSync(root, { recursive: true, force: true }); });

  test("names everything that is not built, and the command that builds it", () => {
    expect(() => pack()).toThrow(/CardPicker\/ControlManifest.xml, .*PaymentStatus.*payments\.js.* not built yet\. Run: npm run build/);
  });

  test("packs tables and forms alone when asked, and says what is missing", () => {
    const { entries, said } = pack(true);
    expect(said.filter((line) => line.startsWith("Left out because it is not built"))).toHaveLength(CONTROLS.length + ICONS.length + 1);
    const solution = new TextDecoder().decode(entries["solution.xml"]);
    expect(solution).not.toMatch(/type="6[16]"/);
    expect(solution).toContain("schemaName=\"cybs_payment\"");
  });

  test("lays built controls, script and icons over the source and packs both types", () => {
    for (const constructor of CONTROLS) {
      const folder = folderOf(constructor);
      put(`pcf-controls/${folder}/out/controls/${constructor}/ControlManifest.xml`, manifest(constructor));
      put(`pcf-controls/${folder}/out/controls/${constructor}/bundle.js`, "var built = 1;");
      put(`pcf-controls/${folder}/out/controls/${constructor}/strings/${constructor}.1033.resx`, "<root />");
    }
    put("webresources/dist/js/payments.js", "var Cybs = {};");
    for (const icon of ICONS) put(`webresources/src/icons/${icon}`, "<svg />");
    const { names, entries } = pack();
    expect(names).toEqual(["CybersourcePayments_1_0_0_0.zip", "CybersourcePayments_1_0_0_0_managed.zip"]);
    expect(Object.keys(entries)).toEqual(expect.arrayContaining(["Controls/cybs_CybersourcePayments.CardPicker/strings/CardPicker.1033.resx", "Controls/cybs_CybersourcePayments.PaymentStatus/bundle.js"]));
    expect(new TextDecoder().decode(Object.entries(entries).find(([path]) => path.startsWith("WebResources/cybs_jspaymentsjs"))?.[1])).toBe("var Cybs = {};");
  });

  test("refuses a control that the solution does not know, with all findings at once", () => {
    put("pcf-controls/other/out/controls/Other/ControlManifest.xml", manifest("Other"));
    put("solution/src/environmentvariabledefinitions/cybs_relayurl/environmentvariablevalues.json", "{}");
    expect(() => pack()).toThrow(/2 things to mend first:[\s\S]*no-environment-variable-values[\s\S]*CybersourcePayments.Other\/ControlManifest.xml: .*delete it\. \[every-file-has-a-place\]/);
  });
});
