// The card picker where something is missing: still reading, order closed, request expired, payment service silent or without an address. Each says what to do.
import { paymentRequestTable } from "@cybs/schema";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, newOrder, openOrder, openTakePayment, sandbox } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newShopper, poke, recordUrl, transactionOf, usd } from "./paid.ts";

const { logicalName, entitySetName, forms } = paymentRequestTable;
const EXPIRED = CHOICE + 9;
const alert = (page: Page, words: string | RegExp): Locator => page.getByRole("alert").filter({ hasText: words });
const openRequest = (page: Page, id: string): Promise<unknown> => page.goto(`${recordUrl(logicalName, id, "salesrep")}&formid=${forms.takePayment}`);
const request = async (orderId: string, amount: number, more: Readonly<Record<string, unknown>> = {}): Promise<string> => apiOf("salesrep").create(entitySetName, {
  cybs_action: CHOICE, cybs_amount: amount, cybs_channel: CHOICE, cybs_state: CHOICE, "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})`, ...more,
});

test("while the order is read it says so", async ({ page }) => {
  let release: () => void = () => undefined;
  const read = new Promise<void>((resolve) => { release = resolve; });
  await openOrder(page, await newOrder(1831));
  await page.route("**/cybs_paymentmethods?*", async (route) => { await read; await route.continue(); });
  await openTakePayment(page);
  await expect(page.getByRole("status").filter({ hasText: "Reading the order and its saved cards …" })).toBeVisible();
  await takePicture(page, "picker-loading");
  release();
  await expect(page.getByRole("button", { name: "Charge $1,831.00" })).toBeVisible();
});

test("an order that was closed after the draft was made: no payment, and no button", async ({ page }) => {
  const orderId = await newOrder(1832);
  const id = await request(orderId, 1832);
  await apiOf("sysadmin").send("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "done", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });
  await openRequest(page, id);
  await expect(alert(page, "This order or invoice is closed, so no payment can be taken on it.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^(Charge|Authorize)/ })).toHaveCount(0);
  await takePicture(page, "picker-closed", page.locator(".cybs-picker"));
  await expectAccessible(page, ".cybs-picker");
});

test("a request that was past its time when the payment service saw it: no money moved, and a new one can be begun", async ({ page }) => {
  const { customerId, cardId } = await newShopper();
  const id = await request(await newOrder(1833, customerId), 1833, { cybs_state: CHOICE + 1, cybs_method: CHOICE, cybs_validuntil: new Date(Date.now() - 60_000).toISOString(), "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${cardId})` });
  await poke(id);
  await transactionOf("cybs_paymentrequestid", id, EXPIRED);
  await openRequest(page, id);
  await expect(page.getByRole("heading", { name: "Not carried out" })).toBeVisible();
  await expect(page.locator(".cybs-picker")).toContainText(/No money moved|Nothing was charged/);
  await takePicture(page, "picker-request-expired", page.locator(".cybs-picker"));
  await expectAccessible(page, ".cybs-picker");
  await page.getByRole("button", { name: "Start a new payment" }).click();
  await expect(page.getByRole("radio", { name: "New card" })).toBeVisible();
  expect(await ledgerOf("1833.00")).toEqual([]);
});

test("the payment service is silent: said after ten seconds with what an administrator can do; a saved card can be sent all the same", async ({ page }) => {
  const { customerId } = await newShopper();
  await page.route(`${sandbox().relay}/card-entry/**`, (route) => route.abort());
  await openOrder(page, await newOrder(1834, customerId));
  await openTakePayment(page);
  await expect(page.getByRole("status").filter({ hasText: "The payment service does not answer at the moment. You can still send this" })).toBeVisible({ timeout: 15_000 });
  await expect(page.getByRole("button", { name: "Charge $1,834.00" })).toBeEnabled();
  await takePicture(page, "picker-unreachable-saved");
  await page.getByRole("radio", { name: "New card" }).check();
  await expect(alert(page, "The secure card page did not open within 10 seconds")).toBeVisible();
  await expect(page.getByRole("button", { name: "Charge $1,834.00" })).toBeDisabled();
  await takePicture(page, "picker-unreachable");
  await expectAccessible(page);
  await page.unrouteAll();
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByRole("button", { name: "Charge $1,834.00" })).toBeEnabled({ timeout: 15_000 });
  expect(await ledgerOf("1834.00")).toEqual([]);
});

test("the payment service's address is not set: the environment variable is named", async ({ page }) => {
  await page.route("**/environmentvariabledefinitions?*", (route) => route.fulfill({ json: { value: [] } }));
  await openOrder(page, await newOrder(1835));
  await openTakePayment(page);
  await expect(alert(page, "Ask your administrator to set the environment variable cybs_relayurl.")).toBeVisible();
  await takePicture(page, "picker-no-address");
  await expectAccessible(page);
});
