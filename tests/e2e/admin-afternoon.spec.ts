// An admin's afternoon and what comes after it, in one piece: import into an empty environment, set up, a sales rep pays in the browser, upgrade
// with the data kept, promote to a second environment, copy the environment (nothing is executed there), uninstall.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, type Page } from "@playwright/test";
import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";
import { createOrder } from "../sandbox/demo-data.ts";
import { giveRole, managedZip, RELAY_APPLICATION, startAdminStage, type AdminStage, type Place } from "./admin-stage.ts";
import { openTakePayment, pay, typeCard } from "./actors.ts";

const CHOICE = 727_000_000;
const ANN = "b0000000-0000-4000-8000-000000000001";
test.describe.configure({ mode: "serial", timeout: 240_000 });

let stage: AdminStage;
let development: Place;
let hostUrl = "";
test.beforeAll(async () => {
  stage = await startAdminStage();
  development = await stage.organization("Development");
});
test.afterAll(async () => { await stage.close(); });

async function newOrder(place: Place, price: number): Promise<string> {
  const accountId = await place.as("sysadmin").create("accounts", { name: "Northwind Traders", "ownerid@odata.bind": `/systemusers(${ANN})`, address1_line1: "1 Market St", address1_city: "San Francisco", address1_stateorprovince: "CA", address1_postalcode: "94105", address1_country: "US" });
  return createOrder(place.as("sysadmin"), { name: `Order of ${price}`, accountId, currency: "USD", ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price }] });
}
const openOrder = async (page: Page, url: string, id: string): Promise<void> => {
  await page.goto(`${url}/main.aspx?etn=salesorder&id=${id}&pagetype=entityrecord&as=salesrep`);
  await page.getByRole("heading", { level: 1 }).first().waitFor();
};
/** A request row with the one saved card, as a flow writes it. */
async function payByRow(place: Place, orderId: string, amount: number): Promise<string> {
  const [card] = await place.rows("cybs_paymentmethod");
  const [usd] = await place.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  return place.as("salesrep").create("cybs_paymentrequests", {
    cybs_action: CHOICE, cybs_amount: amount, cybs_method: CHOICE, cybs_channel: CHOICE, cybs_savecard: false, cybs_state: CHOICE + 1, cybs_validuntil: new Date(Date.now() + 900_000).toISOString(), "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`,
    "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${String(card?.["cybs_paymentmethodid"])})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(usd?.["transactioncurrencyid"])})`,
  });
}
const live = async (): Promise<number> => (await stage.cybersource("ledger")).filter((line) => !String(line["merchantReference"]).startsWith("TRIAL")).length;
const changed = (name: string, change: (xml: string) => string): string => {
  const files = unzipSync(managedZip());
  files["solution.xml"] = strToU8(change(strFromU8(files["solution.xml"] ?? new Uint8Array())));
  const path = join(development.folder, name);
  writeFileSync(path, zipSync(files));
  return path;
};
const paid = async (place: Place) => (await place.rows("cybs_payment")).map((row) => [row["cybs_paymentid"], row["cybs_capturedamount"], row["cybs_status"]]);

test("the managed solution comes into an environment that has nothing", async () => {
  expect(await development.admin("import", "--zip", "product.zip")).toMatchObject({ code: 0, json: { ok: true, done: "install" } });
  hostUrl = (await development.host()).url;
  const file = join(development.folder, "environment.json");
  writeFileSync(file, JSON.stringify({ ...JSON.parse(readFileSync(file, "utf8")) as object, embeddingOrigins: [hostUrl] }));
});

test("setup connects it: what others have to do is printed, and the same command goes on", async () => {
  const answers = ["--relay-url", stage.relayUrl, "--webhook-key", "env:WEBHOOK_KEY", "--operations-key", "env:OPERATIONS_KEY"];
  const waiting = await development.admin("setup", ...answers);
  expect(waiting).toMatchObject({ code: 3, json: { code: "waiting_for_others" } });
  expect(waiting.err).toContain("Please forward");
  expect(await development.admin("setup", "--application-id", RELAY_APPLICATION.clientId, "--merchant", stage.merchant, "--try-abilities")).toMatchObject({ code: 0, json: { ok: true, environmentType: "sandbox" } });
  await stage.startRelay(development);
  await giveRole(development.as("sysadmin"), ANN, "Cybersource Payments – Sales rep");
  expect((await development.admin("doctor", "--why", "Ann Weiler")).json).toMatchObject({ ok: true, red: 0 });
});

test("a sales rep takes a payment in the browser the same afternoon", async ({ page }) => {
  const before = await live();
  await openOrder(page, hostUrl, await newOrder(development, 1240));
  await openTakePayment(page);
  await typeCard(page, "4111111111111111");
  await page.getByLabel(/Save this card/).check();
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible({ timeout: 30_000 });
  expect(await live()).toBe(before + 1);
  await expect.poll(async () => paid(development), { timeout: 30_000 }).toEqual([[expect.any(String), 1240, CHOICE + 3]]);
});

test("an upgrade keeps rows, cards and connection, and the next payment works with the saved card", async ({ page }) => {
  const before = await paid(development);
  changed("next.zip", (xml) => xml.replace(/<Version>[^<]+<\/Version>/, "<Version>9.9.0.0</Version>"));
  expect((await development.admin("import", "--zip", "next.zip")).json).toMatchObject({ ok: true, done: "upgrade", version: "9.9.0.0", connection: [] });
  expect(await paid(development)).toEqual(before);
  const [card] = await development.rows("cybs_paymentmethod");
  const orderId = await createOrder(development.as("sysadmin"), { name: "Again", accountId: String(card?.["cybs_customerid"]), currency: "USD", ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price: 77 }] });
  await openOrder(page, hostUrl, orderId);
  await openTakePayment(page);
  await expect(page.getByRole("radio", { name: /•••• 1111/ })).toBeChecked();
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible({ timeout: 30_000 });
  // An older zip does not take its place again.
  expect((await development.admin("import", "--zip", "product.zip")).json).toMatchObject({ ok: false, code: "older_version" });
});

test("configuration is promoted to a second environment exactly as planned, and is the same there afterwards", async () => {
  const second = await stage.organization("Test", { id: "d0000000-0000-4000-8000-0000000000e2" });
  expect(await second.admin("import", "--zip", "product.zip")).toMatchObject({ code: 0 });
  const folder = join(development.folder, "configuration");
  expect((await development.admin("promote", "export", "--folder", folder)).json).toMatchObject({ ok: true });
  const planned = await second.admin("promote", "plan", "--folder", folder);
  expect(planned.json["changes"]).toEqual([expect.objectContaining({ kind: "create", table: "cybs_merchantaccount" })]);
  expect(await second.rows("cybs_merchantaccount")).toEqual([]);
  expect((await second.admin("promote", "apply", "--folder", folder)).json).toMatchObject({ ok: true, applied: 1 });
  const named = async (place: Place) => (await place.rows("cybs_merchantaccount")).map((row) => [row["cybs_merchantid"], row["cybs_capturepolicy"], row["cybs_isenabled"], row["cybs_reversalaftervoid"]]);
  expect(await named(second)).toEqual(await named(development));
  expect((await second.admin("promote", "diff", "--folder", folder)).json["changes"]).toEqual([]);
});

test("in a copied environment nothing is executed, and every command says why", async ({ page }) => {
  const copy = await stage.organization("Copy", { copyOf: development, id: "d0000000-0000-4000-8000-00000000c0b1" });
  // It has everything: payments, cards, the relay's address, endpoint and steps.
  await expect.poll(async () => (await copy.rows("cybs_payment")).length).toBe(2);
  expect(await copy.rows("serviceendpoint")).toHaveLength(1);
  const original = JSON.parse(readFileSync(join(development.folder, "environment.json"), "utf8")) as { dataverse: object; signIn: object };
  writeFileSync(join(copy.folder, "environment.json"), JSON.stringify({ ...original, dataverse: { ...original.dataverse, url: copy.url }, signIn: { ...original.signIn, authority: `${copy.url}/${"authority" in original.signIn ? String(original.signIn.authority).split("/").at(-1) ?? "" : ""}` } }));
  for (const verb of [["import", "--zip", "product.zip"], ["setup"], ["doctor"]]) expect((await copy.admin(...verb)).json).toMatchObject({ ok: false, code: "wrong_organization" });

  const before = await live();
  const [card] = await copy.rows("cybs_paymentmethod");
  const orderId = await createOrder(copy.as("sysadmin"), { name: "In the copy", accountId: String(card?.["cybs_customerid"]), currency: "USD", ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price: 55 }] });
  // Its step calls the relay; its rep presses the button. The relay's page does not open for a stranger.
  const { url } = await copy.host();
  await openOrder(page, url, orderId);
  await openTakePayment(page);
  await expect(page.getByRole("alert").first()).toBeVisible({ timeout: 30_000 });
  const request = await payByRow(copy, orderId, 55);
  // The original goes on meanwhile: its relay has swept several times when these payments are through.
  for (const amount of [1, 2]) {
    const id = await payByRow(development, await createOrder(development.as("sysadmin"), { name: "In the original", accountId: String(card?.["cybs_customerid"]), currency: "USD", ownerKey: "salesrep", lines: [{ name: "Thing", quantity: 1, price: amount }] }), amount);
    await expect.poll(async () => (await development.rows("cybs_paymenttransaction")).some((row) => row["cybs_paymentrequestid"] === id && row["cybs_isfinal"] === true), { timeout: 60_000 }).toBe(true);
  }
  expect((await copy.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === request)).toEqual([]);
  expect((await copy.rows("cybs_paymentrequest")).some((row) => row["cybs_paymentrequestid"] === request)).toBe(true);
  expect(await live()).toBe(before + 2);
});

test("uninstall exports the rows, leaves nothing of ours, and says so the second time", async () => {
  const out = join(development.folder, "rows");
  expect(await development.admin("uninstall", "--export", out)).toMatchObject({ code: 0, json: { ok: true } });
  expect(readFileSync(join(out, "cybs_payments.jsonl"), "utf8").trim().split("\n").length).toBeGreaterThanOrEqual(2);
  expect((await development.rows("solution")).map((row) => row["uniquename"])).not.toContain("CybersourcePayments");
  expect(await development.rows("serviceendpoint")).toEqual([]);
  expect(await development.rows("sdkmessageprocessingstep")).toEqual([]);
  expect((await development.admin("uninstall")).json).toMatchObject({ code: "not_installed" });
});
