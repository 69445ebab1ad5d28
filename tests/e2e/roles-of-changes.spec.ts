// Who may raise a hold, apply a payment to an invoice, and confirm a card after a merge of customers; who may not finds no way to it, or words, and Dataverse takes no row.
import { expect, test, type Locator, type Page } from "@playwright/test";
import { dataverseHttp, ledgerOf, newCustomer, newOrder, rows } from "./actors.ts";
import { expectAccessible, takePicture } from "./looks.ts";
import { useOwnSandbox } from "./own-sandbox.ts";
import { apiOf, CHOICE, newCard, newInvoice, newShopper, payByRow, paymentRow, recordUrl, type Shopper } from "./paid.ts";

const own = useOwnSandbox();
let shopper: Shopper;
async function account(values: Readonly<Record<string, unknown>>): Promise<void> {
  const [row] = await apiOf("sysadmin").find("cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq 'Fabrikam Group USD'");
  await apiOf("sysadmin").send("PATCH", `cybs_merchantaccounts(${String(row?.["cybs_merchantaccountid"])})`, values);
}
test.beforeAll(async () => { shopper = await newShopper(); await account({ cybs_incremental: true }); });
test.beforeEach(async ({ page }) => { await own.follow(page); });
const dialog = (page: Page, name: string): Locator => page.getByRole("dialog", { name });

test.describe("raising a hold", () => {
  /** An order of which only a part was authorized: what is missing is left to people. */
  const partly = async (price: number, part: number) => payByRow(shopper, part, { kind: "authorization", orderId: await newOrder(price, shopper.customerId) });

  test("a sales rep raises it by what the order still owes, by keyboard, and not beyond", async ({ page }) => {
    const held = await partly(500, 405);
    await page.goto(recordUrl("cybs_payment", held.id, "salesrep"));
    await page.getByRole("button", { name: "Capture", exact: true }).press("Enter");
    const panel = dialog(page, "Capture");
    await panel.getByRole("button", { name: "Increase", exact: true }).press("Enter");
    await expect(panel.getByRole("form").getByRole("status")).toContainText("The bank is asked to hold $95.00 more on the same card.");
    await panel.getByRole("textbox", { name: "Amount" }).fill("95.01");
    await panel.getByRole("textbox", { name: "Amount" }).press("Enter");
    await expect(panel.getByRole("alert").filter({ hasText: "Only $95.00 are owed beyond this authorization." })).toBeVisible();
    await panel.getByRole("textbox", { name: "Amount" }).fill("95");
    await panel.getByRole("textbox", { name: "Amount" }).press("Enter");
    await expect(panel.getByRole("heading", { name: "Authorization increased" })).toBeVisible({ timeout: 20_000 });
    await takePicture(page, "hold-increased", panel);
    await expectAccessible(page);
    await expect.poll(async () => (await paymentRow(held.id))["cybs_authorizedamount"]).toBe(500);
    expect((await ledgerOf("500.00")).map(({ kind, state }) => `${kind} ${state}`)).toEqual(["authorization live"]);
  });

  test("finance sees the hold and finds no command; Dataverse takes no row", async ({ page }) => {
    const held = await partly(510, 406);
    await page.goto(recordUrl("cybs_payment", held.id, "finance"));
    await expect(page.getByRole("button", { name: "Refresh" })).toBeVisible();
    await expect(page.getByRole("button", { name: "Capture", exact: true })).toHaveCount(0);
    await expect(apiOf("finance").create("cybs_paymentrequests", { cybs_action: CHOICE + 4, cybs_amount: 1, "cybs_PaymentId@odata.bind": `/cybs_payments(${held.id})` })).rejects.toThrow("403");
    expect((await paymentRow(held.id))["cybs_authorizedamount"]).toBe(406);
  });
});

test.describe("a payment of the order, applied to its invoice", () => {
  const applied = (invoiceId: string) => async (): Promise<readonly unknown[]> => (await rows("cybs_paymentallocation")).filter((row) => row["cybs_invoiceid"] === invoiceId).map((row) => row["cybs_amount"]);

  test("pays one invoice after the other by itself; who takes a payment there is offered only the rest", async ({ page }) => {
    const sale = await payByRow(shopper, 520);
    const invoiceId = await newInvoice(shopper.customerId, 300, sale.orderId);
    await expect.poll(applied(invoiceId), { timeout: 20_000 }).toEqual([300]);
    const second = await newInvoice(shopper.customerId, 400, sale.orderId);
    await expect.poll(applied(second), { timeout: 20_000 }).toEqual([220]);
    await page.goto(recordUrl("invoice", second, "salesrep"));
    await page.getByRole("button", { name: "Take payment" }).click();
    await expect(page.getByRole("button", { name: /^(Charge|Authorize) \$180\.00$/ })).toBeVisible({ timeout: 20_000 });
    expect(await ledgerOf("400.00")).toEqual([]);
  });

  test("what the relay has not applied yet is offered before a new payment is taken, by keyboard, and applied once", async ({ page }) => {
    const sale = await payByRow(shopper, 522);
    const keepRelayAway = (init: RequestInit): Promise<unknown> => fetch(`${dataverseHttp()}/_sandbox/faults`, init);
    await keepRelayAway({ method: "POST", body: JSON.stringify({ match: { method: "POST", path: "\\$batch$" }, fault: "status", times: 10_000, value: { status: 503 } }) });
    const invoiceId = await newInvoice(shopper.customerId, 600, sale.orderId);
    await page.goto(recordUrl("invoice", invoiceId, "salesrep"));
    await page.getByRole("button", { name: "Take payment" }).press("Enter");
    const offer = dialog(page, "Apply a payment of the order");
    await expect(offer).toContainText("$522.00 was already captured on the order of this invoice and is not applied yet. Apply $522.00 to this invoice instead of taking a new payment?");
    await takePicture(page, "apply-offer", offer);
    await expectAccessible(page);
    await offer.getByRole("button", { name: "Apply $522.00" }).press("Enter");
    await expect(page.getByRole("dialog")).toContainText("$522.00 will be applied to this invoice. It is shown here in a moment.");
    await page.getByRole("button", { name: "OK" }).press("Enter");
    await keepRelayAway({ method: "DELETE" });
    await expect.poll(applied(invoiceId), { timeout: 60_000 }).toEqual([522]);
    expect((await ledgerOf("522.00")).map(({ kind }) => kind)).toEqual(["sale"]);
    await page.getByRole("button", { name: "Take payment" }).click();
    await expect(page.getByRole("button", { name: /^(Charge|Authorize) \$78\.00$/ })).toBeVisible({ timeout: 20_000 });
  });

  test("finance finds no command on the invoice; Dataverse takes no row that applies", async ({ page }) => {
    const sale = await payByRow(shopper, 521);
    const invoiceId = await newInvoice(shopper.customerId, 600, sale.orderId);
    await page.goto(recordUrl("invoice", invoiceId, "finance"));
    await expect(page.getByRole("button", { name: "Save", exact: true })).toBeVisible();
    await expect(page.getByRole("button", { name: "Take payment" })).toHaveCount(0);
    await expect(apiOf("finance").create("cybs_paymentrequests", { cybs_action: CHOICE + 10, cybs_amount: 1, "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.id})`, "cybs_InvoiceId@odata.bind": `/invoices(${invoiceId})` })).rejects.toThrow("403");
  });
});

test.describe("a card that came with a merge of customers", () => {
  const TO_CONFIRM = CHOICE + 1;
  const stateOf = (cardId: string) => async (): Promise<unknown> => (await rows("cybs_paymentmethod")).find((row) => row["cybs_paymentmethodid"] === cardId)?.["cybs_mergestate"];
  async function merged(amount: number): Promise<{ readonly customerId: string; readonly cardId: string }> {
    const from = await newShopper("Litware (old)");
    const cardId = await newCard(from.customerId, "4012888888881881");
    await payByRow({ ...from, cardId }, amount);
    const customerId = await newCustomer("Litware", "salesrep");
    await apiOf("sysadmin").send("PATCH", `cybs_paymentmethods(${cardId})`, { "cybs_CustomerId_account@odata.bind": `/accounts(${customerId})` });
    await expect.poll(stateOf(cardId), { timeout: 30_000 }).toBe(TO_CONFIRM);
    return { customerId, cardId };
  }
  async function openCards(page: Page, cardId: string, as: string): Promise<Locator> {
    await page.goto(recordUrl("cybs_paymentmethod", cardId, as));
    await page.getByLabel("Form").selectOption({ label: "Saved cards" });
    const list = page.locator(".cybs-cards");
    await expect(list.getByRole("listitem")).toHaveCount(1);
    return list;
  }

  test("an operator confirms it with a reason, by keyboard; then it can be charged", async ({ page }) => {
    const { cardId } = await merged(531);
    const list = await openCards(page, cardId, "operator");
    await expect(list).toContainText("This card came with a merge of customers. It can be charged after an operator has confirmed it.");
    await list.getByRole("button", { name: /^Confirm: Visa/ }).press("Enter");
    await expect(list).toContainText("You state that Visa •••• 1881 belongs to Litware.");
    await expect(list.getByRole("button", { name: "Confirm card" })).toBeDisabled();
    await expect(list.getByRole("textbox")).toBeFocused();
    await page.keyboard.type("Same company, checked in the register.");
    await takePicture(page, "saved-cards-merge", list);
    await expectAccessible(page, ".cybs-cards");
    await page.keyboard.press("Enter");
    await expect(list.getByRole("status").filter({ hasText: "The card is confirmed and can be charged." })).toBeVisible({ timeout: 30_000 });
    await expect(list).not.toContainText("merge of customers");
    expect(await stateOf(cardId)()).toBe(CHOICE);
    expect((await rows("cybs_operatordecision")).map((row) => row["cybs_note"])).toContain("Same company, checked in the register.");
  });

  test("a sales rep is told who confirms it and finds no button; Dataverse takes no decision of his", async ({ page }) => {
    const { cardId } = await merged(532);
    const list = await openCards(page, cardId, "salesrep");
    await expect(list).toContainText("It can be charged after an operator has confirmed it.");
    await expect(list.getByRole("button", { name: /^Confirm/ })).toHaveCount(0);
    await expect(apiOf("salesrep").create("cybs_operatordecisions", { cybs_decision: CHOICE + 5, cybs_note: "mine" })).rejects.toThrow("403");
    expect(await stateOf(cardId)()).toBe(TO_CONFIRM);
  });
});
