// Merging customers, queues, templates, the audit switch, solution history, and an organization that was copied from another one.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { createClock } from "../sandbox/kit/clock.ts";
import { forkDataverse, openDataverse } from "../sandbox/dataverse/start.ts";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
beforeAll(async () => { o = await startOrganization(); });
afterAll(async () => { await o.close(); });

const admin = (method: string, path: string, body?: unknown): Promise<Answer> => o.call("sysadmin", method, path, body);
const rows = async (path: string): Promise<readonly Record<string, unknown>[]> => (await admin("GET", path)).json["value"] as Record<string, unknown>[];

describe("Merge", () => {
  const mergeOf = (target: string, subordinate: string, more: Record<string, unknown> = {}): Record<string, unknown> =>
    ({ Target: { "@odata.type": "Microsoft.Dynamics.CRM.account", accountid: target }, Subordinate: { "@odata.type": "Microsoft.Dynamics.CRM.account", accountid: subordinate }, PerformParentingChecks: false, ...more });

  test("makes two accounts one: orders and contacts move, also closed ones, and the second is inactive and names its master", async () => {
    const [first, second] = [await o.create("accounts", { name: "First" }), await o.create("accounts", { name: "Second", telephone1: "2" })];
    const order = await o.create("salesorders", { name: "O", "customerid_account@odata.bind": `/accounts(${second})` });
    await admin("POST", "CancelSalesOrder", { OrderClose: { subject: "x", "salesorderid@odata.bind": `/salesorders(${order})` }, Status: -1 });
    const contact = await o.create("contacts", { lastname: "C", "parentcustomerid_account@odata.bind": `/accounts(${second})` });
    expect((await admin("POST", "Merge", mergeOf(first, second, { UpdateContent: { "@odata.type": "Microsoft.Dynamics.CRM.account", telephone1: "2" } }))).status).toBe(204);
    expect((await admin("GET", `salesorders(${order})?$select=_customerid_value`)).json["_customerid_value"]).toBe(first);
    expect((await admin("GET", `contacts(${contact})?$select=_parentcustomerid_value`)).json["_parentcustomerid_value"]).toBe(first);
    expect((await admin("GET", `accounts(${second})?$select=statecode,merged,_masterid_value`)).json).toMatchObject({ statecode: 1, merged: true, _masterid_value: first });
    expect((await admin("GET", `accounts(${first})?$select=telephone1`)).json["telephone1"]).toBe("2");
    expect((await admin("POST", "Merge", mergeOf(first, second))).status).toBe(400);
  });
  test.each<[string, (id: string) => Record<string, unknown>, number]>([
    ["itself", (id) => mergeOf(id, id), 400], ["nobody", (id) => mergeOf(id, "5f000000-0000-4000-8000-00000000dead"), 404], ["another kind of row", (id) => ({ ...mergeOf(id, id), Subordinate: { "@odata.type": "Microsoft.Dynamics.CRM.task", activityid: id } }), 400],
  ])("with %s is refused", async (_, body, status) => { expect((await admin("POST", "Merge", body(await o.create("accounts", { name: "A" })))).status).toBe(status); });
  test("needs the privilege to merge", async () => {
    const [first, second] = [await o.create("accounts", { name: "First" }), await o.create("accounts", { name: "Second" })];
    expect((await o.call("salesrep", "POST", "Merge", mergeOf(first, second))).status).toBe(403);
  });
});

test("AddToQueue puts a task into a queue, and moves it to another one", async () => {
  const [first, second] = [await o.create("queues", { name: "One" }), await o.create("queues", { name: "Two" })];
  const task = await o.create("tasks", { subject: "Look" });
  const add = (queue: string): Promise<Answer> => admin("POST", `queues(${queue})/Microsoft.Dynamics.CRM.AddToQueue`, { Target: { "@odata.type": "Microsoft.Dynamics.CRM.task", activityid: task } });
  const { QueueItemId: item } = (await add(first)).json;
  expect((await add(second)).json["QueueItemId"]).toBe(item);
  expect((await rows(`queueitems?$select=title,_queueid_value,_objectid_value&$filter=_objectid_value eq ${task}`))).toMatchObject([{ title: "Look", _queueid_value: second, _objectid_value: task }]);
});

test("a template keeps its subject and body", async () => {
  const id = await o.create("templates", { title: "Receipt", subject: "Your payment", body: "<p>Thank you</p>", templatetypecode: "salesorder", languagecode: 1033, ispersonal: false });
  expect((await admin("GET", `templates(${id})?$select=title,body`)).json).toMatchObject({ title: "Receipt", body: "<p>Thank you</p>" });
});

test("with the audit switch on, every write says who changed what from what to what", async () => {
  const [{ organizationid: id } = {}] = await rows("organizations?$select=organizationid");
  const account = await o.create("accounts", { name: "Before" });
  expect(await rows("audits")).toEqual([]);
  await admin("PATCH", `organizations(${String(id)})`, { isauditenabled: true });
  await admin("PATCH", `accounts(${account})`, { name: "After" });
  await admin("PATCH", `organizations(${String(id)})`, { isauditenabled: false });
  const [one] = await rows(`audits?$filter=_objectid_value eq ${account}`);
  expect(one).toMatchObject({ operation: 2, objecttypecode: "account", _userid_value: "b0000000-0000-4000-8000-000000000008" });
  expect(JSON.parse(String(one?.["changedata"]))).toMatchObject({ changedAttributes: [{ logicalName: "name", oldValue: "Before", newValue: "After" }] });
  expect((await o.call("salesrep", "GET", "audits")).status).toBe(403);
});

test("solution history tells of every import", async () => {
  expect(await rows("msdyn_solutionhistories?$select=msdyn_name,msdyn_operation,msdyn_result,msdyn_ismanaged")).toMatchObject([{ msdyn_operation: 0, msdyn_result: true }]);
});

describe("A copied organization", () => {
  test("has another id and the same rows, and goes its own way from there", async () => {
    const clock = createClock();
    const original = openDataverse({ clock, seed: 5 });
    original.organization.baseUrl = "https://one.example";
    const ask = async (of: typeof original, method: string, path: string, body?: unknown): Promise<{ readonly status: number; readonly json: Record<string, unknown> }> => {
      const reply = await of.answer({ method, url: `/api/data/v9.2/${path}`, headers: { authorization: `Bearer ${of.tokens["sysadmin"] ?? ""}` }, body: Buffer.from(body === undefined ? "" : JSON.stringify(body)) });
      return { status: reply.status, json: JSON.parse(String(reply.body ?? "") || "{}") as Record<string, unknown> };
    };
    await ask(original, "POST", "accounts", { name: "Shared" });
    const copy = forkDataverse(original, { clock, seed: 6, organization: { id: "d0000000-0000-4000-8000-0000000000c0", name: "Copy" } });
    const names = async (of: typeof original): Promise<unknown> => ((await ask(of, "GET", "accounts?$select=name")).json["value"] as { name: string }[]).map((row) => row.name);
    await ask(copy, "POST", "accounts", { name: "Only here" });
    expect([(await ask(original, "GET", "WhoAmI")).json["OrganizationId"], (await ask(copy, "GET", "WhoAmI")).json["OrganizationId"]]).toEqual(["d0000000-0000-4000-8000-000000000001", "d0000000-0000-4000-8000-0000000000c0"]);
    expect([await names(original), await names(copy)]).toEqual([["Shared"], ["Shared", "Only here"]]);
  });
});
