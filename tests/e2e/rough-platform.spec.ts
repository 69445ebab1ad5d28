// What the platform does to a control while somebody types: draws it again and again, saves by itself, ends it and begins it anew; other colours; no cookies.
import { expect, test, type Page } from "@playwright/test";
import { entryFrame, ledgerOf, newOrder, openOrder, openTakePayment, pay, sandbox, typeCard } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";

const PAN = "4111111111111111";
const approved = (page: Page) => page.getByRole("heading", { name: "Payment approved" });
const cardNumber = (page: Page) => entryFrame(page).frameLocator("iframe[title='Card number']").getByLabel("Card number");
const count = async (page: Page, name: string): Promise<number> => Number(await page.locator("html").getAttribute(`data-${name}`));

test("drawn again every 40 ms and saved every 500 ms: one frame survives, nothing typed is lost, one payment", async ({ page }) => {
  await openOrder(page, await newOrder(1731), { more: "&storm=40&autosave=500" });
  await openTakePayment(page);
  await expect(cardNumber(page)).toBeVisible();
  const frame = await page.locator("iframe.cybs-frame").elementHandle();
  await typeCard(page, PAN);
  await page.getByLabel("Amount").fill("1730.50");
  await page.getByLabel("E-mail").or(page.locator("summary", { hasText: "Cardholder" })).first().click();
  const [draws, saves] = [await count(page, "storm"), await count(page, "autosave")];
  await expect.poll(async () => (await count(page, "storm")) > draws + 20 && (await count(page, "autosave")) > saves + 3, { timeout: 30_000 }).toBe(true);
  expect(await frame.evaluate((element) => element.isConnected)).toBe(true);
  await expect(page.locator("iframe.cybs-frame")).toHaveCount(1);
  await expect(cardNumber(page)).toHaveValue(/4111 ?1111 ?1111 ?1111/);
  await expect(page.getByLabel("Amount")).toHaveValue("1730.50");
  await pay(page);
  await expect(approved(page)).toBeVisible({ timeout: 20_000 });
  expect(await ledgerOf("1730.50")).toHaveLength(1);
});

test("ended and begun anew: a fresh frame, everything but the card fields is there, one payment", async ({ page }) => {
  await openOrder(page, await newOrder(1732));
  await openTakePayment(page);
  await typeCard(page, PAN);
  await page.getByLabel("Amount").fill("1700");
  await page.getByLabel("writing by mail").check();
  await page.getByLabel(/Save this card/).check();
  for (let times = 0; times < 3; times++) await page.evaluate(() => { window.dispatchEvent(new Event("sandbox-remount")); });
  await expect(cardNumber(page)).toHaveValue("");
  await expect(page.locator("iframe.cybs-frame")).toHaveCount(1);
  await expect(page.getByLabel("Amount")).toHaveValue("1700");
  await expect(page.getByLabel("writing by mail")).toBeChecked();
  await expect(page.getByLabel(/Save this card/)).toBeChecked();
  await typeCard(page, PAN);
  await pay(page);
  await expect(approved(page)).toBeVisible({ timeout: 20_000 });
  expect(await ledgerOf("1700.00")).toHaveLength(1);
});

test("ended and begun anew while the bank is asked: the answer is shown all the same, once", async ({ page }) => {
  await openOrder(page, await newOrder(1733));
  await openTakePayment(page);
  await typeCard(page, PAN);
  await pay(page);
  await expect(page.getByText("Asking the bank").or(approved(page)).first()).toBeVisible();
  await page.evaluate(() => { window.dispatchEvent(new Event("sandbox-remount")); });
  await expect(approved(page)).toBeVisible({ timeout: 20_000 });
  expect(await ledgerOf("1733.00")).toHaveLength(1);
});

for (const [name, price, options, pictures] of [
  ["dark", 1741, { colorScheme: "dark" }, ["picker-dark", "status-dark"]], ["contrast", 1742, { forcedColors: "active" }, ["picker-contrast", "status-contrast"]],
  ["contrast-dark", 1743, { forcedColors: "active", colorScheme: "dark" }, ["picker-contrast-dark", "status-contrast-dark"]],
] as const) {
  test(`in ${name} colours every part can be read, and axe finds nothing`, async ({ page }) => {
    await page.emulateMedia(options);
    await openOrder(page, await newOrder(price), name === "dark" ? { more: "&theme=dark" } : {});
    await openTakePayment(page);
    await typeCard(page, PAN);
    await takePicture(page, pictures[0]);
    await expectAccessible(page);
    await pay(page);
    await expect(approved(page)).toBeVisible({ timeout: 20_000 });
    await takePicture(page, `picker-${name}-approved`);
    await expectAccessible(page);
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.getByLabel("Form").selectOption({ label: "Order – payments" });
    await expect(page.getByText("Approved Sale")).toBeVisible();
    await takePicture(page, pictures[1], page.locator(".cybs-status"));
    await expectAccessible(page, ".cybs-status");
  });
}

test("no cookie and no storage: the relay's page and Cybersource's fields need neither", async ({ page, context }) => {
  const [relay, browserSide] = [sandbox().relay, sandbox().relay.replace(/\d+$/, (port) => String(Number(port) + 1))];
  const given: string[] = [];
  page.on("response", (response) => { if (response.url().startsWith(relay) || response.url().startsWith(browserSide)) void response.headerValue("set-cookie").then((value) => { if (value !== null) given.push(response.url()); }); });
  for (const origin of [relay, browserSide]) await page.route(`${origin}/**`, async (route) => { const headers = await route.request().allHeaders(); delete headers["cookie"]; await route.continue({ headers }); });
  await context.addInitScript((origins: readonly string[]) => {
    if (!origins.includes(location.origin)) return;
    const refuse = (): never => { throw new DOMException("Access is denied for this document.", "SecurityError"); };
    for (const name of ["localStorage", "sessionStorage", "indexedDB", "caches"]) Object.defineProperty(window, name, { get: refuse });
    Object.defineProperty(document, "cookie", { get: () => "", set: () => undefined });
  }, [relay, browserSide]);
  await openOrder(page, await newOrder(1751));
  await openTakePayment(page);
  await typeCard(page, PAN);
  await pay(page);
  await expect(approved(page)).toBeVisible({ timeout: 20_000 });
  expect(given).toEqual([]);
  expect((await context.cookies()).map((cookie) => cookie.name)).toEqual(["sandbox-user"]);
});
