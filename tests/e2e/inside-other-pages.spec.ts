// Dynamics 365 inside somebody else's page (Teams, Outlook, a portal): on the relay's list card entry works, elsewhere a sentence and the way out.
import { expect, test, type FrameLocator, type Page } from "@playwright/test";
import { serve, type Served } from "../sandbox/kit/serve.ts";
import { ledgerOf, newOrder, sandbox } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";

const PAN = "4111111111111111";
const portOf = (offset: number): number => Number(new URL(sandbox().host).port) + offset;
const LISTED = 17;
const STRANGER = 18;
const served: Served[] = [];

/** A page of another origin with the whole app in a frame. */
async function openInside(page: Page, port: number, orderId: string): Promise<FrameLocator> {
  const target = `${sandbox().host}/main.aspx?etn=salesorder&id=${orderId}&pagetype=entityrecord&as=salesrep`;
  const html = `<!doctype html><html lang="en"><head><meta charset="utf-8"><title>Another site</title></head><body style="margin:0;background:#e8e4f8"><h1 style="font:600 16px sans-serif;padding:8px 16px;margin:0">Another site</h1><iframe title="Dynamics 365" style="border:0;width:100%;height:800px" src="${target}"></iframe></body></html>`;
  const site = await serve({ port, handler: (_request, response) => { response.setHeader("content-type", "text/html; charset=utf-8"); response.end(html); } });
  served.push(site);
  await page.goto(site.url);
  const app = page.frameLocator("iframe[title='Dynamics 365']");
  await app.getByRole("button", { name: "Take payment" }).click();
  await app.getByRole("dialog", { name: "Take payment" }).waitFor();
  return app;
}

async function typeAndPay(app: FrameLocator | Page): Promise<void> {
  const fields = app.frameLocator("iframe.cybs-frame");
  await app.getByRole("radio", { name: "New card" }).check();
  await fields.frameLocator("iframe[title='Card number']").getByLabel("Card number").pressSequentially(PAN);
  await fields.frameLocator("iframe[title='Security code']").getByLabel("Security code").fill("123");
  await app.getByLabel("Month", { exact: true }).fill("12");
  await app.getByLabel("Year", { exact: true }).fill("31");
  await app.getByRole("button", { name: /^Charge/ }).click();
  await expect(app.getByRole("heading", { name: "Payment approved" })).toBeVisible({ timeout: 20_000 });
}

test.afterEach(async () => { await Promise.all(served.splice(0).map((site) => site.close())); });

test("a page whose origin is on the relay's list: a new card is charged", async ({ page }) => {
  const app = await openInside(page, portOf(LISTED), await newOrder(1711));
  await typeAndPay(app);
  expect(await ledgerOf("1711.00")).toHaveLength(1);
});

test("a stranger's page: a sentence, and the same payment in a tab of its own", async ({ page, context }) => {
  const app = await openInside(page, portOf(STRANGER), await newOrder(1712));
  await expect(app.getByRole("alert").filter({ hasText: "A card cannot be typed here: Dynamics 365 is shown inside another page" })).toBeVisible({ timeout: 20_000 });
  await expect(app.getByRole("button", { name: /^Charge/ })).toBeDisabled();
  await takePicture(page, "picker-foreign-page", app.getByRole("dialog"));
  const tab = context.waitForEvent("page");
  await app.getByRole("link", { name: "Open in a browser tab" }).click();
  await typeAndPay(await tab);
  expect(await ledgerOf("1712.00")).toHaveLength(1);
});

test("a stranger's page passes axe while it says so", async ({ page }) => {
  const app = await openInside(page, portOf(STRANGER), await newOrder(1713));
  await expect(app.getByRole("link", { name: "Open in a browser tab" })).toBeVisible({ timeout: 20_000 });
  await expectAccessible(page, "iframe");
});
