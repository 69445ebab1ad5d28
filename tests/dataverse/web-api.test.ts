// What the Web API promises: addresses, writes, conditions, annotations, queries, batches, codes and texts of refusals.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { idFrom, startOrganization, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let account: string;
let order: string;
let shipment: string;
const MISSING = "5f000000-0000-4000-8000-00000000dead";
beforeAll(async () => {
  o = await startOrganization();
  account = await o.create("accounts", { name: "Contoso" });
  order = await o.create("salesorders", { name: "First", "customerid_account@odata.bind": `/accounts(${account})` });
  await o.create("salesorderdetails", { productdescription: "Line", isproductoverridden: true, quantity: 3, priceperunit: 19.99, tax: 1, "salesorderid@odata.bind": `/salesorders(${order})` });
  shipment = await o.create("con_shipments", { con_name: "S", con_number: "N-1", con_value: 10, con_kind: 2, "con_OrderId@odata.bind": `/salesorders(${order})` });
});
afterAll(async () => { await o.close(); });
const admin = (method: string, path: string, body?: unknown, headers?: Record<string, string>): ReturnType<TestOrganization["call"]> => o.call("sysadmin", method, path, body, headers);

describe("addresses", () => {
  test.each([
    ["guid", () => `con_shipments(${shipment})?$select=con_name`], ["named key", () => `con_shipments(con_shipmentid=${shipment})`], ["alternate key", () => "con_shipments(con_number='N-1')"],
    ["navigation", () => `con_shipments(${shipment})/con_OrderId`], ["collection", () => `salesorders(${order})/con_salesorder_shipment`], ["property", () => `con_shipments(${shipment})/con_name`],
    ["parameter alias", () => "con_shipments?$filter=con_number eq @p1&@p1='N-1'"], ["function", () => "WhoAmI()"], ["table definition", () => "EntityDefinitions(LogicalName='con_shipment')/Attributes/Microsoft.Dynamics.CRM.PicklistAttributeMetadata?$select=LogicalName&$expand=OptionSet"],
  ])("%s answers 200", async (_name, path) => { expect((await admin("GET", path())).status).toBe(200); });
  test("$value and $count are plain text", async () => {
    expect((await admin("GET", `con_shipments(${shipment})/con_name/$value`)).text).toBe("S");
    expect((await admin("GET", "con_shipments/$count")).text).toBe("1");
  });
});

describe("refusals", () => {
  test.each<[string, string, () => string, unknown, Record<string, string>, number, string, RegExp]>([
    ["an unknown set", "GET", () => "nosuch", undefined, {}, 404, "0x8006088a", /segment 'nosuch'/],
    ["a missing row", "GET", () => `accounts(${MISSING})`, undefined, {}, 404, "0x80040217", /Does Not Exist/],
    ["a missing alternate key", "GET", () => "con_shipments(con_number='none')", undefined, {}, 404, "0x80060891", /key values/],
    ["a key that is none", "GET", () => "con_shipments(con_name='S')", undefined, {}, 400, "0x80060888", /key in the request URI is not valid/],
    ["an unknown column", "POST", () => "accounts", { foo_bar: 1 }, {}, 400, "0x80048d19", /Invalid property 'foo_bar' was found in entity/],
    ["a navigation in the wrong case", "POST", () => "con_shipments", { "con_orderid@odata.bind": "/salesorders(1)" }, {}, 400, "0x80048d19", /undeclared property 'con_orderid'/],
    ["a text that is too long", "POST", () => "con_shipments", { con_name: "x".repeat(21) }, {}, 400, "0x80044331", /maximum allowed length of '20'/],
    ["a choice that is none", "POST", () => "con_shipments", { con_kind: 3 }, {}, 400, "0x8004431a", /outside the valid range/],
    ["a number out of range", "POST", () => "con_shipments", { con_weight: 1001 }, {}, 400, "0x80044330", /outside the valid range/],
    ["a taken primary key", "POST", () => "con_shipments", () => ({ con_shipmentid: shipment }), {}, 412, "0x80040237", /^Cannot insert duplicate key\.$/],
    ["a taken alternate key", "POST", () => "con_shipments", { con_number: "N-1" }, {}, 412, "0x80060892", /con_number_key already exists/],
    ["an old version", "PATCH", () => `con_shipments(${shipment})`, { con_name: "T" }, { "if-match": 'W/"1"' }, 412, "0x80060882", /RowVersion/],
    ["If-Match on nothing", "PATCH", () => `con_shipments(${MISSING})`, { con_name: "T" }, { "if-match": "*" }, 404, "0x80040217", /Does Not Exist/],
    ["If-None-Match on something", "PATCH", () => `con_shipments(${shipment})`, { con_name: "T" }, { "if-none-match": "*" }, 412, "0x80040237", /matching key values/],
    ["a status of another state", "PATCH", () => `salesorders(${order})`, { statecode: 0, statuscode: 4 }, {}, 400, "0x80048408", /not a valid status code/],
    ["PATCH on a collection", "PATCH", () => "accounts", {}, {}, 405, "0x80060888", /http method/],
    ["$skip", "GET", () => "accounts?$skip=5", undefined, {}, 400, "0x80060888", /Skip Clause/],
    ["a lookup selected by its bare name", "GET", () => "salesorders?$select=customerid", undefined, {}, 400, "0x80060888", /property named 'customerid'/],
    ["an unterminated literal", "GET", () => "accounts?$filter=name eq 'x", undefined, {}, 400, "0x80060888", /unterminated literal/],
    ["a deleted parent of restricted rows", "DELETE", () => `salesorders(${order})`, undefined, {}, 405, "0x80040227", /associated with another object/],
    ["FetchXML with an unknown column", "GET", () => `accounts?fetchXml=${encodeURIComponent("<fetch><entity name='account'><attribute name='nosuch'/></entity></fetch>")}`, undefined, {}, 400, "0x80041103", /doesn't contain attribute/],
  ])("%s", async (_name, method, path, body, headers, status, code, text) => {
    const answer = await admin(method, path(), typeof body === "function" ? (body as () => unknown)() : body, headers);
    expect([answer.status, answer.error.code]).toEqual([status, code]);
    expect(answer.error.message).toMatch(text);
  });
});

describe("writes", () => {
  test("a create answers 204 with the row's address, or 201 with the row and no address", async () => {
    const plain = await admin("POST", "accounts", { name: "One" });
    expect([plain.status, idFrom(plain).length]).toEqual([204, 36]);
    const full = await admin("POST", "accounts?$select=name", { name: "Two" }, { prefer: "return=representation" });
    expect([full.status, full.json["name"], full.headers.get("odata-entityid")]).toEqual([201, "Two", null]);
  });
  test("nested rows are created with their parent, or not at all", async () => {
    const body = (kind: number): unknown => ({ name: "Deep", "customerid_account@odata.bind": `accounts(${account})`, con_salesorder_shipment: [{ con_name: "a", con_kind: 1 }, { con_name: "b", con_kind: kind }] });
    const made = idFrom(await admin("POST", "salesorders", body(2)));
    expect((await admin("GET", `salesorders(${made})/con_salesorder_shipment`)).json["value"]).toHaveLength(2);
    expect((await admin("POST", "salesorders", body(9))).status).toBe(400);
    expect((await admin("GET", "salesorders?$filter=name eq 'Deep'")).json["value"]).toHaveLength(1);
  });
  test("PATCH creates by id and by alternate key", async () => {
    expect((await admin("PATCH", "con_shipments(5f000000-0000-4000-8000-000000000007)", { con_name: "up" })).status).toBe(204);
    expect((await admin("PATCH", "con_shipments(con_number='N-7')", { con_name: "key" }, { prefer: "return=representation" })).json["con_number"]).toBe("N-7");
  });
  test("totals follow the lines, base amounts the exchange rate, and money has four decimals on the wire", async () => {
    const answer = await admin("GET", `salesorders(${order})?$select=totalamount,totalamount_base,totaltax`);
    expect(answer.text).toContain('"totalamount":60.9700');
    expect(answer.json).toMatchObject({ totalamount: 60.97, totalamount_base: 60.97, totaltax: 1 });
  });
  test("a closed order and its lines are read-only until it is opened again", async () => {
    const id = await o.create("salesorders", { name: "Closing", "customerid_account@odata.bind": `/accounts(${account})` });
    expect((await admin("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "x", "salesorderid@odata.bind": `/salesorders(${id})` }, Status: -1 })).status).toBe(204);
    expect((await admin("GET", `salesorders(${id})?$select=statecode,statuscode`)).json).toMatchObject({ statecode: 3, statuscode: 100001 });
    expect((await admin("PATCH", `salesorders(${id})`, { name: "No" })).status).toBe(400);
    expect((await admin("POST", "salesorderdetails", { productdescription: "No", "salesorderid@odata.bind": `/salesorders(${id})` })).status).toBe(400);
    expect((await admin("PATCH", `salesorders(${id})`, { statecode: 0 })).status).toBe(204);
  });
  test("an order becomes an invoice with its lines", async () => {
    const answer = await admin("POST", "ConvertSalesOrderToInvoice", { SalesOrderId: order, ColumnSet: { AllColumns: true } });
    expect(answer.json).toMatchObject({ totalamount: 60.97, _salesorderid_value: order, _customerid_value: account });
  });
});

describe("reads", () => {
  test("a lookup comes with its name, its navigation and its table, before the value", async () => {
    const { text, json } = await admin("GET", `salesorders(${order})?$select=_customerid_value,statecode`, undefined, { prefer: 'odata.include-annotations="*"' });
    expect(json).toMatchObject({ "_customerid_value@OData.Community.Display.V1.FormattedValue": "Contoso", "_customerid_value@Microsoft.Dynamics.CRM.associatednavigationproperty": "customerid_account", "_customerid_value@Microsoft.Dynamics.CRM.lookuplogicalname": "account", "statecode@OData.Community.Display.V1.FormattedValue": "Active" });
    expect(text.indexOf("lookuplogicalname")).toBeLessThan(text.indexOf('"_customerid_value":'));
  });
  test.each([
    ["con_kind eq 2 and con_value ge 10", 1], ["contains(con_name,'s')", 1], ["con_OrderId/name eq 'First'", 1], ["con_OrderId/customerid_account/name eq 'Contoso' and con_number eq 'N-1'", 1],
    ["Microsoft.Dynamics.CRM.In(PropertyName='con_number',PropertyValues=['N-1','N-2'])", 1], ["Microsoft.Dynamics.CRM.Today(PropertyName='createdon') and con_number eq 'N-1'", 1], ["not (con_number eq 'N-1') and con_number ne null", 1], ["_con_orderid_value eq 5f000000-0000-4000-8000-00000000dead", 0],
  ])("$filter=%s finds %i", async (filter, count) => { expect((await admin("GET", `con_shipments?$filter=${encodeURIComponent(filter)}`)).json["value"]).toHaveLength(count); });
  test("lambdas, nested expands and pages", async () => {
    expect((await admin("GET", "salesorders?$filter=con_salesorder_shipment/any(s:s/con_number eq 'N-1')")).json["value"]).toHaveLength(1);
    const [row] = (await admin("GET", "con_shipments?$filter=con_number eq 'N-1'&$expand=con_OrderId($select=name;$expand=customerid_account($select=name))")).json["value"] as Record<string, Record<string, unknown>>[];
    expect(row?.["con_OrderId"]).toMatchObject({ name: "First", customerid_account: { name: "Contoso" } });
    const first = await admin("GET", "con_shipments?$select=con_name&$count=true", undefined, { prefer: "odata.maxpagesize=2" });
    expect(first.json["value"]).toHaveLength(2);
    const next = String(first.json["@odata.nextLink"]).replace(/^.*\/api\/data\/v9\.2\//, "");
    expect(next).toContain("pagenumber%3D%222%22");
    expect((await admin("GET", next, undefined, { prefer: "odata.maxpagesize=2" })).json["value"]).not.toEqual(first.json["value"]);
  });
  test("FetchXML joins, aggregates and pages", async () => {
    const fetch = async (xml: string, prefer = 'odata.include-annotations="*"'): Promise<Record<string, unknown>> => (await admin("GET", `con_shipments?fetchXml=${encodeURIComponent(xml)}`, undefined, { prefer })).json;
    const joined = await fetch("<fetch><entity name='con_shipment'><attribute name='con_name'/><filter><condition attribute='con_number' operator='eq' value='N-1'/></filter><link-entity name='salesorder' from='salesorderid' to='con_orderid' alias='o'><attribute name='name'/><attribute name='totalamount'/></link-entity></entity></fetch>");
    expect(joined["value"]).toEqual([expect.objectContaining({ con_name: "S", "o.name": "First", "o.totalamount": 60.97, "o.totalamount@OData.Community.Display.V1.FormattedValue": "$60.97" })]);
    const sums = await fetch("<fetch aggregate='true'><entity name='con_shipment'><attribute name='con_value' alias='sum' aggregate='sum'/><attribute name='con_shipmentid' alias='n' aggregate='count'/></entity></fetch>");
    expect(sums["value"]).toEqual([{ sum: 10, "sum@OData.Community.Display.V1.FormattedValue": "$10.00", n: 5, "n@OData.Community.Display.V1.FormattedValue": "5" }]);
    const page = await fetch("<fetch count='2' page='1'><entity name='con_shipment'><attribute name='con_name'/><order attribute='con_name'/></entity></fetch>");
    expect([page["@Microsoft.Dynamics.CRM.morerecords"], String(page["@Microsoft.Dynamics.CRM.fetchxmlpagingcookie"]).includes('pagenumber="2"')]).toEqual([true, true]);
  });
});

describe("batches", () => {
  const post = (body: string, headers: Record<string, string> = {}): ReturnType<TestOrganization["call"]> => admin("POST", "$batch", body, { "content-type": "multipart/mixed;boundary=b", ...headers });
  const part = (line: string, body?: unknown, id?: string): string => `Content-Type: application/http\r\nContent-Transfer-Encoding: binary\r\n${id === undefined ? "" : `Content-ID: ${id}\r\n`}\r\n${line} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${body === undefined ? "" : JSON.stringify(body)}\r\n`;
  const changeSet = (parts: readonly string[]): string => `--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n${parts.map((one) => `--c\r\n${one}`).join("")}--c--\r\n--b--\r\n`;
  test("a change set refers to what it made", async () => {
    const answer = await post(changeSet([part("POST /api/data/v9.2/salesorders", { name: "In a set" }, "1"), part("POST /api/data/v9.2/con_shipments", { con_name: "of it", "con_OrderId@odata.bind": "$1" }, "2"), part("PATCH $1", { name: "Changed in the set" }, "3")]));
    expect([answer.status, answer.text.match(/204 No Content/g)?.length]).toEqual([200, 3]);
    expect((await admin("GET", "con_shipments?$filter=con_OrderId/name eq 'Changed in the set'")).json["value"]).toHaveLength(1);
  });
  test("a change set is everything or nothing", async () => {
    const answer = await post(changeSet([part("POST /api/data/v9.2/accounts", { name: "Half" }, "1"), part("POST /api/data/v9.2/accounts", { nosuch: 1 }, "2")]));
    expect([answer.status, answer.text.includes("400 Bad Request")]).toEqual([400, true]);
    expect((await admin("GET", "accounts?$filter=name eq 'Half'")).json["value"]).toHaveLength(0);
  });
  test("the first failure stops a batch unless the caller goes on", async () => {
    const body = `--b\r\n${part("GET /api/data/v9.2/nosuch")}--b\r\n${part("GET /api/data/v9.2/accounts?$top=1")}--b--`;
    expect(((await post(body)).text.match(/HTTP\/1\.1/g) ?? []).length).toBe(1);
    const both = await post(body, { prefer: "odata.continue-on-error" });
    expect([both.status, both.text.match(/HTTP\/1\.1 \d+/g)]).toEqual([200, ["HTTP/1.1 404", "HTTP/1.1 200"]]);
  });
  test("an undeclared Content-ID is refused", async () => { expect((await post(changeSet([part("PATCH $9", { name: "x" }, "1")]))).text).toContain("Content-ID Reference: '$9' does not exist in the batch context."); });
});
