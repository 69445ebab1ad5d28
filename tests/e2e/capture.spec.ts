// Capturing from the order: in full, in part with the rest let go, by whoever may; cash beside cards; a bulk run in which one payment changes meanwhile.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, newOrder, rows, sandbox } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newInvoice, newShopper, payByRow, paymentRow, poke, recordUrl, type Shopper } from "./paid.ts";

let shopper: Shopper;
test.beforeAll(async () => { shopper = await newShopper(); });

const dialog = (page: Page, name: string): Locator => page.getByRole("dialog", { name });
const kinds = async (amount: string): Promise<readonly string[]> => (await ledgerOf(amount)).map(({ kind }) => kind).sort();

test("in full, from the order, by keyboard: captured, and the order shows it", async ({ page }) => {
  const held = await payByRow(shopper, 710, { kind: "authorization" });
  await page.goto(recordUrl("salesorder", held.orderId, "salesrep"));
  await page.getByRole("button", { name: "Capture", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(dialog(page, "Capture").getByRole("status").filter({ hasText: "Everything that is held is captured." })).toBeVisible();
  await dialog(page, "Capture").getByRole("textbox", { name: "Amount" }).press("Enter");
  await expect(dialog(page, "Capture").getByRole("heading", { name: "Captured" })).toBeVisible({ timeout: 20_000 });
  await takePicture(page, "capture-done", dialog(page, "Capture"));
  await expectAccessible(page);
  expect(await kinds("710.00")).toEqual(["authorization", "capture"]);
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByLabel("Form").selectOption({ label: "Order – payments" });
  await expect(page.getByRole("img", { name: "captured $710.00 of $710.00" })).toBeVisible();
  await takePicture(page, "status-captured", page.locator(".cybs-status"));
});

test("in part: the rest is let go, said before and shown after", async ({ page }) => {
  const held = await payByRow(shopper, 720, { kind: "authorization" });
  await page.goto(recordUrl("salesorder", held.orderId, "salesrep"));
  await page.getByRole("button", { name: "Capture", exact: true }).click();
  await dialog(page, "Capture").getByRole("textbox", { name: "Amount" }).fill("500");
  await expect(dialog(page, "Capture").getByRole("status").filter({ hasText: "the remaining $220.00 is released" })).toBeVisible();
  await page.getByRole("button", { name: "Capture $500.00" }).click();
  await expect(dialog(page, "Capture").getByRole("heading", { name: "Captured" })).toBeVisible({ timeout: 20_000 });
  await expect.poll(async () => (await paymentRow(held.id))["cybs_capturedamount"]).toBe(500);
  await page.getByRole("button", { name: "Show the payment as it is now" }).click();
  await expect(dialog(page, "Capture")).not.toContainText("Capture $220.00");
  expect((await ledgerOf("500.00")).map(({ kind }) => kind)).toEqual(["capture"]);
});

test("finance sees the authorization and finds no capture; Dataverse takes no row", async ({ page }) => {
  const held = await payByRow(shopper, 730, { kind: "authorization" });
  await page.goto(recordUrl("salesorder", held.orderId, "finance"));
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: /Capture|Take payment|Record payment/ })).toHaveCount(0);
  await expect(apiOf("finance").create("cybs_paymentrequests", { cybs_action: CHOICE + 3, cybs_amount: 1 })).rejects.toThrow("403");
  expect(await kinds("730.00")).toEqual(["authorization"]);
});

test.describe("cash beside cards", () => {
  test("what came in cash is recorded on the order and no longer open", async ({ page }) => {
    const orderId = await newOrder(740, shopper.customerId);
    await payByRow(shopper, 300, { orderId });
    await page.goto(recordUrl("salesorder", orderId, "salesrep"));
    await page.getByRole("button", { name: "Record payment" }).click();
    const form = dialog(page, "Record payment");
    await form.getByLabel("Amount").fill("440");
    await takePicture(page, "record-payment", form);
    await expectAccessible(page);
    await form.getByRole("button", { name: "Save & Close" }).click();
    await expect(form).toHaveCount(0);
    await expect.poll(async () => (await rows("cybs_manualpayment")).filter((row) => row["cybs_salesorderid"] === orderId).map((row) => row["cybs_amount"])).toEqual([440]);
    await page.getByLabel("Form").selectOption({ label: "Order – payments" });
    await expect(page.locator(".cybs-status").getByText("Open $0.00")).toBeVisible();
    await expect(page.locator(".cybs-status")).toContainText("Cash, cheque and transfer");
    await takePicture(page, "status-cash", page.locator(".cybs-status"));
    await expectAccessible(page, ".cybs-status");
  });

  test("who has no role finds no command, and Dataverse takes no row", async ({ page }) => {
    const orderId = await newOrder(741, shopper.customerId);
    await page.goto(recordUrl("salesorder", orderId, "nobody"));
    await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Record payment" })).toHaveCount(0);
    await expect(apiOf("nobody").create("cybs_manualpayments", { cybs_amount: 1 })).rejects.toThrow("403");
  });
});

test("a bulk capture from a view: one payment changes after the preview and is skipped and reported, the others are carried out, one result a row", async ({ page }) => {
  const held = await Promise.all([751, 752, 753].map((amount) => payByRow(shopper, amount, { kind: "authorization" })));
  await page.goto(`${sandbox().host}/main.aspx?app=cybs_CybersourcePayments&pagetype=entitylist&etn=cybs_payment&as=salesrep`);
  const list = page.getByRole("main");
  for (const { id } of held) {
    const name = String((await paymentRow(id))["cybs_name"]);
    await list.getByRole("row", { name: new RegExp(name) }).getByRole("checkbox").check();
  }
  await page.getByRole("toolbar", { name: "Commands" }).getByRole("button", { name: "Capture" }).click();
  const run = dialog(page, "Capture selected");
  await expect(run.getByRole("button", { name: "Capture 3 payments, $2,256.00" })).toBeVisible();
  await expectAccessible(page);
  const [, changed] = held;
  const other = await apiOf("salesrep").create("cybs_paymentrequests", {
    cybs_action: CHOICE + 3, cybs_amount: 100, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, cybs_validuntil: new Date(Date.now() + 900_000).toISOString(), "cybs_PaymentId@odata.bind": `/cybs_payments(${String(changed?.id)})`,
    "cybs_SalesOrderId@odata.bind": `/salesorders(${String(changed?.orderId)})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(changed?.currencyId)})`,
  });
  await poke(other);
  await expect.poll(async () => (await paymentRow(String(changed?.id)))["cybs_capturedamount"], { timeout: 20_000 }).toBe(100);
  await run.getByRole("button", { name: "Capture 3 payments, $2,256.00" }).click();
  await expect(run.getByRole("progressbar")).toHaveAttribute("aria-valuemax", "3");
  await expect(run.getByRole("status").filter({ hasText: "2 of 3 carried out, $1,504.00" })).toBeVisible({ timeout: 30_000 });
  await expect(run.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "3");
  await expect(run.getByRole("row").filter({ hasText: "done" })).toHaveCount(2);
  await expect(run.getByRole("row").filter({ hasText: "skipped: changed meanwhile" })).toHaveCount(1);
  await takePicture(page, "bulk-run-changed", run);
  await expectAccessible(page);
  for (const amount of ["751.00", "753.00"]) expect(await kinds(amount)).toEqual(["authorization", "capture"]);
  expect((await kinds("752.00")).filter((kind) => kind === "capture")).toEqual([]);
});

test.describe("an invoice of an order that was paid already", () => {
  const COMPLETE = 100_001;
  test("becomes paid by itself: nothing can be taken twice, and money can still be given back", async ({ page }) => {
    const sale = await payByRow(shopper, 760);
    const invoiceId = await newInvoice(shopper.customerId, 760, sale.orderId);
    await expect.poll(async () => (await rows("invoice")).find((row) => row["invoiceid"] === invoiceId)?.["statuscode"], { timeout: 20_000 }).toBe(COMPLETE);
    await page.goto(recordUrl("invoice", invoiceId, "refundagent"));
    await page.getByRole("button", { name: "Take payment" }).click();
    await expect(dialog(page, "Take payment")).toContainText("This invoice is paid or cancelled, so no payment can be taken on it. Money can still be given back.");
    await page.getByRole("button", { name: "OK" }).click();
    await page.getByRole("button", { name: "Give money back", exact: true }).click();
    await expect(page.getByRole("button", { name: "Give back $760.00" })).toBeVisible();
  });

  test("of which a part was paid: the payment window offers the rest", async ({ page }) => {
    const orderId = await newOrder(770, shopper.customerId);
    await payByRow(shopper, 500, { orderId });
    const invoiceId = await newInvoice(shopper.customerId, 770, orderId);
    await expect.poll(async () => (await rows("cybs_paymentallocation")).some((row) => row["cybs_invoiceid"] === invoiceId), { timeout: 20_000 }).toBe(true);
    await page.goto(recordUrl("invoice", invoiceId, "salesrep"));
    await page.getByRole("button", { name: "Take payment" }).click();
    await expect(page.getByRole("button", { name: "Charge $270.00" })).toBeVisible({ timeout: 15_000 });
    expect((await ledgerOf("770.00"))).toEqual([]);
  });

  test("in cash, in part: payment window and recording offer the rest, and no more is charged", async ({ page }) => {
    const orderId = await newOrder(780, shopper.customerId);
    const [order] = (await rows("salesorder")).filter((row) => row["salesorderid"] === orderId);
    await apiOf("salesrep").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(order?.["transactioncurrencyid"])})`, cybs_kind: CHOICE, cybs_amount: 500, cybs_receivedon: new Date().toISOString() });
    const invoiceId = await newInvoice(shopper.customerId, 780, orderId);
    await page.goto(recordUrl("invoice", invoiceId, "salesrep"));
    await page.getByRole("button", { name: "Take payment" }).click();
    await expect(page.getByRole("button", { name: "Charge $280.00" })).toBeVisible({ timeout: 15_000 });
    await expect(dialog(page, "Take payment").locator(".cybs-figures")).toContainText("Paid$500.00");
    await page.goto(recordUrl("invoice", invoiceId, "salesrep"));
    await page.getByRole("button", { name: "Record payment" }).click();
    await expect(dialog(page, "Record payment").getByLabel("Amount")).toHaveValue(/^280/);
  });
});
