// A credit that belongs to no payment: off by default; where policy allows it, asked for on the form, agreed to by a second person, sent to a card that the customer paid with.
import { refundRequestTable } from "@cybs/schema";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, newOrder, rows, tellGateway } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { useOwnSandbox } from "./own-sandbox.ts";
import { apiOf, CHOICE, newInvoice, newShopper, payByRow, recordUrl, usd, type Row, type Shopper } from "./paid.ts";

const own = useOwnSandbox();
const GOODWILL = CHOICE + 4;
const CREDIT = CHOICE + 4;
let shopper: Shopper;
test.beforeAll(async () => {
  shopper = await newShopper();
  await tellGateway({ searchLagMs: 0 });
  // Once it is applied, the relay has noted that this customer pays with this card, too.
  await paidInvoice(900);
});
test.beforeEach(async ({ page }) => { await own.follow(page); });

async function allowCredits(isAllowed: boolean): Promise<void> {
  const [row] = await apiOf("sysadmin").find("cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq 'Fabrikam Group USD'");
  await apiOf("sysadmin").send("PATCH", `cybs_merchantaccounts(${String(row?.["cybs_merchantaccountid"])})`, { cybs_standalonecredit: isAllowed, cybs_creditpolicy: isAllowed ? CHOICE + 1 : CHOICE });
}
const dialog = (page: Page): Locator => page.getByRole("dialog", { name: "Give money back" });
/** An invoice that its order's payment has paid. */
async function paidInvoice(amount: number): Promise<string> {
  const sale = await payByRow(shopper, amount);
  const invoiceId = await newInvoice(shopper.customerId, amount, sale.orderId);
  await expect.poll(async () => (await rows("cybs_paymentallocation")).some((row) => row["cybs_invoiceid"] === invoiceId), { timeout: 20_000 }).toBe(true);
  return invoiceId;
}
async function openGiveBack(page: Page, invoiceId: string): Promise<void> {
  await page.goto(recordUrl("invoice", invoiceId, "refundagent"));
  await page.getByRole("button", { name: "Give money back", exact: true }).press("Enter");
}
const requestOf = async (orderId: string): Promise<Row | undefined> => (await rows("cybs_refundrequest")).find((row) => row["cybs_salesorderid"] === orderId && row["cybs_action"] === CREDIT);
const requestUrl = (row: Row | undefined, as: string): string => `${recordUrl("cybs_refundrequest", String(row?.["cybs_refundrequestid"]), as)}&formid=${refundRequestTable.forms.giveBack}`;
const credits = async (amount: string): Promise<number> => (await ledgerOf(amount)).filter(({ kind }) => kind === "credit").length;

test("off by default: an invoice without a payment says so, and one with a payment offers no credit", async ({ page }) => {
  await openGiveBack(page, await newInvoice(shopper.customerId, 901, await newOrder(901, shopper.customerId)));
  await expect(dialog(page).getByRole("alert").filter({ hasText: "No card payment stands behind this record." })).toBeVisible();
  await openGiveBack(page, await paidInvoice(905));
  await expect(dialog(page).getByRole("button", { name: "Give back $905.00" })).toBeVisible();
  await expect(dialog(page).getByRole("button", { name: /credit/i })).toHaveCount(0);
});

test.describe("where policy allows it", () => {
  test.beforeAll(() => allowCredits(true));

  test("asked for on an invoice without a payment, by keyboard, agreed to by a second person, sent once", async ({ page, browser }) => {
    const orderId = await newOrder(902, shopper.customerId);
    await openGiveBack(page, await newInvoice(shopper.customerId, 902, orderId));
    await expect(dialog(page).getByRole("status").filter({ hasText: "a second person always has to agree" })).toBeVisible();
    await dialog(page).getByRole("textbox", { name: "Amount" }).press("Enter");
    await expect(dialog(page).getByRole("alert").filter({ hasText: "Type an amount." })).toBeVisible();
    await page.keyboard.type("12.50");
    await page.keyboard.press("Enter");
    await expect(dialog(page).getByRole("combobox", { name: "Reason" })).toBeFocused();
    await page.keyboard.type("Goodwill");
    await takePicture(page, "credit-asked", dialog(page));
    await expectAccessible(page);
    await dialog(page).getByRole("button", { name: "Ask for a credit of $12.50" }).press("Enter");
    await expect(dialog(page).getByText("You asked for this, so another person must agree.")).toBeVisible({ timeout: 20_000 });
    await expect(dialog(page).getByRole("button", { name: /^Approve/ })).toHaveCount(0);
    expect(await credits("12.50")).toBe(0);
    const approver = await (await browser.newContext()).newPage();
    await own.follow(approver);
    await approver.goto(requestUrl(await requestOf(orderId), "approver"));
    await expect(approver.getByRole("group", { name: "Your decision" })).toContainText("Carla Mendes asks to give back $12.50 to Visa •••• 1111. You agree to exactly this card, amount and reason; no payment stands behind it.");
    await expect(approver.locator(".cybs-refund")).toContainText("A credit always needs a second person");
    await expect(approver.locator(".cybs-refund")).toContainText("Credit without a payment");
    await takePicture(approver, "credit-approval", approver.locator(".cybs-refund"));
    await expectAccessible(approver, ".cybs-refund");
    await approver.getByRole("button", { name: "Approve $12.50" }).press("Enter");
    for (const one of [approver, page]) await expect(one.getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 30_000 });
    expect(await credits("12.50")).toBe(1);
  });

  test("also from an invoice that was paid; who asked may end it, and nothing moves", async ({ page }) => {
    await openGiveBack(page, await paidInvoice(903));
    await dialog(page).getByRole("button", { name: "Credit without a payment" }).click();
    await dialog(page).getByRole("textbox", { name: "Amount" }).fill("13.50");
    await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Goodwill" });
    await dialog(page).getByRole("button", { name: "Ask for a credit of $13.50" }).click();
    await dialog(page).getByRole("button", { name: "End this request" }).click({ timeout: 20_000 });
    await expect(dialog(page).getByRole("heading", { name: "Ended, no money moved" })).toBeVisible({ timeout: 20_000 });
    expect(await credits("13.50")).toBe(0);
  });

  test("asked for on an order without a payment; the form says why a card that nothing was paid with takes none", async ({ page }) => {
    const orderId = await newOrder(906, shopper.customerId);
    await page.goto(recordUrl("salesorder", orderId, "refundagent"));
    await page.getByRole("button", { name: "Give money back", exact: true }).press("Enter");
    await dialog(page).getByRole("textbox", { name: "Amount" }).fill("15.50");
    await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Goodwill" });
    await dialog(page).getByRole("button", { name: "Ask for a credit of $15.50" }).click();
    await expect(dialog(page).getByText("You asked for this, so another person must agree.")).toBeVisible({ timeout: 20_000 });
    const stranger = await newShopper();
    await page.goto(recordUrl("salesorder", await newOrder(907, stranger.customerId), "refundagent"));
    await page.getByRole("button", { name: "Give money back", exact: true }).press("Enter");
    await dialog(page).getByRole("textbox", { name: "Amount" }).fill("16.50");
    await dialog(page).getByRole("combobox", { name: "Reason" }).selectOption({ label: "Goodwill" });
    await dialog(page).getByRole("button", { name: "Ask for a credit of $16.50" }).click();
    await expect(dialog(page).getByRole("region", { name: "Not given back" }).getByRole("alert")).toContainText("this customer never paid with that card", { timeout: 20_000 });
    await takePicture(page, "credit-refused", dialog(page));
    for (const amount of ["15.50", "16.50"]) expect(await credits(amount)).toBe(0);
  });

  for (const user of ["salesrep", "finance"]) {
    test(`${user} finds no command, decides nothing on a credit that waits, and Dataverse takes no row`, async ({ page }) => {
      const orderId = await newOrder(904, shopper.customerId);
      const bound = { "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${shopper.cardId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})`, cybs_action: CREDIT, cybs_amount: 14.5, cybs_reasoncode: GOODWILL };
      await page.goto(recordUrl("invoice", await newInvoice(shopper.customerId, 904, orderId), user));
      await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
      await expect(page.getByRole("button", { name: /Give money back|^Refund$/ })).toHaveCount(0);
      await expect(apiOf(user).create("cybs_refundrequests", bound)).rejects.toThrow("403");
      await apiOf("refundagent").create("cybs_refundrequests", bound);
      await page.goto(requestUrl(await requestOf(orderId), user));
      await expect(page.locator(".cybs-refund").getByText("Somebody with the role Cybersource Payments – Refund approver must agree.")).toBeVisible({ timeout: 20_000 });
      await expect(page.getByRole("button", { name: /^(Approve|Reject|End)/ })).toHaveCount(0);
      expect(await credits("14.50")).toBe(0);
    });
  }
});
