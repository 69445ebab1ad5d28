// Payments without an answer, on the operator's page: why, since when, what happens next; ask again, accept, declare absent, reverse, each with a reason.
import { operatorDecisionTable } from "@cybs/schema";
import { expect, test, type Locator, type Page } from "@playwright/test";
import { cybersourceHttp, ledgerOf, rows, sandbox, SEARCH_LAG_MS, tellGateway } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { apiOf, CHOICE, newCard, newShopper, openPayment, payByRow, paymentRow, UNKNOWN, type RowPayment, type Shopper } from "./paid.ts";

const [APPROVED, ABSENT, UNDONE] = [CHOICE + 1, CHOICE + 7, CHOICE + 8];
let shopper: Shopper;
/** What a search that is behind answers. */
const EMPTY = { searchId: "1", save: false, count: 0, totalCount: 0, limit: 100, offset: 0, _embedded: { transactionSummaries: [] } };
const fault = (rule: unknown): Promise<unknown> => fetch(`${cybersourceHttp()}/_sandbox/faults`, { method: "POST", body: JSON.stringify(rule) });
const noFaults = (): Promise<unknown> => fetch(`${cybersourceHttp()}/_sandbox/faults`, { method: "DELETE" });
test.beforeAll(async () => { shopper = await newShopper(); await tellGateway({ searchLagMs: 0 }); });
test.afterEach(noFaults);
test.afterAll(async () => { await tellGateway({ searchLagMs: SEARCH_LAG_MS }); });

/** The answer is lost, or the call itself; Cybersource's search shows nothing of it until noFaults(). */
async function stuck(amount: number, lost: "drop-after" | "drop-before", by = shopper): Promise<RowPayment & { readonly name: string }> {
  await fault({ match: { method: "POST", path: "^/pts/v2/payments$" }, fault: lost, times: 1 });
  await fault({ match: { method: "POST", path: "^/tss/v2/searches" }, fault: "status", times: 10_000, value: { status: 201, body: EMPTY } });
  const payment = await payByRow(by, amount, { kind: "authorization", until: UNKNOWN });
  await expect.poll(async () => (await paymentRow(payment.id))["cybs_nexttext"] ?? null).not.toBeNull();
  return { ...payment, name: String((await paymentRow(payment.id))["cybs_name"]) };
}
async function openList(page: Page): Promise<void> {
  await page.goto(`${sandbox().host}/main.aspx?app=cybs_CybersourcePayments&as=operator`);
  await page.getByRole("navigation", { name: "Site map" }).getByRole("link", { name: "Incomplete payments" }).click();
  await page.locator(".cybs-incomplete").waitFor();
}
const line = (page: Page, { name }: { readonly name: string }): Locator => page.locator(".cybs-incomplete").getByRole("listitem", { name });
async function decide(page: Page, payment: { readonly name: string }, verb: string, reason: string): Promise<void> {
  await line(page, payment).getByRole("button", { name: `${verb}: ${payment.name}` }).click();
  await line(page, payment).getByRole("textbox", { name: "Reason" }).fill(reason);
  await line(page, payment).getByRole("button", { name: verb, exact: true }).click();
}
const statusOf = async (payment: RowPayment): Promise<unknown> => (await rows("cybs_paymenttransaction")).find((row) => row["cybs_paymenttransactionid"] === payment.transactionId)?.["cybs_status"];

test("why, since when and what happens next; asked again now, with a reason, by keyboard: found and gone from the list", async ({ page }) => {
  const payment = await stuck(781, "drop-after");
  await openList(page);
  await expect(line(page, payment)).toContainText("$781.00");
  await expect(line(page, payment)).toContainText("What happens next");
  await expect(line(page, payment)).toContainText("No answer from Cybersource");
  // Nothing was found, so there is no answer to accept.
  await expect(line(page, payment).getByRole("button", { name: /^Accept/ })).toHaveCount(0);
  await line(page, payment).getByRole("button", { name: `Ask again now: ${payment.name}` }).press("Enter");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  await expect(line(page, payment).getByRole("alert").filter({ hasText: "Write down why; auditors read it." })).toBeVisible();
  await expect(line(page, payment).getByRole("textbox", { name: "Reason" })).toBeFocused();
  await takePicture(page, "incomplete-reason", page.locator(".cybs-incomplete"));
  await expectAccessible(page, ".cybs-incomplete");
  await page.keyboard.type("The outage is over.");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Tab");
  await noFaults();
  await page.keyboard.press("Enter");
  await expect(line(page, payment)).toHaveCount(0, { timeout: 20_000 });
  expect(await statusOf(payment)).toBe(APPROVED);
  expect((await ledgerOf("781.00")).map(({ kind }) => kind)).toEqual(["authorization"]);
});

test("declared absent: what it means is said first; the amount is free again", async ({ page }) => {
  const payment = await stuck(783, "drop-before");
  await openList(page);
  await line(page, payment).getByRole("button", { name: `Declare absent: ${payment.name}` }).click();
  await expect(line(page, payment)).toContainText("You state that Cybersource has no such step of $783.00.");
  await takePicture(page, "incomplete-absent", line(page, payment));
  await line(page, payment).getByRole("textbox", { name: "Reason" }).fill("Not in two batch reports.");
  await line(page, payment).getByRole("button", { name: "Declare absent", exact: true }).click();
  await expect(line(page, payment)).toHaveCount(0, { timeout: 20_000 });
  expect(await statusOf(payment)).toBe(ABSENT);
  expect(await ledgerOf("783.00")).toEqual([]);
});

test("an answer that is not what was asked for: shown with its amount, accepted with a reason, and it counts from then on", async ({ page }) => {
  // The bank has replaced the card: what was charged ends in other digits than the saved card's row says.
  const replaced: Shopper = { ...shopper, cardId: await newCard(shopper.customerId, "5555555555554444") };
  await apiOf("sysadmin").send("PATCH", `cybs_paymentmethods(${replaced.cardId})`, { cybs_lastfour: "9999" });
  const payment = await stuck(787, "drop-after", replaced);
  await openList(page);
  await expect(line(page, payment).getByRole("button", { name: /^Accept/ })).toHaveCount(0);
  await noFaults();
  await decide(page, payment, "Ask again now", "The outage is over.");
  await expect.poll(async () => (await paymentRow(payment.id))["cybs_nexttext"], { timeout: 20_000 }).toContain("not what was asked for: the authorization of 787.00 USD");
  await openList(page);
  await expect(line(page, payment)).toContainText("Compare amount and card; an operator has to decide.");
  await line(page, payment).getByRole("button", { name: `Accept Cybersource’s answer: ${payment.name}` }).click();
  await expect(line(page, payment)).toContainText("also where amount or card differ from what was asked");
  await expectAccessible(page, ".cybs-incomplete");
  await line(page, payment).getByRole("textbox", { name: "Reason" }).fill("The bank has sent him a new card.");
  await line(page, payment).getByRole("button", { name: "Accept Cybersource’s answer", exact: true }).click();
  await expect(line(page, payment)).toHaveCount(0, { timeout: 20_000 });
  expect(await statusOf(payment)).toBe(APPROVED);
  expect((await ledgerOf("787.00")).map(({ kind, state }) => `${kind} ${state}`)).toEqual(["authorization live"]);
});

test("reversed: found, taken back, and told in the payment's story with who decided", async ({ page }) => {
  const payment = await stuck(784, "drop-after");
  await openList(page);
  await decide(page, payment, "Reverse", "The customer has called it off.");
  await expect(line(page, payment).getByRole("status").filter({ hasText: "Reverse: your decision is on its way." })).toBeVisible();
  await noFaults();
  await decide(page, payment, "Ask again now", "It should be there by now.");
  await expect(line(page, payment)).toHaveCount(0, { timeout: 20_000 });
  await expect.poll(() => statusOf(payment)).toBe(UNDONE);
  expect((await ledgerOf("784.00")).map(({ kind }) => kind).sort()).toEqual(["authorization", "reversal"]);
  await openPayment(page, payment.id, "operator");
  await page.getByRole("tab", { name: "What happened" }).click();
  await expect(page.locator(".cybs-timeline").getByRole("listitem").filter({ hasText: "Pia Novak" }).first()).toBeVisible();
  await expect(page.locator(".cybs-timeline")).toContainText("The customer has called it off.");
  await takePicture(page, "payment-timeline-operator", page.locator(".cybs-timeline"));
  await expectAccessible(page, ".cybs-timeline");
});

for (const user of ["salesrep", "finance"]) {
  test(`${user} decides nothing: no entry or no form, and Dataverse takes no row`, async ({ page }) => {
    const payment = await payByRow(shopper, user === "salesrep" ? 785 : 786, { kind: "authorization" });
    await page.goto(`${sandbox().host}/main.aspx?etn=${operatorDecisionTable.logicalName}&pagetype=entityrecord&formid=${operatorDecisionTable.forms.incompletePayments}&as=${user}`);
    await expect(page.getByRole("alert")).toContainText("permission");
    await expect(page.getByRole("button", { name: /^(Reverse|Declare absent)/ })).toHaveCount(0);
    await expect(apiOf(user).create("cybs_operatordecisions", { "cybs_PaymentId@odata.bind": `/cybs_payments(${payment.id})`, cybs_decision: CHOICE + 2, cybs_note: "mine" })).rejects.toThrow("403");
    expect(await statusOf(payment)).toBe(APPROVED);
  });
}
