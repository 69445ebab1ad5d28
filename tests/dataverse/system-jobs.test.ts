// Asynchronous work: jobs of steps with their states and messages, slow by switch, cancelled, resumed, deleted; key indexes that are built later or never.
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "@jest/globals";
import { solutionZip } from "./foreign-solution.ts";
import { startOrganization, type Answer, type TestOrganization } from "./organization.ts";

let o: TestOrganization;
let server: Server;
let endpoint: string;
let arrived: Record<string, unknown>[] = [];
let behaviour: () => number | undefined = () => 200;
beforeAll(async () => {
  o = await startOrganization();
  server = createServer((request, response) => {
    let text = "";
    request.setEncoding("utf8").on("data", (chunk: string) => { text += chunk; }).on("end", () => {
      arrived.push(JSON.parse(text) as Record<string, unknown>);
      const status = behaviour();
      if (status !== undefined) response.writeHead(status).end();
    });
  });
  await new Promise<void>((resolve) => { server.listen(0, "127.0.0.1", resolve); });
  endpoint = await o.create("serviceendpoints", { name: "Hook", contract: 8, authtype: 4, url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook`, authvalue: "k" });
});
afterAll(async () => { server.closeAllConnections(); server.close(); await o.close(); });
beforeEach(() => { arrived = []; behaviour = () => 200; });
afterEach(async () => { await turn({ asyncStepMs: 0, webhookTimeoutMs: 60_000, indexBuildMs: 0, indexBuildFails: false, importMs: 0 }); });

type Row = Record<string, unknown>;
const turn = (switches: Row): Promise<Answer> => o.sandbox("POST", "switches", switches);
const admin = (method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Answer> => o.call("sysadmin", method, path, body, headers);
async function register(message: string, more: Row = {}): Promise<string> {
  const sdkmessageid = await o.id("sdkmessages", `name eq '${message}'`);
  const filter = await o.id("sdkmessagefilters", `primaryobjecttypecode eq 'con_shipment' and _sdkmessageid_value eq ${sdkmessageid}`);
  return o.create("sdkmessageprocessingsteps", { name: `${message} step`, mode: 1, stage: 40, rank: 1, "sdkmessageid@odata.bind": `/sdkmessages(${sdkmessageid})`, "sdkmessagefilterid@odata.bind": `/sdkmessagefilters(${filter})`, "eventhandler_serviceendpoint@odata.bind": `/serviceendpoints(${endpoint})`, ...more });
}
const drop = (step: string): Promise<Answer> => admin("DELETE", `sdkmessageprocessingsteps(${step})`);
const jobs = async (step: string): Promise<Row[]> => (await admin("GET", `asyncoperations?$filter=_owningextensionid_value eq ${step}`)).json["value"] as Row[];
async function job(step: string, statuscode: number): Promise<Row> {
  for (let tries = 0; tries < 300; tries++) {
    const found = (await jobs(step)).find((one) => one["statuscode"] === statuscode);
    if (found !== undefined) return found;
    await delay(20);
  }
  throw new Error(`no job of ${step} in status ${statuscode}: ${JSON.stringify(await jobs(step))}`);
}

describe("the job of an asynchronous step", () => {
  test("waits, runs and succeeds; it names the step, the message, the table and the user", async () => {
    const step = await register("Create");
    await o.create("con_shipments", { con_name: "job" });
    const done = await job(step, 30);
    expect(done).toMatchObject({ statecode: 3, name: "Create step", operationtype: 1, messagename: "Create", primaryentitytype: "con_shipment", errorcode: null, message: null, _ownerid_value: "b0000000-0000-4000-8000-000000000008" });
    expect([done["startedon"], done["completedon"]]).toEqual([expect.stringMatching(/^\d{4}/), expect.stringMatching(/^\d{4}/)]);
    await drop(step);
  });
  test("is slow by switch: nothing is sent before business time has passed", async () => {
    await turn({ asyncStepMs: 120_000 });
    const step = await register("Create");
    await o.create("con_shipments", { con_name: "slow" });
    expect(await jobs(step)).toEqual([expect.objectContaining({ statecode: 0, statuscode: 0 })]);
    await o.clock.advance("PT1M");
    expect([arrived.length, (await jobs(step))[0]?.["statuscode"]]).toEqual([0, 0]);
    await o.clock.advance("PT2M");
    await job(step, 30);
    expect(arrived).toHaveLength(1);
    await drop(step);
  });
  test("is gone when it deletes itself and succeeded, and stays when it failed", async () => {
    const step = await register("Create", { asyncautodelete: true });
    await o.create("con_shipments", { con_name: "fine" });
    for (let tries = 0; tries < 300 && (arrived.length === 0 || (await jobs(step)).length > 0); tries++) await delay(20);
    expect([arrived.length, (await jobs(step)).length]).toEqual([1, 0]);
    behaviour = () => 400;
    await o.create("con_shipments", { con_name: "not" });
    expect(await job(step, 31)).toMatchObject({ message: "The webhook call failed. StatusCode: 400." });
    await drop(step);
  });
  test("that failed can be resumed by hand, and then succeeds", async () => {
    const step = await register("Create");
    behaviour = () => 500;
    await o.create("con_shipments", { con_name: "again" });
    const failed = await job(step, 31);
    behaviour = () => 200;
    expect((await admin("PATCH", `asyncoperations(${String(failed["asyncoperationid"])})`, { statecode: 0, statuscode: 0 })).status).toBe(204);
    await job(step, 30);
    expect(arrived).toHaveLength(2);
    await drop(step);
  });
  test("that waits can be cancelled, is not deleted before, and one that ended changes no more", async () => {
    await turn({ asyncStepMs: 120_000 });
    const step = await register("Create");
    await o.create("con_shipments", { con_name: "cancel" });
    const at = `asyncoperations(${String((await jobs(step))[0]?.["asyncoperationid"])})`;
    expect((await admin("DELETE", at)).error.code).toBe("0x8004416a");
    expect((await admin("PATCH", at, { statecode: 3, statuscode: 32 })).status).toBe(204);
    await o.clock.advance("PT3M");
    expect([arrived.length, (await jobs(step))[0]?.["statuscode"]]).toEqual([0, 32]);
    expect((await admin("PATCH", at, { statecode: 2, statuscode: 20 })).error.code).toBe("0x80044162");
    expect((await admin("DELETE", at)).status).toBe(204);
    await drop(step);
  });
  test("fails when the endpoint takes longer than the time it has", async () => {
    await turn({ webhookTimeoutMs: 60 });
    behaviour = () => undefined;
    const step = await register("Create");
    await o.create("con_shipments", { con_name: "slow endpoint" });
    expect(await job(step, 31)).toMatchObject({ friendlymessage: expect.stringContaining("time ran out") as unknown });
    expect(arrived).toHaveLength(1);
    await drop(step);
  });
});

describe("what a step is shown", () => {
  test("a deletion has the row as it was, and a reference as its target", async () => {
    const id = await o.create("con_shipments", { con_name: "doomed", con_kind: 2 });
    const step = await register("Delete");
    await o.create("sdkmessageprocessingstepimages", { name: "Old", entityalias: "Old", imagetype: 0, messagepropertyname: "Target", "sdkmessageprocessingstepid@odata.bind": `/sdkmessageprocessingsteps(${step})` });
    await admin("DELETE", `con_shipments(${id})`);
    await job(step, 30);
    expect(arrived[0]).toMatchObject({ MessageName: "Delete", PrimaryEntityId: id, PostEntityImages: [] });
    expect(JSON.stringify(arrived[0]?.["PreEntityImages"])).toContain('"value":"doomed"');
    await drop(step);
  });
  test("an asynchronous one has its operation as parent, with the tag of the request", async () => {
    const step = await register("Create");
    await admin("POST", "con_shipments?tag=nightly", { con_name: "tagged" });
    await job(step, 30);
    expect(arrived[0]).toMatchObject({ SharedVariables: [{ key: "tag", value: "nightly" }], ParentContext: { Stage: 30, ParentContext: null, MessageName: "Create" } });
    await drop(step);
  });
  test.each<[string, Record<string, string>, number]>([
    ["asynchronous ones", { "MSCRM.BypassBusinessLogicExecution": "CustomAsync" }, 0], ["all custom ones", { "MSCRM.BypassCustomPluginExecution": "true" }, 0], ["synchronous ones only", { "MSCRM.BypassBusinessLogicExecution": "CustomSync" }, 1], ["nothing", { "MSCRM.BypassCustomPluginExecution": "false" }, 1],
  ])("nothing, when the caller bypasses %s", async (_name, headers, count) => {
    const step = await register("Create");
    await admin("POST", "con_shipments", { con_name: "bypassed" }, headers);
    if (count > 0) await job(step, 30);
    expect([arrived.length, (await jobs(step)).length]).toEqual([count, count]);
    await drop(step);
  });
  test("a step by its id; four ids, and a caller without the privilege, are refused", async () => {
    const step = await register("Create");
    expect((await admin("POST", "con_shipments", { con_name: "id" }, { "MSCRM.BypassBusinessLogicExecutionStepIds": step })).status).toBe(204);
    expect(await jobs(step)).toEqual([]);
    expect((await admin("POST", "con_shipments", {}, { "MSCRM.BypassBusinessLogicExecutionStepIds": `${step},${step},${step},${step}` })).error.code).toBe("0x80040203");
    expect((await o.call("salesrep", "GET", "WhoAmI", undefined, { "MSCRM.BypassCustomPluginExecution": "true" })).error.message).toContain("prvBypassCustomPlugins");
    await drop(step);
  });
  test("switch tagReachesSteps: off, the tag of a request is nobody's business", async () => {
    await turn({ tagReachesSteps: false });
    const step = await register("Create");
    await admin("POST", "con_shipments?tag=nightly", { con_name: "untagged" });
    await job(step, 30);
    expect(arrived[0]).toMatchObject({ SharedVariables: [] });
    await drop(step);
    await turn({ tagReachesSteps: true });
  });
  test("synchronous ones come by stage and rank", async () => {
    const steps = [await register("Create", { mode: 0, rank: 2, stage: 40 }), await register("Create", { mode: 0, rank: 1, stage: 40 }), await register("Create", { mode: 0, rank: 9, stage: 20 })];
    await o.create("con_shipments", { con_name: "ordered" });
    expect(arrived.map((body) => (body["OwningExtension"] as Row)["Id"])).toEqual([steps[2], steps[1], steps[0]]);
    for (const step of steps) await drop(step);
  });
});

describe("an alternate key's index", () => {
  const status = async (): Promise<unknown> => ((await admin("GET", "EntityDefinitions(LogicalName='con_shipment')/Keys")).json["value"] as Row[])[0]?.["EntityKeyIndexStatus"];
  const imported = async (target: TestOrganization): Promise<void> => { expect((await target.sandbox("POST", "import", solutionZip())).status).toBe(200); };
  test("is Pending until it is built: keyed access is refused, doubles are let in; then it is Active", async () => {
    const fresh = await startOrganization({ withoutSolution: true });
    await fresh.sandbox("POST", "switches", { indexBuildMs: 300_000 });
    await imported(fresh);
    const ask = (method: string, path: string, body?: unknown): Promise<Answer> => fresh.call("sysadmin", method, path, body);
    const state = async (): Promise<unknown> => ((await ask("GET", "EntityDefinitions(LogicalName='con_shipment')/Keys")).json["value"] as Row[])[0]?.["EntityKeyIndexStatus"];
    expect(await state()).toBe("Pending");
    await fresh.create("con_shipments", { con_name: "x", con_number: "N-1" });
    expect((await ask("GET", "con_shipments(con_number='N-1')")).error.code).toBe("0x80060890");
    expect((await ask("PATCH", "con_shipments(con_number='N-2')", { con_name: "y" })).error.code).toBe("0x80060890");
    await fresh.clock.advance("PT6M");
    expect(await state()).toBe("Active");
    expect((await ask("GET", "con_shipments(con_number='N-1')")).status).toBe(200);
    expect((await ask("POST", "con_shipments", { con_number: "N-1" })).error.code).toBe("0x80060892");
    await fresh.close();
  });
  test("is Failed when rows break it, and is built again on request once they do not", async () => {
    const fresh = await startOrganization({ withoutSolution: true });
    await fresh.sandbox("POST", "switches", { indexBuildMs: 60_000 });
    await imported(fresh);
    const ask = (method: string, path: string, body?: unknown): Promise<Answer> => fresh.call("sysadmin", method, path, body);
    const state = async (): Promise<unknown> => ((await ask("GET", "EntityDefinitions(LogicalName='con_shipment')/Keys")).json["value"] as Row[])[0]?.["EntityKeyIndexStatus"];
    await fresh.create("con_shipments", { con_number: "D" });
    const double = await fresh.create("con_shipments", { con_number: "D" });
    await fresh.clock.advance("PT2M");
    expect(await state()).toBe("Failed");
    const [failed] = (await ask("GET", "asyncoperations?$filter=statuscode eq 31")).json["value"] as Row[];
    expect(failed).toMatchObject({ operationtype: 18, primaryentitytype: "con_shipment" });
    await ask("DELETE", `con_shipments(${double})`);
    expect((await ask("POST", "ReactivateEntityKey", { EntityLogicalName: "con_shipment", EntityKeyLogicalName: "con_number_key" })).status).toBe(204);
    await fresh.clock.advance("PT2M");
    expect(await state()).toBe("Active");
    expect((await ask("POST", "ReactivateEntityKey", { EntityLogicalName: "con_shipment", EntityKeyLogicalName: "con_number_key" })).error.code).toBe("0x80060897");
    await fresh.close();
  });
  test("switch indexBuildFails: it fails without a reason in the rows", async () => {
    const fresh = await startOrganization({ withoutSolution: true });
    await fresh.sandbox("POST", "switches", { indexBuildFails: true });
    await imported(fresh);
    expect(((await fresh.call("sysadmin", "GET", "EntityDefinitions(LogicalName='con_shipment')/Keys")).json["value"] as Row[])[0]?.["EntityKeyIndexStatus"]).toBe("Failed");
    await fresh.close();
  });
  test("is Active at once by default", async () => { expect(await status()).toBe("Active"); });
});
