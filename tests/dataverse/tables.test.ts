// The standard tables: defaults, numbers, activities with their pointers and parties, notes, queues, and what goes along with a parent.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { solutionZip, type Changes } from "./foreign-solution.ts";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let account: string;
let order: string;
type Row = Record<string, unknown>;
const admin = (method: string, path: string, body?: unknown): Promise<Answer> => o.call("sysadmin", method, path, body);
const read = async (path: string): Promise<Row> => (await admin("GET", path)).json;
const list = async (path: string): Promise<Row[]> => (await read(path))["value"] as Row[];
const newOrder = (more: Row = {}): Promise<string> => o.create("salesorders", { name: "Order", "customerid_account@odata.bind": `/accounts(${account})`, ...more });
beforeAll(async () => { o = await startOrganization(); account = await o.create("accounts", { name: "Contoso", emailaddress1: "a@contoso.example" }); order = await newOrder(); });
afterAll(async () => { await o.close(); });

describe("a new row has its defaults", () => {
  const USD = expect.stringMatching(/^[0-9a-f-]{36}$/) as unknown;
  test.each<[string, Row, Row]>([
    ["salesorders", { name: "x" }, { statecode: 0, statuscode: 1, ispricelocked: false, pricingerrorcode: 0, skippricecalculation: 0, totalamount: 0, exchangerate: 1, _transactioncurrencyid_value: USD, willcall: false }],
    ["invoices", { name: "x" }, { statecode: 0, statuscode: 1, ispricelocked: false, pricingerrorcode: 0, totalamount: 0, exchangerate: 1 }],
    ["accounts", { name: "x" }, { statecode: 0, statuscode: 1, creditonhold: false, donotemail: false, preferredcontactmethodcode: 1, _ownerid_value: "b0000000-0000-4000-8000-000000000008" }],
    ["contacts", { firstname: "Ana", lastname: "Lund" }, { statecode: 0, fullname: "Ana Lund", donotphone: false }],
    ["tasks", { subject: "x" }, { statecode: 0, statuscode: 2, prioritycode: 1, percentcomplete: 0, activitytypecode: "task", isbilled: false }],
    ["emails", { subject: "x" }, { statecode: 0, statuscode: 1, directioncode: true, activitytypecode: "email" }],
    ["annotations", { subject: "x" }, { isdocument: false, filesize: 0 }],
    ["queues", { name: "Chargebacks" }, { statecode: 0, statuscode: 1, queueviewtype: 0 }],
    ["products", { name: "x", productnumber: "P-1" }, { productstructure: 1, quantitydecimal: 2 }],
    ["teams", { name: "x", "businessunitid@odata.bind": "/businessunits(a0000000-0000-4000-8000-000000000002)" }, { teamtype: 0, isdefault: false }],
  ])("%s", async (set, body, expected) => { expect(await read(`${set}(${await o.create(set, body)})`)).toMatchObject(expected); });
});

describe("numbers", () => {
  test("orders and invoices count for themselves, with prefix and suffix, and a client's own stays", async () => {
    const numbers = await Promise.all([newOrder(), newOrder()].map(async (id) => String((await read(`salesorders(${await id})`))["ordernumber"])));
    expect(numbers.every((one) => /^ORD-\d{5}-[0-9A-F]{6}$/.test(one))).toBe(true);
    expect(new Set(numbers).size).toBe(2);
    expect((await read(`invoices(${await o.create("invoices", { name: "i" })})`))["invoicenumber"]).toMatch(/^INV-\d{5}-[0-9A-F]{6}$/);
    expect((await read(`salesorders(${await newOrder({ ordernumber: "MINE-1" })})`))["ordernumber"]).toBe("MINE-1");
  });
  test("follow the organization's prefix", async () => {
    await admin("PATCH", `organizations(${o.dataverse.organizationId})`, { orderprefix: "SO" });
    expect((await read(`salesorders(${await newOrder()})`))["ordernumber"]).toMatch(/^SO-\d{5}-/);
    await admin("PATCH", `organizations(${o.dataverse.organizationId})`, { orderprefix: null });
  });
});

describe("activities", () => {
  test.each([["regardingobjectid_salesorder_task", "tasks", "SalesOrder_Tasks"], ["regardingobjectid_salesorder_email", "emails", "SalesOrder_Emails"]])("%s binds it to an order, and both lists of the order show it", async (nav, set, collection) => {
    const id = await o.create(set, { subject: `By ${nav}`, [`${nav}@odata.bind`]: `/salesorders(${order})` });
    expect(await list(`salesorders(${order})/${collection}`)).toEqual(expect.arrayContaining([expect.objectContaining({ activityid: id })]));
    expect(await list(`salesorders(${order})/SalesOrder_ActivityPointers`)).toEqual(expect.arrayContaining([expect.objectContaining({ activityid: id, activitytypecode: set.slice(0, -1), _regardingobjectid_value: order })]));
  });
  test("the pointer follows: its text, its state, its end; and goes with the activity", async () => {
    const id = await o.create("tasks", { subject: "Call" });
    await admin("PATCH", `tasks(${id})`, { subject: "Call back", statecode: 1 });
    expect(await read(`activitypointers(${id})`)).toMatchObject({ subject: "Call back", statecode: 1, statuscode: 2, actualend: expect.stringMatching(/^\d{4}/) as unknown });
    await admin("DELETE", `tasks(${id})`);
    expect((await admin("GET", `activitypointers(${id})`)).status).toBe(404);
  });
  test("an email has parties, who are created with it and go with it", async () => {
    const id = await o.create("emails", { subject: "Receipt", email_activity_parties: [{ "partyid_systemuser@odata.bind": "/systemusers(b0000000-0000-4000-8000-000000000001)", participationtypemask: 1 }, { "partyid_account@odata.bind": `/accounts(${account})`, participationtypemask: 2 }] });
    expect((await list(`emails(${id})/email_activity_parties`)).map((party) => party["participationtypemask"]).sort()).toEqual([1, 2]);
    await admin("DELETE", `emails(${id})`);
    expect(await list(`activityparties?$filter=_activityid_value eq ${id}`)).toEqual([]);
  });
  test("a note knows its parent and the size of its file", async () => {
    const id = await o.create("annotations", { subject: "Proof", filename: "p.txt", mimetype: "text/plain", documentbody: Buffer.from("twelve bytes").toString("base64"), "objectid_salesorder@odata.bind": `/salesorders(${order})` });
    expect(await read(`annotations(${id})`)).toMatchObject({ objecttypecode: "salesorder", isdocument: true, filesize: 12, _objectid_value: order });
  });
  test("a queue holds activities by their titles", async () => {
    const queue = await o.create("queues", { name: "Exceptions" });
    const task = await o.create("tasks", { subject: "Look at this" });
    const item = await o.create("queueitems", { "queueid@odata.bind": `/queues(${queue})`, "objectid_task@odata.bind": `/tasks(${task})` });
    expect(await read(`queueitems(${item})`)).toMatchObject({ title: "Look at this", _queueid_value: queue, enteredon: expect.stringMatching(/^\d{4}/) as unknown });
    expect(await list(`queues(${queue})/queue_entries`)).toHaveLength(1);
    await admin("DELETE", `tasks(${task})`);
    expect((await admin("GET", `queueitems(${item})`)).status).toBe(404);
  });
});

describe("what goes along with its parent", () => {
  const shipmentOf = (id: string): Promise<string> => o.create("con_shipments", { con_name: "child", "con_OrderId@odata.bind": `/salesorders(${id})` });
  let version = 1;
  const reimport = async (changes: Changes): Promise<void> => { version += 1; await o.close(); o = await startOrganization({ withoutSolution: true }); account = await o.create("accounts", { name: "Contoso" }); expect((await o.sandbox("POST", "import", solutionZip({ ...changes, version: `${version}.0.0.0`, roleLevel: "Global" }))).status).toBe(200); };
  test("an order takes lines, notes, tasks and their pointers with it", async () => {
    const id = await newOrder();
    const line = await o.create("salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${id})`, productdescription: "x" });
    const note = await o.create("annotations", { subject: "n", "objectid_salesorder@odata.bind": `/salesorders(${id})` });
    const task = await o.create("tasks", { subject: "t", "regardingobjectid_salesorder_task@odata.bind": `/salesorders(${id})` });
    expect((await admin("DELETE", `salesorders(${id})`)).status).toBe(204);
    expect(await Promise.all([`salesorderdetails(${line})`, `annotations(${note})`, `tasks(${task})`, `activitypointers(${task})`].map(async (path) => (await admin("GET", path)).status))).toEqual([404, 404, 404, 404]);
  });
  test.each<[string, number, number | null]>([["Restrict", 405, 200], ["Cascade", 204, 404], ["RemoveLink", 204, 200], ["NoCascade", 204, 200]])("deleting, with %s", async (onDelete, status, childStatus) => {
    await reimport({ onDelete });
    const id = await newOrder();
    const child = await shipmentOf(id);
    const answer = await admin("DELETE", `salesorders(${id})`);
    expect([answer.status, answer.error.code]).toEqual([status, status === 405 ? "0x80040227" : ""]);
    const after = await admin("GET", `con_shipments(${child})`);
    expect(after.status).toBe(childStatus);
    if (childStatus === 200) expect(after.json["_con_orderid_value"]).toBe(onDelete === "RemoveLink" ? null : id);
  });
  test("what is forbidden below forbids all: nothing of the cascade is gone", async () => {
    await reimport({ onDelete: "Restrict" });
    const id = await newOrder();
    const task = await o.create("tasks", { subject: "t", "regardingobjectid_salesorder_task@odata.bind": `/salesorders(${id})` });
    await shipmentOf(id);
    expect((await admin("DELETE", `salesorders(${id})`)).status).toBe(405);
    expect([(await admin("GET", `salesorders(${id})`)).status, (await admin("GET", `tasks(${task})`)).status]).toEqual([200, 200]);
  });
  test.each<[string, Row, boolean]>([["Cascade", {}, true], ["NoCascade", {}, false], ["Active", {}, true], ["Active", { statecode: 1, statuscode: 2 }, false], ["UserOwned", {}, true]])("assigning, with %s and a child of %j", async (cascade, child, moves) => {
    await reimport({ cascade });
    await o.sandbox("POST", "switches", { ownerNeedsReadPrivilege: false });
    const id = await newOrder();
    const shipment = await shipmentOf(id);
    await admin("PATCH", `con_shipments(${shipment})`, child);
    await admin("PATCH", `salesorders(${id})`, { "ownerid@odata.bind": "/systemusers(b0000000-0000-4000-8000-000000000001)" });
    expect((await read(`con_shipments(${shipment})`))["_ownerid_value"]).toBe(moves ? "b0000000-0000-4000-8000-000000000001" : "b0000000-0000-4000-8000-000000000008");
  });
  test.each([["Cascade", 200], ["NoCascade", 403]])("sharing, with %s", async (cascade, status) => {
    await reimport({ cascade });
    await o.sandbox("POST", "switches", { ownerNeedsReadPrivilege: false });
    const id = await newOrder();
    const shipment = await shipmentOf(id);
    expect((await o.sandbox("POST", "import", solutionZip({ cascade, version: "99.0.0.0", roleLevel: "Basic" }))).status).toBe(200);
    await admin("POST", "systemusers(b0000000-0000-4000-8000-000000000002)/systemuserroles_association/$ref", { "@odata.id": "/roles(33333333-3333-4333-8333-333333333333)" });
    await admin("POST", "GrantAccess", { Target: { "@odata.type": "Microsoft.Dynamics.CRM.salesorder", salesorderid: id }, PrincipalAccess: { AccessMask: "ReadAccess", Principal: { "@odata.type": "Microsoft.Dynamics.CRM.systemuser", systemuserid: "b0000000-0000-4000-8000-000000000002" } } });
    expect((await o.call("otherunit", "GET", `salesorders(${id})`)).status).toBe(200);
    expect((await o.call("otherunit", "GET", `con_shipments(${shipment})`)).status).toBe(status);
  });
  test("lines are reached through their order", async () => {
    await reimport({});
    const line = await o.create("salesorderdetails", { "salesorderid@odata.bind": `/salesorders(${await newOrder()})`, productdescription: "x" });
    expect((await o.call("otherunit", "GET", `salesorderdetails(${line})`)).error.code).toBe("0x80040220");
  });
});
