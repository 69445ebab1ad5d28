// Small things of the card picker that decide whether a rep likes it: expiry as people type it, Cancel, an order that nobody has paid for before.
import { paymentRequestTable } from "@cybs/schema";
import { expect, test, type Page } from "@playwright/test";
import { ledgerOf, newOrder, openOrder, openTakePayment, pay, rows, typeCard } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { CHOICE, recordUrl } from "./paid.ts";

const { logicalName, forms } = paymentRequestTable;

const month = (page: Page) => page.getByLabel("Month", { exact: true });
const year = (page: Page) => page.getByLabel("Year", { exact: true });

test("an expiry typed on as MM/YY goes into both boxes, is corrected, and is charged", async ({ page }) => {
  await openOrder(page, await newOrder(1821));
  await openTakePayment(page);
  await typeCard(page, "4111111111111111");
  for (const [keys, expected] of [["12/31", ["12", "31"]], ["1/2031", ["01", "31"]], ["0529", ["05", "29"]]] as const) {
    await month(page).fill("");
    await year(page).fill("");
    await month(page).focus();
    await page.keyboard.type(keys);
    await expect(month(page)).toHaveValue(expected[0]);
    await expect(year(page)).toHaveValue(expected[1]);
  }
  await month(page).fill("10/26");
  await pay(page);
  await expect(page.getByRole("alert").filter({ hasText: "Check the expiry date" })).toBeVisible();
  await expect(month(page)).toBeFocused();
  await takePicture(page, "picker-expiry-wrong");
  await expectAccessible(page);
  await month(page).fill("9");
  await year(page).fill("2030");
  await expect(month(page)).toHaveValue("09");
  await expect(year(page)).toHaveValue("30");
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible({ timeout: 20_000 });
  expect(await ledgerOf("1821.00")).toHaveLength(1);
});

test("Cancel withdraws the draft, so that no other tab can send it; a new one can be begun", async ({ page, context }) => {
  const orderId = await newOrder(1822);
  await openOrder(page, orderId);
  await openTakePayment(page);
  await typeCard(page, "4111111111111111");
  const draft = (await rows(logicalName)).find((row) => row["cybs_salesorderid"] === orderId)?.["cybs_paymentrequestid"];
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("alert").filter({ hasText: "This payment was withdrawn. No money moved." })).toBeVisible();
  await takePicture(page, "picker-withdrawn");
  await expectAccessible(page);
  expect((await rows(logicalName)).find((row) => row["cybs_paymentrequestid"] === draft)).toMatchObject({ cybs_state: CHOICE + 2 });
  const other = await context.newPage();
  await other.goto(`${recordUrl(logicalName, String(draft), "salesrep")}&formid=${forms.takePayment}`);
  await expect(other.getByText("This payment was withdrawn. No money moved.")).toBeVisible();
  await page.getByRole("button", { name: "Start a new payment" }).click();
  await expect(page.getByRole("button", { name: "Charge $1,822.00" })).toBeVisible();
  expect(await ledgerOf("1822.00")).toEqual([]);
});
