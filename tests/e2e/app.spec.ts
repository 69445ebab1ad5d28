// The app: what its site map offers to whom, its views, its dashboards with charts, its second language, commands on what is selected.
import { expect, test, type Page } from "@playwright/test";
import { newOrder, sandbox } from "./actors.ts";

const APP = "cybs_CybersourcePayments";
const address = (user: string, more = ""): string => `${sandbox().host}/main.aspx?app=${APP}&as=${user}${more}`;

test("a sales rep finds work by task, and nothing that is not his", async ({ page }) => {
  await page.goto(address("salesrep"));
  const map = page.getByRole("navigation", { name: "Site map" });
  await expect(map.getByRole("heading")).toHaveText(["Take and give back", "Approvals", "Exceptions", "Setup"]);
  await expect(map.getByRole("link", { name: "Payments", exact: true })).toBeVisible();
  await expect(map.getByRole("link", { name: "Refund limits" })).toHaveCount(0);
  await expect(map.getByRole("link", { name: "Operator decisions" })).toHaveCount(0);
});

test("a configurator finds merchant accounts and limits, and no refund requests", async ({ page }) => {
  await page.goto(address("configurator", "&etn=cybs_merchantaccount&pagetype=entitylist"));
  const map = page.getByRole("navigation", { name: "Site map" });
  await expect(map.getByRole("link", { name: "Refund limits" })).toBeVisible();
  await expect(map.getByRole("link", { name: "Refund requests" })).toHaveCount(0);
});

for (const [name, tiles] of [["Payments today", 7], ["Operations", 8]] as const) {
  test(`the dashboard "${name}" shows every tile`, async ({ page }) => {
    await page.goto(address("sysadmin"));
    await page.getByRole("navigation").getByRole("link", { name }).click();
    await expect(page.getByRole("heading", { level: 1 })).toHaveText(name);
    await expect(page.locator(".tile")).toHaveCount(tiles);
    await expect(page.getByText("Loading …")).toHaveCount(0);
    await expect(page.locator(".tile [role=alert]")).toHaveCount(0);
    await page.screenshot({ path: test.info().outputPath(`${name}.png`), fullPage: true });
  });
}

test("every public view of every table in the app can be opened", async ({ page, context }) => {
  test.setTimeout(240_000);
  await page.goto(address("sysadmin"));
  const links = page.getByRole("navigation", { name: "Site map" }).getByRole("link");
  await links.first().waitFor();
  const tables = [...new Set((await links.evaluateAll((all) => all.map((link) => (link as HTMLAnchorElement).href))).map((href) => new URL(href).searchParams.get("etn")).filter((table) => table !== null))];
  expect(tables.length).toBeGreaterThan(12);
  const picker = (of: Page) => of.getByRole("combobox", { name: "View" });
  const look = async (of: Page, table: string, more = ""): Promise<void> => {
    await of.goto(address("sysadmin", `&pagetype=entitylist&etn=${table}${more}`));
    await picker(of).waitFor();
    await expect(of.getByRole("alert"), `${table} ${more}`).toHaveCount(0);
  };
  const opened = await Promise.all([page, await context.newPage(), await context.newPage()].map(async (of) => {
    let views = 0;
    for (let table = tables.pop(); table !== undefined; table = tables.pop()) {
      await look(of, table);
      const [shown, all] = await Promise.all([picker(of).inputValue(), picker(of).locator("option").evaluateAll((options) => options.map((option) => (option as HTMLOptionElement).value))]);
      for (const view of all.filter((one) => one !== shown)) await look(of, table, `&viewid=${view}`);
      views += all.length;
    }
    return views;
  }));
  expect(opened.reduce((sum, views) => sum + views, 0)).toBeGreaterThan(30);
});

test("the app speaks German to whom German is set", async ({ page }) => {
  await page.goto(address("salesrep", "&lcid=1031&pagetype=entitylist&etn=cybs_payment"));
  await expect(page.getByRole("navigation").getByRole("heading").first()).toHaveText("Einnehmen und zurückgeben");
  await expect(page.getByRole("combobox").locator("option", { hasText: "Meine offenen Zahlungen" })).toHaveCount(1);
});

test("who may capture and give back finds both on selected orders, who may not finds neither", async ({ page }) => {
  await newOrder(25);
  const list = "&pagetype=entitylist&etn=salesorder";
  await page.goto(address("salesrep", list));
  const commands = page.getByRole("toolbar", { name: "Commands" });
  await expect(commands.getByRole("button", { name: "Capture" })).toHaveCount(0);
  await page.getByRole("checkbox", { name: "Select row 1", exact: true }).check();
  await expect(commands.getByRole("button", { name: "Capture" })).toBeVisible();
  await expect(commands.getByRole("button", { name: "Refund" })).toHaveCount(0);
  await page.goto(address("finance", list));
  await page.getByRole("checkbox", { name: "Select row 1", exact: true }).check();
  await expect(commands.getByRole("button")).toHaveText(["Refresh"]);
});
