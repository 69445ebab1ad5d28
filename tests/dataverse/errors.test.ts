// Refusals of writes, each with Dataverse's status, code and text, and nothing written.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { idFrom, startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let account: string;
let shipment: string;
type Row = Record<string, unknown>;
const admin = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => o.call("sysadmin", method, path, body, headers);
beforeAll(async () => {
  o = await startOrganization();
  account = await o.create("accounts", { name: "Contoso" });
  shipment = await o.create("con_shipments", { con_name: "first", con_number: "E-1" });
});
afterAll(async () => { await o.close(); });
const NOBODY = "00000000-0000-4000-8000-00000000dead";
const count = async (set: string): Promise<number> => Number((await admin("GET", `${set}/$count`)).text);

describe("a body that is wrong", () => {
  test.each<[string, string, Row, string, RegExp]>([
    ["a text that is too long", "tasks", { subject: "x".repeat(201) }, "0x80044331", /^A validation error occurred\. {2}The length of the 'subject' attribute of the 'task' entity exceeded the maximum allowed length of '200'\.$/],
    ["a column that is none", "accounts", { foo_bar: 1 }, "0x80048d19", /Error identified in Payload provided by the user for Entity :'account'.*Invalid property 'foo_bar' was found in entity 'Microsoft\.Dynamics\.CRM\.account'\.$/],
    ["a lookup's logical name with a value", "salesorders", { customerid: NOBODY }, "0x80048d19", /Invalid property 'customerid'/],
    ["a lookup's read-only value", "salesorders", { _customerid_value: NOBODY }, "0x80048d19", /Invalid property '_customerid_value'/],
    ["a navigation in the wrong case", "invoicedetails", { "salesorderdetailid@odata.bind": `/salesorderdetails(${NOBODY})` }, "0x80048d19", /^An undeclared property 'salesorderdetailid' which only has property annotations in the payload/],
    ["a navigation of a custom lookup in lower case", "con_shipments", { "con_orderid@odata.bind": `/salesorders(${NOBODY})` }, "0x80048d19", /^An undeclared property 'con_orderid'/],
    ["a bind of another table", "salesorders", { "customerid_account@odata.bind": `/contacts(${NOBODY})` }, "0x80048d19", /type 'Microsoft\.Dynamics\.CRM\.contact', but the type 'Microsoft\.Dynamics\.CRM\.account' was expected/],
    ["a choice that is none", "con_shipments", { con_kind: 9 }, "0x8004431a", /^A validation error occurred\. {2}The value 9 of 'con_kind' on record of type 'con_shipment' is outside the valid range\. Accepted Values: 1,2$/],
    ["a decimal beyond its range", "con_shipments", { con_weight: 1000.5 }, "0x80044330", /The value 1000\.5 of 'con_weight'/],
    ["a negative discount", "salesorders", { name: "x", discountamount: -1 }, "0x80044330", /'discountamount'/],
    ["a percentage above a hundred", "salesorders", { name: "x", discountpercentage: 101 }, "0x80044330", /'discountpercentage'/],
    ["a whole number beyond its range", "tasks", { percentcomplete: 101 }, "0x8004432f", /The value 101 of 'percentcomplete'/],
    ["text for a number", "con_shipments", { con_weight: "5" }, "0x80048d19", /Cannot convert/], ["a number for text", "accounts", { name: 5 }, "0x80048d19", /Cannot convert/],
    ["a date that is none", "con_shipments", { con_shippedon: "2026-13-45" }, "0x80048d19", /Cannot convert/], ["a part for a whole number", "tasks", { percentcomplete: 1.5 }, "0x80048d19", /Cannot convert/],
    ["no parent for a line", "salesorderdetails", { productdescription: "x" }, "0x80040203", /salesorder id is missing/], ["no name for a queue", "queues", {}, "0x80040200", /'name' cannot be NULL/], ["no ISO code for a currency", "transactioncurrencies", { currencyname: "x", currencysymbol: "x", exchangerate: 1 }, "0x80040200", /'isocurrencycode' cannot be NULL/],
  ])("%s", async (_name, set, body, code, text) => {
    const before = await count(set);
    const answer = await admin("POST", set, body);
    expect([answer.status, answer.error.code]).toEqual([400, code]);
    expect(answer.error.message).toMatch(text);
    expect(await count(set)).toBe(before);
  });
  test("what points at nothing is 404, and what is business required is not insisted on, unless switched on", async () => {
    expect((await admin("POST", "salesorders", { name: "x", "customerid_account@odata.bind": `/accounts(${NOBODY})` })).error.code).toBe("0x80040217");
    expect((await admin("POST", "accounts", {})).status).toBe(204);
    await o.sandbox("POST", "switches", { businessRequiredIsEnforced: true });
    expect((await admin("POST", "accounts", {})).error).toMatchObject({ code: "0x80040200", message: "Attribute 'name' cannot be NULL" });
    await o.sandbox("POST", "switches", { businessRequiredIsEnforced: false });
  });
  test("a system required column is not emptied either", async () => {
    const queue = await o.create("queues", { name: "Kept" });
    expect((await admin("PATCH", `queues(${queue})`, { name: null })).error.code).toBe("0x80040200");
  });
  test("any text fits or is refused by its length alone", async () => {
    await fc.assert(fc.asyncProperty(fc.string({ maxLength: 40, unit: "grapheme" }), async (text) => {
      const answer = await admin("POST", "con_shipments", { con_name: text });
      expect(answer.status === 204 ? "fits" : answer.error.code).toBe(text.length <= 20 ? "fits" : "0x80044331");
    }), { numRuns: 60 });
  });
});

describe("doubles", () => {
  test.each<[string, string, string, Row, Record<string, string>, number, string]>([
    ["a primary key", "POST", "con_shipments", { con_shipmentid: "first" }, {}, 412, "0x80040237"], ["an alternate key", "POST", "con_shipments", { con_number: "E-1" }, {}, 412, "0x80060892"], ["an alternate key in another case", "POST", "con_shipments", { con_number: "e-1" }, {}, 412, "0x80060892"],
    ["an upsert that may only create", "PATCH", "con_shipments(first)", { con_name: "x" }, { "if-none-match": "*" }, 412, "0x80040237"], ["an upsert by key that may only create", "PATCH", "con_shipments(con_number='E-1')", { con_name: "x" }, { "if-none-match": "*" }, 412, "0x80040237"],
  ])("%s", async (_name, method, path, body, headers, status, code) => {
    const answer = await admin(method, path.replace("first", shipment), "con_shipmentid" in body ? { con_shipmentid: shipment } : body, headers);
    expect([answer.status, answer.error.code]).toEqual([status, code]);
  });
});

describe("versions", () => {
  const etag = async (): Promise<string> => String((await admin("GET", `con_shipments(${shipment})`)).json["@odata.etag"]);
  test.each<["PATCH" | "DELETE"]>([["PATCH"], ["DELETE"]])("%s of what somebody else has changed meanwhile", async (method) => {
    const seen = await etag();
    await admin("PATCH", `con_shipments(${shipment})`, { con_name: `changed ${method}` });
    const answer = await admin(method, `con_shipments(${shipment})`, method === "PATCH" ? { con_name: "lost" } : undefined, { "if-match": seen });
    expect([answer.status, answer.error]).toMatchObject([412, { code: "0x80060882", message: "The version of the existing record doesn't match the RowVersion property provided." }]);
    expect((await admin("GET", `con_shipments(${shipment})`)).json["con_name"]).toBe(`changed ${method}`);
  });
  test("with the version that is there it goes through, once", async () => {
    const seen = await etag();
    const answers = [await admin("PATCH", `con_shipments(${shipment})`, { con_name: "one" }, { "if-match": seen }), await admin("PATCH", `con_shipments(${shipment})`, { con_name: "two" }, { "if-match": seen })];
    expect(answers.map((answer) => answer.status)).toEqual([204, 412]);
  });
  test("of many writers with one version exactly one wins", async () => {
    const seen = await etag();
    const answers = await Promise.all(Array.from({ length: 8 }, (_one, at) => admin("PATCH", `con_shipments(${shipment})`, { con_name: `w${at}` }, { "if-match": seen })));
    expect(answers.map((answer) => answer.status).sort()).toEqual([204, ...Array<number>(7).fill(412)]);
  });
  test.each<[string, string]>([["If-Match: *", "*"], ["a version", 'W/"1"']])("%s creates nothing", async (_name, ifMatch) => {
    expect((await admin("PATCH", `con_shipments(${NOBODY})`, { con_name: "x" }, { "if-match": ifMatch })).error.code).toBe("0x80040217");
  });
});

describe("a change set is everything or nothing", () => {
  const part = (id: number, method: string, path: string, body: Row): string => `--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: ${id}\r\n\r\n${method} /api/data/v9.2/${path} HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n`;
  const batch = (parts: readonly string[]): Promise<Answer> => admin("POST", "$batch", `--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n${parts.join("")}--c--\r\n--b--`, { "content-type": "multipart/mixed;boundary=b" });
  test.each<[string, string, string, Row]>([["a text too long", "POST", "tasks", { subject: "x".repeat(300) }], ["a read-only line", "POST", "salesorderdetails", { productdescription: "x" }], ["a double", "POST", "con_shipments", { con_number: "E-1" }], ["a row that is not there", "DELETE", `accounts(${NOBODY})`, {}]])("%s takes back what came before", async (_name, method, path, body) => {
    const before = [await count("accounts"), await count("salesorders"), await count("activitypointers")];
    const answer = await batch([part(1, "POST", "accounts", { name: "A" }), part(2, "POST", "tasks", { subject: "t" }), part(3, "PATCH", `accounts(${account})`, { name: "Renamed" }), part(4, method, path, body)]);
    expect(answer.status).toBe(400);
    expect([await count("accounts"), await count("salesorders"), await count("activitypointers")]).toEqual(before);
    expect((await admin("GET", `accounts(${account})`)).json["name"]).toBe("Contoso");
  });
  test("and works as one when nothing is wrong", async () => {
    const before = await count("accounts");
    expect((await batch([part(1, "POST", "accounts", { name: "A" }), part(2, "POST", "contacts", { firstname: "c", "parentcustomerid_account@odata.bind": "$1" })])).status).toBe(200);
    expect(await count("accounts")).toBe(before + 1);
  });
});

test("an error tells more when all annotations are asked for", async () => {
  const answer = await admin("GET", `accounts(${NOBODY})`, undefined, { prefer: 'odata.include-annotations="*"' });
  expect(answer.status).toBe(404);
  expect(Object.keys(answer.json["error"] as Row)).toEqual(expect.arrayContaining(["code", "message", "@Microsoft.PowerApps.CDS.ErrorDetails.OperationStatus", "@Microsoft.PowerApps.CDS.HelpLink", "@Microsoft.PowerApps.CDS.TraceText"]));
});

test("what a user makes is his, in his unit, in the organization's currency", async () => {
  const id = idFrom(await o.call("salesrep", "POST", "accounts", { name: "Ann's" }));
  expect((await admin("GET", `accounts(${id})`)).json).toMatchObject({ _ownerid_value: "b0000000-0000-4000-8000-000000000001", _owningbusinessunit_value: "a0000000-0000-4000-8000-000000000002", exchangerate: 1, _createdby_value: "b0000000-0000-4000-8000-000000000001", _createdonbehalfby_value: null });
});
