// Tables, columns and relationships made over the Web API; file columns; Dataverse search; background operations: what they refuse, and what
// they leave behind. How a client goes through them stands in clients-dynamics-web-api.test.ts.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
type Row = Record<string, unknown>;
const admin = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => o.call("sysadmin", method, path, body, headers);
const NAMED = { "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", SchemaName: "con_Plate", MaxLength: 10, IsPrimaryName: true };
const table = (more: Row = {}): Row => ({ "@odata.type": "Microsoft.Dynamics.CRM.EntityMetadata", SchemaName: "con_Truck", OwnershipType: "UserOwned", Attributes: [NAMED], ...more });
const column = (more: Row): Row => ({ "@odata.type": "Microsoft.Dynamics.CRM.StringAttributeMetadata", SchemaName: "con_Note", ...more });
const relation = (more: Row = {}): Row => ({ "@odata.type": "Microsoft.Dynamics.CRM.OneToManyRelationshipMetadata", SchemaName: "con_account_truck", ReferencedEntity: "account", ReferencingEntity: "con_truck", CascadeConfiguration: { Delete: "Restrict" }, Lookup: { SchemaName: "con_Haulier" }, ...more });
const TRUCK = "EntityDefinitions(LogicalName='con_truck')";
const definitions = async (): Promise<number> => ((await admin("GET", "EntityDefinitions?$select=LogicalName")).json["value"] as unknown[]).length;
beforeAll(async () => {
  o = await startOrganization();
  expect((await admin("POST", "EntityDefinitions", table())).status).toBe(204);
});
afterAll(async () => { await o.close(); });

describe("a definition", () => {
  test("gives a table with the columns that every table has, in $metadata too, and rights of its own", async () => {
    const id = await o.create("con_trucks", { con_plate: "CON 1" });
    expect((await admin("GET", `con_trucks(${id})`)).json).toMatchObject({ con_plate: "CON 1", statecode: 0, statuscode: 1, _ownerid_value: "b0000000-0000-4000-8000-000000000008" });
    expect((await admin("GET", "$metadata")).text).toContain('<EntityType Name="con_truck" BaseType="mscrm.crmbaseentity">');
    expect((await o.call("salesrep", "GET", "con_trucks")).error.message).toContain("is missing prvReadcon_Truck privilege");
    expect((await admin("POST", "con_trucks", { con_plate: "x".repeat(11) })).error.code).toBe("0x80044331");
  });
  test("of money brings currency and base amount", async () => {
    expect((await admin("POST", `${TRUCK}/Attributes`, { "@odata.type": "Microsoft.Dynamics.CRM.MoneyAttributeMetadata", SchemaName: "con_Price" })).status).toBe(204);
    const [euro] = (await admin("GET", "transactioncurrencies?$filter=isocurrencycode eq 'EUR'")).json["value"] as Row[];
    const id = await o.create("con_trucks", { con_plate: "€", con_price: 92, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(euro?.["transactioncurrencyid"])})` });
    expect((await admin("GET", `con_trucks(${id})?$select=con_price,con_price_base,exchangerate`)).json).toMatchObject({ con_price: 92, con_price_base: 100, exchangerate: 0.92 });
  });
  test("of a choice refuses what is none of its options, also after they were changed", async () => {
    const kind = (values: readonly number[]): Row => ({ "@odata.type": "Microsoft.Dynamics.CRM.PicklistAttributeMetadata", SchemaName: "con_Size", OptionSet: { Options: values.map((Value) => ({ Value, Label: { LocalizedLabels: [{ Label: `S${Value}`, LanguageCode: 1033 }] } })) } });
    await admin("POST", `${TRUCK}/Attributes`, kind([1, 2]));
    expect([(await admin("POST", "con_trucks", { con_size: 2 })).status, (await admin("POST", "con_trucks", { con_size: 3 })).error.code]).toEqual([204, "0x8004431a"]);
    expect((await admin("PUT", `${TRUCK}/Attributes(LogicalName='con_size')`, kind([1, 2, 3]))).status).toBe(204);
    expect((await admin("POST", "con_trucks", { con_size: 3 })).status).toBe(204);
  });
  test("of a relationship gives a lookup whose parent stays as long as rows point at it, and goes with its lookup", async () => {
    expect((await admin("POST", "RelationshipDefinitions", relation())).status).toBe(204);
    const account = await o.create("accounts", { name: "Haulier" });
    const id = await o.create("con_trucks", { con_plate: "R", "con_Haulier@odata.bind": `/accounts(${account})` });
    expect((await admin("DELETE", `accounts(${account})`)).status).toBe(405);
    expect((await admin("DELETE", "RelationshipDefinitions(SchemaName='con_account_truck')")).status).toBe(204);
    expect((await admin("GET", `con_trucks(${id})?$select=_con_haulier_value`)).status).toBe(400);
    expect((await admin("DELETE", `accounts(${account})`)).status).toBe(204);
  });
  test("that is deleted takes its values along, and a table its rows", async () => {
    await admin("POST", `${TRUCK}/Attributes`, column({ MaxLength: 20 }));
    const id = await o.create("con_trucks", { con_note: "gone" });
    expect((await admin("DELETE", `${TRUCK}/Attributes(LogicalName='con_note')`)).status).toBe(204);
    expect((await admin("GET", `con_trucks(${id})`)).json).not.toHaveProperty("con_note");
    await admin("POST", "EntityDefinitions", table({ SchemaName: "con_Trailer" }));
    await o.create("con_trailers", { con_plate: "T" });
    expect((await admin("DELETE", "EntityDefinitions(LogicalName='con_trailer')")).status).toBe(204);
    expect((await admin("GET", "con_trailers")).status).toBe(404);
  });
  test.each<[string, string, string, Row, number, string]>([
    ["a table that is there", "POST", "EntityDefinitions", table(), 400, "0x80040203"], ["a table without prefix", "POST", "EntityDefinitions", table({ SchemaName: "Truck" }), 400, "0x80048062"], ["a table without primary name", "POST", "EntityDefinitions", table({ SchemaName: "con_Other", Attributes: [] }), 400, "0x80040203"],
    ["a column that is there", "POST", `${TRUCK}/Attributes`, column({ SchemaName: "con_Plate" }), 400, "0x80040203"], ["a column of no kind", "POST", `${TRUCK}/Attributes`, column({ "@odata.type": "Microsoft.Dynamics.CRM.MagicAttributeMetadata" }), 400, "0x80040203"], ["a lookup without a relationship", "POST", `${TRUCK}/Attributes`, column({ "@odata.type": "Microsoft.Dynamics.CRM.LookupAttributeMetadata" }), 400, "0x80040203"],
    ["another type for a column", "PUT", `${TRUCK}/Attributes(LogicalName='con_plate')`, { "@odata.type": "Microsoft.Dynamics.CRM.IntegerAttributeMetadata", SchemaName: "con_Plate" }, 400, "0x80044150"], ["a column of no table", "POST", "EntityDefinitions(LogicalName='nosuch')/Attributes", column({}), 404, "0x80040217"],
    ["the primary name's end", "DELETE", `${TRUCK}/Attributes(LogicalName='con_plate')`, {}, 400, "0x8004f01f"], ["a standard table's end", "DELETE", "EntityDefinitions(LogicalName='account')", {}, 400, "0x8004f01f"], ["a relationship to nothing", "POST", "RelationshipDefinitions", relation({ ReferencedEntity: "nosuch" }), 404, "0x80040217"],
    ["a PUT on all of them", "PUT", "EntityDefinitions", {}, 405, "0x80060888"], ["a PATCH, which metadata does not know", "PATCH", TRUCK, {}, 405, "0x80060888"], ["a POST on one", "POST", `${TRUCK}/Keys`, {}, 405, "0x80060888"],
  ])("refuses %s", async (_name, method, path, body, status, code) => {
    const before = await definitions();
    const answer = await admin(method, path, method === "DELETE" ? undefined : body);
    expect([answer.status, answer.error.code, await definitions()]).toEqual([status, code, before]);
  });
  test("by somebody who may not is refused by the privilege's name", async () => {
    expect((await o.call("salesrep", "POST", "EntityDefinitions", table({ SchemaName: "con_Mine" }))).error.message).toContain("prvCreateEntity");
    expect((await o.call("salesrep", "DELETE", `${TRUCK}/Attributes(LogicalName='con_plate')`)).error.message).toContain("prvDeleteAttribute");
  });
});

test("definitions, rows and files of theirs outlive a restart", async () => {
  const dataDir = mkdtempSync(join(tmpdir(), "dataverse-definitions-"));
  const first = await startOrganization({ dataDir });
  await first.call("sysadmin", "POST", "EntityDefinitions", table());
  await first.call("sysadmin", "POST", `${TRUCK}/Attributes`, { "@odata.type": "Microsoft.Dynamics.CRM.FileAttributeMetadata", SchemaName: "con_Papers" });
  const id = await first.create("con_trucks", { con_plate: "KEPT" });
  await first.call("sysadmin", "PATCH", `con_trucks(${id})/con_papers`, "bytes", { "content-type": "application/octet-stream", "x-ms-file-name": "k.txt" });
  await first.close();
  const second = await startOrganization({ dataDir, withoutSolution: true });
  expect((await second.call("sysadmin", "GET", `con_trucks(${id})?$select=con_plate`)).json).toMatchObject({ con_plate: "KEPT" });
  expect((await second.call("sysadmin", "GET", `con_trucks(${id})/con_papers/$value`)).text).toBe("bytes");
  await second.close();
  rmSync(dataDir, { recursive: true });
});

describe("a file column", () => {
  let truck: string;
  const at = (): string => `con_trucks(${truck})/con_papers`;
  const put = (bytes: string, headers: Record<string, string> = { "x-ms-file-name": "papers.txt" }): Promise<Answer> => admin("PATCH", at(), bytes, { "content-type": "application/octet-stream", ...headers });
  beforeAll(async () => {
    await admin("POST", `${TRUCK}/Attributes`, { "@odata.type": "Microsoft.Dynamics.CRM.FileAttributeMetadata", SchemaName: "con_Papers", MaxSizeInKB: 1 });
    truck = await o.create("con_trucks", { con_plate: "F" });
  });
  test("takes a file whole; the row has its id and name; $value gives it back, as a whole or in part; DELETE takes it away", async () => {
    expect((await put("the papers")).status).toBe(204);
    expect((await admin("GET", `con_trucks(${truck})?$select=con_papers,con_papers_name`)).json).toMatchObject({ con_papers: expect.stringMatching(/^[0-9a-f-]{36}$/), con_papers_name: "papers.txt" });
    const whole = await admin("GET", `${at()}/$value`);
    expect([whole.status, whole.text, whole.headers.get("x-ms-file-size"), whole.headers.get("x-ms-file-name"), whole.headers.get("mimetype")]).toEqual([200, "the papers", "10", "papers.txt", "text/plain"]);
    const part = await admin("GET", `${at()}/$value`, undefined, { range: "bytes=4-9" });
    expect([part.status, part.text]).toEqual([206, "papers"]);
    expect((await admin("GET", at())).json).toMatchObject({ value: Buffer.from("the papers").toString("base64") });
    expect((await admin("DELETE", at())).status).toBe(204);
    expect([(await admin("GET", at())).status, (await admin("GET", `con_trucks(${truck})?$select=con_papers_name`)).json["con_papers_name"], (await admin("GET", "fileattachments")).json["value"]]).toEqual([204, null, []]);
  });
  test("in chunks is there only with the last of them", async () => {
    const begun = await put("", { "x-ms-file-name": "two.txt", "x-ms-transfer-mode": "chunked" });
    expect([begun.status, begun.headers.get("x-ms-chunk-size"), begun.headers.get("accept-ranges")]).toEqual([200, "4194304", "bytes"]);
    const rest = String(begun.headers.get("location")).replace(/^.*\/api\/data\/v9\.2\//, "");
    const send = (bytes: string, range: string): Promise<Answer> => admin("PATCH", rest, bytes, { "content-type": "application/octet-stream", "content-range": range });
    expect([(await send("abc", "bytes 0-2/6")).status, (await admin("GET", at())).status, (await send("def", "bytes 0-2/6")).status, (await send("def", "bytes 3-5/6")).status]).toEqual([206, 204, 400, 204]);
    expect((await admin("GET", `${at()}/$value`)).text).toBe("abcdef");
    expect((await send("x", "bytes 0-0/1")).status).toBe(400);
  });
  test("refuses a file that is too large, one without a name, and a value in a write", async () => {
    expect([(await put("x".repeat(1_025))).error.code, (await put("x", {})).status, (await admin("PATCH", `con_trucks(${truck})`, { con_papers: "x" })).error.code]).toEqual(["0x80044a02", 400, "0x80040203"]);
    expect((await o.call("salesrep", "GET", `${at()}/$value`)).status).toBe(403);
  });
});

describe("search", () => {
  const ask = async (user: string, kind: string, body: unknown, version = "1.0"): Promise<{ status: number; json: Row }> => { const response = await fetch(`${String(o.dataverse.httpUrl)}/api/search/v${version}/${kind}`, { method: "POST", headers: { authorization: `Bearer ${o.dataverse.tokens[user] ?? ""}` }, body: JSON.stringify(body) }); return { status: response.status, json: await response.json() as Row }; };
  beforeAll(async () => { for (const name of ["Contoso Coffee", "New Contoso", "Fabrikam"]) await o.create("accounts", { name }); });
  test("finds rows by part of their name, the nearer the beginning the sooner, as many as asked for", async () => {
    const { json } = await ask("sysadmin", "query", { search: "contoso", entities: ["account"], top: 1, returntotalrecordcount: true });
    expect(json).toMatchObject({ totalrecordcount: 2, value: [{ "@search.entityname": "account", name: "Contoso Coffee", "@search.highlights": { name: ["{crmhit}Contoso{/crmhit} Coffee"] } }] });
  });
  test("shows nobody what he may not read", async () => {
    expect((await ask("relay", "query", { search: "contoso", entities: ["con_truck"] })).json["value"]).toEqual([]);
    expect((await ask("nobody", "query", { search: "CON 1", entities: ["con_truck"] })).json["value"]).toEqual([]);
    expect((await ask("sysadmin", "query", { search: "CON 1", entities: ["con_truck"] })).json["value"]).toHaveLength(1);
  });
  test.each<[string, string, unknown, number]>([["no term", "query", {}, 400], ["two letters for a suggestion", "suggest", { search: "co" }, 400], ["too many", "query", { search: "x", top: 101 }, 400], ["a table that is none", "query", { search: "x", entities: ["nosuch"] }, 400], ["a service that is none", "guess", { search: "xyz" }, 404]])("refuses %s", async (_name, kind, body, status) => { expect((await ask("sysadmin", kind, body)).status).toBe(status); });
  test("without a sign-in is 401", async () => { expect((await ask("nosuch", "query", { search: "x" })).status).toBe(401); });
});

describe("a background operation", () => {
  const monitor = async (user: string, location: string, method = "GET"): Promise<{ status: number; json: Row }> => { const response = await fetch(location.replace(/^https:\/\/[^/]+/, String(o.dataverse.httpUrl)), { method, headers: { authorization: `Bearer ${o.dataverse.tokens[user] ?? ""}` } }); return { status: response.status, json: await response.json() as Row }; };
  const begin = (name: string, body: unknown = {}): Promise<Answer> => admin("POST", name, body, { prefer: "respond-async" });
  beforeAll(async () => {
    const api = await o.create("customapis", { name: "Later", uniquename: "con_Later", bindingtype: 0 });
    await o.create("customapiresponseproperties", { name: "Count", uniquename: "Count", type: 7, "CustomAPIId@odata.bind": `/customapis(${api})` });
    const strict = await o.create("customapis", { name: "Strict", uniquename: "con_Strict", bindingtype: 0 });
    await o.create("customapirequestparameters", { name: "Who", uniquename: "Who", type: 10, "CustomAPIId@odata.bind": `/customapis(${strict})` });
    await o.sandbox("POST", "switches", { systemJobMs: 60_000 });
  });
  afterAll(async () => { await o.sandbox("POST", "switches", { systemJobMs: 0 }); });
  test("is accepted at once, waits, and has its answer when its time has come", async () => {
    const begun = await begin("con_Later");
    expect([begun.status, begun.headers.get("preference-applied"), begun.headers.get("x-ms-dyn-backgroundoperationid")]).toEqual([202, "respond-async", expect.stringMatching(/^[0-9a-f-]{36}$/)]);
    const location = String(begun.headers.get("location"));
    expect((await monitor("sysadmin", location)).json).toMatchObject({ backgroundOperationStateCode: 0, backgroundOperationStatusCode: 0 });
    await o.clock.advance("PT2M");
    expect((await monitor("sysadmin", location)).json).toMatchObject({ backgroundOperationStateCode: 3, backgroundOperationStatusCode: 30, Count: 0 });
    expect((await admin("GET", `backgroundoperations(${String(begun.headers.get("x-ms-dyn-backgroundoperationid"))})`)).json).toMatchObject({ name: "con_Later", backgroundoperationstatuscode: 30 });
    expect((await monitor("salesrep", location)).status).toBe(404);
  });
  test("that is refused ends failed with the refusal; one that is cancelled before it begins never runs", async () => {
    const [failing, cancelled] = [await begin("con_Strict"), await begin("con_Later")].map((one) => String(one.headers.get("location")));
    expect((await monitor("sysadmin", cancelled ?? "", "DELETE")).json).toMatchObject({ backgroundOperationStatusCode: 32 });
    await o.clock.advance("PT2M");
    expect((await monitor("sysadmin", failing ?? "")).json).toMatchObject({ backgroundOperationStatusCode: 31, backgroundOperationErrorCode: 0x80040203 | 0, backgroundOperationErrorMessage: "Required field 'Who' is missing." });
    expect((await monitor("sysadmin", cancelled ?? "")).json).toMatchObject({ backgroundOperationStatusCode: 32 });
  });
});
