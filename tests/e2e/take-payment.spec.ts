// A sales rep takes a payment in a real browser: on the vendor's own Order form, in the request's dialog, through Cybersource's fields.
import AxeBuilder from "@axe-core/playwright";
import { paymentMethodTable } from "@cybs/schema";
import { expect, test } from "@playwright/test";
import { entryFrame, ledgerOf, newCustomer, newOrder, openOrder, openTakePayment, pay, rows, sandbox, typeCard } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";

const PAN = "4111111111111111";
const { laterOrders, alsoMerchantInitiated } = paymentMethodTable.choices.consentScope;

const csp = (body: unknown) => fetch(`${sandbox().host}/_sandbox/csp`, { method: "POST", body: JSON.stringify(body) });
test.afterEach(async () => { await csp({ isStrict: false, frameSources: [] }); });

test("a new card is charged, saved, and pays again", async ({ page }) => {
  const customer = await newCustomer();
  await openOrder(page, await newOrder(1511, customer));
  await openTakePayment(page);
  await typeCard(page, PAN);
  await page.getByLabel(/Save this card/).check();
  await takePicture(page, "picker-new-card");
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible();
  await takePicture(page, "picker-approved");
  expect(await ledgerOf("1511.00")).toMatchObject([{ kind: "sale", state: "live" }]);
  const cards = async () => (await rows("cybs_paymentmethod")).filter((row) => row["cybs_customerid"] === customer);
  await expect.poll(async () => (await cards()).length).toBe(1);
  expect((await cards())[0]).toMatchObject({ cybs_lastfour: "1111", cybs_expirymonth: 12, cybs_expiryyear: 2031, cybs_consenttextversion: "2026-11", cybs_consentscope: laterOrders });

  await openOrder(page, await newOrder(1512, customer));
  await openTakePayment(page);
  await expect(page.getByRole("radio", { name: /•••• 1111/ })).toBeChecked();
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible();
  expect(await ledgerOf("1512.00")).toMatchObject([{ kind: "sale", state: "live" }]);
});

test("the customer agrees by keyboard to payments that the merchant starts, too, and the card's row says so", async ({ page }) => {
  const customer = await newCustomer();
  await openOrder(page, await newOrder(1514, customer));
  await openTakePayment(page);
  await typeCard(page, PAN);
  const second = page.getByLabel(/also agrees that we may charge/);
  await expect(second).toHaveCount(0);
  await page.getByLabel(/Save this card/).focus();
  await page.keyboard.press("Space");
  await expect(second).not.toBeChecked();
  await page.keyboard.press("Tab");
  await expect(second).toBeFocused();
  await page.keyboard.press("Space");
  await expect(second).toHaveAccessibleDescription(/Save this card/);
  await expectAccessible(page);
  await takePicture(page, "picker-merchant-may-charge");
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible();
  await expect.poll(async () => (await rows("cybs_paymentmethod")).filter((row) => row["cybs_customerid"] === customer)).toMatchObject([{ cybs_consenttextversion: "2026-11-merchant", cybs_consentscope: alsoMerchantInitiated }]);
});

test("authorization only, where the merchant account's policy says so", async ({ page }) => {
  await openOrder(page, await newOrder(1513, undefined, "otherunit"), { as: "otherunit" });
  await openTakePayment(page);
  await typeCard(page, PAN);
  await expect(page.getByRole("button", { name: "Authorize $1,513.00" })).toBeVisible();
  await pay(page);
  await expect(page.getByRole("heading", { name: /authorized, not yet paid/ })).toBeVisible();
  expect(await ledgerOf("1513.00")).toMatchObject([{ kind: "authorization", state: "live" }]);
});

for (const [name, price, number, code, heading, pictureName] of [
  ["a decline", 1521, "4000000000000002", "123", "Declined", "picker-declined"],
  ["a soft decline of the security code", 1522, PAN, "999", "Approved by the bank, a check failed", "picker-soft-decline"],
  ["a risk decline", 6020, PAN, "123", "Declined", "picker-risk-decline"],
  ["a case review", 6022, PAN, "123", "Held for review", "picker-review"],
  ["an answer nobody can be sure of", 6031, PAN, "123", "We do not know yet", "picker-no-answer"],
] as const) {
  test(`${name} is told in words the rep can read out`, async ({ page }) => {
    await openOrder(page, await newOrder(price));
    await openTakePayment(page);
    await typeCard(page, number, code);
    await pay(page);
    await expect(page.getByRole("heading", { name: heading })).toBeVisible();
    await takePicture(page, pictureName);
    if (name === "a risk decline") await expect.poll(async () => (await ledgerOf("6020.00")).filter((line) => line.kind === "sale" && line.state === "reversed").length).toBeGreaterThan(0);
    if (name === "an answer nobody can be sure of") await expect(page.getByText(/Do not take another payment/).first()).toBeVisible();
  });
}

test("a soft decline is decided by the rep and becomes approved", async ({ page }) => {
  await openOrder(page, await newOrder(1523));
  await openTakePayment(page);
  await typeCard(page, PAN, "999");
  await pay(page);
  await page.getByRole("button", { name: "Accept the payment" }).click();
  await expect(page.getByRole("heading", { name: /Payment approved|authorized, not yet paid/ })).toBeVisible({ timeout: 20_000 });
});

test("an amount above what is open is refused before anything is sent", async ({ page }) => {
  await openOrder(page, await newOrder(1531));
  await openTakePayment(page);
  await typeCard(page, PAN);
  await page.getByLabel("Amount").fill("1531.01");
  await pay(page);
  await expect(page.getByRole("alert").filter({ hasText: "Only $1,531.00 is open" })).toBeVisible();
  expect(await ledgerOf("1531.01")).toEqual([]);
});

test("double click and Enter together are one payment", async ({ page }) => {
  await openOrder(page, await newOrder(1541));
  await openTakePayment(page);
  await typeCard(page, PAN);
  const button = await page.getByRole("button", { name: /^Charge/ }).boundingBox();
  if (button === null) throw new Error("the button is not on the screen");
  // By place, as a hand does it: the button is gone after the first click.
  await Promise.all([page.mouse.dblclick(button.x + button.width / 2, button.y + button.height / 2), page.keyboard.press("Enter")]);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible();
  expect(await ledgerOf("1541.00")).toHaveLength(1);
});

test("a user without the role does not find the command", async ({ page }) => {
  await openOrder(page, await newOrder(1551), { as: "nobody" });
  await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
  await expect(page.getByRole("button", { name: "Take payment" })).toHaveCount(0);
});

test("a fulfilled order says why no payment can be taken", async ({ page }) => {
  const orderId = await newOrder(1561);
  const api = `${new URL(sandbox().dataverse).protocol}//localhost`;
  expect(api).toContain("https");
  await fetch(`http://localhost:${Number(new URL(sandbox().dataverse).port) + 2}/api/data/v9.2/salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder`, { method: "POST", headers: { authorization: `Bearer ${sandbox().tokens["sysadmin"] ?? ""}`, "content-type": "application/json" }, body: JSON.stringify({ OrderClose: { subject: "done", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 }) });
  await openOrder(page, orderId);
  await page.getByRole("button", { name: "Take payment" }).click();
  await expect(page.getByText("This order is closed")).toBeVisible();
});

test("by keyboard alone, and axe finds nothing", async ({ page }) => {
  await openOrder(page, await newOrder(1571));
  await page.getByRole("button", { name: "Take payment" }).focus();
  await page.keyboard.press("Enter");
  await expect(entryFrame(page).getByText("Secured by Cybersource")).toBeVisible();
  await expect(entryFrame(page).frameLocator("iframe[title='Card number']").getByLabel("Card number")).toBeVisible();
  const found = await new AxeBuilder({ page }).include(".dialog").exclude(["iframe.cybs-frame", "iframe"]).analyze();
  expect(found.violations.map((violation) => `${violation.id}: ${violation.nodes.map((node) => node.target.join(" ")).join(", ")}`)).toEqual([]);
  await page.keyboard.press("Escape");
  await expect(page.getByRole("dialog")).toHaveCount(0);
  await expect(page.getByRole("button", { name: "Take payment" })).toBeFocused();
});

test("strict content security policy: without the frame-src line the control names it, with the line it works", async ({ page }) => {
  await csp({ isStrict: true, frameSources: [] });
  await openOrder(page, await newOrder(1581));
  await openTakePayment(page);
  await expect(page.getByText(`frame-src ${sandbox().relay}`)).toBeVisible({ timeout: 15_000 });
  await takePicture(page, "picker-blocked");
  await csp({ isStrict: true, frameSources: [sandbox().relay] });
  await openOrder(page, await newOrder(1582));
  await openTakePayment(page);
  await typeCard(page, PAN);
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible();
});

test("the small form shows what was paid", async ({ page }) => {
  const orderId = await newOrder(1591);
  await openOrder(page, orderId);
  await openTakePayment(page);
  await typeCard(page, PAN);
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible();
  await page.getByRole("button", { name: "Close", exact: true }).click();
  await page.getByLabel("Form").selectOption({ label: "Order – payments" });
  await expect(page.getByText("Open $0.00")).toBeVisible();
  await expect(page.getByText("Approved Sale")).toBeVisible();
  await takePicture(page, "status-paid", page.locator(".cybs-status"));
});

test("a card number typed in the browser goes nowhere but to Cybersource", async ({ page }) => {
  const seen: string[] = [];
  page.on("request", (request) => { if (!request.url().startsWith(sandbox().relay.replace(/\d+$/, (port) => String(Number(port) + 1)))) seen.push(`${request.url()} ${request.postData() ?? ""}`); });
  await openOrder(page, await newOrder(1592));
  await openTakePayment(page);
  await typeCard(page, "5555555555554444");
  await pay(page);
  await expect(page.getByRole("heading", { name: "Payment approved" })).toBeVisible();
  const stored = JSON.stringify(await Promise.all(["cybs_paymentrequest", "cybs_payment", "cybs_paymenttransaction", "cybs_paymentmethod"].map(rows)));
  const metrics = await (await fetch(`${sandbox().relay}/metrics`)).text();
  const forms = ["5555555555554444", "5555 5555 5555 4444", "5555-5555-5555-4444", encodeURIComponent("5555 5555 5555 4444"), btoa("5555555555554444"), Buffer.from("5555555555554444").toString("hex")];
  for (const form of forms) for (const text of [...seen, stored, metrics]) expect(text).not.toContain(form);
});
