// The bank approved, the address did not match: who may decides on the order's payment status; who may not is told whom to ask.
import { expect, test, type Page } from "@playwright/test";
import { ledgerOf } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newShopper, payByRow, paymentRow, recordUrl, type RowPayment } from "./paid.ts";

const REVIEW = CHOICE + 2;
/** An amount that fails the address check at the stand-in. */
const AVS_FAILS = 6001;
const held = async (): Promise<RowPayment> => payByRow(await newShopper(), AVS_FAILS, { until: REVIEW });
async function openStatus(page: Page, { orderId }: RowPayment, as: string): Promise<void> {
  await page.goto(recordUrl("salesorder", orderId, as));
  await page.getByLabel("Form").selectOption({ label: "Order – payments" });
  await page.locator(".cybs-status").getByText("Waits for a decision").first().waitFor();
}

test("an approver accepts it by keyboard, and it is approved", async ({ page }) => {
  const payment = await held();
  await openStatus(page, payment, "approver");
  await takePicture(page, "status-soft-decline", page.locator(".cybs-status"));
  await expectAccessible(page, ".cybs-status");
  await page.getByRole("button", { name: "Accept the payment" }).press("Enter");
  await expect(page.getByRole("button", { name: "Accept the payment" })).toHaveCount(0, { timeout: 20_000 });
  await expect.poll(async () => (await paymentRow(payment.id))["cybs_status"], { timeout: 20_000 }).not.toBe(CHOICE + 6);
});

test("a sales rep releases the hold", async ({ page }) => {
  const payment = await held();
  await openStatus(page, payment, "salesrep");
  await page.getByRole("button", { name: "Release the hold" }).click();
  await expect.poll(async () => (await ledgerOf(`${AVS_FAILS}.00`)).some(({ kind }) => kind === "reversal"), { timeout: 20_000 }).toBe(true);
  await expect.poll(async () => (await paymentRow(payment.id))["cybs_status"], { timeout: 20_000 }).not.toBe(CHOICE + 6);
});

test("finance sees what waits, is told whom to ask, and Dataverse takes no decision", async ({ page }) => {
  const payment = await held();
  await openStatus(page, payment, "finance");
  await expect(page.locator(".cybs-status")).toContainText("Ask a colleague who may accept it or release it.");
  await expect(page.getByRole("button", { name: /Accept the payment|Release the hold/ })).toHaveCount(0);
  await expect(apiOf("finance").create("cybs_paymentdecisions", { "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${payment.transactionId})`, cybs_decision: CHOICE, cybs_amount: AVS_FAILS })).rejects.toThrow("403");
  await expectAccessible(page, ".cybs-status");
});
