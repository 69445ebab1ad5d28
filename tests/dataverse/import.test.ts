// Importing a solution: what comes of it, what is refused in which words, and that a refused one leaves nothing behind.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { dependentZip, solutionZip, type Changes } from "./foreign-solution.ts";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
beforeAll(async () => { o = await startOrganization({ withoutSolution: true }); });
afterAll(async () => { await o.close(); });
const solutions = async (): Promise<unknown[]> => (await o.call("sysadmin", "GET", "solutions?$select=uniquename,version")).json["value"] as unknown[];

describe("refused before anything changes", () => {
  test.each<[string, Changes, string, RegExp]>([
    ["no solution.xml", { noManifest: true }, "0x80048060", /must contain the following files at its root/], ["a missing dependency", { missing: "nosuch_table" }, "0x8004801d", /^The following solution cannot be imported: ContosoShipping\. Some dependencies are missing\. The missing dependencies are: <MissingDependencies><MissingDependency><Required type="1" schemaName="nosuch_table"/],
    ["a table with a foreign prefix", { tableName: "other_Thing" }, "0x80048062", /Invalid name for entity other_thing.*\(con_\)/], ["a missing root component", { rootComponent: "con_/js/none.js" }, "0x8004801f", /Cannot add a Root Component con_\/js\/none\.js of type 61/],
    ["a missing payload", { noPayload: true }, "0x8004f11a", /The file for this Web resource does not exist in the solution file.*WebResources\/con_ship/],
    ["a component that is no root component", { undeclaredRole: true }, "0x8004803a", /component \{33333333-.*\} of type 20 is not declared in the solution file as a root component/], ["a column with a foreign prefix on a standard table", { orderColumn: "other_Note" }, "0x80048062", /Invalid name for attribute other_note\./],
    ["a lookup to a table that is not there", { lookupTable: "nosuch_Table" }, "0x8004801e", /dependent component EntityRelationship.*nosuch_Table/], ["a version that is none", { version: "1.x" }, "0x8004f01e", /invalid solution version/], ["a name that is none", { uniqueName: "No Spaces" }, "0x8004f002", /Invalid character/],
    ["a patch of a solution that is not there", { uniqueName: "Absent_Patch_1" }, "0x80048540", /import the patch \(Absent_Patch_1\) for the solution \(Absent\)/], ["a secured primary name", { secured: ["con_Name"] }, "0x8004f501", /'con_name' is not securable/], ["a type that is none", { weightType: "magic" }, "0x8004801a", /type 'magic'/], ["an unknown depth in a role", { roleLevel: "Everything" }, "0x8004801a", /level 'Everything'/], ["text that is no XML", { customizations: "<ImportExportXml><a>" }, "0x8004801a", /XSD validation failed/],
  ])("%s", async (_name, changes, code, text) => {
    const answer = await o.sandbox("POST", "import", solutionZip(changes));
    expect([answer.status, answer.error.code]).toEqual([400, code]);
    expect(answer.error.message).toMatch(text);
    expect(await solutions()).toEqual([]);
    expect((await o.call("sysadmin", "GET", "con_shipments")).status).toBe(404);
  });
  test("ImportSolution by somebody who may not", async () => { expect((await o.call("salesrep", "POST", "ImportSolution", { CustomizationFile: "" })).status).toBe(403); });
});

describe("imported", () => {
  beforeAll(async () => { expect((await o.call("sysadmin", "POST", "ImportSolution", { CustomizationFile: Buffer.from(solutionZip()).toString("base64"), OverwriteUnmanagedCustomizations: true, PublishWorkflows: true })).status).toBe(204); });
  test.each([
    ["the solution", "solutions?$filter=uniquename eq 'ContosoShipping'&$expand=publisherid($select=customizationprefix)", { ismanaged: true, version: "1.0.0.0", friendlyname: "Contoso Shipping" }], ["its form", "systemforms?$filter=objecttypecode eq 'con_shipment'", { name: "Shipment form", type: 2, formxml: "<form><tabs /></form>" }],
    ["its view", "savedqueries?$filter=returnedtypecode eq 'con_shipment'", { name: "All shipments", isdefault: true }], ["its script", "webresourceset?$filter=name eq 'con_/js/ship.js'", { webresourcetype: 3, content: Buffer.from("var ship;").toString("base64") }], ["its role", "roles?$filter=name eq 'Shipper'", { name: "Shipper" }],
  ])("%s is a row", async (_name, path, expected) => { expect((await o.call("sysadmin", "GET", path)).json["value"]).toEqual([expect.objectContaining(expected)]); });
  test("its files can be listed and read", async () => {
    expect((await o.sandbox("GET", "solution-files")).text).toContain("WebResources/con_ship");
    expect((await o.sandbox("GET", "solution-files?path=WebResources/con_ship")).text).toBe("var ship;");
  });
  test.each<[string, Changes, number, RegExp]>([["a newer version", { version: "1.1.0.0" }, 200, /1\.1\.0\.0/], ["an older one", { version: "1.0.5.0" }, 400, /0x80048541.*higher version/], ["another publisher's", { publisher: "fabrikam", version: "1.2.0.0" }, 400, /0x8004801c.*publisher name cannot be changed from contoso to fabrikam/], ["the other mode", { managed: false, version: "1.2.0.0" }, 400, /0x80048041.*modes match/], ["a column of another type", { weightType: "nvarchar", version: "1.3.0.0" }, 400, /con_weight is a Decimal/]])("%s over it", async (_name, changes, status, text) => {
    const answer = await o.sandbox("POST", "import", solutionZip(changes));
    expect(answer.status).toBe(status);
    expect(answer.text).toMatch(text);
  });
  test("reset takes the rows and leaves the solution", async () => {
    await o.create("con_shipments", { con_name: "gone" });
    await o.sandbox("POST", "reset");
    expect((await o.call("sysadmin", "GET", "con_shipments")).json["value"]).toEqual([]);
    expect(await solutions()).toHaveLength(1);
  });
});

type Row = Record<string, unknown>;
const admin = (method: string, path: string, body?: unknown): Promise<Answer> => o.call("sysadmin", method, path, body);
const zipOf = (changes: Changes = {}): string => Buffer.from(solutionZip(changes)).toString("base64");
const rowsOf = async (path: string): Promise<Row[]> => (await admin("GET", path)).json["value"] as Row[];
const solutionId = async (name: string): Promise<string> => String((await rowsOf(`solutions?$filter=uniquename eq '${name}'`))[0]?.["solutionid"]);

describe("updates, upgrades, patches", () => {
  beforeAll(async () => { await o.close(); o = await startOrganization(); });
  test("an update keeps what the new version no longer has; an upgrade takes it away, with its data", async () => {
    const id = await o.create("con_shipments", { con_name: "kept", con_weight: 5 });
    const slim: Changes = { version: "1.1.0.0", without: ["con_Weight", "script"] };
    expect((await o.sandbox("POST", "import", solutionZip(slim))).status).toBe(200);
    expect((await admin("GET", `con_shipments(${id})`)).json).toMatchObject({ con_weight: 5 });
    expect((await admin("POST", "ImportSolution", { CustomizationFile: zipOf({ ...slim, version: "2.0.0.0" }), HoldingSolution: true, OverwriteUnmanagedCustomizations: false, PublishWorkflows: true })).status).toBe(204);
    expect((await rowsOf("solutions?$select=uniquename,version&$orderby=version")).map((row) => `${String(row["uniquename"])} ${String(row["version"])}`)).toEqual(["ContosoShipping 1.1.0.0", "ContosoShipping_Upgrade 2.0.0.0"]);
    expect((await admin("POST", "DeleteAndPromote", { UniqueName: "ContosoShipping" })).json).toMatchObject({ SolutionId: await solutionId("ContosoShipping") });
    expect(await rowsOf("solutions?$select=uniquename,version")).toEqual([expect.objectContaining({ uniquename: "ContosoShipping", version: "2.0.0.0" })]);
    expect(await rowsOf("webresourceset?$filter=name eq 'con_/js/ship.js'")).toEqual([]);
    expect((await admin("GET", `con_shipments(${id})?$select=con_weight`)).status).toBe(400);
    expect((await admin("GET", `con_shipments(${id})`)).json).toMatchObject({ con_name: "kept" });
    expect((await admin("POST", "DeleteAndPromote", { UniqueName: "ContosoShipping" })).error.code).toBe("0x8004853b");
  });
  test.each<[string, Changes, string]>([["an upgrade that is not higher", { version: "2.0.0.0" }, "0x80048541"], ["an upgrade of what is not there", { version: "2.0.0.0", uniqueName: "Elsewhere" }, "0x80048541"]])("%s is refused", async (_name, changes, code) => {
    expect((await admin("POST", "ImportSolution", { CustomizationFile: zipOf(changes), HoldingSolution: true })).error.code).toBe(code);
  });
  test("patches lie over their solution, each higher than the last, and go with an upgrade", async () => {
    expect((await o.sandbox("POST", "import", solutionZip({ uniqueName: "ContosoShipping_Patch_a", version: "2.0.1.0", orderColumn: "con_Note" }))).status).toBe(200);
    expect((await o.sandbox("POST", "import", solutionZip({ uniqueName: "ContosoShipping_Patch_b", version: "2.0.1.0" }))).error).toMatchObject({ code: "0x80061771", message: "Patch 'ContosoShipping_Patch_a' has a matching or higher version (2.0.1.0) than that of the patch being installed." });
    const order = await o.create("salesorders", { name: "patched", con_note: "x" });
    await admin("POST", "ImportSolution", { CustomizationFile: zipOf({ version: "3.0.0.0" }), HoldingSolution: true });
    await admin("POST", "DeleteAndPromote", { UniqueName: "ContosoShipping" });
    expect(await rowsOf("solutions?$select=uniquename")).toEqual([expect.objectContaining({ uniquename: "ContosoShipping" })]);
    expect((await admin("GET", `salesorders(${order})?$select=con_note`)).status).toBe(400);
  });
});

describe("uninstalling", () => {
  beforeAll(async () => { await o.close(); o = await startOrganization(); });
  test("is refused while another solution depends on it, and takes tables, rows, roles and components with it afterwards", async () => {
    expect((await o.sandbox("POST", "import", dependentZip())).status).toBe(200);
    await o.create("con_shipments", { con_name: "row" });
    await admin("POST", "systemusers(b0000000-0000-4000-8000-000000000001)/systemuserroles_association/$ref", { "@odata.id": "/roles(33333333-3333-4333-8333-333333333333)" });
    const remove = async (name: string): Promise<Answer> => admin("DELETE", `solutions(${await solutionId(name)})`);
    expect((await remove("ContosoShipping")).error).toMatchObject({ code: "0x8004f01d", message: "Solution dependencies exist, cannot uninstall." });
    expect((await admin("GET", "con_shipments")).status).toBe(200);
    expect((await remove("Labels")).status).toBe(204);
    expect((await remove("ContosoShipping")).status).toBe(204);
    expect([(await admin("GET", "con_shipments")).status, (await rowsOf("solutions")).length, (await rowsOf("roles?$filter=name eq 'Shipper'")).length, (await rowsOf("systemforms")).length, (await rowsOf("webresourceset")).length]).toEqual([404, 0, 0, 0, 0]);
    expect((await admin("GET", "$metadata")).text).not.toContain("con_shipment");
    expect((await o.sandbox("POST", "import", solutionZip())).status).toBe(200);
    expect(await rowsOf("con_shipments")).toEqual([]);
  });
  test("an unmanaged solution leaves its components behind", async () => {
    await admin("DELETE", `solutions(${await solutionId("ContosoShipping")})`);
    expect((await o.sandbox("POST", "import", solutionZip({ managed: false }))).status).toBe(200);
    await o.create("con_shipments", { con_name: "stays" });
    expect((await admin("DELETE", `solutions(${await solutionId("ContosoShipping")})`)).status).toBe(204);
    expect([(await rowsOf("solutions")).length, (await rowsOf("con_shipments")).length]).toEqual([0, 1]);
  });
  test("by somebody who may not is refused", async () => {
    await o.sandbox("POST", "import", solutionZip({ managed: false }));
    expect((await o.call("salesrep", "DELETE", `solutions(${await solutionId("ContosoShipping")})`)).status).toBe(403);
  });
});

describe("as a system job", () => {
  beforeAll(async () => { await o.close(); o = await startOrganization({ withoutSolution: true }); });
  const later = async (changes: Changes): Promise<{ job: string; operation: string }> => {
    const { json } = await admin("POST", "ImportSolutionAsync", { CustomizationFile: zipOf(changes), OverwriteUnmanagedCustomizations: true, PublishWorkflows: true });
    return { job: String(json["ImportJobKey"]), operation: String(json["AsyncOperationId"]) };
  };
  const both = async (of: { job: string; operation: string }): Promise<[Row, Row]> => [(await admin("GET", `asyncoperations(${of.operation})`)).json, (await admin("GET", `importjobs(${of.job})`)).json];
  test("the answer comes at once, the tables minutes later", async () => {
    await o.sandbox("POST", "switches", { importMs: 240_000 });
    const asked = await later({});
    expect(await both(asked)).toEqual([expect.objectContaining({ statecode: 0, statuscode: 0, name: "ImportSolution" }), expect.objectContaining({ progress: 0, completedon: null })]);
    expect((await admin("GET", "con_shipments")).status).toBe(404);
    await o.clock.advance("PT5M");
    expect(await both(asked)).toEqual([expect.objectContaining({ statecode: 3, statuscode: 30 }), expect.objectContaining({ progress: 100, solutionname: "ContosoShipping", data: expect.stringContaining('result="success"') as unknown })]);
    expect((await admin("GET", "con_shipments")).status).toBe(200);
    await o.sandbox("POST", "switches", { importMs: 0 });
  });
  test("a refused one ends failed, with the reason in both rows", async () => {
    const [operation, job] = await both(await later({ version: "2.0.0.0", weightType: "nvarchar" }));
    expect(operation).toMatchObject({ statecode: 3, statuscode: 31, friendlymessage: expect.stringContaining("con_weight is a Decimal") as unknown });
    expect(job["data"]).toContain('result="failure"');
  });
  test("a staged zip is checked first, and imported by its id", async () => {
    const good = (await admin("POST", "StageSolution", { CustomizationFile: zipOf({ version: "2.0.0.0" }) })).json["StageSolutionResults"] as Row;
    expect(good).toMatchObject({ StageSolutionStatus: "Passed", SolutionDetails: { SolutionUniqueName: "ContosoShipping", SolutionVersion: "2.0.0.0", IsManaged: true } });
    const bad = (await admin("POST", "StageSolution", { CustomizationFile: zipOf({ version: "2.0.0.0", noPayload: true }) })).json["StageSolutionResults"] as Row;
    expect(bad).toMatchObject({ StageSolutionStatus: "Failed", SolutionValidationResults: [{ SolutionValidationResultType: "Error", ErrorCode: 0x8004f11a | 0 }] });
    expect((await admin("POST", "ImportSolutionAsync", { SolutionParameters: { StageSolutionUploadId: good["StageSolutionUploadId"] }, OverwriteUnmanagedCustomizations: true, PublishWorkflows: true })).status).toBe(200);
    expect(await rowsOf("solutions?$select=version")).toEqual([expect.objectContaining({ version: "2.0.0.0" })]);
    expect((await admin("POST", "ImportSolutionAsync", { SolutionParameters: { StageSolutionUploadId: bad["StageSolutionUploadId"] } })).error.code).toBe("0x80040203");
  });
  test.each([["a managed solution", { SolutionName: "ContosoShipping", Managed: true }, "0x80048036"], ["one that is not there", { SolutionName: "Nothing", Managed: false }, "0x80040217"]])("%s is not exported", async (_name, body, code) => { expect((await admin("POST", "ExportSolution", body)).error.code).toBe(code); });
});

test("an unmanaged solution is exported as it came, or managed, and imports elsewhere", async () => {
  const [from, to] = [await startOrganization({ withoutSolution: true }), await startOrganization({ withoutSolution: true })];
  await from.sandbox("POST", "import", solutionZip({ managed: false }));
  const file = (await from.call("sysadmin", "POST", "ExportSolution", { SolutionName: "ContosoShipping", Managed: true })).json["ExportSolutionFile"];
  expect((await to.call("sysadmin", "POST", "ImportSolution", { CustomizationFile: file })).status).toBe(204);
  expect((await to.call("sysadmin", "GET", "solutions?$select=uniquename,ismanaged")).json["value"]).toEqual([expect.objectContaining({ uniquename: "ContosoShipping", ismanaged: true })]);
  await from.close();
  await to.close();
});

test.each([[true, 0], [false, 1]])("steps that come with a solution are on only when workflows are published (%p); an endpoint keeps its address and secret", async (published, statecode) => {
  const fresh = await startOrganization({ withoutSolution: true });
  const bring = (version: string): Promise<Answer> => fresh.call("sysadmin", "POST", "ImportSolution", { CustomizationFile: zipOf({ withStep: true, version }), PublishWorkflows: published });
  const endpoint = "serviceendpoints(77777777-7777-4777-8777-777777777777)";
  expect((await bring("1.0.0.0")).status).toBe(204);
  expect((await fresh.call("sysadmin", "GET", "sdkmessageprocessingsteps(66666666-6666-4666-8666-666666666666)")).json).toMatchObject({ name: "Shipped", mode: 1, stage: 40, statecode });
  expect((await fresh.call("sysadmin", "GET", endpoint)).json).toMatchObject({ url: "https://example.invalid/ship", contract: 8 });
  expect((await fresh.call("sysadmin", "GET", "fieldpermissions")).json["value"]).toEqual([expect.objectContaining({ entityname: "con_shipment", attributelogicalname: "con_weight", canread: 4 })]);
  await fresh.call("sysadmin", "PATCH", endpoint, { url: "https://customer.example/hook", authvalue: "secret" });
  expect((await bring("1.1.0.0")).status).toBe(204);
  expect((await fresh.call("sysadmin", "GET", endpoint)).json).toMatchObject({ url: "https://customer.example/hook" });
  await fresh.close();
});

test("rows, roles, shares, numbers and the order of solutions outlive a restart when there is a folder for them", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "dataverse-data-"));
  const REP = "b0000000-0000-4000-8000-000000000001";
  const first = await startOrganization({ dataDir });
  const by = (of: TestOrganization) => (method: string, path: string, body?: unknown): Promise<Answer> => of.call("sysadmin", method, path, body);
  await by(first)("POST", `systemusers(${REP})/systemuserroles_association/$ref`, { "@odata.id": "/roles(33333333-3333-4333-8333-333333333333)" });
  const id = await first.create("con_shipments", { con_name: "kept", con_number: "K-1", con_value: 12.34 });
  await by(first)("POST", "GrantAccess", { Target: { "@odata.type": "Microsoft.Dynamics.CRM.con_shipment", con_shipmentid: id }, PrincipalAccess: { AccessMask: "ReadAccess", Principal: { "@odata.type": "Microsoft.Dynamics.CRM.systemuser", systemuserid: REP } } });
  const order = await first.create("salesorders", { name: "Numbered" });
  const number = async (of: TestOrganization, one: string): Promise<number> => Number(/^ORD-(\d+)/.exec(String((await by(of)("GET", `salesorders(${one})`)).json["ordernumber"]))?.[1]);
  const last = await number(first, order);
  expect((await first.sandbox("POST", "import", solutionZip({ uniqueName: "ContosoShipping_Patch_a", version: "1.0.1.0", orderColumn: "con_Note" }))).status).toBe(200);
  await by(first)("PATCH", `salesorders(${order})`, { con_note: "kept too" });
  const role = await first.create("roles", { name: "By hand", "businessunitid@odata.bind": "/businessunits(a0000000-0000-4000-8000-000000000001)" });
  const [privilege] = (await by(first)("GET", "privileges?$filter=name eq 'prvReadAccount'")).json["value"] as Row[];
  await by(first)("POST", `roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: [{ PrivilegeId: privilege?.["privilegeid"], Depth: "Deep" }] });
  const etag = (await by(first)("GET", `salesorders(${order})`)).json["@odata.etag"];
  await first.close();
  const second = await startOrganization({ dataDir, withoutSolution: true });
  expect((await by(second)("GET", "con_shipments(con_number='K-1')")).json).toMatchObject({ con_name: "kept", con_value: 12.34 });
  expect((await second.call("salesrep", "GET", `con_shipments(${id})`)).status).toBe(200);
  expect((await by(second)("GET", `salesorders(${order})`)).json).toMatchObject({ con_note: "kept too", "@odata.etag": etag });
  expect(await number(second, await second.create("salesorders", { name: "Next" }))).toBe(last + 1);
  expect(((await by(second)("GET", "solutions?$select=uniquename,version")).json["value"] as Row[]).map((row) => row["version"]).sort()).toEqual(["1.0.0.0", "1.0.1.0"]);
  expect((await by(second)("POST", "con_shipments", { con_number: "K-1" })).error.code).toBe("0x80060892");
  expect((await by(second)("GET", `roles(${role})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()`)).json["RolePrivileges"]).toEqual([expect.objectContaining({ PrivilegeName: "prvReadAccount", Depth: "Deep" })]);
  await second.close();
  rmSync(dataDir, { recursive: true });
});
