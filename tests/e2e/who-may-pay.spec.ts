// Who may take a payment on what: roles, business units, own records only, somebody else's draft, another customer's card.
import { paymentRequestTable } from "@cybs/schema";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { ledgerOf, newCustomer, newOrder, openOrder, openTakePayment, pay, rows, sandbox, typeCard } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newCard, newShopper, usd } from "./paid.ts";

const PAN = "4111111111111111";
const { logicalName, entitySetName, forms } = paymentRequestTable;
const approved = (page: Page): Locator => page.getByRole("heading", { name: "Payment approved" });
const charge = (page: Page): Locator => page.getByRole("button", { name: /^(Charge|Authorize)/ });
const cannotBeShown = (page: Page): Locator => page.getByRole("alert").filter({ has: page.getByRole("heading", { name: "This record cannot be shown" }) });
const requestUrl = (id: string, as: string): string => `${sandbox().host}/main.aspx?etn=${logicalName}&id=${id}&pagetype=entityrecord&formid=${forms.takePayment}&as=${as}`;

const draftFor = async (orderId: string, amount: number, by: string): Promise<string> => apiOf(by).create(entitySetName, {
  cybs_action: CHOICE, cybs_amount: amount, cybs_channel: CHOICE, cybs_state: CHOICE, "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${await usd()})`,
});

test("who may see a request but take no payment is told the role to ask for, and finds no button", async ({ page }) => {
  const id = await draftFor(await newOrder(1801), 1801, "salesrep");
  await page.goto(requestUrl(id, "approver"));
  await expect(page.getByRole("alert").filter({ hasText: "You may not take payments. Ask your administrator for the role Cybersource Payments – Sales rep." })).toBeVisible();
  await expect(charge(page)).toHaveCount(0);
  await expect(page.locator("iframe.cybs-frame")).toHaveCount(0);
  await takePicture(page, "picker-no-privilege", page.locator(".cybs-picker"));
  await expectAccessible(page, ".cybs-picker");
});

test("a colleague's draft is not mine: said in words, and a payment of my own is one button away", async ({ page }) => {
  const id = await draftFor(await newOrder(1802), 1802, "salesrep");
  await page.goto(requestUrl(id, "refundagent"));
  await expect(page.getByRole("alert").filter({ hasText: "Somebody else prepared this payment" })).toBeVisible();
  await takePicture(page, "picker-not-yours", page.locator(".cybs-picker"));
  await expectAccessible(page, ".cybs-picker");
  await page.getByRole("button", { name: "Start a new payment" }).click();
  await typeCard(page, PAN);
  await pay(page);
  await expect(approved(page)).toBeVisible({ timeout: 20_000 });
  expect(await ledgerOf("1802.00")).toHaveLength(1);
});

test("another business unit: neither the order nor its draft can be seen, and Dataverse takes no row for it", async ({ page }) => {
  const orderId = await newOrder(1803);
  const id = await draftFor(orderId, 1803, "salesrep");
  await page.goto(`${sandbox().host}/main.aspx?etn=salesorder&id=${orderId}&pagetype=entityrecord&as=otherunit`);
  await expect(cannotBeShown(page)).toContainText(/privilege|permission|access/i);
  await expect(page.getByRole("button", { name: "Take payment" })).toHaveCount(0);
  await takePicture(page, "other-unit", page.locator("body"));
  await page.goto(requestUrl(id, "otherunit"));
  await expect(cannotBeShown(page)).toBeVisible();
  await expect(draftFor(orderId, 1803, "otherunit")).rejects.toThrow("403");
  expect(await ledgerOf("1803.00")).toEqual([]);
});

test.describe("whose rights reach as far as own records", () => {
  /** The sales rep's role as an administrator may narrow it: every right that was the unit's is the user's. */
  test.beforeAll(async () => {
    const admin = apiOf("sysadmin");
    const [[user], [role]] = await Promise.all([admin.find("systemusers?$select=systemuserid,_businessunitid_value&$filter=startswith(domainname,'ownonly@')"), admin.find("roles?$select=roleid&$filter=endswith(name,'Sales rep')")]);
    const response = await fetch(`http://localhost:${Number(new URL(sandbox().dataverse).port) + 2}/api/data/v9.2/roles(${String(role?.["roleid"])})/Microsoft.Dynamics.CRM.RetrieveRolePrivilegesRole()`, { headers: { authorization: `Bearer ${sandbox().tokens["sysadmin"] ?? ""}` } });
    const { RolePrivileges: held } = await response.json() as { RolePrivileges: { Depth: string; PrivilegeId: string }[] };
    const narrow = await admin.create("roles", { name: "Sales rep, own records", "businessunitid@odata.bind": `/businessunits(${String(user?.["_businessunitid_value"])})` });
    await admin.send("POST", `roles(${narrow})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: held.map((one) => ({ PrivilegeId: one.PrivilegeId, Depth: one.Depth === "Local" ? "Basic" : one.Depth })) });
    await admin.send("POST", `systemusers(${String(user?.["systemuserid"])})/systemuserroles_association/$ref`, { "@odata.id": `roles(${narrow})` });
    await admin.send("DELETE", `systemusers(${String(user?.["systemuserid"])})/systemuserroles_association(${String(role?.["roleid"])})/$ref`);
  });

  test("the own order is paid, and its payment is seen", async ({ page }) => {
    const orderId = await newOrder(1804, await newCustomer("Olga's customer", "ownonly"), "ownonly");
    await openOrder(page, orderId, { as: "ownonly" });
    await openTakePayment(page);
    await typeCard(page, PAN);
    await pay(page);
    await expect(approved(page)).toBeVisible({ timeout: 20_000 });
    await page.getByRole("button", { name: "Close", exact: true }).click();
    await page.getByLabel("Form").selectOption({ label: "Order – payments" });
    await expect(page.getByText("Approved Sale")).toBeVisible();
    expect(await ledgerOf("1804.00")).toHaveLength(1);
  });

  test("a colleague's order of the same unit is out of sight, and takes no row", async ({ page }) => {
    const orderId = await newOrder(1805);
    await page.goto(`${sandbox().host}/main.aspx?etn=salesorder&id=${orderId}&pagetype=entityrecord&as=ownonly`);
    await expect(cannotBeShown(page)).toBeVisible();
    await expect(draftFor(orderId, 1805, "ownonly")).rejects.toThrow("403");
    expect(await ledgerOf("1805.00")).toEqual([]);
  });
});

test.describe("another customer's card", () => {
  test("is not offered", async ({ page }) => {
    await newShopper("Somebody Else");
    const customerId = await newCustomer();
    await newCard(customerId, "4012888888881881");
    await openOrder(page, await newOrder(1806, customerId));
    await openTakePayment(page);
    await expect(page.getByRole("radio", { name: /•••• 1881/ })).toBeChecked();
    await expect(page.getByRole("radio", { name: /••••/ })).toHaveCount(1);
    await takePicture(page, "picker-saved-card");
    await expectAccessible(page);
  });

  test("forged into the row is refused in words, and nothing is sent", async ({ page }) => {
    const [stranger, own] = [await newShopper("Somebody Else"), await newShopper()];
    await openOrder(page, await newOrder(1807, own.customerId));
    await openTakePayment(page);
    await page.route("**/cybs_paymentrequests(*)", async (route) => {
      const body = route.request().postData() ?? "";
      await route.continue(route.request().method() === "PATCH" && body.includes(own.cardId) ? { postData: body.replace(own.cardId, stranger.cardId) } : {});
    });
    await pay(page);
    await expect(page.getByRole("heading", { name: "Not charged" })).toBeVisible({ timeout: 20_000 });
    await expect(page.getByRole("alert")).toContainText(/card.*customer|customer.*card/i);
    await takePicture(page, "picker-foreign-card");
    await expectAccessible(page);
    expect((await rows(logicalName)).filter((row) => row["cybs_paymentmethodid"] === stranger.cardId)).toHaveLength(1);
    expect(await ledgerOf("1807.00")).toEqual([]);
  });
});
