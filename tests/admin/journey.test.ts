// The afternoon of an admin, end to end: import into an empty environment, set up, take a payment, ask doctor, upgrade with the rows kept,
// copy the environment (nothing is executed there), uninstall. The relay is a process of its own; all of it speaks HTTP.
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { createOrder } from "../sandbox/demo-data.ts";
import { managedZip, openBench } from "./bench.ts";
import { RELAY_APPLICATION, startJourney, type Journey } from "./journey.ts";

let journey: Journey;
beforeAll(async () => { journey = await startJourney(); }, 60_000);
afterAll(() => journey.close(), 60_000);

const run = (args: readonly string[]) => journey.bench.run(args, { env: journey.secrets });
const file = () => JSON.parse(readFileSync(join(journey.bench.dir, "environment.json"), "utf8")) as { relay: Record<string, string>; merchants: { abilities: string[] }[]; dataverse: Record<string, string> };
interface Findings { readonly findings: readonly { readonly id: string; readonly level: string; readonly what: string; readonly fix?: string }[]; readonly red: number }
let orderNumber = "";

test("1 · import: nothing is connected yet, and the command says what comes next", async () => {
  expect(await run(["import"])).toMatchObject({ code: 0, json: { done: "install", connection: "not_configured" } });
}, 60_000);

describe("2 · setup", () => {
  test("what nobody answered is asked for by the option that answers it", async () => {
    expect((await run(["setup"])).json).toMatchObject({ ok: false, code: "answer_needed", remedy: expect.stringContaining("--relay-url") });
  });

  test("without the relay's application it prints a request to forward and waits for others", async () => {
    const waiting = await run(["setup", "--relay-url", journey.relayUrl, "--webhook-key", "env:WEBHOOK_KEY", "--operations-key", "env:OPERATIONS_KEY"]);
    expect(waiting).toMatchObject({ code: 3, json: { code: "waiting_for_others" } });
    expect(waiting.err).toContain("Please forward");
    // It goes on from there: what was answered is in the file, endpoint and steps are there.
    expect(file().relay["url"]).toBe(journey.relayUrl);
    expect(await journey.bench.rows("serviceendpoint")).toHaveLength(1);
  });

  test("a wrong key is refused before anything is written for that account", async () => {
    const wrong = await journey.bench.run(["setup", "--application-id", RELAY_APPLICATION.clientId, "--merchant", journey.merchant()], { env: { ...journey.secrets, CYBS_SECRET: Buffer.from("another secret").toString("base64") } });
    expect(wrong.json).toMatchObject({ code: "credentials_refused", title: expect.stringContaining(journey.cybersource.merchant.id) });
    expect(await journey.bench.rows("cybs_merchantaccount")).toEqual([]);
  });

  test("a clock ten minutes off is told from a wrong key", async () => {
    const clock = { now: () => Date.now() + 600_000, sleep: async () => undefined };
    const off = await journey.bench.run(["setup"], { env: journey.secrets, clock });
    expect(off.json).toMatchObject({ code: "clock_off", title: expect.stringMatching(/(59\d|60\d) seconds/) });
  });

  test("with the application: user, roles, teams, address, account, abilities found by trying, bindings without secrets", async () => {
    const done = await run(["setup", "--try-abilities"]);
    expect(done).toMatchObject({ code: 0, json: { environmentType: "sandbox", contentSecurityPolicy: `frame-src 'self' ${journey.relayUrl}`, accounts: [expect.objectContaining({ row: "created" })] } });
    const [account] = await journey.bench.rows("cybs_merchantaccount");
    expect(account).toMatchObject({ cybs_merchantid: journey.cybersource.merchant.id, cybs_reversalaftervoid: file().merchants[0]?.abilities.includes("reversalaftervoid") });
    const bindings = readFileSync(join(journey.bench.dir, "bindings.json"), "utf8");
    expect(bindings).toContain("env:CYBS_SECRET");
    // Cybersource's notifications: a key in a file of its own, named in the bindings, and a subscription to the relay's address.
    const keyFile = join(journey.bench.dir, "secrets", `${journey.cybersource.merchant.id}-webhook.key`);
    expect(bindings).toContain(`file:${keyFile}`);
    expect(statSync(keyFile).mode & 0o077).toBe(0);
    expect(bindings + done.err + done.out).not.toContain(readFileSync(keyFile, "utf8"));
    expect(done.json["subscriptions"]).toEqual(["decisionManager", "tokenManagement"].map((product) => `${journey.cybersource.merchant.id} ${product}`));
    for (const secret of Object.values(journey.secrets)) expect(bindings + done.err + done.out + JSON.stringify(file())).not.toContain(secret);
  }, 60_000);

  test("again: nothing is made a second time", async () => {
    expect((await run(["setup"])).json).toMatchObject({ ok: true, connection: [], accounts: [expect.objectContaining({ row: "unchanged" })] });
    expect((await journey.bench.rows("systemuser")).filter((row) => row["applicationid"] === RELAY_APPLICATION.clientId)).toHaveLength(1);
    expect(await journey.bench.rows("environmentvariablevalue")).toHaveLength(1);
  }, 60_000);

  test("a live account is refused in a sandbox environment", async () => {
    const before = readFileSync(join(journey.bench.dir, "environment.json"), "utf8");
    expect((await run(["setup", "--merchant", journey.merchant({ environment: "production", currency: "EUR" })])).json).toMatchObject({ code: "live_credentials_in_sandbox" });
    expect((await run(["setup", "--cybersource-host", "api.cybersource.com"])).json).toMatchObject({ code: "live_credentials_in_sandbox" });
    expect(readFileSync(join(journey.bench.dir, "environment.json"), "utf8")).toBe(before);
  });
});

test("3 · doctor before the relay runs: red, with the fix", async () => {
  const asked = await run(["doctor"]);
  expect(asked).toMatchObject({ code: 1, json: { code: "doctor_red" } });
  expect((asked.json as unknown as Findings).findings).toEqual(expect.arrayContaining([expect.objectContaining({ id: "relay", level: "red", fix: expect.any(String) })]));
}, 60_000);

describe("4 · a payment", () => {
  test("is taken on an order in test mode, through everything", async () => {
    await journey.startRelay();
    const api = journey.bench.as("sysadmin");
    const accountId = await api.create("accounts", { name: "Contoso", "ownerid@odata.bind": "/systemusers(b0000000-0000-4000-8000-000000000001)" });
    const id = await createOrder(api, { name: "First", accountId, currency: "USD", ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price: 25 }] });
    orderNumber = String((await api.find(`salesorders?$select=ordernumber&$filter=salesorderid eq ${id}`))[0]?.["ordernumber"]);
    const done = await run(["setup", "--sample-payment", orderNumber]);
    expect(done.json).toMatchObject({ ok: true, sample: { status: "approved" } });
    expect((await journey.ledger()).filter((line) => line.kind === "sale" && line.amount === "1.00" && !line.merchantReference.startsWith("TRIAL"))).toHaveLength(1);
  }, 120_000);

  test("doctor is green then, within five seconds, and says why Nils sees no button and Ann does", async () => {
    let tookMs = Infinity;
    let asked = await run(["doctor"]);
    // The best of a few: others work on the same machine.
    for (let tries = 0; tries < 4 && tookMs >= 5_000; tries++) { const started = Date.now(); asked = await run(["doctor"]); tookMs = Math.min(tookMs, Date.now() - started); }
    expect(tookMs).toBeLessThan(5_000);
    expect((asked.json as unknown as Findings).findings.filter((one) => one.level === "red")).toEqual([]);
    for (const finding of (asked.json as unknown as Findings).findings) expect(finding.level === "green" || finding.fix !== undefined).toBe(true);
    const nils = await run(["doctor", "--why", "Nils Berg"]);
    expect((nils.json as unknown as Findings).findings.find((one) => one.id === "rights")).toMatchObject({ level: "red", what: expect.stringContaining("prvCreatecybs_PaymentRequest") });
    const api = journey.bench.as("sysadmin");
    const [ann] = await api.find("systemusers?$select=systemuserid&$filter=fullname eq 'Ann Weiler'");
    const [role] = await api.find("roles?$select=roleid&$filter=name eq 'Cybersource Payments – Sales rep'");
    await api.send("POST", `systemusers(${String(ann?.["systemuserid"])})/systemuserroles_association/$ref`, { "@odata.id": `roles(${String(role?.["roleid"])})` });
    expect((await run(["doctor", "--why", "Ann Weiler"])).json).toMatchObject({ ok: true, red: 0 });
  }, 60_000);

  test("what setup and doctor try with an account and a relay raises no alarm there", async () => {
    const alarms = async (): Promise<readonly string[]> => (await (await fetch(`${journey.relayUrl}/metrics`)).text()).split("\n").filter((line) => line.startsWith("cybs_alarms_total{"));
    const trials = async (): Promise<number> => (await journey.ledger()).filter((line) => line.merchantReference.startsWith("TRIAL")).length;
    const [before, tried] = [await alarms(), await trials()];
    expect(await run(["setup", "--try-abilities"])).toMatchObject({ code: 0 });
    expect(await run(["doctor"])).toMatchObject({ code: 0 });
    expect(await trials()).toBeGreaterThan(tried);
    expect(await alarms()).toEqual(before);
  }, 60_000);
});

describe("the payment page's evidence", () => {
  test("is recorded, is the same the next time, and a change is an alarm until it is accepted", async () => {
    expect((await run(["evidence"])).json).toMatchObject({ ok: true, changes: [], faults: [], entries: expect.arrayContaining([expect.objectContaining({ kind: "script", integrity: expect.stringMatching(/^sha384-/) })]) });
    const report = readFileSync(join(journey.bench.dir, "payment-page-evidence.html"), "utf8");
    expect(report).toContain("6.4.3 and 11.6.1");
    expect(report).not.toContain("<script>");
    expect((await run(["evidence"])).json).toMatchObject({ ok: true, changes: [] });
    // As if the recorded page had been another one.
    const record = join(journey.bench.dir, "payment-page.json");
    const before = readFileSync(record, "utf8");
    writeFileSync(record, before.replace(/"integrity": "sha384-[^"]+"/, '"integrity": "sha384-other"').replace(/frame-ancestors [^;]+/, "frame-ancestors https://elsewhere.example"));
    const drifted = await run(["evidence"]);
    expect(drifted).toMatchObject({ code: 1, json: { code: "page_drifted" } });
    expect(drifted.json["changes"]).toEqual([expect.stringMatching(/^changed: .*\.(js|css)/), expect.stringContaining("header content-security-policy")]);
    expect((await run(["evidence", "--accept"])).json).toMatchObject({ ok: true });
    expect((await run(["evidence"])).json).toMatchObject({ ok: true, changes: [] });
  }, 60_000);
});

describe("an upgrade", () => {
  test("takes the place of the installed version; the payment and its rows stay", async () => {
    const before = await journey.bench.rows("cybs_paymenttransaction");
    const files = unzipSync(managedZip());
    files["solution.xml"] = strToU8(strFromU8(files["solution.xml"] ?? new Uint8Array()).replace(/<Version>[^<]+<\/Version>/, "<Version>9.9.0.0</Version>"));
    writeFileSync(join(journey.bench.dir, "next.zip"), zipSync(files));
    expect((await run(["import", "--zip", "next.zip"])).json).toMatchObject({ ok: true, done: "upgrade", version: "9.9.0.0", connection: [] });
    expect(await journey.bench.rows("cybs_paymenttransaction")).toEqual(before);
    expect(await journey.bench.rows("cybs_merchantaccount")).toHaveLength(1);
  }, 60_000);
});

describe("erasure", () => {
  test("takes the customer's details and tokens, keeps the financial facts, and proves it", async () => {
    const api = journey.bench.as("sysadmin");
    const [request] = await api.find("cybs_paymentrequests?$select=cybs_paymentrequestid");
    await api.send("PATCH", `cybs_paymentrequests(${String(request?.["cybs_paymentrequestid"])})`, { cybs_billto_lastname: "Lund", cybs_billto_emailaddress: "ana@example.com" });
    expect((await run(["erase", "Nobody of that name"])).json).toMatchObject({ code: "customer_not_found" });
    const erased = await run(["erase", "Contoso", "--proof", "proof.json"]);
    expect(erased.json).toMatchObject({ ok: true, requests: 1, ledger: { erased: 1, kept: [], key: "thrown_away" }, left: { requests: 0, cards: 0 } });
    const rows = await journey.bench.rows("cybs_paymentrequest");
    expect(JSON.stringify(rows)).not.toMatch(/Lund|ana@example/);
    expect((await journey.bench.rows("cybs_paymentmethod")).every((row) => row["cybs_paymentinstrumentid"] === null)).toBe(true);
    expect((await journey.bench.rows("cybs_paymenttransaction")).some((row) => row["cybs_amount"] === 1)).toBe(true);
    expect(readFileSync(join(journey.bench.dir, "proof.json"), "utf8")).not.toContain("Contoso");
    expect((await run(["erase", "Contoso"])).json).toMatchObject({ ok: true, tokens: { erased: 0 }, ledger: { key: "none" } });
  }, 60_000);
});

describe("5 · a copied environment", () => {
  test("is left alone: the original's file is refused, and a request in the copy moves nothing", async () => {
    const copy = await openBench({ organization: { id: "d0000000-0000-4000-8000-00000000c0b1", name: "Copy" } });
    copy.environment();
    await copy.run(["import"]);
    // The copy has the original's endpoint, address and accounts, as Dataverse copies them.
    const zipped = await journey.bench.rows("serviceendpoint");
    const api = copy.as("sysadmin");
    await api.create("serviceendpoints", Object.fromEntries(["serviceendpointid", "name", "url", "authvalue", "contract", "authtype", "messageformat", "connectionmode"].map((name) => [name, zipped[0]?.[name]])));
    const original = join(copy.dir, "original.json");
    cpSync(join(journey.bench.dir, "environment.json"), original);
    const swapped = JSON.parse(readFileSync(original, "utf8")) as { dataverse: { url: string }; signIn: { authority: string } };
    swapped.dataverse.url = copy.url;
    swapped.signIn.authority = swapped.signIn.authority.replace(journey.bench.url, copy.url);
    copy.environment((target) => { Object.assign(target, swapped); }, "original.json");
    for (const verb of [["import"], ["setup"], ["doctor"]]) expect((await copy.run(verb, { file: original, env: journey.secrets })).json).toMatchObject({ code: "wrong_organization" });
    const before = (await journey.ledger()).length;
    // What its steps would send: the body names the copy, the address the original.
    const hook = await fetch(`${journey.relayUrl}/webhooks/dataverse/${journey.bench.organizationId}`, { method: "POST", headers: { "content-type": "application/json", "x-cybs-webhook-key": journey.secrets["WEBHOOK_KEY"] ?? "" }, body: JSON.stringify({ PrimaryEntityId: "0b000000-0000-4000-8000-000000000002", OrganizationId: copy.organizationId, OperationId: "0c000000-0000-4000-8000-000000000003", MessageName: "Create" }) });
    expect(hook.status).toBe(204);
    expect((await fetch(`${journey.relayUrl}/card-entry/${copy.organizationId}`)).status).toBe(404);
    expect((await journey.ledger()).length).toBe(before);
    await copy.close();
  }, 120_000);
});

describe("6 · uninstall", () => {
  test("refuses while money is in flight", async () => {
    const api = journey.bench.as("sysadmin");
    const [transaction] = await api.find("cybs_paymenttransactions?$select=cybs_paymenttransactionid");
    await api.send("PATCH", `cybs_paymenttransactions(${String(transaction?.["cybs_paymenttransactionid"])})`, { cybs_isfinal: false });
    expect((await run(["uninstall"])).json).toMatchObject({ code: "money_in_flight" });
    await api.send("PATCH", `cybs_paymenttransactions(${String(transaction?.["cybs_paymenttransactionid"])})`, { cybs_isfinal: true });
    expect(await journey.bench.rows("serviceendpoint")).toHaveLength(1);
  }, 60_000);

  test("a break-off half-way goes on; the rows are in files; nothing of ours is left", async () => {
    await journey.bench.sandbox("faults", { match: { method: "DELETE", path: "solutions\\(" }, fault: "drop-before", times: 1 });
    const out = mkdtempSync(join(tmpdir(), "cybs-rows-"));
    expect((await run(["uninstall", "--export", out])).json).toMatchObject({ code: "dataverse_unreachable" });
    expect(await run(["uninstall", "--export", out])).toMatchObject({ code: 0 });
    expect(existsSync(join(out, "manifest.json"))).toBe(true);
    expect(readFileSync(join(out, "cybs_payments.jsonl"), "utf8").trim().split("\n").length).toBeGreaterThan(0);
    rmSync(out, { recursive: true });
    expect(await journey.bench.rows("serviceendpoint")).toEqual([]);
    expect(await journey.bench.rows("sdkmessageprocessingstep")).toEqual([]);
    expect((await journey.bench.rows("solution")).map((row) => row["uniquename"])).not.toEqual(expect.arrayContaining(["CybersourcePayments"]));
    expect((await run(["uninstall"])).json).toMatchObject({ code: "not_installed" });
  }, 60_000);
});
