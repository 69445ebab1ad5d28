// A customer's saved cards on the account's form: make default, rename, remove (in Cybersource too), by whoever may take payments.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { rows, sandbox } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newCard, newShopper, payByRow, recordUrl, type Row } from "./paid.ts";
import { userId } from "./roles.ts";
import { signedCall } from "../support/stage.ts";

/** Nobody pokes for a card's row: a relay that had nothing to do finds it with its next sweep. */
const IDLE_SWEEP_MS = 75_000;
const SECOND = "4012888888881881";
const dialog = (page: Page): Locator => page.getByRole("dialog", { name: "Saved cards" });
const cardLine = (page: Page, lastFour: string): Locator => dialog(page).getByRole("listitem").filter({ hasText: lastFour });
const cardRow = async (id: string): Promise<Row> => (await rows("cybs_paymentmethod")).find((row) => row["cybs_paymentmethodid"] === id) ?? {};
const inCybersource = async (row: Row): Promise<number> => (await signedCall({ url: sandbox().cybersource, merchant: sandbox().merchant }, sandbox().ca, { method: "GET", path: `/tms/v2/customers/${String(row["cybs_tmscustomerid"])}/payment-instruments/${String(row["cybs_paymentinstrumentid"])}` })).status;
async function openCards(page: Page, customerId: string, as: string): Promise<void> {
  await page.goto(recordUrl("account", customerId, as));
  await page.getByRole("button", { name: "Saved cards" }).click();
  await dialog(page).getByRole("listitem").first().waitFor();
}

test("make default, rename, remove: each is done at Cybersource and shown; the button says which card", async ({ page }) => {
  const { customerId, cardId } = await newShopper();
  const secondId = await newCard(customerId, SECOND);
  await openCards(page, customerId, "salesrep");
  await expect(dialog(page).getByRole("listitem")).toHaveCount(2);
  await cardLine(page, "1881").getByRole("button", { name: /^Make default: .*1881$/ }).click();
  await expect(dialog(page).getByRole("status").filter({ hasText: "This card is the default now." })).toBeVisible({ timeout: 20_000 });
  await expect(cardLine(page, "1881")).toContainText("default", { timeout: 10_000 });
  await expect(cardLine(page, "1111").getByRole("button", { name: /^Make default/ })).toBeVisible();
  expect((await cardRow(secondId))["cybs_isdefault"]).toBe(true);

  await cardLine(page, "1111").getByRole("button", { name: /^Rename/ }).press("Enter");
  await dialog(page).getByRole("textbox", { name: "Name of this card" }).fill("Company card");
  await page.keyboard.press("Enter");
  await expect(cardLine(page, "1111")).toContainText("Company card", { timeout: 20_000 });
  await takePicture(page, "saved-cards-named");
  await expectAccessible(page);

  await cardLine(page, "1111").getByRole("button", { name: /^Remove/ }).click();
  await expect(cardLine(page, "1111")).toContainText("is removed here and at Cybersource and cannot be charged again. Open authorizations keep working.");
  await takePicture(page, "saved-cards-remove");
  await expectAccessible(page);
  expect(await inCybersource(await cardRow(cardId))).toBe(200);
  await dialog(page).getByRole("button", { name: "Remove card" }).click();
  await expect(dialog(page).getByRole("listitem")).toHaveCount(1, { timeout: 20_000 });
  expect(await cardRow(cardId)).toMatchObject({ cybs_state: CHOICE + 3 });
  expect(await inCybersource(await cardRow(cardId))).toBeGreaterThanOrEqual(404);
});

test("a contact's cards are renamed from the contact's form, by keyboard", async ({ page }) => {
  test.setTimeout(120_000);
  const { cardId } = await newShopper();
  const admin = apiOf("sysadmin");
  const contactId = await admin.create("contacts", { firstname: "Ada", lastname: "Weiler", "ownerid@odata.bind": `/systemusers(${await userId("salesrep")})` });
  await admin.send("PATCH", `cybs_paymentmethods(${cardId})`, { "cybs_CustomerId_contact@odata.bind": `/contacts(${contactId})` });
  await page.goto(recordUrl("contact", contactId, "salesrep"));
  await page.getByRole("button", { name: "Saved cards" }).press("Enter");
  await cardLine(page, "1111").getByRole("button", { name: /^Rename/ }).press("Enter");
  await dialog(page).getByRole("textbox", { name: "Name of this card" }).fill("Ada's own card");
  await page.keyboard.press("Enter");
  await expect(cardLine(page, "1111")).toContainText("Ada's own card", { timeout: IDLE_SWEEP_MS });
  await expectAccessible(page);
});

test("Keep as it is changes nothing", async ({ page }) => {
  const { customerId, cardId } = await newShopper();
  await openCards(page, customerId, "salesrep");
  await cardLine(page, "1111").getByRole("button", { name: /^Remove/ }).click();
  await dialog(page).getByRole("button", { name: "Keep as it is" }).click();
  await expect(cardLine(page, "1111").getByRole("button", { name: /^Remove/ })).toBeVisible();
  expect(await inCybersource(await cardRow(cardId))).toBe(200);
  expect((await rows("cybs_paymentrequest")).filter((row) => row["cybs_paymentmethodid"] === cardId)).toEqual([]);
});

test("finance sees the cards and is told who may change them", async ({ page }) => {
  const shopper = await newShopper();
  await payByRow(shopper, 770);
  await page.goto(recordUrl("cybs_paymentmethod", shopper.cardId, "finance"));
  await page.getByLabel("Form").selectOption({ label: "Saved cards" });
  const list = page.locator(".cybs-cards");
  await expect(list.getByRole("listitem")).toHaveCount(1);
  await expect(list).toContainText("You may look at saved cards but not change them. Ask your administrator for the role Cybersource Payments – Sales rep.");
  for (const button of await list.getByRole("button").all()) await expect(button).toBeDisabled();
  await expect(apiOf("finance").create("cybs_paymentrequests", { cybs_action: CHOICE + 6, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${shopper.cardId})` })).rejects.toThrow("403");
  await expectAccessible(page, ".cybs-cards");
});
