// Giving back several payments from a view: previewed, one changes meanwhile and is skipped and reported, one waits for a second person; who may not finds no command and no way around it.
import { bulkRunTable } from "@cybs/schema";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, rows, sandbox, tellGateway } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { useOwnSandbox } from "./own-sandbox.ts";
import { CHOICE, apiOf, limitRefunds, newShopper, payByRow, paymentRow, poke, type RowPayment, type Shopper } from "./paid.ts";
import { lendRole } from "./roles.ts";

const own = useOwnSandbox();
const GOODWILL = CHOICE + 4;
let shopper: Shopper;
test.beforeAll(async () => {
  shopper = await newShopper();
  await tellGateway({ searchLagMs: 0 });
  await limitRefunds(500);
});
test.beforeEach(async ({ page }) => { await own.follow(page); });

const panel = (page: Page): Locator => page.getByRole("dialog", { name: "Give back selected" });
const kinds = async (amount: number): Promise<readonly string[]> => (await ledgerOf(`${amount}.00`)).map(({ kind }) => kind).sort();
const nameOf = async ({ id }: RowPayment): Promise<string> => String((await paymentRow(id))["cybs_name"]);
const nth = (payments: readonly RowPayment[], index: number): RowPayment => { const payment = payments[index]; if (payment === undefined) throw new Error(`no payment ${index}`); return payment; };
const commands = (page: Page): Locator => page.getByRole("toolbar", { name: "Commands" });
/** Selects these payments in the view, by keyboard. */
async function select(page: Page, user: string, payments: readonly RowPayment[]): Promise<void> {
  await page.goto(`${sandbox().host}/main.aspx?app=cybs_CybersourcePayments&pagetype=entitylist&etn=cybs_payment&as=${user}`);
  for (const payment of payments) await page.getByRole("main").getByRole("row", { name: new RegExp(await nameOf(payment)) }).getByRole("checkbox").press("Space");
}
/** Somebody else gives this one back in the meantime. */
async function giveBackByRow({ id, currencyId }: RowPayment, amount: number): Promise<void> {
  await poke(await apiOf("refundagent").create("cybs_refundrequests", { "cybs_PaymentId@odata.bind": `/cybs_payments(${id})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${currencyId})`, cybs_action: CHOICE, cybs_amount: amount, cybs_reasoncode: GOODWILL, cybs_isrefundaccepted: true }));
  await expect.poll(() => kinds(amount), { timeout: 20_000 }).toEqual(["reversal", "sale", "void"]);
  await expect.poll(async () => (await paymentRow(id))["cybs_capturedamount"], { timeout: 20_000 }).toBe(0);
}

/** What the command would do, by whoever opens the form without it; what the platform says when it opens nothing. */
const openByScript = (page: Page, action: "capture" | "refund", { id }: RowPayment): Promise<string> => page.evaluate(({ table, formId, values }) => {
  const { navigateTo } = (window as unknown as { readonly Xrm: { readonly Navigation: { readonly navigateTo: (page: unknown, options: unknown) => Promise<void> } } }).Xrm.Navigation;
  const opened = navigateTo({ pageType: "entityrecord", entityName: table, formId, data: values }, { target: 2, title: "Give back selected" });
  return Promise.race([opened.then(() => "closed", (error: unknown) => String(error)), new Promise<string>((resolve) => { setTimeout(() => { resolve("open"); }, 1_500); })]);
}, { table: bulkRunTable.logicalName, formId: bulkRunTable.forms.bulkRun, values: { [bulkRunTable.columns.plan]: JSON.stringify({ action, paymentIds: [id] }) } });

test("by keyboard: the preview shows each payment; one that changes meanwhile is skipped and reported, one above the limit waits for a second person, the others go back; one result a row", async ({ page }) => {
  const sales = await Promise.all([161, 162, 163, 640].map((amount) => payByRow(shopper, amount)));
  await select(page, "refundagent", sales);
  await commands(page).getByRole("button", { name: "Refund" }).press("Enter");
  const run = panel(page);
  const button = run.getByRole("button", { name: "Give back 4 payments, $1,126.00" });
  await expect(button).toBeVisible();
  for (const sale of sales) await expect(run.getByRole("row", { name: new RegExp(await nameOf(sale)) }).getByRole("checkbox")).toBeChecked();
  await button.press("Enter");
  await expect(run.getByRole("alert").filter({ hasText: "Choose a reason." })).toBeVisible();
  await expect(run.getByRole("combobox", { name: "Reason" })).toBeFocused();
  await page.keyboard.type("Goodwill");
  await takePicture(page, "bulk-refund-preview", run);
  await expectAccessible(page);
  await giveBackByRow(nth(sales, 1), 162);
  await button.press("Enter");
  await expect(run.getByRole("progressbar", { name: "Progress of the run" })).toHaveAttribute("aria-valuemax", "4");
  await expect(run.getByRole("status").filter({ hasText: "2 of 4 carried out, $324.00" })).toBeVisible({ timeout: 40_000 });
  await expect(run.getByRole("progressbar")).toHaveAttribute("aria-valuenow", "4");
  for (const [index, result] of ["done", "skipped: changed meanwhile", "done", "waits for approval"].entries()) await expect(run.getByRole("row", { name: new RegExp(await nameOf(nth(sales, index))) })).toContainText(result);
  for (const count of ["1 × skipped: changed meanwhile", "1 × waits for approval"]) await expect(run).toContainText(count);
  await takePicture(page, "bulk-refund-changed", run);
  await expectAccessible(page);
  for (const amount of [161, 163]) expect(await kinds(amount)).toEqual(["reversal", "sale", "void"]);
  expect(await kinds(162)).toEqual(["reversal", "sale", "void"]);
  expect(await kinds(640)).toEqual(["sale"]);
});

test("a payment taken out of the preview is left alone, and no row is made for it", async ({ page }) => {
  const sales = await Promise.all([171, 172].map((amount) => payByRow(shopper, amount)));
  await select(page, "refundagent", sales);
  await commands(page).getByRole("button", { name: "Refund" }).click();
  const run = panel(page);
  await run.getByRole("row", { name: new RegExp(await nameOf(nth(sales, 0))) }).getByRole("checkbox").press("Space");
  await run.getByRole("combobox", { name: "Reason" }).selectOption({ label: "Wrong amount" });
  await run.getByRole("button", { name: "Give back 1 payment, $172.00" }).click();
  await expect(run.getByRole("status").filter({ hasText: "1 of 1 carried out, $172.00" })).toBeVisible({ timeout: 30_000 });
  expect(await kinds(171)).toEqual(["sale"]);
  expect((await rows("cybs_refundrequest")).filter((row) => row["cybs_paymentid"] === sales[0]?.id)).toEqual([]);
});

for (const [user, amount, words] of [["salesrep", 181, /^open$/], ["finance", 182, /You do not have permission to create/]] as const) {
  test(`${user} finds no command on selected payments; the run's form opened without it refuses with words, and Dataverse takes no row`, async ({ page }) => {
    const sale = await payByRow(shopper, amount);
    await select(page, user, [sale]);
    await expect(commands(page).getByRole("button", { name: "Refresh" })).toBeVisible();
    await expect(commands(page).getByRole("button", { name: "Refund" })).toHaveCount(0);
    expect(await openByScript(page, "refund", sale)).toMatch(words);
    await expect(page.getByRole("button", { name: /^Give back/ })).toHaveCount(0);
    // A rep makes bulk runs of his own kind: the form opens for him, and says that this is not his.
    if (user === "salesrep") await expect(panel(page).getByRole("alert")).toContainText("You may not run this. Ask your administrator for the role");
    await expect(apiOf(user).create("cybs_refundrequests", { "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.id})`, cybs_amount: amount, cybs_action: CHOICE, cybs_reasoncode: GOODWILL })).rejects.toThrow("403");
    expect(await kinds(amount)).toEqual(["sale"]);
  });
}

test("who is a refund agent and nothing else makes runs too, and captures nothing in bulk", async ({ page }) => {
  const held = await payByRow(shopper, 183, { kind: "authorization" });
  await lendRole("nobody", "Refund agent");
  await select(page, "nobody", [held]);
  await expect(commands(page).getByRole("button", { name: "Refund" })).toBeVisible();
  await expect(commands(page).getByRole("button", { name: "Capture" })).toHaveCount(0);
  expect(await openByScript(page, "capture", held)).toBe("open");
  await expect(panel(page).getByRole("alert")).toContainText("You may not run this. Ask your administrator for the role");
  await expectAccessible(page);
  await expect(apiOf("nobody").create("cybs_paymentrequests", { cybs_action: CHOICE + 3, cybs_amount: 1 })).rejects.toThrow("403");
  expect(await kinds(183)).toEqual(["authorization"]);
});
