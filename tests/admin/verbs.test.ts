// place-control, promote, explain-signature: what they change, what they never change, and how they say so.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { signHttp } from "../../plugin-proxy/src/cybersource/authentication/sign-http.ts";
import { signJwt } from "../../plugin-proxy/src/cybersource/authentication/sign-jwt.ts";
import { addControl, removeControl } from "../../admin/src/plans/plan-form.ts";
import { explainSignature, type SentCall } from "../../admin/src/plans/explain-signature.ts";
import { openBench, type Bench } from "./bench.ts";

let bench: Bench;
let production: Bench;
beforeAll(async () => {
  bench = await openBench();
  production = await openBench({ organization: { id: "d0000000-0000-4000-8000-0000000000f0", name: "Live", environmentType: "production" } });
  for (const one of [bench, production]) { one.environment(); expect(await one.run(["import"])).toMatchObject({ code: 0 }); }
}, 60_000);
afterAll(async () => { await bench.close(); await production.close(); });

test("--url does where there is no file yet; a file of another environment is not written over", async () => {
  const none = join(bench.dir, "none.json");
  // Without a file the sign-in is the default one, which needs a person.
  expect((await bench.run(["doctor", "--url", bench.url, "--sign-in", "certificate"], { file: none })).json).toMatchObject({ code: "sign_in_incomplete" });
  expect((await bench.run(["doctor", "--url", "https://other.crm.dynamics.com"])).json).toMatchObject({ code: "usage", title: expect.stringContaining(bench.url) });
  expect((await bench.run(["doctor", "--sign-in", "carrier_pigeon"])).json).toMatchObject({ code: "usage", title: expect.stringContaining("device_code") });
});

const FORM = '<form><tabs><tab name="general" id="{11111111-1111-4111-8111-111111111111}"><columns><column width="100%"><sections><section name="a" id="{22222222-2222-4222-8222-222222222222}"><rows><row><cell id="{33333333-3333-4333-8333-333333333333}"><control id="name" datafieldname="name" /></cell></row></rows></section></sections></column></columns></tab></tabs><DisplayConditions><Everyone /></DisplayConditions></form>';

describe("place-control", () => {
  const formId = "e0000000-0000-4000-8000-000000000001";
  const text = async (): Promise<string> => String((await bench.rows("systemform")).find((row) => row["formid"] === formId)?.["formxml"]);

  test("adds a section, keeps every byte of the rest, does it once, and takes exactly that off again", async () => {
    await bench.as("sysadmin").create("systemforms", { systemformid: formId, formid: formId, name: "Our order form", objecttypecode: "salesorder", type: 2, formactivationstate: 1, formxml: FORM, ismanaged: false });
    expect((await bench.run(["place-control", "--form", "Our order form"])).json).toMatchObject({ ok: true, changed: true });
    const placed = await text();
    expect(placed).toContain("cybs_CybersourcePayments.PaymentStatus");
    expect(placed.indexOf("<controlDescriptions>")).toBeLessThan(placed.indexOf("<DisplayConditions>"));
    expect((await bench.run(["place-control", "--form", "Our order form"])).json).toMatchObject({ changed: false });
    // Uninstall names it.
    expect((await bench.run(["uninstall"])).json).toMatchObject({ code: "controls_on_forms", title: expect.stringContaining("Our order form (salesorder)") });
    expect((await bench.run(["place-control", "--form", "Our order form", "--remove"])).json).toMatchObject({ changed: true });
    expect(await text()).toBe(FORM);
  });

  test("a form that is not there is answered with those that are", async () => {
    expect((await bench.run(["place-control", "--form", "Nope"])).json).toMatchObject({ code: "form_not_found", remedy: expect.stringContaining("Our order form") });
  });

  test.each(["salesorder", "invoice"] as const)("adding and removing is the identity (%s), also where descriptions were there before", (table) => {
    for (const xml of [FORM, FORM.replace("<DisplayConditions>", '<controlDescriptions><controlDescription forControl="{44444444-4444-4444-8444-444444444444}" /></controlDescriptions><DisplayConditions>'), FORM.replace(/<sections>[\s\S]*<\/sections>/, "<sections />")]) {
      const added = addControl({ xml, formId, table });
      if (added.kind !== "change") throw new Error(added.kind);
      const removed = removeControl({ xml: added.xml, formId, table });
      expect(removed.kind === "change" ? removed.xml.replace("<sections></sections>", "<sections />") : "").toBe(xml);
    }
    expect(addControl({ xml: "<form><tabs /></form>", formId, table })).toEqual({ kind: "no_place" });
  });
});

describe("promote", () => {
  const units = async (one: Bench) => ({ unit: String((await one.as("sysadmin").find("businessunits?$select=businessunitid&$filter=name eq 'Fabrikam Group'"))[0]?.["businessunitid"]), usd: String((await one.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'"))[0]?.["transactioncurrencyid"]) });
  const account = async (one: Bench, more: Readonly<Record<string, unknown>>): Promise<void> => { const { unit, usd } = await units(one); await one.as("sysadmin").create("cybs_merchantaccounts", { cybs_name: "Main", cybs_merchantid: "shop", cybs_environment: 727_000_001, cybs_isenabled: true, cybs_capturepolicy: 727_000_000, cybs_authorizationdays: 7, "cybs_BusinessUnitId@odata.bind": `/businessunits(${unit})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${usd})`, ...more }); };
  const folder = (): string => join(bench.dir, "configuration");
  const there = async () => (await production.rows("cybs_merchantaccount")).map((row) => [row["cybs_merchantid"], row["cybs_capturepolicy"], row["cybs_authorizationdays"]]);
  const onProduction = (...args: string[]) => production.run(["promote", ...args, "--folder", folder()]);

  test("export writes sorted files without ids; a plan shows, apply does exactly that, and then there is nothing left", async () => {
    await account(bench, { cybs_capturepolicy: 727_000_001 });
    await account(production, {});
    expect((await bench.run(["promote", "export"])).json).toMatchObject({ ok: true });
    const file = readFileSync(join(folder(), "cybs_merchantaccount.json"), "utf8");
    expect(file).toContain('"_cybs_businessunitid_value": "Fabrikam Group"');
    expect(file).not.toMatch(/[0-9a-f]{8}-[0-9a-f]{4}-/);
    const planned = await onProduction("plan");
    expect(planned.json["changes"]).toEqual([expect.objectContaining({ kind: "update", columns: { cybs_capturepolicy: { from: 727_000_000, to: 727_000_001 } } })]);
    expect(await there()).toEqual([["shop", 727_000_000, 7]]);
    expect((await onProduction("apply")).json).toMatchObject({ ok: true, applied: 1 });
    expect(await there()).toEqual([["shop", 727_000_001, 7]]);
    expect((await onProduction("diff")).json["changes"]).toEqual([]);
  });

  test("a plan that is out of date is not applied", async () => {
    writeFileSync(join(folder(), "cybs_merchantaccount.json"), readFileSync(join(folder(), "cybs_merchantaccount.json"), "utf8").replace('"cybs_authorizationdays": 7', '"cybs_authorizationdays": 5'));
    await onProduction("plan");
    const [row] = await production.rows("cybs_merchantaccount");
    await production.as("sysadmin").send("PATCH", `cybs_merchantaccounts(${String(row?.["cybs_merchantaccountid"])})`, { cybs_name: "Changed meanwhile" });
    expect((await onProduction("apply")).json).toMatchObject({ code: "plan_out_of_date" });
    expect(await there()).toEqual([["shop", 727_000_001, 7]]);
  });

  test("a change that Dataverse refuses takes the whole plan back", async () => {
    const rows = JSON.parse(readFileSync(join(folder(), "cybs_merchantaccount.json"), "utf8")) as Record<string, unknown>[];
    writeFileSync(join(folder(), "cybs_merchantaccount.json"), JSON.stringify([...rows.map((row) => ({ ...row, cybs_authorizationdays: 4 })), { ...rows[0], _transactioncurrencyid_value: "EUR", cybs_capturepolicy: 1 }]));
    await onProduction("plan");
    expect((await onProduction("apply")).json).toMatchObject({ code: "plan_broken", title: expect.stringContaining("cybs_capturepolicy") });
    expect(await there()).toEqual([["shop", 727_000_001, 7]]);
  });

  test("test accounts are not carried to production, and a plan belongs to its organization", async () => {
    const rows = JSON.parse(readFileSync(join(folder(), "cybs_merchantaccount.json"), "utf8")) as Record<string, unknown>[];
    writeFileSync(join(folder(), "cybs_merchantaccount.json"), JSON.stringify([{ ...rows[0], cybs_environment: 727_000_000, cybs_merchantid: "test_shop" }]));
    expect((await onProduction("plan")).json).toMatchObject({ code: "test_credentials_in_production", title: expect.stringContaining("test_shop") });
    await bench.run(["promote", "plan"]);
    expect((await onProduction("apply", "--plan", join(bench.dir, "plan.json"))).json).toMatchObject({ code: "wrong_organization" });
  });

  test("a name that is not there is named; a map puts another in its place", async () => {
    const rows = JSON.parse(readFileSync(join(folder(), "cybs_merchantaccount.json"), "utf8")) as Record<string, unknown>[];
    writeFileSync(join(folder(), "cybs_merchantaccount.json"), JSON.stringify([{ ...rows[0], cybs_environment: 727_000_001, cybs_merchantid: "south", _cybs_businessunitid_value: "South" }]));
    await onProduction("plan");
    expect((await onProduction("apply")).json).toMatchObject({ code: "unresolved_reference", title: expect.stringContaining("South") });
    writeFileSync(join(folder(), "map.json"), JSON.stringify({ South: "West" }));
    await onProduction("plan");
    expect((await onProduction("apply")).json).toMatchObject({ ok: true });
    expect((await there()).map(([id]) => id)).toContain("south");
  });
});

describe("explain-signature", () => {
  const secret = Buffer.from("a shared secret of tests").toString("base64");
  const known = { merchantId: "shop", keyId: "key-1", sharedSecret: secret, nowMs: 1_800_000_000_000 };
  const body = '{"amount":"1.00"}';
  const input = { method: "POST", host: "apitest.cybersource.com", path: "/pts/v2/payments", body, at: known.nowMs, lifeMs: 120_000, jti: "1" };
  const credential = { scheme: "jwt" as const, merchantId: "shop", keyId: "key-1", sharedSecret: secret };
  const jwtCall = (more: Partial<SentCall> = {}, changed: Partial<typeof input> = {}, other = credential): SentCall => ({ method: "POST", url: "https://apitest.cybersource.com/pts/v2/payments", body, headers: signJwt(other, { ...input, ...changed }).headers, ...more });
  const httpCall = (more: Partial<SentCall> = {}): SentCall => ({ method: "POST", url: "https://apitest.cybersource.com/pts/v2/payments", body, headers: { host: "apitest.cybersource.com", ...signHttp({ ...credential, scheme: "http_signature" }, input).headers }, ...more });

  test.each<[string, SentCall, string | undefined]>([
    ["a good JWT", jwtCall(), undefined], ["a good HTTP Signature", httpCall(), undefined],
    ["a body that was changed after signing", jwtCall({ body: `${body} ` }), "claim digest"], ["another path", jwtCall({ url: "https://apitest.cybersource.com/pts/v2/refunds" }), "claim request-resource-path"],
    ["a query in the claim", jwtCall({ url: "https://apitest.cybersource.com/pts/v2/payments?x=1" }), undefined], ["another host", jwtCall({ url: "https://api.cybersource.com/pts/v2/payments" }), "claim request-host"],
    ["a clock ten minutes behind", jwtCall({}, { at: known.nowMs - 600_000 }), "iat beside this clock"], ["another key", jwtCall({}, {}, { ...credential, keyId: "key-2" }), "header kid"], ["another merchant", jwtCall({}, {}, { ...credential, merchantId: "other" }), "claim v-c-merchant-id"],
    ["another secret", jwtCall({}, {}, { ...credential, sharedSecret: Buffer.from("other").toString("base64") }), "signature"], ["HTTP Signature over another body", httpCall({ body: "{}" }), "digest"], ["nothing at all", { method: "GET", url: "https://apitest.cybersource.com/", headers: {}, body: undefined }, "authentication"],
  ])("%s", (_name, call, first) => {
    const explained = explainSignature(call, known);
    expect(explained.firstDifference).toBe(first);
    expect(JSON.stringify(explained)).not.toContain(secret);
  });

  test("the command reads JSON and curl, and says what it cannot read", async () => {
    bench.environment((file) => { file.merchants = [{ merchantId: "shop", environment: "test", businessUnit: "Fabrikam Group", currency: "USD", authentication: "jwt", keyId: "key-1", sharedSecret: "env:SHOP", abilities: [] }]; });
    const { headers } = jwtCall();
    writeFileSync(join(bench.dir, "call.txt"), `curl -X POST 'https://apitest.cybersource.com/pts/v2/payments' \\\n -H 'Authorization: ${headers["authorization"] ?? ""}' --data-raw '${body} '`);
    const explained = await bench.run(["explain-signature", "call.txt"], { env: { SHOP: secret }, clock: { now: () => known.nowMs, sleep: async () => undefined } });
    expect(explained.json).toMatchObject({ ok: true, scheme: "jwt", firstDifference: "claim digest" });
    writeFileSync(join(bench.dir, "call.txt"), "GET it");
    expect((await bench.run(["explain-signature", "call.txt"], { env: { SHOP: secret } })).json).toMatchObject({ code: "call_not_readable" });
  });
});
