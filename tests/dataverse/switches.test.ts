// Switches for what the sources only remember or contradict each other about, each shown to bite in both positions; and duplicate detection.
import { afterAll, afterEach, beforeAll, describe, expect, test } from "@jest/globals";
import { SWITCHES } from "../sandbox/dataverse/switches.ts";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
type Row = Record<string, unknown>;
let account: string;
const admin = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => o.call("sysadmin", method, path, body, headers);
const turn = (switches: Row): Promise<Answer> => o.sandbox("POST", "switches", switches);
beforeAll(async () => { o = await startOrganization(); account = await o.create("accounts", { name: "Contoso" }); });
afterEach(async () => { await turn(SWITCHES); });
afterAll(async () => { await o.close(); });

describe("switch", () => {
  test("urlCharactersMax: an address that is too long is 414, and twice as much fits into a batch", async () => {
    const query = (length: number): string => `accounts?$select=name&$filter=name eq '${"x".repeat(length)}'`.replaceAll(" ", "%20");
    const batch = (length: number): Promise<Answer> => admin("POST", "$batch", `--b\r\nContent-Type: application/http\r\n\r\nGET /api/data/v9.2/${query(length)} HTTP/1.1\r\n\r\n--b--`, { "content-type": "multipart/mixed;boundary=b" });
    expect([(await admin("GET", query(32_000))).status, (await admin("GET", query(33_000))).status, (await batch(33_000)).status]).toEqual([200, 414, 200]);
    const long = await batch(66_000);
    expect([long.status, long.text]).toEqual([400, expect.stringContaining("HTTP/1.1 414 URI Too Long")]);
    await turn({ urlCharactersMax: 100_000 });
    expect((await admin("GET", query(33_000))).status).toBe(200);
  });
  test("selectingNavigationIsRefused", async () => {
    const select = async (): Promise<number> => (await admin("GET", `accounts(${account})?$select=name,primarycontactid`)).status;
    expect(await select()).toBe(400);
    await turn({ selectingNavigationIsRefused: false });
    expect(await select()).toBe(200);
  });
  test("aggregateRowsMax", async () => {
    await o.create("accounts", { name: "Second" });
    await turn({ aggregateRowsMax: 1 });
    const xml = "<fetch aggregate='true'><entity name='account'><attribute name='accountid' alias='n' aggregate='count'/></entity></fetch>";
    for (const path of ["accounts?$apply=aggregate($count as n)", `accounts?fetchXml=${encodeURIComponent(xml)}`]) expect((await admin("GET", path)).error.code).toBe("0x8004e023");
    await turn({ aggregateRowsMax: 50_000 });
    expect((await admin("GET", "accounts?$apply=aggregate($count as n)")).status).toBe(200);
  });
  test("patchNamesTheRow", async () => {
    const named = async (): Promise<boolean> => (await admin("PATCH", `accounts(${account})`, { name: "Contoso" })).headers.has("odata-entityid");
    expect(await named()).toBe(true);
    await turn({ patchNamesTheRow: false });
    expect(await named()).toBe(false);
  });
  test("fetchAliasesHaveDots", async () => {
    const contact = await o.create("contacts", { lastname: "Lund", "parentcustomerid_account@odata.bind": `/accounts(${account})` });
    const xml = `<fetch><entity name='contact'><attribute name='lastname'/><filter><condition attribute='contactid' operator='eq' value='${contact}'/></filter><link-entity name='account' from='accountid' to='parentcustomerid' alias='a'><attribute name='name'/></link-entity></entity></fetch>`;
    const [dotted] = (await admin("GET", `contacts?fetchXml=${encodeURIComponent(xml)}`)).json["value"] as Row[];
    await turn({ fetchAliasesHaveDots: false });
    const [older] = (await admin("GET", `contacts?fetchXml=${encodeURIComponent(xml)}`)).json["value"] as Row[];
    expect([dotted?.["a.name"], older?.["a_x002e_name"]]).toEqual(["Contoso", "Contoso"]);
  });
  test("unauthorizedSaysWhere", async () => {
    const told = async (): Promise<string | null> => (await o.call("nosuch", "GET", "WhoAmI")).headers.get("www-authenticate");
    expect(await told()).toMatch(/^Bearer authorization_uri=https:.*\/oauth2\/authorize, resource_id=https:/);
    await turn({ unauthorizedSaysWhere: false });
    expect(await told()).toBeNull();
  });
  test("one that is none, or a value of another kind, is refused", async () => {
    expect([(await turn({ teleport: true })).status, (await turn({ patchNamesTheRow: 1 })).status]).toEqual([400, 400]);
  });
});

describe("duplicate detection", () => {
  let rule: string;
  const ASK = { "MSCRM.SuppressDuplicateDetection": "false" };
  const publish = (): Promise<Answer> => admin("POST", `duplicaterules(${rule})/Microsoft.Dynamics.CRM.PublishDuplicateRule`, {});
  const condition = (more: Row): Promise<string> => o.create("duplicateruleconditions", { baseattributename: "emailaddress1", matchingattributename: "emailaddress1", "regardingobjectid@odata.bind": `/duplicaterules(${rule})`, ...more });
  const make = (row: Row, headers: Record<string, string> = ASK): Promise<Answer> => admin("POST", "accounts", { name: "D", ...row }, headers);
  beforeAll(async () => {
    rule = await o.create("duplicaterules", { name: "Same address", baseentityname: "account", matchingentityname: "account" });
    await condition({});
    await o.create("accounts", { name: "First", emailaddress1: "Info@contoso.example" });
  });
  test("does nothing before the rule is published, and nothing to who does not ask for it", async () => {
    expect((await make({ emailaddress1: "info@contoso.example" })).status).toBe(204);
    expect((await publish()).json).toMatchObject({ JobId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
    expect((await admin("GET", `duplicaterules(${rule})`)).json).toMatchObject({ statecode: 1, statuscode: 2 });
    expect([(await make({ emailaddress1: "info@contoso.example" }, {})).status, (await make({ emailaddress1: "info@contoso.example" }, { "MSCRM.SuppressDuplicateDetection": "true" })).status]).toEqual([204, 204]);
  });
  test("refuses a create, an update and an upsert, whatever the case of the letters, and writes nothing; by switch duplicateDetectionStatus with 412", async () => {
    const count = async (): Promise<string> => (await admin("GET", "accounts/$count")).text;
    const other = await o.create("accounts", { name: "Other", emailaddress1: "other@contoso.example" });
    const before = await count();
    const refused = await make({ emailaddress1: "INFO@contoso.example" });
    expect([refused.status, refused.error]).toEqual([500, { code: "0x80040333", message: "A record was not created or updated because a duplicate of the current record already exists." }]);
    expect((await admin("PATCH", `accounts(${other})`, { emailaddress1: "info@contoso.example" }, ASK)).error.code).toBe("0x80040333");
    expect((await admin("PATCH", "accounts(5f000000-0000-4000-8000-0000000000aa)", { name: "U", emailaddress1: "info@contoso.example" }, ASK)).error.code).toBe("0x80040333");
    expect([await count(), (await admin("GET", `accounts(${other})?$select=emailaddress1`)).json["emailaddress1"]]).toEqual([before, "other@contoso.example"]);
    await turn({ duplicateDetectionStatus: 412 });
    expect((await make({ emailaddress1: "info@contoso.example" })).status).toBe(412);
  });
  test("lets through what is not alike: another address, none, the row itself", async () => {
    const other = await o.create("accounts", { name: "Self", emailaddress1: "self@contoso.example" });
    expect([(await make({ emailaddress1: "new@contoso.example" })).status, (await make({})).status, (await admin("PATCH", `accounts(${other})`, { name: "Same" }, ASK)).status]).toEqual([204, 204, 204]);
  });
  test("by the first characters, and no more once the rule is unpublished or gone", async () => {
    const prefix = await o.create("duplicaterules", { name: "Same beginning", baseentityname: "account", matchingentityname: "account" });
    await o.create("duplicateruleconditions", { baseattributename: "accountnumber", matchingattributename: "accountnumber", operatorcode: 1, operatorparam: 3, "regardingobjectid@odata.bind": `/duplicaterules(${prefix})` });
    await admin("POST", `duplicaterules(${prefix})/Microsoft.Dynamics.CRM.PublishDuplicateRule`, {});
    await o.create("accounts", { name: "N", accountnumber: "ABC-1" });
    expect([(await make({ accountnumber: "ABC-2" })).error.code, (await make({ accountnumber: "ABD-2" })).status]).toEqual(["0x80040333", 204]);
    await admin("POST", "UnpublishDuplicateRule", { DuplicateRuleId: prefix });
    expect((await make({ accountnumber: "ABC-3" })).status).toBe(204);
    expect((await admin("DELETE", `duplicaterules(${prefix})`)).status).toBe(204);
  });
  test("is published by who may", async () => { expect((await o.call("salesrep", "POST", `duplicaterules(${rule})/Microsoft.Dynamics.CRM.PublishDuplicateRule`, {})).status).toBe(403); });
});
