// Packing a solution that is not ours: every kind of component goes where a server export has it, and the rules for managed
// packages hold. The tree is made up here; no component in it is anybody's.
import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, describe, expect, test } from "@jest/globals";
import { assembleEntries, PackError, type SourceTree } from "@cybs/packer";
import { unzipSync } from "fflate";
import { root, treeOfTexts } from "./support/product.ts";

const DECLARED = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\r\n";
const XSI = "xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"";
const SKELETON = `${DECLARED}<ImportExportXml ${XSI} OrganizationVersion="9.2">
  <Entities />
  <Roles></Roles>
  <Workflows />
  <FieldSecurityProfiles />
  <Templates />
  <SiteMap />
  <EntityMaps />
  <EntityRelationships />
  <OrganizationSettings />
  <optionsets />
  <Reports />
  <Dashboards />
  <WebResources />
  <CustomControls />
  <SolutionPluginAssemblies />
  <SdkMessageProcessingSteps />
  <ServiceEndpoints />
  <AppModuleSiteMaps />
  <AppModules />
  <CanvasApps />
  <Connectors />
  <connectionreferences>
    <connectionreference connectionreferencelogicalname="abc_One" />
  </connectionreferences>
  <Languages>
    <Language>1033</Language>
  </Languages>
</ImportExportXml>`;
const manifest = (managed: string) => `\uFEFF${DECLARED}<ImportExportXml><SolutionManifest><UniqueName>Other</UniqueName><Version>2.0.0.1</Version><Managed>${managed}</Managed><Publisher><CustomizationPrefix>abc</CustomizationPrefix></Publisher></SolutionManifest></ImportExportXml>`;

const SOURCE: Readonly<Record<string, string>> = {
  "Other/Solution.xml": manifest("2"),
  "Other/Customizations.xml": SKELETON,
  "Other/Relationships.xml": "<EntityRelationships><EntityRelationship Name=\"b_two\" /><EntityRelationship Name=\"a_one\" /></EntityRelationships>",
  "Other/Relationships/Account.xml": `${DECLARED}<EntityRelationships ${XSI}><EntityRelationship Name="a_one"><X>&amp; &#233;</X></EntityRelationship><EntityRelationship Name="b_two" /></EntityRelationships>`,
  "Other/EntityMaps.xml": "<EntityMaps><EntityMap><EntitySource>account</EntitySource></EntityMap></EntityMaps>",
  "Other/FieldSecurityProfiles.xml": "<FieldSecurityProfiles><FieldSecurityProfile name=\"P\" /></FieldSecurityProfiles>",
  "Other/SiteMap.xml": "<SiteMap><Area Id=\"a\" /></SiteMap>",
  "Other/SiteMap_managed.xml": "<SiteMap><Area Id=\"managed\" /></SiteMap>",
  "Entities/abc_Thing/Entity.xml": `${DECLARED}<Entity ${XSI}>\r\n  <Name>abc_Thing</Name>\r\n  <EntityInfo><entity Name="abc_Thing"><attributes><attribute PhysicalName="abc_A" unmodified="1" /><attribute PhysicalName="abc_B" /></attributes></entity></EntityInfo>\r\n  <FormXml />\r\n  <SavedQueries />\r\n  <RibbonDiffXml />\r\n</Entity>`,
  "Entities/abc_Thing/RibbonDiff.xml": `${DECLARED}<RibbonDiffXml ${XSI}>\r\n\t<CustomActions />\r\n</RibbonDiffXml>`,
  "Entities/abc_Thing/FormXml/main/{1}.xml": "<forms><systemform><formid>{1}</formid><form plain=\"1\" /></systemform></forms>",
  "Entities/abc_Thing/FormXml/main/{1}_managed.xml": "<forms><systemform><formid>{1}</formid><form solutionaction=\"Modified\" /></systemform></forms>",
  "Entities/abc_Thing/FormXml/quickCreate/{2}.xml": "<forms><systemform><formid>{2}</formid></systemform></forms>",
  "Entities/abc_Thing/SavedQueries/{3}.xml": "<savedqueries><savedquery><savedqueryid>{3}</savedqueryid></savedquery></savedqueries>",
  "Entities/abc_Thing/SavedQueries/{4}.xml": "<savedqueries><savedquery unmodified=\"1\"><savedqueryid>{4}</savedqueryid></savedquery></savedqueries>",
  "Entities/abc_Thing/Visualizations/{5}.xml": "<visualization><savedqueryvisualizationid>{5}</savedqueryvisualizationid></visualization>",
  "Entities/abc_Thing/Formulas/abc_thing-abc_b.xaml": "<Activity />",
  "Entities/Role/Entity.xml": "<Entity><Name>Role</Name><EntityInfo><entity Name=\"Role\"><attributes><attribute unmodified=\"1\" /></attributes></entity></EntityInfo><FormXml /><SavedQueries /><RibbonDiffXml /></Entity>",
  "Roles/One.xml": "<Role id=\"{6}\" name=\"One\" />",
  "OptionSets/abc_set.xml": "<optionset Name=\"abc_set\" />",
  "Dashboards/{7}.xml": "<Dashboard><FormId>{7}</FormId></Dashboard>",
  "Workflows/Flow-8.json": "{\"a\":1}",
  "Workflows/Flow-8.json.data.xml": "<Workflow WorkflowId=\"{8}\"><JsonFileName>/Workflows/Flow-8.json</JsonFileName></Workflow>",
  "PluginAssemblies/Asm-9/Asm.dll": "MZ",
  "PluginAssemblies/Asm-9/Asm.dll.data.xml": "<PluginAssembly><FileName>/PluginAssemblies/Asm-9/Asm.dll</FileName></PluginAssembly>",
  "PluginAssemblies/ServiceEndpoints.xml": "<ServiceEndpoints><ServiceEndpoint Name=\"hook\" /></ServiceEndpoints>",
  "SdkMessageProcessingSteps/{10}.xml": "<SdkMessageProcessingStep Name=\"step\" />",
  "WebResources/abc_/a b/page.html": "<p>ä</p>",
  "WebResources/abc_/a b/page.html.data.xml": "<WebResource><Name>abc_/a b/page.html</Name><FileName>/WebResources/abc_abpagehtmlFFFF</FileName></WebResource>",
  "Controls/abc_N.C/ControlManifest.xml": "<manifest />",
  "Controls/abc_N.C/ControlManifest.xml.data.xml": "<CustomControl><Name>abc_N.C</Name></CustomControl>",
  "Controls/abc_N.C/strings/C.1033.resx": "<root />",
  "AppModules/abc_app/AppModule.xml": "<AppModule><UniqueName>abc_app</UniqueName></AppModule>",
  "AppModules/abc_app/AppModule_managed.xml": "<AppModule><UniqueName>abc_app_managed</UniqueName></AppModule>",
  "AppModuleSiteMaps/abc_map/AppModuleSiteMap.xml": "<AppModuleSiteMap><SiteMapUniqueName>abc_map</SiteMapUniqueName></AppModuleSiteMap>",
  "CanvasApps/abc_page.meta.xml": "<CanvasApp><Name>abc_page</Name></CanvasApp>",
  "CanvasApps/abc_page_DocumentUri.msapp": "PK",
  "CanvasApps/src/abc_page/Src/App.fx.yaml": "App As appinfo:",
  "CanvasApps/abc_page_BackgroundImageUri": "PNG",
  "Connectors/abc_con.xml": "<Connector><name>abc_con</name></Connector>",
  "Connectors/abc_con_openapidefinition.json": "{}",
  "Templates/EmailTemplates/hello.xml": "<emailtemplate><title>hello</title></emailtemplate>",
  "Reports/ReportSignatureIdMappings.xml": "<ReportSignatureIdMappings />",
  "Reports/1033/{11}/My report.rdl": "<Report />",
  "Reports/1033/{11}/My report.rdl.data.xml": "<Report><name>My report</name><ExportedFileName>/Reports/Myreportrdl11.wdl</ExportedFileName></Report>",
  "customapis/abc_do/customapi.xml": "<customapi uniquename=\"abc_do\" />",
  "customapis/abc_do/customapirequestparameters/p/customapirequestparameter.xml": "<customapirequestparameter />",
  "environmentvariabledefinitions/abc_url/environmentvariablevalues.json": "{}",
  "Assets/set.xml": "<set />",
};

const textOf = (tree: SourceTree, type: "managed" | "unmanaged", path = "customizations.xml") => new TextDecoder().decode(assembleEntries(tree, type).get(path));
const source = treeOfTexts(SOURCE);

describe("a solution that is not ours", () => {
  test("puts every payload file where an export has it", () => {
    expect([...assembleEntries(source, "unmanaged").keys()]).toEqual([
      "customizations.xml", "solution.xml",
      "Assets/set.xml", "CanvasApps/abc_page_BackgroundImageUri", "CanvasApps/abc_page_DocumentUri.msapp", "Connector/abc_con_openapidefinition.json",
      "Controls/abc_N.C/ControlManifest.xml", "Controls/abc_N.C/strings/C.1033.resx", "Formulas/abc_thing-abc_b.xaml", "PluginAssemblies/Asm-9/Asm.dll",
      "Reports/Myreportrdl11.wdl", "WebResources/abc_abpagehtmlFFFF", "Workflows/Flow-8.json", "customapis/abc_do/customapi.xml",
      "customapis/abc_do/customapirequestparameters/p/customapirequestparameter.xml", "environmentvariabledefinitions/abc_url/environmentvariablevalues.json",
      "[Content_Types].xml",
    ]);
  });

  test.each([
    ["Reports", "<ReportSignatureIdMappings />\n    <Report><name>My report"], ["Roles", "<Role id=\"{6}\" name=\"One\" />"], ["optionsets", "<optionset Name=\"abc_set\" />"], ["Dashboards", "<Dashboard>"], ["Workflows", "<Workflow WorkflowId=\"{8}\">"],
    ["SolutionPluginAssemblies", "<PluginAssembly>"], ["ServiceEndpoints", "<ServiceEndpoint Name=\"hook\" />"], ["SdkMessageProcessingSteps", "<SdkMessageProcessingStep Name=\"step\" />"],
    ["WebResources", "<Name>abc_/a b/page.html</Name>"], ["CustomControls", "<Name>abc_N.C</Name>"], ["AppModules", "<UniqueName>abc_app</UniqueName>"], ["AppModuleSiteMaps", "<SiteMapUniqueName>abc_map"],
    ["CanvasApps", "<Name>abc_page</Name>"], ["Connectors", "<name>abc_con</name>"], ["Templates", "<EmailTemplates>\n      <emailtemplate>"], ["EntityMaps", "<EntitySource>account"],
    ["FieldSecurityProfiles", "<FieldSecurityProfile name=\"P\" />"], ["SiteMap", "<SiteMap><Area Id=\"a\" /></SiteMap>"], ["connectionreferences", "abc_One"],
  ])("fills the section %s", (section, part) => {
    const text = textOf(source, "unmanaged");
    const inside = text.slice(text.indexOf(`<${section}>`), text.lastIndexOf(`</${section}>`));
    expect(inside).toContain(part);
  });

  test("keeps relationships in the order of the list and their text as it is", () => {
    const text = textOf(source, "unmanaged");
    expect(text.indexOf("Name=\"b_two\"")).toBeLessThan(text.indexOf("Name=\"a_one\""));
    expect(text).toContain("<EntityRelationship Name=\"a_one\"><X>&amp; &#233;</X></EntityRelationship>");
  });

  test("keeps the bytes of what it joins, but for declarations and repeated prefixes", () => {
    const text = textOf(source, "unmanaged");
    expect(text).toContain("<RibbonDiffXml>\r\n\t<CustomActions />\r\n</RibbonDiffXml>");
    expect(text.match(/<\?xml/g)).toBeNull();
    expect(text.match(/xmlns:xsi/g)).toHaveLength(1);
    expect(text.startsWith("<ImportExportXml")).toBe(true);
  });

  test("unmanaged: every form and view, no twin", () => {
    const text = textOf(source, "unmanaged");
    expect(text).toContain("<form plain=\"1\" />");
    expect(text).toContain("<forms type=\"quickCreate\">");
    expect(text).toContain("{4}");
    expect(text).not.toContain("Modified");
    expect(text).toContain("abc_A");
  });

  test("managed: the twin in place of the form, no form without twin, nothing unmodified, no empty table", () => {
    const text = textOf(source, "managed");
    expect(text).toContain("<form solutionaction=\"Modified\" />");
    expect(text).not.toContain("quickCreate");
    expect(text).not.toContain("{4}");
    expect(text).not.toContain("unmodified");
    expect(text).toContain("abc_B");
    expect(text).toMatch(/<Name>Role<\/Name><FormXml \/>/);
    expect(text).toContain("abc_app_managed");
    expect(text).toContain("Area Id=\"managed\"");
  });

  test.each([
    { why: "the type does not fit the source", tree: { ...SOURCE, "Other/Solution.xml": manifest("0") }, says: /type did not match requested type.*<Managed>2/ },
    { why: "a payload file is missing", tree: Object.fromEntries(Object.entries(SOURCE).filter(([path]) => path !== "PluginAssemblies/Asm-9/Asm.dll")), says: /Asm.dll is missing/ },
    { why: "a relationship is not defined", tree: { ...SOURCE, "Other/Relationships.xml": "<EntityRelationships><EntityRelationship Name=\"c\" /></EntityRelationships>" }, says: /names c, but no file/ },
    { why: "a file is not well-formed", tree: { ...SOURCE, "Roles/One.xml": "<Role><Open></Role>" }, says: /Roles\/One.xml.*closes nothing that is open/ },
  ])("is refused when $why, with a sentence", ({ tree, says }) => {
    expect(() => assembleEntries(treeOfTexts(tree), "managed")).toThrow(says);
    expect(() => assembleEntries(treeOfTexts(tree), "managed")).toThrow(PackError);
  });
});

describe("the command line", () => {
  const folder = mkdtempSync(join(tmpdir(), "pack-"));
  afterAll(() => { rmSync(folder, { recursive: true, force: true }); });
  const main = join(root, "solution", "packer", "src", "main.ts");
  const run = (...args: string[]) => spawnSync(process.execPath, ["--conditions=source", "--no-warnings", main, ...args], { encoding: "utf8" });

  test("packs a folder into a file and says what it left out", () => {
    for (const [path, text] of Object.entries({ ...SOURCE, "Other/Customizations.xml": SKELETON.replace("  <AppModules />\n", ""), "Entities/abc_Thing/notes.txt": "x" })) {
      const file = join(folder, "source", path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const out = join(folder, "deep", "out.zip");
    const done = run("--source", join(folder, "source"), "--out", out, "--type", "managed");
    expect([done.status, done.stderr]).toEqual([0, [
      "Left out: Entities/abc_Thing/notes.txt is of no kind that this packer knows.",
      "Left out: Other/Customizations.xml has no <AppModules />, so what belongs there is not in the package.", "",
    ].join("\n")]);
    expect(Object.keys(unzipSync(new Uint8Array(readFileSync(out))))).toContain("customizations.xml");
    execFileSync(process.execPath, ["--conditions=source", "--no-warnings", main, "--source", join(folder, "source"), "--out", `${out}2`, "--type", "managed"], { stdio: "ignore" });
    expect(Buffer.compare(readFileSync(out), readFileSync(`${out}2`))).toBe(0);
  });

  test.each([
    { args: ["--source", "x", "--out", "y"], says: /--type must be managed or unmanaged/ },
    { args: ["--type", "managed"], says: /--source and --out belong together/ },
    { args: ["--nonsense"], says: /Unknown option/ },
    { args: ["--source", "/nowhere/at/all", "--out", "y", "--type", "managed"], says: /There is no folder \/nowhere\/at\/all/ },
  ])("refuses $args in words and with exit code 1", ({ args, says }) => {
    const done = run(...args);
    expect(done.status).toBe(1);
    expect(done.stderr).toMatch(says);
  });
});
