// Who may give money back, end to end: limits, a second person, what does not count as one, and sums that two refunds at once cannot break.
// Cybersource's own ledger says what really moved.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, approve, limit, payment, refund, refundSettled, rowsWhere, severalRounds, take, type Taken } from "../support/deeds.ts";
import { CHOICE, eventually, type Row, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";

let stage: Stage;
let card: string;
const CARLA = "b0000000-0000-4000-8000-000000000003";
const DMITRI = "b0000000-0000-4000-8000-000000000004";
const WAITING = 0;

beforeAll(async () => {
  ({ stage, card } = await openWithCard());
  const usd = (await stage.as("sysadmin").find("transactioncurrencies?$select=transactioncurrencyid&$filter=isocurrencycode eq 'USD'"))[0]?.["transactioncurrencyid"];
  await limit(stage, { currencyId: String(usd), perRefund: 100, perDay: 1_000_000 });
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

/** A captured sale whose batch has closed, so that what is given back is a refund. */
async function settledSale(price: number): Promise<Taken> {
  const taken = await take(stage, card, price);
  await stage.clock.advance("P1DT1H");
  return taken;
}
const moved = async (amount: string) => (await stage.ledger()).filter((line) => line.kind === "refund" && line.amount === amount);
const waits = async (requestId: string): Promise<Row> => (await eventually(async () => { const rows = (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_refundrequestid"] === requestId && row["cybs_status"] === CHOICE + WAITING && Number(row["cybs_amount"]) > 0); return rows.length > 0 ? rows : undefined; }, 20_000))[0] ?? {};
const ended = async (requestId: string): Promise<Row> => (await refundSettled(stage, requestId))[0] ?? {};

describe("a person within his limits", () => {
  test("refunds alone, gets a numbered credit memo, and the payment shows it", async () => {
    const sale = await settledSale(91);
    const id = await refund(stage, { ...sale, amount: 40.5 });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 7, cybs_amount: 40.5 });
    expect(await moved("40.50")).toHaveLength(1);
    const [memo] = await rowsWhere(stage, "cybs_creditmemo", (row) => row["cybs_refundrequestid"] === id);
    expect(memo).toMatchObject({ cybs_paymentid: sale.paymentId, cybs_amount: 40.5, cybs_reasoncode: CHOICE + 4, cybs_state: CHOICE });
    expect(String(memo?.["cybs_name"])).toMatch(/^CM-\d{6}$/);
    expect(await payment(stage, sale.paymentId)).toMatchObject({ cybs_refundedamount: 40.5, cybs_status: CHOICE + 4 });
  });

  test("without a reason it is refused", async () => {
    const sale = await settledSale(92);
    const id = await refund(stage, { ...sale, amount: 10, reason: null });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "reason_missing" });
  });
});

describe("above the limit", () => {
  test("it waits, reserves its amount, tells the approver, and goes once somebody else approves exactly it", async () => {
    const sale = await settledSale(150);
    const id = await refund(stage, { ...sale, amount: 120 });
    await waits(id);
    expect(await moved("120.00")).toEqual([]);
    const second = await refund(stage, { ...sale, amount: 40 });
    expect(await ended(second)).toMatchObject({ cybs_status: CHOICE + 5 });
    await rowsWhere(stage, "appnotification", (row) => row["ownerid"] === DMITRI && String(row["data"]).includes(id));
    expect((await stage.rows("appnotification")).filter((row) => row["ownerid"] === CARLA && String(row["data"]).includes(id))).toEqual([]);
    await approve(stage, { ...sale, requestId: id, amount: 120 });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 1, cybs_amount: 120 });
    expect(await moved("120.00")).toHaveLength(1);
  });

  test("rejected, it ends and its amount is free again", async () => {
    const sale = await settledSale(160);
    const id = await refund(stage, { ...sale, amount: 130 });
    await waits(id);
    await approve(stage, { ...sale, requestId: id, amount: 130, decision: 1 });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "refund_rejected" });
    const next = await refund(stage, { ...sale, amount: 80 });
    expect(await ended(next)).toMatchObject({ cybs_status: CHOICE + 1 });
  });

  describe("what does not count as an approval", () => {
    let sale: Taken;
    let waiting: string;
    beforeAll(async () => {
      sale = await settledSale(500);
      waiting = await refund(stage, { ...sale, amount: 200 });
      await waits(waiting);
    }, 60_000);
    const stillWaits = async (): Promise<void> => { await severalRounds(); await waits(waiting); expect(await moved("200.00")).toEqual([]); };

    test("the requester's own", async () => {
      await stage.as("sysadmin").send("POST", `systemusers(${CARLA})/systemuserroles_association/$ref`, { "@odata.id": `roles(${await roleId("Refund approver")})` });
      await approve(stage, { ...sale, requestId: waiting, amount: 200, by: "refundagent" });
      await stillWaits();
    });
    test("one of another amount", async () => { await approve(stage, { ...sale, requestId: waiting, amount: 199 }); await stillWaits(); });
    test("one for another reason", async () => { await approve(stage, { ...sale, requestId: waiting, amount: 200, reason: 1 }); await stillWaits(); });
    test("one copied from another request", async () => {
      const other = await refund(stage, { ...sale, amount: 210 });
      await waits(other);
      await approve(stage, { ...sale, requestId: other, amount: 200 });
      await severalRounds();
      await waits(other);
      await stillWaits();
    });
    test("one by impersonation", async () => {
      await impersonated("approver", waiting, sale, 200);
      await stillWaits();
    });
    test("one by an application", async () => {
      await approve(stage, { ...sale, requestId: waiting, amount: 200, by: "relay" }).catch(() => undefined);
      await stillWaits();
    });
    test("any, while the request says that the money goes another way than was asked for", async () => {
      const request = `cybs_refundrequests(${waiting})`;
      await stage.as("sysadmin").send("PATCH", request, { cybs_action: CHOICE + 4 });
      await approve(stage, { ...sale, requestId: waiting, amount: 200 });
      await stillWaits();
      await stage.as("sysadmin").send("PATCH", request, { cybs_action: CHOICE });
    });
    test("any, once the request was edited", async () => {
      await stage.as("sysadmin").send("PATCH", `cybs_refundrequests(${waiting})`, { cybs_amount: 220 });
      await approve(stage, { ...sale, requestId: waiting, amount: 200 });
      await stillWaits();
    });
  });

  const roleId = async (ending: string): Promise<string> => {
    const roles = await stage.as("sysadmin").find("roles?$select=name,roleid,_businessunitid_value");
    const [carla] = await stage.as("sysadmin").find(`systemusers?$select=_businessunitid_value&$filter=systemuserid eq ${CARLA}`);
    const named = roles.filter((role) => String(role["name"]).endsWith(ending));
    return String((named.find((role) => role["_businessunitid_value"] === carla?.["_businessunitid_value"]) ?? named[0])?.["roleid"]);
  };
  /** The administrator acting as the approver: createdonbehalfby says so. */
  async function impersonated(as: string, requestId: string, sale: Taken, amount: number): Promise<void> {
    const [user] = await stage.as("sysadmin").find(`systemusers?$select=systemuserid&$filter=startswith(domainname,'${as}@')`);
    const response = await fetch(`${stage.dataverse.httpUrl}/api/data/v9.2/cybs_refundapprovals`, {
      method: "POST", headers: { authorization: `Bearer ${stage.token("sysadmin")}`, "content-type": "application/json", mscrmcallerid: String(user?.["systemuserid"]) },
      body: JSON.stringify({ "cybs_RefundRequestId@odata.bind": `/cybs_refundrequests(${requestId})`, "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`, cybs_decision: CHOICE, cybs_amount: amount, cybs_reasoncode: CHOICE + 4 }),
    });
    expect(response.ok).toBe(true);
  }
});

describe("an author who is not an interactive person", () => {
  test("always needs one, and the person behind it cannot be the one", async () => {
    const sale = await settledSale(70);
    const [carla] = await stage.as("sysadmin").find(`systemusers?$select=systemuserid&$filter=systemuserid eq ${CARLA}`);
    const response = await fetch(`${stage.dataverse.httpUrl}/api/data/v9.2/cybs_refundrequests`, {
      method: "POST", headers: { authorization: `Bearer ${stage.token("sysadmin")}`, "content-type": "application/json", mscrmcallerid: String(carla?.["systemuserid"]) },
      body: JSON.stringify({ "cybs_PaymentId@odata.bind": `/cybs_payments(${sale.paymentId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`, cybs_action: CHOICE, cybs_amount: 12, cybs_reasoncode: CHOICE + 4 }),
    });
    const id = /\(([0-9a-f-]{36})\)/.exec(response.headers.get("odata-entityid") ?? "")?.[1] ?? "";
    await waits(id);
    await approve(stage, { ...sale, requestId: id, amount: 12, by: "sysadmin" });
    await severalRounds();
    await waits(id);
    await approve(stage, { ...sale, requestId: id, amount: 12 });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 1 });
  });
});

describe("refunds at once", () => {
  test("never exceed what was captured", async () => {
    const sale = await settledSale(95);
    const ids = await Promise.all([60, 60, 60].map((amount) => refund(stage, { ...sale, amount })));
    const outcomes = await Promise.all(ids.map(ended));
    expect(outcomes.map((row) => Number(row["cybs_status"]) - CHOICE).sort()).toEqual([1, 5, 5]);
    expect((await stage.ledger()).filter((line) => line.kind === "refund" && line.amount === "60.00")).toHaveLength(1);
  });
});

describe("a standalone credit", () => {
  const CREDIT = 4;
  const credits = async (amount: string) => (await stage.ledger()).filter((line) => line.kind === "credit" && line.amount === amount);
  const onCard = (cardId: string) => ({ action: CREDIT, more: { "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${cardId})` } });
  let sale: Taken;

  test("is refused by default, with the way out", async () => {
    sale = await settledSale(710);
    const row = await ended(await refund(stage, { ...sale, amount: 31, ...onCard(card) }));
    expect(row).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "credit_not_allowed" });
    expect(String(row["cybs_agenttext"])).toContain("bank transfer");
  });

  test("where it is allowed, it waits for a second person however small it is, and goes once, to the card that this customer paid with", async () => {
    await account(stage, { cybs_standalonecredit: true, cybs_creditpolicy: CHOICE + 1 });
    sale = await settledSale(720);
    const id = await refund(stage, { ...sale, amount: 1.5, ...onCard(card) });
    expect(String((await waits(id))["cybs_agenttext"])).toContain("A credit always needs a second person");
    await severalRounds();
    expect(await credits("1.50")).toEqual([]);
    await approve(stage, { ...sale, requestId: id, amount: 1.5 });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 8 });
    expect(await credits("1.50")).toHaveLength(1);
    await rowsWhere(stage, "cybs_creditmemo", (row) => row["cybs_refundrequestid"] === id && row["cybs_amount"] === 1.5);
  });

  /** A credit that belongs to no payment: for an order, to a card. */
  const creditFor = async (orderId: string, amount: number, cardId: string): Promise<string> => stage.as("refundagent").create("cybs_refundrequests", {
    "cybs_SalesOrderId@odata.bind": `/salesorders(${orderId})`, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${cardId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`,
    cybs_action: CHOICE + CREDIT, cybs_amount: amount, cybs_reasoncode: CHOICE + 4,
  });
  const approveCredit = (requestId: string, amount: number, by = "approver") => stage.as(by).create("cybs_refundapprovals", {
    "cybs_RefundRequestId@odata.bind": `/cybs_refundrequests(${requestId})`, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${sale.currencyId})`, cybs_decision: CHOICE, cybs_amount: amount, cybs_reasoncode: CHOICE + 4,
  });

  test("without a payment founds one of its own, after a second person, once", async () => {
    const id = await creditFor(await stage.order(900), 3.5, card);
    await waits(id);
    await approveCredit(id, 35);
    await severalRounds();
    expect(await credits("3.50")).toEqual([]);
    await approveCredit(id, 3.5);
    const row = await ended(id);
    expect(row).toMatchObject({ cybs_status: CHOICE + 1, cybs_type: CHOICE + 8, cybs_amount: 3.5 });
    expect((await credits("3.50")).map((line) => line.id)).toEqual([row["cybs_requestid"]]);
    const [founded] = await rowsWhere(stage, "cybs_payment", (one) => one["cybs_paymentid"] === row["cybs_paymentid"] && one["cybs_refundedamount"] === 3.5);
    expect(founded).toMatchObject({ cybs_status: CHOICE + 5, cybs_authorizedamount: 0, cybs_capturedamount: 0 });
    await rowsWhere(stage, "cybs_creditmemo", (memo) => memo["cybs_refundrequestid"] === id && memo["cybs_amount"] === 3.5 && memo["cybs_paymentid"] === row["cybs_paymentid"]);
  });

  test("without a payment and without an answer is looked for, and found, once", async () => {
    await stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/credits$" }, fault: "drop-after", times: 1 });
    const id = await creditFor(await stage.order(901), 4.5, card);
    await waits(id);
    await approveCredit(id, 4.5);
    await refundSettled(stage, id, [6]);
    await eventually(async () => {
      const [row] = (await stage.rows("cybs_paymenttransaction")).filter((one) => one["cybs_refundrequestid"] === id);
      if (row?.["cybs_status"] === CHOICE + 1) return true;
      await stage.clock.advance("PT1M");
      await severalRounds();
      return undefined;
    }, 60_000);
    expect(await credits("4.50")).toHaveLength(1);
  }, 90_000);

  test("without a payment goes to nobody else's card, and to no card that this customer has not paid with", async () => {
    const orderId = await stage.order(902);
    const strangers = await stage.savedCard({ account: "Contoso Coffee", number: "4012888888881881" });
    expect(await ended(await creditFor(orderId, 5.5, strangers))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "saved_card_of_other_customer" });
    const unused = await stage.savedCard({ number: "5105105105105100" });
    expect(await ended(await creditFor(orderId, 5.5, unused))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "credit_instrument_not_used" });
    expect(await credits("5.50")).toEqual([]);
  });

  test("never goes to a card that this customer has not paid with", async () => {
    const unused = await stage.savedCard({ number: "5555555555554444" });
    const id = await refund(stage, { ...sale, amount: 2.5, ...onCard(unused) });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "credit_instrument_not_used" });
    expect(await credits("2.50")).toEqual([]);
  });

  test("is refused again once the account's policy is off, whatever it was when the payment was made", async () => {
    await account(stage, { cybs_creditpolicy: CHOICE });
    const id = await refund(stage, { ...sale, amount: 6.5, ...onCard(card) });
    expect(await ended(id)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "credit_not_allowed" });
  });
});
