// A right that the relay loses for a while: what Dataverse refused meanwhile, memos, allocations, requests by rule, is made once the
// right is back, without anybody asking for it.
import { afterAll, beforeAll, expect, test } from "@jest/globals";
import { account, fulfil, invoiceOf, limit, refund, refundSettled, rowsWhere, severalRounds, take } from "../support/deeds.ts";
import { CHOICE, eventually, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";

let stage: Stage;
let card: string;
beforeAll(async () => {
  ({ stage, card } = await openWithCard({ at: "09:00" }));
  const [usd] = await stage.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'");
  await limit(stage, { currencyId: String(usd?.["transactioncurrencyid"]), perRefund: 1_000, perDay: 1_000_000 });
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const relayRole = async (): Promise<string> => String((await stage.as("sysadmin").find("roles?$select=name,roleid&$filter=endswith(name,'Relay')"))[0]?.["roleid"]);

/** Takes one of the relay's rights while something happens, and gives it back. */
async function without(privilege: string, deed: () => Promise<void>): Promise<void> {
  const [row] = await stage.as("sysadmin").find(`privileges?$select=privilegeid,name&$filter=name eq '${privilege}'`);
  const role = await relayRole();
  await stage.as("sysadmin").send("POST", `roles(${role})/Microsoft.Dynamics.CRM.RemovePrivilegeRole`, { PrivilegeId: String(row?.["privilegeid"]) });
  await deed();
  await stage.as("sysadmin").send("POST", `roles(${role})/Microsoft.Dynamics.CRM.AddPrivilegesRole`, { Privileges: [{ Depth: "Global", PrivilegeId: String(row?.["privilegeid"]), PrivilegeName: privilege }] });
}
const somewhatLater = async (): Promise<void> => { await stage.clock.advance("PT6M"); await severalRounds(); };

test("the credit memo of a refund", async () => {
  await account(stage, { cybs_capturepolicy: CHOICE });
  const sale = await take(stage, card, 91);
  await stage.clock.advance("P1DT1H");
  let id = "";
  await without("prvCreatecybs_CreditMemo", async () => {
    id = await refund(stage, { ...sale, amount: 40 });
    await refundSettled(stage, id);
    await severalRounds();
    expect((await stage.rows("cybs_creditmemo")).filter((row) => row["cybs_refundrequestid"] === id)).toEqual([]);
  });
  await somewhatLater();
  await rowsWhere(stage, "cybs_creditmemo", (row) => row["cybs_refundrequestid"] === id);
}, 60_000);

test("what a payment has paid of its invoice", async () => {
  const sale = await take(stage, card, 92);
  let invoiceId = "";
  const allocations = async () => (await stage.rows("cybs_paymentallocation")).filter((row) => row["cybs_invoiceid"] === invoiceId);
  await without("prvCreatecybs_PaymentAllocation", async () => {
    invoiceId = await invoiceOf(stage, sale.orderId);
    await somewhatLater();
    expect(await allocations()).toEqual([]);
  });
  await somewhatLater();
  await eventually(async () => ((await allocations()).length === 1 ? true : undefined));
}, 60_000);

test("the capture that a rule asks for", async () => {
  await account(stage, { cybs_capturepolicy: CHOICE + 2 });
  const held = await take(stage, card, 93);
  await without("prvCreatecybs_PaymentRequest", async () => {
    await fulfil(stage, held.orderId);
    await somewhatLater();
    expect((await stage.rows("cybs_paymentrequest")).filter((row) => row["cybs_paymentid"] === held.paymentId)).toEqual([]);
  });
  await somewhatLater();
  await eventually(async () => ((await stage.ledger()).some((line) => line.kind === "capture" && line.amount === "93.00") ? true : undefined));
}, 60_000);
