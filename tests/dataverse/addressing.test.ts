// Every spelling of an address, every way to bind and unbind, conditions, preferences, views and custom APIs.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { idFrom, startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let account: string;
let order: string;
let shipment: string;
const MISSING = "5f000000-0000-4000-8000-00000000dead";
const ANN = "b0000000-0000-4000-8000-000000000001";
const admin = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => o.call("sysadmin", method, path, body, headers);
beforeAll(async () => {
  o = await startOrganization();
  account = await o.create("accounts", { name: "Contoso" });
  order = await o.create("salesorders", { name: "First", "customerid_account@odata.bind": `/accounts(${account})` });
  shipment = await o.create("con_shipments", { con_name: "S", con_number: "N/(1)", con_weight: 2.5, con_fragile: true, "con_OrderId@odata.bind": `/salesorders(${order})` });
});
afterAll(async () => { await o.close(); });

describe("reading an address", () => {
  test.each<[string, () => string, unknown]>([
    ["upper-case guid", () => `con_shipments(${shipment.toUpperCase()})?$select=con_name`, { con_name: "S" }], ["guid in braces", () => `con_shipments({${shipment}})?$select=con_name`, { con_name: "S" }], ["named key", () => `con_shipments(con_shipmentid=${shipment})?$select=con_name`, { con_name: "S" }],
    ["alternate key with a slash and brackets", () => "con_shipments(con_number='N/(1)')?$select=con_name", { con_name: "S" }], ["alternate key, encoded", () => "con_shipments%28con_number%3D%27N%2F(1)%27%29?$select=con_name", { con_name: "S" }], ["alternate key by alias", () => "con_shipments(con_number=@p1)?$select=con_name&@p1='N/(1)'", { con_name: "S" }],
    ["property", () => `con_shipments(${shipment})/con_weight`, { value: 2.5 }], ["boolean property", () => `con_shipments(${shipment})/con_fragile`, { value: true }], ["lookup property", () => `con_shipments(${shipment})/_con_orderid_value`, { get value() { return order; } }],
    ["navigation", () => `con_shipments(${shipment})/con_OrderId?$select=name`, { name: "First" }], ["property behind two navigations", () => `con_shipments(${shipment})/con_OrderId/customerid_account/name`, { value: "Contoso" }], ["member of a collection", () => `salesorders(${order})/con_salesorder_shipment(${shipment})?$select=con_name`, { con_name: "S" }],
    ["collection behind a navigation", () => `con_shipments(${shipment})/con_OrderId/con_salesorder_shipment?$select=con_name`, { value: [{ con_name: "S" }] }], ["many-to-many", () => `systemusers(${ANN})/systemuserroles_association?$select=name&$filter=name eq 'Salesperson'`, { value: [{ name: "Salesperson" }] }],
    ["$ref of a lookup", () => `con_shipments(${shipment})/con_OrderId/$ref`, { "@odata.id": expect.stringMatching(/salesorders\(.*\)$/) }], ["$ref of a collection", () => `salesorders(${order})/con_salesorder_shipment/$ref`, { value: [{ "@odata.id": expect.stringMatching(/con_shipments\(.*\)$/) }] }], ["service document", () => "", { value: expect.arrayContaining([{ name: "salesorders", kind: "EntitySet", url: "salesorders" }]) }],
  ])("%s", async (_name, path, expected) => {
    const answer = await admin("GET", path());
    expect([answer.status, answer.json]).toEqual([200, expect.objectContaining(Array.isArray((expected as { value?: unknown }).value) ? {} : expected as Record<string, unknown>)]);
    expect(answer.json).toMatchObject(expected as Record<string, unknown>);
    expect(answer.headers.get("odata-version")).toBe("4.0");
  });
  test.each<[string, () => string, string]>([["$value", () => `con_shipments(${shipment})/con_weight/$value`, "2.5"], ["$value of a lookup's row", () => `con_shipments(${shipment})/con_OrderId/name/$value`, "First"], ["$count of a set", () => "con_shipments/$count", "1"], ["$count of a collection, filtered", () => `salesorders(${order})/con_salesorder_shipment/$count?$filter=con_name eq 'x'`, "0"]])("%s is plain text", async (_name, path, expected) => {
    const answer = await admin("GET", path());
    expect([answer.headers.get("content-type"), answer.text]).toEqual(["text/plain", expected]);
  });
  test("what is null has no content", async () => { expect((await admin("GET", `salesorders(${order})/billto_name`)).status).toBe(204); expect((await admin("GET", `salesorders(${order})/pricelevelid`)).status).toBe(204); });
  test.each<[string, string, () => string, number, string]>([
    ["a segment that is none", "GET", () => `con_shipments(${shipment})/nosuch`, 404, "0x8006088a"], ["a lookup by its bare name", "GET", () => `con_shipments(${shipment})/con_orderid`, 404, "0x8006088a"], ["something behind a column", "GET", () => `con_shipments(${shipment})/con_name/x`, 404, "0x8006088a"], ["a member that belongs to nobody", "GET", () => `salesorders(${order})/con_salesorder_shipment(${MISSING})`, 404, "0x80040217"],
    ["users by named key", "GET", () => `systemusers(systemuserid=${ANN})`, 400, "0x80060888"], ["half an alternate key", "GET", () => "con_shipments(con_number='x',con_name='y')", 400, "0x80060888"], ["PATCH of a set", "PATCH", () => "accounts", 405, "0x80060888"], ["DELETE of a set", "DELETE", () => "accounts", 405, "0x80060888"], ["PUT of a row", "PUT", () => `accounts(${account})`, 405, "0x80060888"], ["POST on a row", "POST", () => `accounts(${account})`, 405, "0x80060888"],
    ["DELETE of a navigation without $ref", "DELETE", () => `con_shipments(${shipment})/con_OrderId`, 405, "0x80060888"], ["DELETE of a collection without $ref", "DELETE", () => `salesorders(${order})/con_salesorder_shipment`, 405, "0x80060888"], ["POST on $count", "POST", () => "accounts/$count", 405, "0x80060888"], ["an alternate key that names nothing", "DELETE", () => "con_shipments(con_number='none')", 404, "0x80060891"], ["a property without value", "PUT", () => `con_shipments(${shipment})/con_name`, 400, "0x80048d19"],
  ])("refuses %s", async (_name, method, path, status, code) => {
    const answer = await admin(method, path(), method === "GET" || method === "DELETE" ? undefined : {});
    expect([answer.status, answer.error.code]).toEqual([status, code]);
  });
});

describe("single columns and related rows", () => {
  const lookup = async (): Promise<unknown> => (await admin("GET", `con_shipments(${shipment})?$select=_con_orderid_value`)).json["_con_orderid_value"];
  test("a column is set by PUT and cleared by DELETE", async () => {
    expect((await admin("PUT", `con_shipments(${shipment})/con_name`, { value: "put" })).status).toBe(204);
    expect((await admin("GET", `con_shipments(${shipment})/con_name/$value`)).text).toBe("put");
    expect((await admin("DELETE", `con_shipments(${shipment})/con_name`)).status).toBe(204);
    expect((await admin("GET", `con_shipments(${shipment})/con_name`)).status).toBe(204);
    expect((await admin("PUT", `con_shipments(${shipment})/_con_orderid_value`, { value: order })).status).toBe(400);
  });
  test.each<[string, () => Promise<Answer>, () => unknown]>([
    ["DELETE nav/$ref", () => admin("DELETE", `con_shipments(${shipment})/con_OrderId/$ref`), () => null], ["PUT nav/$ref, relative", () => admin("PUT", `con_shipments(${shipment})/con_OrderId/$ref`, { "@odata.id": `salesorders(${order})` }), () => order], ["DELETE collection(child)/$ref", () => admin("DELETE", `salesorders(${order})/con_salesorder_shipment(${shipment})/$ref`), () => null],
    ["POST collection/$ref, absolute", () => admin("POST", `salesorders(${order})/con_salesorder_shipment/$ref`, { "@odata.id": `${o.dataverse.url}/api/data/v9.2/con_shipments(${shipment})` }), () => order], ["DELETE collection/$ref?$id=", () => admin("DELETE", `salesorders(${order})/con_salesorder_shipment/$ref?$id=${encodeURIComponent(`${o.dataverse.url}/api/data/v9.2/con_shipments(${shipment})`)}`), () => null],
    ["POST collection/$ref by alternate key", () => admin("POST", `salesorders(${order})/con_salesorder_shipment/$ref`, { "@odata.id": "con_shipments(con_number='N/(1)')" }), () => order], ["PATCH nav: null", () => admin("PATCH", `con_shipments(${shipment})`, { con_OrderId: null }), () => null], ["PATCH bind", () => admin("PATCH", `con_shipments(${shipment})`, { "con_OrderId@odata.bind": `/salesorders(${order})` }), () => order],
    ["PATCH lookup: null, by its logical name", () => admin("PATCH", `con_shipments(${shipment})`, { con_orderid: null }), () => null], ["PATCH bind without slash", () => admin("PATCH", `con_shipments(${shipment})`, { "con_OrderId@odata.bind": `salesorders(${order})` }), () => order], ["PATCH bind: null", () => admin("PATCH", `con_shipments(${shipment})`, { "con_OrderId@odata.bind": null }), () => null],
  ])("%s", async (_name, act, expected) => { expect((await act()).status).toBe(204); expect(await lookup()).toBe(expected()); });
  test.each<[string, string, () => string, unknown, number]>([
    ["POST on a single $ref", "POST", () => `con_shipments(${shipment})/con_OrderId/$ref`, { "@odata.id": "x" }, 405], ["PUT on a collection's $ref", "PUT", () => `salesorders(${order})/con_salesorder_shipment/$ref`, { "@odata.id": "x" }, 405], ["a reference without @odata.id", "PUT", () => `con_shipments(${shipment})/con_OrderId/$ref`, {}, 400], ["a reference to another table", "POST", () => `salesorders(${order})/con_salesorder_shipment/$ref`, () => ({ "@odata.id": `accounts(${account})` }), 400],
    ["a reference to nothing", "POST", () => `salesorders(${order})/con_salesorder_shipment/$ref`, { "@odata.id": `con_shipments(${MISSING})` }, 404], ["disassociating what is not associated", "DELETE", () => `salesorders(${order})/con_salesorder_shipment(${shipment})/$ref`, undefined, 404], ["$ref behind nothing", "DELETE", () => `salesorders(${order})/nosuch/$ref`, undefined, 404],
  ])("refuses %s", async (_name, method, path, body, status) => { expect((await admin(method, path(), typeof body === "function" ? (body as () => unknown)() : body)).status).toBe(status); });
  test("a row is created in a collection, nested rows above and below it at once", async () => {
    const made = idFrom(await admin("POST", `salesorders(${order})/con_salesorder_shipment`, { con_name: "in it" }));
    expect((await admin("GET", `con_shipments(${made})?$select=_con_orderid_value`)).json["_con_orderid_value"]).toBe(order);
    const deep = idFrom(await admin("POST", "con_shipments", { con_name: "deep", con_OrderId: { name: "Made above", customerid_account: { name: "Made higher", primarycontactid: { lastname: "Made highest" } }, con_salesorder_shipment: [{ con_name: "sibling" }] } }));
    expect((await admin("GET", `con_shipments(${deep})/con_OrderId/customerid_account/primarycontactid/lastname/$value`)).text).toBe("Made highest");
    expect((await admin("GET", `con_shipments(${deep})/con_OrderId/con_salesorder_shipment/$count`)).text).toBe("2");
  });
  test("teams get and lose members in a many-to-many relationship", async () => {
    const team = await o.create("teams", { name: "Crew", teamtype: 0, "businessunitid@odata.bind": `/businessunits(${await o.id("businessunits", "name eq 'West'")})` });
    expect((await admin("POST", `teams(${team})/teammembership_association/$ref`, { "@odata.id": `systemusers(${ANN})` })).status).toBe(204);
    expect((await admin("GET", `teams(${team})?$select=name&$expand=teammembership_association($select=fullname)`)).json["teammembership_association"]).toEqual([expect.objectContaining({ fullname: "Ann Weiler", ownerid: ANN })]);
    expect((await admin("DELETE", `teams(${team})/teammembership_association(${ANN})/$ref`)).status).toBe(204);
    expect((await admin("GET", `teams(${team})/teammembership_association/$count`)).text).toBe("0");
  });
});

describe("conditions and preferences", () => {
  const etag = async (): Promise<string> => String((await admin("GET", `accounts(${account})?$select=name`)).json["@odata.etag"]);
  test("a row that has not changed is not sent again, unless something was expanded or annotated", async () => {
    const version = await etag();
    expect((await admin("GET", `accounts(${account})?$select=name`, undefined, { "if-none-match": version })).status).toBe(304);
    expect((await admin("GET", `accounts(${account})?$select=name&$expand=primarycontactid($select=fullname)`, undefined, { "if-none-match": version })).status).toBe(200);
    expect((await admin("GET", `accounts(${account})?$select=name`, undefined, { "if-none-match": version, prefer: 'odata.include-annotations="*"' })).status).toBe(200);
    expect((await admin("GET", `accounts(${account})?$select=name`, undefined, { "if-none-match": "null" })).status).toBe(200);
  });
  test.each<[string, string, Record<string, string>, number]>([["PATCH", "accounts", { "if-match": 'W/"1"' }, 412], ["DELETE", "accounts", { "if-match": 'W/"1"' }, 412], ["PATCH", "accounts", { "if-none-match": "*" }, 412], ["PATCH", "accounts", { "if-match": "*" }, 204]])("%s %s with %j", async (method, set, headers, status) => { expect((await admin(method, `${set}(${account})`, method === "PATCH" ? { name: "Contoso" } : undefined, headers)).status).toBe(status); });
  test("the newest version may be changed, and only once", async () => {
    const version = await etag();
    expect((await admin("PATCH", `accounts(${account})`, { name: "Contoso" }, { "if-match": version })).status).toBe(204);
    expect((await admin("PATCH", `accounts(${account})`, { name: "Contoso" }, { "if-match": version })).status).toBe(412);
  });
  test("an upsert with representation answers 201 for a new row and 200 for a known one, and a PATCH's answer has no $expand", async () => {
    const put = (): Promise<Answer> => admin("PATCH", "con_shipments(con_number='UP')?$select=con_number&$expand=con_OrderId", { con_name: "u" }, { prefer: 'return=representation,odata.include-annotations="*"' });
    const [first, second] = [await put(), await put()];
    expect([first.status, second.status, second.json["con_number"], second.json["con_OrderId"]]).toEqual([201, 200, "UP", undefined]);
    expect(second.headers.get("preference-applied")).toBe('return=representation,odata.include-annotations="*"');
    expect(idFrom(await admin("PATCH", "con_shipments(con_number='UP')", { con_name: "v" }))).toHaveLength(36);
  });
  test.each<[string, boolean, boolean]>([["OData.Community.Display.V1.FormattedValue", true, false], ["Microsoft.Dynamics.CRM.*", false, true], ["*", true, true], ["OData.Community.Display.V1.FormattedValue,Microsoft.Dynamics.CRM.lookuplogicalname", true, true]])("annotations %s: formatted %s, lookup table %s", async (wanted, isFormatted, isTable) => {
    const { json, headers } = await admin("GET", `salesorders(${order})?$select=_customerid_value`, undefined, { prefer: `odata.include-annotations="${wanted}"` });
    expect(["_customerid_value@OData.Community.Display.V1.FormattedValue" in json, "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname" in json, headers.get("preference-applied")]).toEqual([isFormatted, isTable, `odata.include-annotations="${wanted}"`]);
  });
});

describe("views and custom APIs", () => {
  const XML = "<fetch><entity name='con_shipment'><attribute name='con_number'/><filter><condition attribute='con_number' operator='eq' value='UP'/></filter></entity></fetch>";
  test("savedQuery and userQuery run a view's FetchXML", async () => {
    const system = "22222222-2222-4222-8222-222222222222";
    expect(((await admin("GET", `con_shipments?savedQuery=${system}`)).json["value"] as unknown[]).length).toBeGreaterThan(1);
    const own = await o.create("userqueries", { name: "Mine", returnedtypecode: "con_shipment", fetchxml: XML });
    expect((await admin("GET", `con_shipments?userQuery=${own}`)).json["value"]).toEqual([expect.objectContaining({ con_number: "UP" })]);
    expect((await admin("GET", `con_shipments?userQuery=${MISSING}`)).status).toBe(404);
    expect((await admin("GET", `accounts?savedQuery=${system}`)).status).toBe(400);
  });
  test("a custom API answers the defaults of its properties, and checks its parameters", async () => {
    const api = await o.create("customapis", { name: "Greet", uniquename: "con_Greet", bindingtype: 0 });
    await o.create("customapirequestparameters", { name: "Who", uniquename: "Who", type: 10, "CustomAPIId@odata.bind": `/customapis(${api})` });
    await o.create("customapirequestparameters", { name: "Times", uniquename: "Times", type: 7, isoptional: true, "CustomAPIId@odata.bind": `/customapis(${api})` });
    await o.create("customapiresponseproperties", { name: "Text", uniquename: "Text", type: 10, "CustomAPIId@odata.bind": `/customapis(${api})` });
    await o.create("customapiresponseproperties", { name: "Count", uniquename: "Count", type: 7, "CustomAPIId@odata.bind": `/customapis(${api})` });
    const answer = await admin("POST", "con_Greet", { Who: "Ann", Times: 2 });
    expect([answer.status, answer.json]).toEqual([200, { "@odata.context": expect.stringContaining("Microsoft.Dynamics.CRM.con_GreetResponse"), Text: null, Count: 0 }]);
    expect([(await admin("POST", "con_Greet", {})).status, (await admin("POST", "con_Greet", { Who: 5 })).status, (await admin("POST", "con_Greet", { Who: "x", More: 1 })).status, (await admin("GET", "con_Greet()")).status]).toEqual([400, 400, 400, 405]);
  });
  test("a bound function without properties answers nothing, and only where it is bound", async () => {
    const api = await o.create("customapis", { name: "Touch", uniquename: "con_Touch", bindingtype: 1, boundentitylogicalname: "con_shipment", isfunction: true });
    await o.create("customapirequestparameters", { name: "At", uniquename: "At", type: 10, "CustomAPIId@odata.bind": `/customapis(${api})` });
    expect((await admin("GET", `con_shipments(${shipment})/Microsoft.Dynamics.CRM.con_Touch(At=@p1)?@p1='now'`)).status).toBe(204);
    expect([(await admin("GET", "con_shipments/Microsoft.Dynamics.CRM.con_Touch(At='x')")).status, (await admin("GET", `accounts(${account})/Microsoft.Dynamics.CRM.con_Touch(At='x')`)).status]).toEqual([404, 404]);
  });
});
