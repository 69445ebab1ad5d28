// The sandbox's contract (design, "The sandbox's contract"), from outside: a process, one line of JSON, and every endpoint that it promises.
import { createHash, X509Certificate } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { solutionZip } from "../dataverse/foreign-solution.ts";
import { CHOICE, createSavedCard, eventually, freePorts } from "../support/stage.ts";
import { BUILD_MS_MAX, buildFirst, isRunning, startSandboxProcess, type Answered, type SandboxProcess } from "./sandbox-process.ts";

type Row = Record<string, unknown>;
let sandbox: SandboxProcess;
let portBase: number;
beforeAll(buildFirst, BUILD_MS_MAX);
beforeAll(async () => { portBase = await freePorts(); sandbox = await startSandboxProcess(["--port-base", String(portBase)]); }, 150_000);
afterAll(async () => { await sandbox.stop(); }, 60_000);

const signed: SandboxProcess["signed"] = (method, path, body) => sandbox.signed(method, path, body);
const ledger = async (): Promise<Row[]> => JSON.parse((await sandbox.control("cybersource", "ledger")).text) as Row[];
const clock = async (part: "dataverse" | "cybersource"): Promise<Row> => (await sandbox.control(part, "clock")).json;
const dataverse = (method: string, path: string, body?: unknown, user = "sysadmin"): Promise<Answered> => sandbox.call(method, `${sandbox.told.dataverse}/api/data/v9.2/${encodeURI(path)}`, body, sandbox.told.tokens[user]);
let count = 0;
const payment = (total = "12.00"): Row => ({
  clientReferenceInformation: { code: `CONTRACT-${++count}`, transactionId: `T-CONTRACT-${count}` }, paymentInformation: { card: { number: "4111111111111111", expirationMonth: "12", expirationYear: "2031" } },
  orderInformation: { amountDetails: { totalAmount: total, currency: "USD" } },
});

describe("the line", () => {
  test("is one line of JSON with what the contract names, printed when every part answers", async () => {
    expect(sandbox.stdout().split("\n")).toEqual([expect.stringMatching(/^\{.*\}$/), ""]);
    const { host, relay, cybersource: gateway, dataverse: environment, ca, merchant, tokens } = sandbox.told;
    expect({ host, dataverse: environment, relay, cybersource: gateway }).toEqual({ host: `http://localhost:${portBase}`, dataverse: `https://localhost:${portBase + 3}`, relay: `http://localhost:${portBase + 1}`, cybersource: `https://localhost:${portBase + 4}` });
    expect(Object.keys(merchant)).toEqual(["id", "keyId", "sharedSecret"]);
    expect(Object.keys(tokens)).toEqual(["salesrep", "otherunit", "refundagent", "approver", "finance", "configurator", "relay", "sysadmin", "nobody", "ownonly", "operator"]);
    expect(new Set(Object.values(tokens)).size).toBe(11);
    expect(new X509Certificate(readFileSync(ca)).ca).toBe(true);
    expect([(await fetch(host)).status, (await fetch(`${relay}/ready`)).status, (await dataverse("GET", "WhoAmI")).status, (await signed("GET", "/tss/v2/transactions/0")).status]).toEqual([200, 200, 200, 404]);
  });
  test("has no environment for a relay when the relay runs, and logs go to stderr", () => {
    expect(sandbox.told.relayEnv).toBeUndefined();
    expect(sandbox.stderr()).toMatch(/relay started/);
  });
  test("its authority is the only one that vouches for the https side", async () => {
    await expect(fetch(`${sandbox.told.dataverse}/api/data/v9.2/WhoAmI`)).rejects.toThrow();
    await expect(fetch(`${sandbox.told.cybersource}/_sandbox/ledger`)).rejects.toThrow();
  });
});

test.each<[string, readonly string[]]>([
  ["salesrep", ["Basic User", "Cybersource Payments – Sales rep", "Salesperson"]], ["otherunit", ["Basic User", "Cybersource Payments – Sales rep", "Salesperson"]],
  ["refundagent", ["Basic User", "Cybersource Payments – Refund agent", "Cybersource Payments – Sales rep", "Salesperson"]], ["approver", ["Basic User", "Cybersource Payments – Refund approver", "Cybersource Payments – Team reader", "Salesperson"]],
  ["finance", ["Basic User", "Cybersource Payments – Finance", "Salesperson"]], ["configurator", ["Basic User", "Cybersource Payments – Configurator"]], ["relay", ["Basic User", "Cybersource Payments – Relay", "Integration Reader"]],
  ["sysadmin", ["System Administrator"]], ["nobody", ["Basic User", "Salesperson"]],
])("the token of %s is of a user with the shipped roles", async (user, roles) => {
  const me = String((await dataverse("GET", "WhoAmI", undefined, user)).json["UserId"]);
  expect((await sandbox.as("sysadmin").find(`systemusers(${me})/systemuserroles_association?$select=name`)).map((row) => row["name"]).sort()).toEqual(roles);
});

test("other users' units differ, and a stranger's token is none", async () => {
  const unit = async (user: string): Promise<unknown> => (await dataverse("GET", "WhoAmI", undefined, user)).json["BusinessUnitId"];
  expect(await unit("otherunit")).not.toBe(await unit("salesrep"));
  expect((await sandbox.call("GET", `${sandbox.told.dataverse}/api/data/v9.2/WhoAmI`, undefined, "somebody")).status).toBe(401);
});

test("what a browser loads is on plain http, on different ports: the form host, card entry, the Flex library", async () => {
  const { host, relay } = sandbox.told;
  const organizationId = String((await dataverse("GET", "WhoAmI")).json["OrganizationId"]);
  const { text: context } = (await signed("POST", "/microform/v2/sessions", { clientVersion: "v2", targetOrigins: [relay], allowedCardNetworks: ["VISA"], allowedPaymentTypes: ["CARD"] })).body;
  const { ctx } = JSON.parse(Buffer.from(String(context).split(".")[1] ?? "", "base64url").toString()) as { ctx: [{ data: { clientLibrary: string; clientLibraryIntegrity: string } }] };
  const { clientLibrary, clientLibraryIntegrity } = ctx[0].data;
  const pages = [`${host}/main.aspx`, `${relay}/card-entry/${organizationId}`, clientLibrary];
  expect(pages.map((page) => new URL(page).protocol)).toEqual(["http:", "http:", "http:"]);
  expect(new Set(pages.map((page) => new URL(page).port)).size).toBe(3);
  const loaded = await Promise.all(pages.map((page) => fetch(page)));
  expect(loaded.map((one) => one.status)).toEqual([200, 200, 200]);
  expect(`sha256-${createHash("sha256").update(Buffer.from(await loaded[2]?.arrayBuffer() ?? new ArrayBuffer(0))).digest("base64")}`).toBe(clientLibraryIntegrity);
});

test("the ledger tells every money effect that really happened, in the contract's words", async () => {
  const { body } = await signed("POST", "/pts/v2/payments", payment("41.00"));
  const capture = await signed("POST", `/pts/v2/payments/${String(body["id"])}/captures`, { clientReferenceInformation: { code: "CONTRACT-C" }, orderInformation: { amountDetails: { totalAmount: "41.00", currency: "USD" } } });
  await signed("POST", "/pts/v2/payments", payment("6010.00"));
  const lines = await ledger();
  for (const line of lines) expect(Object.keys(line)).toEqual(["id", "kind", "amount", "currency", "merchantReference", "transactionId", "parentId", "state", "at"]);
  expect(lines.slice(-2)).toEqual([
    { id: body["id"], kind: "authorization", amount: "41.00", currency: "USD", merchantReference: `CONTRACT-${count - 1}`, transactionId: `T-CONTRACT-${count - 1}`, parentId: null, state: "captured", at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) },
    { id: capture.body["id"], kind: "capture", amount: "41.00", currency: "USD", merchantReference: "CONTRACT-C", transactionId: null, parentId: body["id"], state: "live", at: expect.any(String) },
  ]);
});

describe("faults", () => {
  afterAll(async () => { for (const part of ["dataverse", "cybersource"] as const) await sandbox.call("DELETE", `${sandbox.told[part]}/_sandbox/faults`); });
  interface Act { readonly path: string; readonly act: () => Promise<number>; readonly happened: () => Promise<number> }
  const ACTS: Readonly<Record<"dataverse" | "cybersource", Act>> = {
    dataverse: { path: "/api/data/v9.2/tasks", act: async () => (await dataverse("POST", "tasks", { subject: "fault" })).status, happened: async () => (await sandbox.as("sysadmin").find("tasks?$select=subject&$filter=subject eq 'fault'")).length },
    cybersource: { path: "/pts/v2/payments", act: async () => (await signed("POST", "/pts/v2/payments", payment())).status, happened: async () => (await ledger()).length },
  };
  const LOST = -1;
  // A duplicate carries the same signature: Cybersource refuses it as a replay, Dataverse writes twice.
  test.each<["dataverse" | "cybersource", string, unknown, number, number]>((["dataverse", "cybersource"] as const).flatMap((part): ["dataverse" | "cybersource", string, unknown, number, number][] => {
    const done = part === "dataverse" ? 204 : 201;
    return [[part, "drop-before", undefined, LOST, 0], [part, "drop-after", undefined, LOST, 1], [part, "delay", 300, done, 1], [part, "status", { status: 503, headers: { "retry-after": "1" } }, 503, 0], [part, "duplicate", undefined, done, part === "dataverse" ? 2 : 1]];
  }))("%s: %s strikes as often as told, and then no more", async (part, fault, value, seen, times) => {
    const { path, act, happened } = ACTS[part];
    const attempt = (): Promise<number> => act().catch(() => LOST);
    const before = await happened();
    expect((await sandbox.control(part, "faults", { match: { method: "POST", path }, fault, times: 2, ...(value === undefined ? {} : { value }) })).status).toBe(200);
    const began = Date.now();
    expect([await attempt(), await attempt()]).toEqual([seen, seen]);
    if (fault === "delay") expect(Date.now() - began).toBeGreaterThanOrEqual(600);
    expect(await happened() - before).toBe(2 * times);
    expect(await attempt()).toBe(part === "dataverse" ? 204 : 201);
  });
  test.each(["dataverse", "cybersource"] as const)("%s: reorder lets the second answer go first", async (part) => {
    const { path, act, happened } = ACTS[part];
    const before = await happened();
    await sandbox.control(part, "faults", { match: { method: "POST", path }, fault: "reorder", value: 20_000 });
    const order: string[] = [];
    const first = act().then(() => order.push("first"));
    await eventually(async () => (await happened() > before ? true : undefined));
    await act().then(() => order.push("second"));
    await first;
    expect(order).toEqual(["second", "first"]);
  });
  test("another method or path is left alone, and a fault that is none is refused with a sentence", async () => {
    await sandbox.control("dataverse", "faults", { match: { method: "DELETE", path: "/api/data/v9.2/tasks" }, fault: "status" });
    expect(await ACTS.dataverse.act()).toBe(204);
    for (const part of ["dataverse", "cybersource"] as const) expect(await sandbox.control(part, "faults", { match: {}, fault: "melt" })).toMatchObject({ status: 400, json: { message: "no such fault: melt" } });
  });
});

describe("import", () => {
  const send = (zip: Uint8Array): Promise<Answered> => sandbox.control("dataverse", "import", Buffer.from(zip));
  test("refuses what Dataverse would refuse, with the reason, and takes nothing of it", async () => {
    const refused = await send(solutionZip({ missing: "nosuch_table" }));
    expect([refused.status, refused.json["error"]]).toEqual([400, { code: "0x8004801d", message: expect.stringContaining("Some dependencies are missing") }]);
    expect((await send(Buffer.from("no zip"))).status).toBe(400);
    expect((await dataverse("GET", "con_shipments")).status).toBe(404);
  });
  test("takes a solution of somebody else beside ours", async () => {
    expect(await send(solutionZip())).toMatchObject({ status: 200, json: { uniqueName: "ContosoShipping", version: "1.0.0.0" } });
    expect((await sandbox.as("sysadmin").find("solutions?$select=uniquename&$orderby=uniquename")).map((row) => row["uniquename"])).toEqual(["ContosoShipping", "CybersourcePayments"]);
    expect((await dataverse("GET", "con_shipments")).json["value"]).toEqual([]);
  });
});

describe("the clock", () => {
  const HOUR_MS = 3_600_000;
  test.each([["dataverse", "P1DT2H", 26], ["cybersource", "PT30H", 30]] as const)("moved at %s moves the others", async (part, advance, hours) => {
    const before = Number((await clock("dataverse"))["offsetMs"]);
    expect(await sandbox.control(part, "clock", { advance })).toMatchObject({ status: 200, json: { offsetMs: before + hours * HOUR_MS } });
    for (const one of ["dataverse", "cybersource"] as const) {
      const told = await clock(one);
      expect(told["offsetMs"]).toBe(before + hours * HOUR_MS);
      expect(Math.abs(Date.parse(String(told["now"])) - Date.now() - before - hours * HOUR_MS)).toBeLessThan(60_000);
    }
    const task = await sandbox.as("sysadmin").create("tasks", { subject: "when" });
    expect(Date.parse(String((await dataverse("GET", `tasks(${task})?$select=createdon`)).json["createdon"])) - Date.now()).toBeGreaterThan(before + (hours - 1) * HOUR_MS);
    await signed("POST", "/pts/v2/payments", payment("1.00"));
    expect(Date.parse(String((await ledger()).at(-1)?.["at"])) - Date.now()).toBeGreaterThan(before + (hours - 1) * HOUR_MS);
  });
  test("and the relay: what is valid by business time is paid, what was valid by real time has expired", async () => {
    const admin = sandbox.as("sysadmin");
    const [account] = await admin.find("accounts?$select=accountid&$filter=name eq 'Fabrikam, Inc.'");
    const [order] = await admin.find("salesorders?$select=salesorderid,_transactioncurrencyid_value&$filter=name eq 'Espresso machines'");
    const card = await createSavedCard({ api: admin, cybersource: { url: sandbox.told.cybersource, merchant: sandbox.told.merchant }, caFile: sandbox.told.ca, accountId: String(account?.["accountid"]), number: "4111111111111111" });
    const before = (await ledger()).length;
    const submit = (amount: number, from: number): Promise<string> => sandbox.as("salesrep").create("cybs_paymentrequests", {
      "cybs_SalesOrderId@odata.bind": `/salesorders(${String(order?.["salesorderid"])})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(order?.["_transactioncurrencyid_value"])})`, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${card})`,
      cybs_action: CHOICE, cybs_amount: amount, cybs_method: CHOICE, cybs_channel: CHOICE, cybs_savecard: false, cybs_state: CHOICE + 1, cybs_validuntil: new Date(from + 15 * 60_000).toISOString(),
    });
    const endOf = (request: string): Promise<Row> => eventually(async () => (await admin.find(`cybs_paymenttransactions?$select=cybs_status,cybs_amount,cybs_reason&$filter=_cybs_paymentrequestid_value eq ${request} and cybs_isfinal eq true`))[0], 60_000);
    const outdated = await submit(17, Date.now());
    const valid = await submit(18, Date.parse(String((await clock("dataverse"))["now"])));
    for (const request of [outdated, valid]) await fetch(`${sandbox.told.relay}/pokes`, { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ organizationId: (await dataverse("GET", "WhoAmI")).json["OrganizationId"], paymentRequestId: request }) });
    expect(await endOf(outdated)).toMatchObject({ cybs_status: CHOICE + 9 });
    expect(await endOf(valid)).toMatchObject({ cybs_status: CHOICE + 1, cybs_amount: 18 });
    // The oracle agrees with the rows.
    expect((await ledger()).slice(before).map((line) => [line["kind"], line["amount"], line["state"]])).toEqual([["sale", "18.00", "live"]]);
  }, 120_000);
  test.each(["dataverse", "cybersource"] as const)("%s refuses a duration that is none", async (part) => { expect((await sandbox.control(part, "clock", { advance: "tomorrow" })).status).toBe(400); });
});

describe("reset", () => {
  test("brings Dataverse back to what it was when the line was printed: demo data, roles, both solutions, no faults", async () => {
    const before = await sandbox.as("sysadmin").find("salesorders?$select=salesorderid,name,totalamount&$filter=name eq 'Espresso machines'");
    const stray = await sandbox.as("sysadmin").create("accounts", { name: "Stray" });
    await sandbox.control("dataverse", "faults", { match: { path: "/api/" }, fault: "status", times: 100, value: { status: 418 } });
    await sandbox.control("dataverse", "limits", { requests: 1 });
    expect((await sandbox.control("dataverse", "reset", {})).status).toBe(200);
    expect((await dataverse("GET", `accounts(${stray})`)).status).toBe(404);
    expect(await sandbox.as("sysadmin").find("salesorders?$select=salesorderid,name,totalamount&$filter=name eq 'Espresso machines'")).toEqual(before.map((row) => ({ ...row, "@odata.etag": expect.any(String) })));
    expect((await sandbox.as("sysadmin").find("tasks?$select=subject"))).toEqual([]);
    expect(await sandbox.as("sysadmin").find("cybs_paymentrequests?$select=cybs_amount")).toEqual([]);
    expect([(await dataverse("POST", "cybs_paymentrequests", {}, "salesrep")).status, (await dataverse("POST", "cybs_paymentrequests", {}, "nobody")).status]).toEqual([204, 403]);
    expect((await dataverse("POST", "con_shipments", { con_name: "still there" })).status).toBe(204);
    expect((await sandbox.as("sysadmin").find("cybs_merchantaccounts?$select=cybs_name")).length).toBeGreaterThan(0);
  });
  test("empties Cybersource's ledger and puts its settings back", async () => {
    await sandbox.control("cybersource", "settings", { multiCapture: true });
    expect((await sandbox.control("cybersource", "reset", {})).status).toBe(200);
    expect([await ledger(), (await sandbox.control("cybersource", "settings")).json["multiCapture"]]).toEqual([[], false]);
    expect((await signed("POST", "/pts/v2/payments", payment())).status).toBe(201);
  });
});

test("SIGTERM ends it and everything that it started; still one line; its folder is gone", async () => {
  const family = sandbox.pids();
  expect(family.length).toBeGreaterThanOrEqual(3);
  expect(await sandbox.stop()).toBe(0);
  expect(await eventually(async () => (family.some(isRunning) ? undefined : "gone"))).toBe("gone");
  for (const url of [sandbox.told.host, `${sandbox.told.relay}/ready`]) await expect(fetch(url)).rejects.toThrow();
  expect(sandbox.stdout().split("\n")).toHaveLength(2);
  expect(existsSync(dirname(sandbox.told.ca))).toBe(false);
}, 60_000);
