// An order that changes after it was authorized, as its rep sees it: grown, the hold grows with it or the gap is shown; cancelled, what is held is let go.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, rows, tellGateway } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { useOwnSandbox } from "./own-sandbox.ts";
import { apiOf, newShopper, payByRow, paymentRow, recordUrl, usd, type Shopper } from "./paid.ts";

const own = useOwnSandbox();
const ORDER_PAYMENTS = "621d3184-f083-473b-b17e-b9f07296e618";
let shopper: Shopper;
test.beforeAll(async () => { shopper = await newShopper(); await tellGateway({ searchLagMs: 0 }); });
test.beforeEach(async ({ page }) => { await own.follow(page); });

const status = (page: Page): Locator => page.locator(".cybs-status");
const line = (page: Page, words: string): Locator => status(page).getByRole("list", { name: "Transactions" }).getByRole("listitem").filter({ hasText: words });
const openStatus = (page: Page, orderId: string, as = "salesrep"): Promise<unknown> => page.goto(`${recordUrl("salesorder", orderId, as)}&formid=${ORDER_PAYMENTS}`);
const panel = (page: Page): Locator => page.getByRole("dialog", { name: "Capture" });
/** Looked at again and again, as somebody does who waits for it. */
const seen = (page: Page, what: Locator, words: string): Promise<void> => expect(async () => { await page.reload(); await expect(what).toContainText(words, { timeout: 3_000 }); }).toPass({ timeout: 40_000 });
const kinds = async (amount: string): Promise<readonly string[]> => (await ledgerOf(amount)).map(({ kind, state }) => `${kind} ${state}`).sort();
/** What the merchant account of the orders here can do. */
async function account(values: Readonly<Record<string, unknown>>): Promise<void> {
  const [row] = await apiOf("sysadmin").find("cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq 'Fabrikam Group USD'");
  await apiOf("sysadmin").send("PATCH", `cybs_merchantaccounts(${String(row?.["cybs_merchantaccountid"])})`, values);
}
/** The rep adds a line to his order. */
const grow = async (orderId: string, price: number): Promise<unknown> => apiOf("sysadmin").create("salesorderdetails", {
  "salesorderid@odata.bind": `/salesorders(${orderId})`, isproductoverridden: true, productdescription: "One more", quantity: 1, ispriceoverridden: true, priceperunit: price, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})`,
});
const cancel = (orderId: string): Promise<unknown> => apiOf("salesrep").send("POST", "CancelSalesOrder", { OrderClose: { "@odata.type": "Microsoft.Dynamics.CRM.orderclose", subject: "called off", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });

test.describe("where the processor raises an authorization", () => {
  test.beforeAll(() => account({ cybs_incremental: true }));
  test.afterAll(() => account({ cybs_incremental: false }));

  test("a grown order has its hold raised by itself, once; the order shows it, and nothing is open", async ({ page }) => {
    const held = await payByRow(shopper, 430, { kind: "authorization" });
    await openStatus(page, held.orderId);
    await expect(status(page)).toContainText("Open $0.00");
    await grow(held.orderId, 45);
    await seen(page, line(page, "Increment"), "$45.00");
    await seen(page, status(page), "Open $0.00");
    await expect(line(page, "Increment")).toContainText("Approved");
    await expect(status(page).getByRole("group", { name: "You can" })).toContainText("$475.00");
    await takePicture(page, "order-grown", status(page));
    await expectAccessible(page, ".cybs-status");
    expect(await kinds("475.00")).toEqual(["authorization live"]);
  });
});

test.describe("where it does not", () => {
  const gapOf = (orderId: string): Promise<void> => expect.poll(async () => (await rows("task")).filter((row) => row["regardingobjectid"] === orderId).map((row) => row["subject"]), { timeout: 30_000 }).toEqual([expect.stringContaining("Authorize 60.00 USD more")]);

  test("the gap is told to the order's owner and shown on the order; he takes the difference as a payment of its own", async ({ page }) => {
    const held = await payByRow(shopper, 440, { kind: "authorization" });
    await grow(held.orderId, 60);
    await gapOf(held.orderId);
    await openStatus(page, held.orderId);
    await expect(status(page)).toContainText("Open $60.00");
    await takePicture(page, "order-gap", status(page));
    await page.getByRole("button", { name: "Capture", exact: true }).press("Enter");
    await panel(page).getByRole("button", { name: "Increase", exact: true }).press("Enter");
    await expect(panel(page).getByRole("form").getByRole("status")).toContainText("The order grew by $60.00, and this merchant account cannot increase an authorization. Take another payment for the difference, or release this hold and authorize the whole order again.");
    await expect(panel(page).getByRole("button", { name: /^Increase by/ })).toBeDisabled();
    await takePicture(page, "order-gap-panel", panel(page));
    await expectAccessible(page);
    await panel(page).getByRole("button", { name: "Release", exact: true }).press("Enter");
    await expect(panel(page).getByRole("alert").filter({ hasText: "You may not release a hold." })).toBeVisible();
    await expect(panel(page).getByRole("button", { name: /^Release \$/ })).toBeDisabled();
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Take payment" }).press("Enter");
    await page.getByRole("button", { name: /^(Authorize|Charge) \$60\.00$/ }).press("Enter");
    await expect(page.getByRole("heading", { name: /^Payment (approved|authorized)$/ })).toBeVisible({ timeout: 30_000 });
    expect(await kinds("440.00")).toEqual(["authorization live"]);
  });

  test("or who may release it lets it go and authorizes the whole order again, by keyboard", async ({ page }) => {
    const held = await payByRow(shopper, 445, { kind: "authorization" });
    await grow(held.orderId, 60);
    await gapOf(held.orderId);
    await openStatus(page, held.orderId, "refundagent");
    await page.getByRole("button", { name: "Capture", exact: true }).press("Enter");
    await panel(page).getByRole("button", { name: "Release", exact: true }).press("Enter");
    await expect(panel(page).getByRole("form").getByRole("status")).toContainText("$445.00 goes back to the customer’s limit; nothing was taken.");
    await panel(page).getByRole("button", { name: "Release $445.00" }).press("Enter");
    await expect(panel(page).getByRole("heading", { name: "Hold released" })).toBeVisible({ timeout: 30_000 });
    await takePicture(page, "hold-released", panel(page));
    await expectAccessible(page);
    // The button that was pressed is gone, and the keyboard is still in the dialog.
    await page.keyboard.press("Escape");
    await expect(panel(page)).toHaveCount(0);
    await page.getByRole("button", { name: "Take payment" }).press("Enter");
    await page.getByRole("button", { name: /^(Authorize|Charge) \$505\.00$/ }).press("Enter");
    await expect(page.getByRole("heading", { name: /^Payment (approved|authorized)$/ })).toBeVisible({ timeout: 30_000 });
    expect(await kinds("445.00")).toEqual(["authorization reversed", "reversal live"]);
  });
});

test.describe("a cancelled order", () => {
  test("lets go of what was authorized and not captured, without its card; the closed order shows it", async ({ page }) => {
    const held = await payByRow(shopper, 450, { kind: "authorization" });
    await openStatus(page, held.orderId);
    await expect(status(page)).toContainText("It is not paid until it is captured.");
    await cancel(held.orderId);
    await seen(page, line(page, "Reversal"), "Approved");
    await expect(line(page, "Reversal")).toContainText("$450.00");
    await expect.poll(async () => (await paymentRow(held.id))["cybs_reversedamount"], { timeout: 20_000 }).toBe(450);
    await page.reload();
    await expect(status(page)).toContainText("Released");
    await expect(status(page)).not.toContainText("It is not paid until it is captured.");
    await expect(status(page)).toContainText("Paid $0.00 of $450.00");
    await expect(status(page)).not.toContainText("Open $");
    await takePicture(page, "order-cancelled", status(page));
    await expectAccessible(page, ".cybs-status");
    expect(await kinds("450.00")).toEqual(["authorization reversed", "reversal live"]);
  });
});
