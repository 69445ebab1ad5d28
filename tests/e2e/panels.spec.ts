// The panels on real payments: what they say before anything is sent, in both languages, both themes, 320 px and the other direction.
import { readFileSync } from "node:fs";
import { expect, test, type Page } from "@playwright/test";
import { rows } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, newShopper, payByRow, recordUrl, type RowPayment, type Shopper } from "./paid.ts";

let shopper: Shopper;
let held: RowPayment;
let sold: RowPayment;
test.beforeAll(async () => {
  shopper = await newShopper();
  held = await payByRow(shopper, 1240, { kind: "authorization" });
  sold = await payByRow(shopper, 800);
});

const panel = (page: Page) => page.locator(".cybs-panel");
const amount = (page: Page) => page.getByRole("textbox", { name: /Amount|Betrag/ });

test("a capture in part says that the rest will be released, by keyboard alone; nothing is sent before the button", async ({ page }) => {
  await page.goto(recordUrl("cybs_payment", held.id, "salesrep"));
  await page.getByRole("button", { name: "Capture", exact: true }).click();
  await amount(page).fill("800");
  await expect(panel(page).last()).toContainText("captures an authorization only once: after capturing $800.00, the remaining $440.00 is released");
  await expect(page.getByRole("button", { name: "Capture $800.00" })).toBeEnabled();
  await takePicture(page, "capture-panel");
  await expectAccessible(page);
  await amount(page).fill("1240.01");
  await amount(page).press("Enter");
  await expect(page.getByRole("alert").filter({ hasText: "At most $1,240.00 can be captured." })).toBeVisible();
  await page.getByRole("button", { name: "Release", exact: true }).last().press("Enter");
  await expect(page.getByRole("button", { name: "Release $1,240.00" })).toBeVisible();
  expect((await rows("cybs_paymentrequest")).filter((row) => row["cybs_paymentid"] === held.id)).toEqual([]);
});

test.describe("giving back looks right everywhere", () => {
  for (const [name, query, size, words] of [
    ["refund-panel-dark", "&theme=dark", { width: 1280, height: 860 }, "this will be voided"],
    ["refund-panel-german", "&lcid=1031", { width: 1280, height: 860 }, "noch nicht abgerechnet: Der Einzug wird storniert"],
    ["refund-panel-narrow", "", { width: 320, height: 860 }, "this will be voided"],
    ["refund-panel-rtl", "&dir=rtl", { width: 1280, height: 860 }, "this will be voided"],
  ] as const) {
    test(name, async ({ page }) => {
      await page.setViewportSize(size);
      await page.goto(recordUrl("cybs_payment", sold.id, "refundagent", query));
      await page.getByRole("button", { name: /Give money back|Geld zurückgeben/ }).click();
      await expect(page.getByRole("dialog").getByRole("status").filter({ hasText: words })).toBeVisible({ timeout: 20_000 });
      await takePicture(page, name);
      await expectAccessible(page);
      const box = await panel(page).last().evaluate((element) => element.scrollWidth - element.clientWidth);
      expect(box).toBeLessThanOrEqual(0);
    });
  }
});

test("a rep of another unit is shown nothing of what happened to a payment, on the form or behind it", async ({ page }) => {
  await page.goto(recordUrl("cybs_payment", sold.id, "otherunit"));
  await expect(page.getByRole("alert")).toContainText(/privilege|permission|access/i);
  await expect(page.locator(".cybs-timeline")).toHaveCount(0);
  await expect(page.getByText("$800.00")).toHaveCount(0);
  expect(await apiOf("otherunit").find(`cybs_payments?$select=cybs_trail&$filter=cybs_paymentid eq ${sold.id}`)).toEqual([]);
});

test("what happened to a payment is told in order, and saved as JSON and CSV", async ({ page }) => {
  await page.goto(recordUrl("cybs_payment", sold.id, "salesrep"));
  await page.getByRole("tab", { name: "What happened" }).click();
  await expect(panel(page).getByRole("listitem").filter({ hasText: "$800.00" }).first()).toBeVisible();
  await expectAccessible(page, ".cybs-timeline");
  await takePicture(page, "payment-timeline", page.locator(".cybs-timeline"));
  const steps = panel(page).locator(".cybs-step");
  await expect(steps).toHaveCount(0);
  await page.getByRole("button", { name: /^Show every step/ }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Oldest first" }).click();
  await expect(steps.filter({ hasText: "Cybersource was called" }).first()).toContainText("Sale → approved");
  await expect(panel(page).getByRole("listitem").first()).toContainText("Request taken up");
  await expectAccessible(page, ".cybs-timeline");
  await takePicture(page, "payment-timeline-steps", page.locator(".cybs-timeline"));
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as JSON" }).click();
  const file = JSON.parse(readFileSync(await (await download).path(), "utf8")) as { events: { kind: string; what: string; amount: string; details: Record<string, string> }[] };
  expect(file.events.filter(({ kind }) => kind === "step").map(({ what }) => what)).toEqual(expect.arrayContaining(["Sent to Cybersource", "Cybersource was called", "Written to Dynamics 365"]));
  expect(file.events.some((event) => event.amount === "800.00" && event.details["cybs_merchantreference"] !== undefined)).toBe(true);
  const csv = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save as CSV" }).click();
  expect(readFileSync(await (await csv).path(), "utf8").split("\r\n")[0]).toBe("at,kind,what,name,who,amount,currency,text,details");
});
