// Registered steps: the payload, the key, one retry, jobs, images, filters, rollback of a change set, synchronous steps that take a write back.
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, expect, test } from "@jest/globals";
import { serializePayload } from "../sandbox/dataverse/webhooks/payload.ts";
import { startOrganization, type TestOrganization } from "./organization.ts";

interface Arrived { readonly headers: IncomingHttpHeaders; readonly text: string; readonly body: Record<string, unknown> }
let o: TestOrganization;
let server: Server;
let endpoint: string;
let arrived: Arrived[] = [];
let statuses: number[] = [];

beforeAll(async () => {
  o = await startOrganization();
  server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("end", () => {
      arrived.push({ headers: request.headers, text, body: JSON.parse(text) as Record<string, unknown> });
      response.writeHead(statuses.shift() ?? 200).end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  endpoint = await o.create("serviceendpoints", { name: "Hook", contract: 8, authtype: 5, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, authvalue: '<settings><setting name="x-key" value="s3cret" /></settings>' });
});
afterAll(async () => { server.close(); await o.close(); });
beforeEach(() => { arrived = []; statuses = []; });

async function register(message: string, more: Record<string, unknown> = {}): Promise<string> {
  const sdkmessageid = await o.id("sdkmessages", `name eq '${message}'`);
  const filter = await o.id("sdkmessagefilters", `primaryobjecttypecode eq 'con_shipment' and _sdkmessageid_value eq ${sdkmessageid}`);
  return o.create("sdkmessageprocessingsteps", { name: message, mode: 1, stage: 40, rank: 1, "sdkmessageid@odata.bind": `/sdkmessages(${sdkmessageid})`, "sdkmessagefilterid@odata.bind": `/sdkmessagefilters(${filter})`, "eventhandler_serviceendpoint@odata.bind": `/serviceendpoints(${endpoint})`, ...more });
}
const drop = (step: string): Promise<unknown> => o.call("sysadmin", "DELETE", `sdkmessageprocessingsteps(${step})`);
async function until(count: number): Promise<void> { for (let tries = 0; tries < 100 && arrived.length < count; tries++) await delay(20); await delay(60); }
const jobs = async (step: string): Promise<Record<string, unknown>[]> => (await o.call("sysadmin", "GET", `asyncoperations?$filter=_owningextensionid_value eq ${step}`)).json["value"] as Record<string, unknown>[];

test("a created row is posted with the key, once, and a job says so", async () => {
  const step = await register("Create");
  const id = await o.create("con_shipments", { con_name: "hook", con_value: 5, con_kind: 1 });
  await until(1);
  expect(arrived).toHaveLength(1);
  expect(arrived[0]?.headers).toMatchObject({ "x-key": "s3cret", "x-ms-dynamics-entity-name": "con_shipment", "x-ms-dynamics-request-name": "Create" });
  expect(arrived[0]?.body).toMatchObject({ MessageName: "Create", PrimaryEntityName: "con_shipment", PrimaryEntityId: id, Mode: 1, Stage: 40, Depth: 1, OrganizationId: o.dataverse.organizationId });
  expect(arrived[0]?.text).toContain('{"key":"con_value","value":{"__type":"Money:http://schemas.microsoft.com/xrm/2011/Contracts","Value":5}}');
  expect(arrived[0]?.text).toMatch(/\\\/Date\(\d+\)\\\//);
  expect(await jobs(step)).toEqual([expect.objectContaining({ statecode: 3, statuscode: 30 })]);
  await drop(step);
});

test.each([[[503, 200], 2, 30], [[503, 503], 2, 31], [[500], 1, 31], [[404], 1, 31]])("answers %j are %i attempts and end in status %i", async (answers, attempts, status) => {
  const step = await register("Create");
  statuses = [...answers];
  await o.create("con_shipments", { con_name: "retry" });
  await until(attempts);
  expect([arrived.length, (await jobs(step))[0]?.["statuscode"]]).toEqual([attempts, status]);
  await drop(step);
});

test("an update fires only for its columns, with the images that were registered", async () => {
  const id = await o.create("con_shipments", { con_name: "before", con_number: "W-1" });
  const step = await register("Update", { filteringattributes: "con_name" });
  await o.create("sdkmessageprocessingstepimages", { name: "Old", entityalias: "Old", imagetype: 0, attributes: "con_name", messagepropertyname: "Target", "sdkmessageprocessingstepid@odata.bind": `/sdkmessageprocessingsteps(${step})` });
  await o.call("sysadmin", "PATCH", `con_shipments(${id})`, { con_number: "W-2" });
  await o.call("sysadmin", "PATCH", `con_shipments(${id})`, { con_name: "after" });
  await until(1);
  expect(arrived).toHaveLength(1);
  expect(JSON.stringify(arrived[0]?.body["PreEntityImages"])).toContain('"value":"before"');
  expect(JSON.stringify(arrived[0]?.body["PostEntityImages"])).toContain("AsynchronousStepPrimaryName");
  await drop(step);
});

test("what a change set takes back is never told", async () => {
  const step = await register("Create");
  const part = (body: unknown): string => `--c\r\nContent-Type: application/http\r\nContent-Transfer-Encoding: binary\r\nContent-ID: 1\r\n\r\nPOST /api/data/v9.2/con_shipments HTTP/1.1\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(body)}\r\n`;
  await o.call("sysadmin", "POST", "$batch", `--b\r\nContent-Type: multipart/mixed;boundary=c\r\n\r\n${part({ con_name: "ok" })}${part({ nosuch: 1 })}--c--\r\n--b--`, { "content-type": "multipart/mixed;boundary=b" });
  await delay(150);
  expect(arrived).toHaveLength(0);
  await drop(step);
});

test("a synchronous step that fails takes the write back, one that works lets it stand", async () => {
  const step = await register("Create", { mode: 0 });
  statuses = [500];
  const refused = await o.call("sysadmin", "POST", "con_shipments", { con_name: "sync-no" });
  expect([refused.status, refused.error.code]).toEqual([400, "0x80040265"]);
  expect((await o.call("sysadmin", "POST", "con_shipments", { con_name: "sync-yes" })).status).toBe(204);
  expect((await o.call("sysadmin", "GET", "con_shipments?$filter=startswith(con_name,'sync')&$select=con_name")).json["value"]).toEqual([expect.objectContaining({ con_name: "sync-yes" })]);
  expect(arrived.map(({ body }) => body["Mode"])).toEqual([0, 0]);
  await drop(step);
});

test("what is larger than 256 KB comes without its large members", () => {
  const small = serializePayload({ MessageName: "Create", InputParameters: ["x"] });
  const large = serializePayload({ MessageName: "Create", InputParameters: ["x".repeat(300_000)], PreEntityImages: [], PostEntityImages: [], ParentContext: null });
  expect([small.isStripped, large.isStripped, large.body]).toEqual([false, true, '{"MessageName":"Create"}']);
});
