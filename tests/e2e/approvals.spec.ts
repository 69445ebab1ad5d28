// A second person agrees on the screen, and what does not count as one. No limit is set here, so every give-back waits.
import { refundRequestTable } from "@cybs/schema";
import { expect, test, type Browser, type Locator, type Page } from "@playwright/test";
import { dataverseHttp, ledgerOf, rows, sandbox, SEARCH_LAG_MS, tellGateway } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newShopper, payByRow, poke, recordUrl, transactionOf, type RowPayment, type Shopper } from "./paid.ts";
import { lendRole, userId } from "./roles.ts";

const IN_PROGRESS = CHOICE;
const GOODWILL = CHOICE + 4;
/** A sweep of the relay and more. */
const ROUND_MS = 3_000;
let shopper: Shopper;
test.beforeAll(async () => { shopper = await newShopper(); await tellGateway({ searchLagMs: 0 }); });
test.afterAll(async () => { await tellGateway({ searchLagMs: SEARCH_LAG_MS }); });

interface Waiting { readonly id: string; readonly sale: RowPayment; readonly amount: number }
const requestRow = (sale: RowPayment, amount: number) => ({
  "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.id})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`, cybs_action: CHOICE, cybs_amount: amount, cybs_reasoncode: GOODWILL, cybs_isrefundaccepted: true,
});
/** Asked for by the refund agent, and waiting for somebody else. */
async function askFor(amount: number): Promise<Waiting> {
  const sale = await payByRow(shopper, amount);
  const id = await apiOf("refundagent").create("cybs_refundrequests", requestRow(sale, amount));
  await poke(id);
  await transactionOf("cybs_refundrequestid", id, IN_PROGRESS);
  await expect.poll(async () => (await rows("cybs_paymenttransaction")).find((row) => row["cybs_refundrequestid"] === id)?.["cybs_reason"]).toBe("awaiting_approval");
  return { id, sale, amount };
}
const approvalRow = ({ id, sale, amount }: Waiting) => ({
  "cybs_RefundRequestId@odata.bind": `/cybs_refundrequests(${id})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.id})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`, cybs_decision: CHOICE, cybs_amount: amount, cybs_reasoncode: GOODWILL,
});
const requestUrl = (id: string, as: string): string => `${recordUrl("cybs_refundrequest", id, as)}&formid=${refundRequestTable.forms.giveBack}`;
const panel = (page: Page): Locator => page.locator(".cybs-refund");
const notMoved = async ({ amount }: Waiting): Promise<void> => { expect((await ledgerOf(`${amount}.00`)).map(({ kind }) => kind)).toEqual(["sale"]); };
/** Everybody signs in at a browser of his own. */
const pageOf = async (browser: Browser): Promise<Page> => (await browser.newContext()).newPage();

test("asked for by one, found under Awaiting approval and agreed to by another, by keyboard; then it is carried out, and both see it", async ({ page, browser }) => {
  const waiting = await askFor(610);
  await page.goto(requestUrl(waiting.id, "refundagent"));
  await expect(panel(page).getByText("You asked for this, so another person must agree.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  const name = String((await rows("cybs_refundrequest")).find((row) => row["cybs_refundrequestid"] === waiting.id)?.["cybs_name"]);
  const approver = await pageOf(browser);
  await approver.goto(`${sandbox().host}/main.aspx?app=cybs_CybersourcePayments&as=approver`);
  await approver.getByRole("navigation", { name: "Site map" }).getByRole("link", { name: "Awaiting approval" }).click();
  await approver.getByRole("button", { name }).click();
  await expect(approver.getByRole("group", { name: "Your decision" })).toContainText("Carla Mendes asks to give back $610.00 to Visa •••• 1111.");
  await expect(panel(approver)).toContainText("No limit is set for who asked, so a second person has to approve.");
  await takePicture(approver, "refund-approval", panel(approver));
  await expectAccessible(approver, ".cybs-refund");
  await approver.getByRole("textbox", { name: "Note on your decision" }).fill("Agreed on the phone.");
  await approver.getByRole("button", { name: "Approve $610.00" }).press("Enter");
  for (const one of [approver, page]) await expect(one.getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
  expect((await ledgerOf("610.00")).map(({ kind }) => kind).sort()).toEqual(["reversal", "sale", "void"]);
});

test("a refund over two captures is agreed to as a whole: it was not edited, and both parts are carried out", async ({ page }) => {
  const [account] = await apiOf("sysadmin").find("cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq 'Fabrikam Group USD'");
  const severalCaptures = async (multiCapture: boolean): Promise<void> => {
    await apiOf("sysadmin").send("PATCH", `cybs_merchantaccounts(${String(account?.["cybs_merchantaccountid"])})`, { cybs_multicapture: multiCapture });
    await tellGateway({ multiCapture });
  };
  await severalCaptures(true);
  try {
    const held = await payByRow(shopper, 650, { kind: "authorization" });
    for (const amount of [320, 330]) {
      const captureId = await apiOf("salesrep").create("cybs_paymentrequests", { cybs_action: CHOICE + 3, cybs_amount: amount, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, cybs_validuntil: new Date(Date.now() + 900_000).toISOString(), "cybs_PaymentId@odata.bind": `/cybs_payments(${held.id})`, "cybs_SalesOrderId@odata.bind": `/salesorders(${held.orderId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${held.currencyId})` });
      await poke(captureId);
      await expect.poll(async () => (await rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === captureId)?.["cybs_status"], { timeout: 20_000 }).toBe(CHOICE + 1);
    }
    const id = await apiOf("refundagent").create("cybs_refundrequests", requestRow(held, 650));
    await poke(id);
    await expect.poll(async () => (await rows("cybs_paymenttransaction")).filter((row) => row["cybs_refundrequestid"] === id).length, { timeout: 20_000 }).toBe(2);
    await page.goto(requestUrl(id, "approver"));
    await expect(page.getByRole("button", { name: "Approve $650.00" })).toBeVisible();
    await expect(panel(page)).not.toContainText("was changed after it was sent");
    await takePicture(page, "refund-split-approval", panel(page));
    await expectAccessible(page, ".cybs-refund");
    await page.getByRole("button", { name: "Approve $650.00" }).press("Enter");
    await expect(page.getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 30_000 });
    for (const amount of ["320.00", "330.00"]) expect((await ledgerOf(amount)).map(({ kind }) => kind)).toContain("void");
  } finally { await severalCaptures(false); }
});

test("rejected, it ends in words and no money moves", async ({ page }) => {
  const waiting = await askFor(611);
  await page.goto(requestUrl(waiting.id, "approver"));
  await page.getByRole("button", { name: "Reject $611.00" }).click();
  await expect(page.getByRole("heading", { name: "Not given back" })).toBeVisible({ timeout: 20_000 });
  await expect(panel(page)).toContainText("the refund was rejected");
  await takePicture(page, "refund-rejected", panel(page));
  await notMoved(waiting);
});

test("who asked may end it himself", async ({ page }) => {
  const waiting = await askFor(612);
  await page.goto(requestUrl(waiting.id, "refundagent"));
  await page.getByRole("button", { name: "End this request" }).click();
  await expect(page.getByRole("heading", { name: "Ended, no money moved" })).toBeVisible({ timeout: 20_000 });
  await notMoved(waiting);
});

test("a sales rep may look and not decide", async ({ page }) => {
  const waiting = await askFor(613);
  await page.goto(requestUrl(waiting.id, "salesrep"));
  await expect(panel(page).getByText("Somebody with the role Cybersource Payments – Refund approver must agree.")).toBeVisible();
  await expect(page.getByRole("button", { name: /^(Approve|Reject)/ })).toHaveCount(0);
  await expect(apiOf("salesrep").create("cybs_refundapprovals", approvalRow(waiting))).rejects.toThrow("403");
});

test("the requester's own approval does not count, though he has the role: no button, and a row of his is told apart", async ({ page, browser }) => {
  const takeBack = await lendRole("refundagent", "Refund approver");
  try {
    const waiting = await askFor(614);
    await page.goto(requestUrl(waiting.id, "refundagent"));
    await expect(panel(page).getByText("You asked for this, so another person must agree.")).toBeVisible();
    await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
    await apiOf("refundagent").create("cybs_refundapprovals", approvalRow(waiting));
    const approver = await pageOf(browser);
    await approver.goto(requestUrl(waiting.id, "approver"));
    await expect(panel(approver)).toContainText("The decision of Carla Mendes does not count: who asked for it, changed it or owns it cannot agree to it.");
    await takePicture(approver, "refund-own-approval", panel(approver));
    await expectAccessible(approver, ".cybs-refund");
    await notMoved(waiting);
    await approver.getByRole("button", { name: "Approve $614.00" }).click();
    await expect(approver.getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
  } finally { await takeBack(); }
});

test("an approval copied from another request, or of another amount, does not count", async ({ page }) => {
  const [waiting, other] = [await askFor(615), await askFor(616)];
  await apiOf("approver").create("cybs_refundapprovals", { ...approvalRow(other), "cybs_RefundRequestId@odata.bind": `/cybs_refundrequests(${waiting.id})` });
  await page.goto(requestUrl(waiting.id, "approver"));
  await expect(panel(page)).toContainText("The decision of Dmitri Orlov does not count: it names another payment, amount or reason.");
  await expect(page.getByRole("button", { name: "Approve $615.00" })).toBeVisible();
  await notMoved(waiting);
});

test("an approval in the approver's name by somebody else does not count", async ({ page }) => {
  const waiting = await askFor(617);
  const response = await fetch(`${dataverseHttp()}/api/data/v9.2/cybs_refundapprovals`, { method: "POST", headers: { authorization: `Bearer ${sandbox().tokens["sysadmin"] ?? ""}`, "content-type": "application/json", mscrmcallerid: await userId("approver") }, body: JSON.stringify(approvalRow(waiting)) });
  expect(response.ok).toBe(true);
  await page.goto(requestUrl(waiting.id, "approver"));
  await expect(panel(page)).toContainText("The decision of Dmitri Orlov does not count: it was made in somebody else’s name.");
  await notMoved(waiting);
});

test("who stands behind a flow that asks in another person's name cannot agree to it; a second person can", async ({ page, browser }) => {
  const sale = await payByRow(shopper, 619);
  const asked = await fetch(`${dataverseHttp()}/api/data/v9.2/cybs_refundrequests`, { method: "POST", headers: { authorization: `Bearer ${sandbox().tokens["sysadmin"] ?? ""}`, "content-type": "application/json", mscrmcallerid: await userId("refundagent") }, body: JSON.stringify(requestRow(sale, 619)) });
  const waiting: Waiting = { id: /\(([0-9a-f-]{36})\)/.exec(asked.headers.get("odata-entityid") ?? "")?.[1] ?? "", sale, amount: 619 };
  await poke(waiting.id);
  await expect.poll(async () => (await rows("cybs_paymenttransaction")).find((row) => row["cybs_refundrequestid"] === waiting.id)?.["cybs_reason"], { timeout: 20_000 }).toBe("awaiting_approval");
  for (const hand of ["sysadmin", "refundagent"]) {
    const own = await pageOf(browser);
    await own.goto(requestUrl(waiting.id, hand));
    await expect(panel(own).getByText("You asked for this, so another person must agree.")).toBeVisible();
    await expect(own.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  }
  await apiOf("sysadmin").create("cybs_refundapprovals", approvalRow(waiting));
  await page.goto(requestUrl(waiting.id, "approver"));
  await expect(panel(page)).toContainText("Not written by a person in Dynamics 365: a second person has to approve.");
  await poke(waiting.id);
  await page.waitForTimeout(ROUND_MS);
  await notMoved(waiting);
  await page.getByRole("button", { name: "Approve $619.00" }).click();
  await expect(page.getByRole("heading", { name: "Given back" })).toBeVisible({ timeout: 20_000 });
});

test("a request that was changed after it was sent: nobody can agree to it, whoever reads it is told, and it can be ended", async ({ page }) => {
  const waiting = await askFor(618);
  await apiOf("sysadmin").send("PATCH", `cybs_refundrequests(${waiting.id})`, { cybs_amount: 600 });
  await apiOf("approver").create("cybs_refundapprovals", { ...approvalRow(waiting), cybs_amount: 600 });
  await page.goto(requestUrl(waiting.id, "approver"));
  await expect(page.getByRole("alert").filter({ hasText: "This request was changed after it was sent: $618.00 was asked for, $600.00 stands there now." })).toBeVisible();
  await expect(page.getByRole("button", { name: /^Approve/ })).toHaveCount(0);
  await takePicture(page, "refund-edited", panel(page));
  await expectAccessible(page, ".cybs-refund");
  await notMoved(waiting);
  await page.getByRole("button", { name: "End this request" }).click();
  await expect(page.getByRole("heading", { name: "Ended, no money moved" })).toBeVisible({ timeout: 20_000 });
});
