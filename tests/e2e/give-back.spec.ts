// Giving money back on the screen: which way it goes and why is said before the button, before the batch closes and after it; who may, and who may not.
import { refundRequestTable } from "@cybs/schema";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, rows, tellGateway } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { useOwnSandbox } from "./own-sandbox.ts";
import { apiOf, limitRefunds, newInvoice, newShopper, openPayment, payByRow, paymentRow, recordUrl, type Shopper } from "./paid.ts";

const own = useOwnSandbox();
let shopper: Shopper;
test.beforeAll(async () => {
  shopper = await newShopper();
  await tellGateway({ searchLagMs: 0 });
  await limitRefunds(500);
});
test.beforeEach(async ({ page }) => { await own.follow(page); });

const dialog = (page: Page): Locator => page.getByRole("dialog", { name: "Give money back" });
const says = (page: Page, words: string | RegExp): Locator => dialog(page).getByRole("status").filter({ hasText: words });
const giveBack = (page: Page): Promise<void> => page.getByRole("button", { name: "Give money back", exact: true }).click();

test("before the batch closes, by keyboard alone: it says void and release and until when, and does both", async ({ page }) => {
  const sale = await payByRow(shopper, 91);
  await openPayment(page, sale.id, "refundagent");
  await page.getByRole("button", { name: "Give money back", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(says(page, /not yet settled: this will be voided\. The hold is released right after it\. The batch closes at .+; after that it becomes a refund\./)).toBeVisible();
  await expectAccessible(page);
  await dialog(page).getByRole("textbox", { name: "Amount" }).focus();
  await expect(dialog(page).getByRole("textbox", { name: "Amount" })).toHaveValue("91.00");
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("alert").filter({ hasText: "Choose a reason." })).toBeVisible();
  await expect(dialog(page).getByRole("combobox", { name: "Reason" })).toBeFocused();
  await page.keyboard.type("Goodwill");
  await page.keyboard.press("Tab");
  await page.keyboard.type("Came too late.");
  await page.keyboard.press("Tab");
  await expect(page.getByRole("button", { name: "Give back $91.00" })).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(dialog(page).getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
  await takePicture(page, "refund-voided");
  await expectAccessible(page);
  expect((await ledgerOf("91.00")).map(({ kind }) => kind).sort()).toEqual(["reversal", "sale", "void"]);
  expect((await ledgerOf("91.00")).some(({ kind }) => kind === "refund")).toBe(false);
});

test("a part before the batch closes waits for it, and says so", async ({ page }) => {
  const sale = await payByRow(shopper, 92);
  await openPayment(page, sale.id, "refundagent");
  await giveBack(page);
  await dialog(page).getByRole("textbox", { name: "Amount" }).fill("30");
  await expect(says(page, /A part of a capture that is not settled yet: this will be refunded to Visa •••• 1111 after /)).toBeVisible();
  await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Wrong amount" });
  await page.getByRole("button", { name: "Give back $30.00" }).click();
  await expect(dialog(page).getByRole("heading", { name: "Goes back after the batch" })).toBeVisible({ timeout: 20_000 });
  await expect(dialog(page)).toContainText("Refunded after today's batch has closed. The amount is reserved until then.");
  await takePicture(page, "refund-waits-for-batch");
  await expectAccessible(page);
  expect((await ledgerOf("30.00"))).toEqual([]);
});

test("what was only authorized is reversed, never refunded", async ({ page }) => {
  const held = await payByRow(shopper, 93, { kind: "authorization" });
  await openPayment(page, held.id, "refundagent");
  await giveBack(page);
  await expect(says(page, "Nothing was captured yet: the authorization will be reversed, and the bank releases the hold.")).toBeVisible();
  await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Cancelled" });
  await page.getByRole("button", { name: "Give back $93.00" }).click();
  await expect(dialog(page).getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
  expect((await ledgerOf("93.00")).map(({ kind }) => kind).sort()).toEqual(["authorization", "reversal"]);
});

test("from the order that was paid, also when it is closed and no invoice was made; a sales rep finds no command there", async ({ page }) => {
  const sale = await payByRow(shopper, 96);
  await apiOf("sysadmin").send("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "done", "salesorderid@odata.bind": `/salesorders(${sale.orderId})` }, Status: -1 });
  await page.goto(recordUrl("salesorder", sale.orderId, "refundagent"));
  await page.getByRole("button", { name: "Give money back", exact: true }).press("Enter");
  await expect(dialog(page).getByRole("textbox", { name: "Amount" })).toHaveValue("96.00");
  await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Not delivered" });
  await dialog(page).getByRole("button", { name: "Give back $96.00" }).press("Enter");
  await expect(dialog(page).getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
  await takePicture(page, "give-back-order");
  expect((await ledgerOf("96.00")).map(({ kind }) => kind).sort()).toEqual(["reversal", "sale", "void"]);
  await page.goto(recordUrl("salesorder", sale.orderId, "salesrep"));
  await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
  await expect(page.getByRole("button", { name: /Give money back|^Refund$/ })).toHaveCount(0);
});

for (const [user, amount] of [["salesrep", 94], ["finance", 95]] as const) {
  test(`${user} may look and not give back: no command, and Dataverse takes no row`, async ({ page }) => {
    const sale = await payByRow(shopper, amount);
    await openPayment(page, sale.id, user);
    await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
    await expect(page.getByRole("button", { name: /Give money back|^Refund$/ })).toHaveCount(0);
    await expect(apiOf(user).create("cybs_refundrequests", { "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.id})`, cybs_amount: 1 })).rejects.toThrow("403");
  });
}

test("above the limit: says that a second person will be asked, waits for him, and is carried out when he agrees", async ({ page, browser }) => {
  const sale = await payByRow(shopper, 700);
  await openPayment(page, sale.id, "refundagent");
  await giveBack(page);
  await expect(says(page, "Above your limit of $500.00: a second person will be asked.")).toBeVisible();
  await takePicture(page, "refund-above-limit");
  await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Not delivered" });
  await page.getByRole("button", { name: "Give back $700.00" }).click();
  await expect(says(page, "Waits for approval")).toBeVisible({ timeout: 20_000 });
  await takePicture(page, "refund-waits");
  await expectAccessible(page);
  const id = String((await rows("cybs_refundrequest")).find((row) => row["cybs_paymentid"] === sale.id)?.["cybs_refundrequestid"]);
  const approver = await (await browser.newContext()).newPage();
  await own.follow(approver);
  await approver.goto(`${recordUrl("cybs_refundrequest", id, "approver")}&formid=${refundRequestTable.forms.giveBack}`);
  await approver.getByRole("button", { name: "Approve $700.00" }).click();
  for (const one of [approver, page]) await expect(one.getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
  expect((await ledgerOf("700.00")).map(({ kind }) => kind).sort()).toEqual(["reversal", "sale", "void"]);
});

test.describe("after the batch has closed", () => {
  test("a part goes back as a refund to the same card, below the limit at once; the invoice is paid and read-only", async ({ page }) => {
    const sale = await payByRow(shopper, 150);
    const invoiceId = await newInvoice(shopper.customerId, 150, sale.orderId);
    await own.advance("P1D");
    await own.follow(page);
    await openPayment(page, sale.id, "refundagent");
    await giveBack(page);
    await dialog(page).getByRole("textbox", { name: "Amount" }).fill("40.50");
    await expect(says(page, /and the batch is closed: this will be refunded to Visa •••• 1111\.|Settled on .+: this will be refunded to Visa •••• 1111\./)).toBeVisible();
    await takePicture(page, "refund-after-batch");
    await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Returned goods" });
    await page.getByRole("button", { name: "Give back $40.50" }).click();
    await expect(dialog(page).getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
    await expectAccessible(page);
    expect((await ledgerOf("40.50")).map(({ kind }) => kind)).toEqual(["refund"]);
    await expect.poll(async () => (await paymentRow(sale.id))["cybs_refundedamount"]).toBe(40.5);
    await page.goto(recordUrl("invoice", invoiceId, "refundagent"));
    await expect(page.getByRole("button", { name: "Give money back", exact: true })).toBeVisible();
  });
});
