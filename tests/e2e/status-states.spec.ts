// Payment status where it matters most: nothing yet, held and partly paid, unknown, a closed order, a narrow screen. Never more hope than truth.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { newOrder } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, newShopper, payByRow, recordUrl, UNKNOWN, type Shopper } from "./paid.ts";

const ORDER_PAYMENTS = "621d3184-f083-473b-b17e-b9f07296e618";
let shopper: Shopper;
test.beforeAll(async () => { shopper = await newShopper(); });

const status = (page: Page): Locator => page.locator(".cybs-status");
const openStatus = (page: Page, orderId: string, as = "salesrep"): Promise<unknown> => page.goto(`${recordUrl("salesorder", orderId, as)}&formid=${ORDER_PAYMENTS}`);

test("nothing was paid yet", async ({ page }) => {
  await openStatus(page, await newOrder(1841, shopper.customerId));
  await expect(status(page)).toContainText("No payment yet.");
  await expect(status(page)).toContainText("Open $1,841.00");
  await takePicture(page, "status-empty", status(page));
  await expectAccessible(page, ".cybs-status");
});

test("a part is paid and a part is held: held is not paid, also in 300 px", async ({ page }) => {
  const orderId = await newOrder(1842, shopper.customerId);
  await payByRow(shopper, 800, { orderId });
  await payByRow(shopper, 442, { orderId, kind: "authorization" });
  await openStatus(page, orderId);
  await expect(status(page)).toContainText("Open $600.00");
  await expect(status(page)).toContainText("It is not paid until it is captured.");
  await takePicture(page, "status-held", status(page));
  await expectAccessible(page, ".cybs-status");
  await page.setViewportSize({ width: 340, height: 860 });
  expect(await status(page).evaluate((element) => element.scrollWidth - element.clientWidth)).toBeLessThanOrEqual(0);
  await takePicture(page, "status-narrow", status(page));
});

test("unknown is a state of its own: when we look again, and no other payment", async ({ page }) => {
  const { orderId } = await payByRow(shopper, 6031, { until: UNKNOWN });
  await openStatus(page, orderId);
  await expect(status(page)).toContainText("No answer from Cybersource yet. Do not take another payment.");
  await expect(status(page)).toContainText(/We look again at \d?\d:\d\d/);
  await takePicture(page, "status-unknown", status(page));
  await expectAccessible(page, ".cybs-status");
});

test("a closed order still shows its payments, read-only, and says what cannot be done", async ({ page }) => {
  const { orderId } = await payByRow(shopper, 1843);
  await apiOf("sysadmin").send("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "done", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });
  await openStatus(page, orderId);
  await expect(status(page)).toContainText("Approved");
  await expect(page.getByText("Read-only: this record's status does not allow changes.")).toBeVisible();
  await takePicture(page, "status-closed", status(page));
  await expectAccessible(page, ".cybs-status");
});
