// What Dataverse does not take: on the operator's page with the sentence that names what is missing; mended, asked for again with a reason, and written.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, newOrder, rows, sandbox } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { useOwnSandbox } from "./own-sandbox.ts";
import { apiOf, APPROVED, CHOICE, newShopper, paymentRow, poke, recordUrl, usd, type Row } from "./paid.ts";
import { lendRole, userId } from "./roles.ts";

const own = useOwnSandbox();
test.beforeEach(async ({ page }) => { await own.follow(page); });

/** A paid order whose owner may not own payments, nor may the team that owns what nobody else can. */
async function rejectedPayment(price: number): Promise<{ readonly requestId: string; readonly name: string }> {
  const shopper = await newShopper();
  const orderId = await newOrder(price, shopper.customerId, "nobody");
  const admin = apiOf("sysadmin");
  const [user] = await admin.find(`systemusers?$select=_businessunitid_value&$filter=systemuserid eq ${await userId("nobody")}`);
  const [team] = await admin.find(`teams?$select=teamid&$expand=teamroles_association($select=roleid)&$filter=isdefault eq true and _businessunitid_value eq ${String(user?.["_businessunitid_value"])}`);
  for (const role of team?.["teamroles_association"] as readonly Row[]) await admin.send("DELETE", `teams(${String(team?.["teamid"])})/teamroles_association(${String(role["roleid"])})/$ref`);
  const requestId = await admin.create("cybs_paymentrequests", {
    cybs_action: CHOICE + 2, cybs_amount: price, cybs_method: CHOICE, cybs_channel: CHOICE, cybs_state: CHOICE + 1, cybs_validuntil: new Date(Date.now() + 5 * 86_400_000).toISOString(),
    "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${shopper.cardId})`, "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})`,
  });
  await poke(requestId);
  await expect.poll(async () => (await claimOf(requestId))?.["cybs_reason"], { timeout: 30_000 }).toBe("projection_rejected");
  return { requestId, name: String((await rows("cybs_paymentrequest")).find((row) => row["cybs_paymentrequestid"] === requestId)?.["cybs_name"]) };
}
const claimOf = async (requestId: string): Promise<Row | undefined> => (await rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === requestId);
const line = (page: Page, name: string): Locator => page.locator(".cybs-incomplete").getByRole("listitem", { name });
async function openList(page: Page, as: string): Promise<void> {
  await page.goto(`${sandbox().host}/main.aspx?app=cybs_CybersourcePayments&as=${as}`);
  await page.getByRole("navigation", { name: "Site map" }).getByRole("link", { name: "Incomplete payments" }).click();
  await page.locator(".cybs-incomplete").waitFor();
}

test("the operator reads which right is missing; it is granted; he asks again now with a reason, by keyboard; the payment is written and gone from the list", async ({ page }) => {
  const { requestId, name } = await rejectedPayment(970);
  await openList(page, "operator");
  await expect(line(page, name)).toContainText("$970.00");
  await expect(line(page, name)).toContainText("Not in Dynamics 365");
  await expect(line(page, name)).toContainText(/Dynamics 365 does not take what came of this payment .*prvReadcybs_/);
  await expect(line(page, name)).toContainText("Mend the right or the column that is named, then ask again now.");
  await expect(line(page, name)).toContainText("Order of 970");
  await takePicture(page, "incomplete-rejected", page.locator(".cybs-incomplete"));
  await expectAccessible(page, ".cybs-incomplete");
  await lendRole("nobody", "Team reader");
  await line(page, name).getByRole("button", { name: `Ask again now: ${name}` }).press("Enter");
  await page.keyboard.type("The owner has the role now.");
  await line(page, name).getByRole("button", { name: "Ask again now", exact: true }).press("Enter");
  await expect(line(page, name)).toHaveCount(0, { timeout: 40_000 });
  const written = await claimOf(requestId);
  expect(written).toMatchObject({ cybs_status: APPROVED, cybs_isfinal: true });
  expect(written?.["cybs_reason"] ?? null).toBeNull();
  expect(await paymentRow(String(written?.["cybs_paymentid"]))).toMatchObject({ cybs_capturedamount: 970 });
  expect((await ledgerOf("970.00")).map(({ kind, state }) => `${kind} ${state}`)).toEqual(["sale live"]);
  await page.goto(recordUrl("cybs_payment", String(written?.["cybs_paymentid"]), "operator"));
  await expect(page.getByRole("heading", { level: 1 }).first()).toBeVisible();
});
