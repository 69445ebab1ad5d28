// What an invoice says that its order was paid for, or is being paid for: form, payment window and recording name the same open amount, and nobody is sent to charge twice.
import { invoiceTable } from "@cybs/schema";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { newOrder, rows } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newInvoice, newShopper, payByRow, recordUrl, usd, UNKNOWN, type Shopper } from "./paid.ts";

let shopper: Shopper;
test.beforeAll(async () => { shopper = await newShopper(); });

const status = (page: Page): Locator => page.locator(".cybs-status");
const dialog = (page: Page, name: string): Locator => page.getByRole("dialog", { name });
const openInvoice = (page: Page, id: string, as = "salesrep", more = ""): Promise<unknown> => page.goto(recordUrl("invoice", id, as, `&formid=${invoiceTable.forms.invoicePayments}${more}`));

test("cash on the order: the rest is open, and the way to the order is there", async ({ page }) => {
  const orderId = await newOrder(781, shopper.customerId);
  await apiOf("salesrep").create("cybs_manualpayments", { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})`, cybs_kind: CHOICE, cybs_amount: 500, cybs_receivedon: new Date().toISOString() });
  const invoiceId = await newInvoice(shopper.customerId, 781, orderId);
  await openInvoice(page, invoiceId);
  await expect(status(page)).toContainText("Open $281.00");
  await expect(status(page)).toContainText("Paid on the order$500.00");
  await expect(status(page)).toContainText("Partly paid");
  await takePicture(page, "status-paid-on-order", status(page));
  await expectAccessible(page, ".cybs-status");
  await page.getByRole("button", { name: "Take payment" }).click();
  await expect(page.getByRole("button", { name: "Charge $281.00" })).toBeVisible({ timeout: 15_000 });
  await page.getByRole("button", { name: "Cancel", exact: true }).click();
  await status(page).getByRole("button", { name: "Open the order" }).press("Enter");
  await expect(page.getByRole("heading", { level: 1, name: "Order of 781" })).toBeVisible();
});

test("a payment of the order without an answer: no other one, in the form, the window and the recording", async ({ page }) => {
  const { orderId } = await payByRow(shopper, 6031, { until: UNKNOWN });
  const invoiceId = await newInvoice(shopper.customerId, 6031, orderId);
  await openInvoice(page, invoiceId);
  await expect(status(page)).toContainText("has no answer from Cybersource yet. Do not take another payment.");
  await expect(status(page)).toContainText("Open $0.00");
  await expect(status(page)).not.toContainText("You can take a payment");
  await takePicture(page, "status-unknown-on-order", status(page));
  await expectAccessible(page, ".cybs-status");
  await page.getByRole("button", { name: "Take payment" }).click();
  const window = dialog(page, "Take payment");
  await expect(window.getByRole("alert")).toContainText("We do not know yet how an earlier payment of this order ended.", { timeout: 15_000 });
  await expect(window.locator(".cybs-figures")).toContainText("Paid$0.00In progress$6,031.00Open$0.00");
  await takePicture(page, "window-unknown-on-order", window);
  await expectAccessible(page);
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Record payment" }).click();
  await expect(dialog(page, "Record payment")).toContainText("Nothing is open here");
  await expectAccessible(page);
  await dialog(page, "Record payment").getByRole("button", { name: "Cancel" }).press("Enter");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  expect((await rows("cybs_manualpayment")).filter((row) => row["cybs_invoiceid"] === invoiceId)).toEqual([]);
});

test("a hold on the order is captured there; finance is told who may take a payment, and finds no command", async ({ page }) => {
  const { orderId } = await payByRow(shopper, 774, { kind: "authorization" });
  const invoiceId = await newInvoice(shopper.customerId, 774, orderId);
  await openInvoice(page, invoiceId, "salesrep", "&lcid=1031");
  await expect(status(page)).toContainText(/774,00\s\$ autorisiert\. Ziehen Sie diese dort ein/);
  await takePicture(page, "status-held-on-order", status(page));
  await openInvoice(page, await newInvoice(shopper.customerId, 783), "finance");
  await expect(status(page)).toContainText("Taking a payment needs the role Cybersource Payments – Sales rep.");
  await expect(page.getByRole("button", { name: /Take payment|Record payment/ })).toHaveCount(0);
});

test("what payments of its order have paid of an invoice can be given back from its form", async ({ page }) => {
  const { orderId } = await payByRow(shopper, 1784);
  const invoiceId = await newInvoice(shopper.customerId, 1784, orderId);
  await expect.poll(async () => (await rows("cybs_paymentallocation")).some((row) => row["cybs_invoiceid"] === invoiceId), { timeout: 20_000 }).toBe(true);
  await openInvoice(page, invoiceId, "refundagent");
  await expect(status(page)).toContainText("The payments stand on the order of this invoice.");
  await takePicture(page, "status-applied", status(page));
  await expectAccessible(page, ".cybs-status");
  await status(page).getByRole("button", { name: "Give back up to $1,784.00" }).click();
  await expect(dialog(page, "Give money back").getByRole("button", { name: "Give back $1,784.00" })).toBeVisible({ timeout: 20_000 });
});

test("an invoice that shares a sale with another one gives back its own part, and says where the rest is", async ({ page }) => {
  const { id, orderId } = await payByRow(shopper, 1786);
  const [first] = [await newInvoice(shopper.customerId, 1000, orderId), await newInvoice(shopper.customerId, 786, orderId)];
  await expect.poll(async () => (await rows("cybs_paymentallocation")).filter((row) => row["cybs_paymentid"] === id).length, { timeout: 20_000 }).toBe(2);
  await openInvoice(page, first, "refundagent");
  await status(page).getByRole("button", { name: "Give back up to $1,000.00" }).click();
  const window = dialog(page, "Give money back");
  const amount = window.getByRole("textbox", { name: "Amount" });
  await expect(amount).toHaveValue("1,000.00", { timeout: 20_000 });
  await expect(window).toContainText("This invoice holds $1,000.00 of this payment. More is given back from the order.");
  await takePicture(page, "refund-shared", window);
  await expectAccessible(page);
  await window.getByRole("combobox", { name: "Reason" }).selectOption({ label: "Returned goods" });
  await amount.fill("1000.01");
  await amount.press("Enter");
  await expect(window.getByRole("alert").filter({ hasText: "At most $1,000.00 can be given back on this invoice" })).toBeVisible();
  await amount.fill("1000");
  await window.getByRole("button", { name: "Give back $1,000.00" }).click();
  await expect(window.getByRole("status").filter({ hasText: "Waits for approval" })).toBeVisible({ timeout: 20_000 });
  await openInvoice(page, first, "refundagent");
  await page.getByRole("button", { name: "Give money back", exact: true }).click();
  await expect(window).toContainText("Nothing of this payment is left on this invoice, or it is asked for already.", { timeout: 20_000 });
  await takePicture(page, "refund-share-asked", window);
  await expectAccessible(page);
});
