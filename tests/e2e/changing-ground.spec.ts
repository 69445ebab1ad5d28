// What happens around a person while the window is open: card entry expires, the order changes, somebody else takes a payment, too.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { createWebApi } from "../sandbox/web-api.ts";
import { cybersourceHttp, dataverseHttp, entryFrame, ledgerOf, newOrder, openOrder, openTakePayment, pay, rows, sandbox, typeCard } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";

const PAN = "4111111111111111";
const approved = (page: Page): Locator => page.getByRole("heading", { name: "Payment approved" });
const alert = (page: Page, words: RegExp | string): Locator => page.getByRole("alert").filter({ hasText: words });
const cardNumber = (page: Page): Locator => entryFrame(page).frameLocator("iframe[title='Card number']").getByLabel("Card number");
const tell = (path: string, body: unknown) => fetch(`${cybersourceHttp()}/_sandbox/${path}`, { method: "POST", body: JSON.stringify(body) });
const callsToPay = async (): Promise<number> => ((await (await fetch(`${cybersourceHttp()}/_sandbox/requests`)).json()) as { path: string }[]).filter((call) => call.path === "/pts/v2/payments").length;

async function changePrice(orderId: string, price: number): Promise<void> {
  const admin = createWebApi(dataverseHttp(), sandbox().tokens["sysadmin"] ?? "");
  const [line] = await admin.find(`salesorderdetails?$select=salesorderdetailid&$filter=_salesorderid_value eq ${orderId}`);
  await admin.send("PATCH", `salesorderdetails(${String(line?.["salesorderdetailid"])})`, { priceperunit: price });
}

async function openWithCard(page: Page, orderId: string): Promise<void> {
  await openOrder(page, orderId);
  await openTakePayment(page);
  await typeCard(page, PAN);
}

test.afterEach(async () => {
  await tell("settings", { contextLifeSeconds: 900 });
  await fetch(`${cybersourceHttp()}/_sandbox/faults`, { method: "DELETE" });
});

test("card entry that is over when the button is pressed is opened again; only the card is typed anew", async ({ page }) => {
  await tell("settings", { contextLifeSeconds: 4 });
  await openWithCard(page, await newOrder(1611));
  await page.getByLabel("Amount").fill("1600");
  await page.getByLabel("writing by mail").check();
  await page.getByLabel(/Save this card/).check();
  await tell("settings", { contextLifeSeconds: 900 });
  await page.waitForTimeout(5_000);
  await pay(page);
  await expect(alert(page, /again|expired/i)).toBeVisible();
  await expect(page.getByLabel("Amount")).toHaveValue("1600");
  await expect(page.getByLabel("writing by mail")).toBeChecked();
  await expect(page.getByLabel(/Save this card/)).toBeChecked();
  await expect(page.getByLabel("Month", { exact: true })).toHaveValue("12");
  await expect(cardNumber(page)).toHaveValue("");
  await typeCard(page, PAN);
  await pay(page);
  await expect(approved(page)).toBeVisible();
  expect(await ledgerOf("1600.00")).toHaveLength(1);
});

test("card entry that is over while somebody talks is opened again by itself, and says so", async ({ page }) => {
  await tell("settings", { contextLifeSeconds: 42 });
  await openWithCard(page, await newOrder(1612));
  await page.getByLabel("Amount").fill("1601");
  await tell("settings", { contextLifeSeconds: 900 });
  await expect(page.getByRole("status").filter({ hasText: "Type the card again; everything else is kept" })).toBeVisible({ timeout: 30_000 });
  await expect(cardNumber(page)).toHaveValue("");
  await expect(page.getByLabel("Amount")).toHaveValue("1601");
  await takePicture(page, "picker-expired");
  await expectAccessible(page);
});

test("an order that became smaller meanwhile: refused before anything is sent, and the new amount is offered", async ({ page }) => {
  const orderId = await newOrder(1621);
  await openWithCard(page, orderId);
  await changePrice(orderId, 1000);
  await pay(page);
  await expect(alert(page, "$1,000.00 is open now, not $1,621.00. Nothing was sent.")).toBeVisible();
  await takePicture(page, "picker-order-changed");
  await expect(page.getByLabel("Amount")).toHaveValue("1,000.00");
  await expect(page.getByLabel("Amount")).toBeFocused();
  expect(await ledgerOf("1621.00")).toEqual([]);
  await page.getByRole("button", { name: "Charge $1,000.00" }).click();
  await expect(approved(page)).toBeVisible();
  expect(await ledgerOf("1000.00")).toHaveLength(1);
});

test("an order that became smaller at the last moment: the relay refuses, and the new amount is offered", async ({ page }) => {
  const orderId = await newOrder(1622);
  await openWithCard(page, orderId);
  await page.route("**/cybs_paymentrequests(*)", async (route) => {
    if (route.request().method() === "PATCH" && route.request().postData()?.includes("cybs_validuntil") === true) await changePrice(orderId, 1001);
    await route.continue();
  });
  await pay(page);
  await expect(page.getByRole("heading", { name: "Not charged" })).toBeVisible();
  await expectAccessible(page);
  await takePicture(page, "picker-refused");
  expect(await ledgerOf("1622.00")).toEqual([]);
  await page.unrouteAll();
  await page.getByRole("button", { name: "Start a new payment" }).click();
  await expect(page.getByLabel("Amount")).toHaveValue("1,001.00");
  await typeCard(page, PAN);
  await page.getByRole("button", { name: "Charge $1,001.00" }).click();
  await expect(approved(page)).toBeVisible();
  expect(await ledgerOf("1001.00")).toHaveLength(1);
});

test("two windows on one order: one payment, the other is told in words", async ({ page, context }) => {
  const orderId = await newOrder(1631);
  const other = await context.newPage();
  for (const window of [page, other]) await openWithCard(window, orderId);
  await Promise.all([pay(page), pay(other)]);
  const refused = (window: Page): Locator => window.getByRole("alert").filter({ hasText: /Nothing was charged: |Another payment for this order|This was paid|Nothing is open/ });
  for (const window of [page, other]) await expect(approved(window).or(refused(window)).first()).toBeVisible({ timeout: 20_000 });
  const approvals = await Promise.all([page, other].map((window) => approved(window).count()));
  expect([...approvals].sort()).toEqual([0, 1]);
  expect(await ledgerOf("1631.00")).toHaveLength(1);
});

test("two rows for one order, the first of them unknown: the relay refuses the second in words, and sends nothing", async ({ page, context }) => {
  const orderId = await newOrder(6031);
  const second = await context.newPage();
  await openWithCard(second, orderId);
  await openWithCard(page, orderId);
  await pay(page);
  await expect(page.getByRole("heading", { name: "We do not know yet" })).toBeVisible();
  const before = await callsToPay();
  // The second window sees nothing of the first one's payment: only the relay can know.
  await second.route("**/cybs_payments?*", (route) => route.fulfill({ json: { value: [] } }));
  await pay(second);
  await expect(second.getByRole("heading", { name: "Not charged" })).toBeVisible({ timeout: 20_000 });
  await expect(alert(second, "another payment for this order is not finished. Wait for its outcome.")).toBeVisible();
  await takePicture(second, "picker-second-row-refused");
  expect(await callsToPay()).toBe(before);
});

test("an order whose whole amount is unknown says whose payment it was, and offers no other", async ({ page }) => {
  const orderId = await newOrder(6031);
  await openWithCard(page, orderId);
  await pay(page);
  await expect(page.getByRole("heading", { name: "We do not know yet" })).toBeVisible();
  await takePicture(page, "picker-unknown");
  await expectAccessible(page);
  const before = await callsToPay();
  await openOrder(page, orderId);
  await openTakePayment(page);
  await expect(alert(page, /We do not know yet how an earlier payment of this order ended\. Ann Weiler took it at \d?\d:\d\d.*Do not take another payment/)).toBeVisible();
  await expect(page.getByRole("button", { name: /^(Charge|Authorize)/ })).toHaveCount(0);
  await takePicture(page, "picker-unknown-before");
  await expectAccessible(page);
  expect(await callsToPay()).toBe(before);
});

test("a payment in progress names who started it and since when; looking again finds it paid", async ({ page, context }) => {
  const orderId = await newOrder(1641);
  await openWithCard(page, orderId);
  await tell("faults", { match: { method: "POST", path: "^/pts/v2/payments$" }, fault: "delay", value: 12_000 });
  const other = await context.newPage();
  await openOrder(other, orderId);
  const before = (await rows("cybs_paymenttransaction")).length;
  await pay(page);
  await expect.poll(async () => (await rows("cybs_paymenttransaction")).length).toBeGreaterThan(before);
  await openTakePayment(other);
  await expect(alert(other, /Another payment for this order is not finished\. Ann Weiler started it at \d?\d:\d\d .+\. Wait for its answer/)).toBeVisible();
  await takePicture(other, "picker-in-progress");
  await expectAccessible(other);
  await expect(approved(page)).toBeVisible({ timeout: 20_000 });
  await other.getByRole("button", { name: "Look again" }).click();
  await expect(alert(other, "Nothing is open any more")).toBeVisible();
});
