// A saved card, end to end without a browser: a row in Dataverse, the relay in a process of its own, Cybersource's ledger as the oracle.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account } from "../support/deeds.ts";
import { CHOICE, eventually, request, settled, statusOf, type Stage } from "../support/stage.ts";
import { openWithCard } from "./open-with-card.ts";

let stage: Stage;
let card: string;

beforeAll(async () => { ({ stage, card } = await openWithCard()); }, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const poke = (requestId: string): Promise<Response> => fetch(`${stage.relayUrl}/pokes`, { method: "POST", headers: { "content-type": "application/json", origin: stage.relayUrl }, body: JSON.stringify({ organizationId: stage.dataverse.organizationId, paymentRequestId: requestId }) });
const take = async (price: number, amount = price, more: Partial<Parameters<typeof request>[1]> = {}) => {
  const orderId = more.orderId ?? await stage.order(price);
  const id = await request(stage, { amount, cardId: card, ...more, orderId });
  await poke(id);
  return { id, orderId, rows: await settled(stage, id, [2, 3, 6]) };
};
const effects = async (orderAmount: string) => (await stage.ledger()).filter((line) => line.amount === orderAmount);
const mainOf = (rows: readonly Readonly<Record<string, unknown>>[]) => rows.find((row) => (row["cybs_parentid"] ?? null) === null) ?? {};

describe("what the bank says is what the rows say", () => {
  test("an approval is one sale in Cybersource and a captured payment in Dataverse", async () => {
    const { id, rows } = await take(101);
    expect(statusOf(rows)).toBe(1);
    expect(await effects("101.00")).toMatchObject([{ kind: "sale", state: "live" }]);
    const [payment] = (await stage.rows("cybs_payment")).filter((row) => row["cybs_paymentid"] === mainOf(rows)["cybs_paymentid"]);
    expect(payment).toMatchObject({ cybs_status: CHOICE + 3, cybs_capturedamount: 101, cybs_openamount: 0 });
    expect(mainOf(rows)).toMatchObject({ cybs_paymentrequestid: id, cybs_approvalcode: "888888", cybs_isfinal: true });
  });

  test.each([
    [6010, "PROCESSOR_DECLINED"], [6011, "INSUFFICIENT_FUND"], [6012, "EXPIRED_CARD"], [6014, "CONTACT_PROCESSOR"], [6015, "CVN_NOT_MATCH"], [6016, "INVALID_ACCOUNT"],
  ] as const)("%i is declined with %s, and two sentences say what to do", async (amount, reason) => {
    const { rows } = await take(amount);
    expect(mainOf(rows)).toMatchObject({ cybs_status: CHOICE + 4, cybs_reason: reason, cybs_isfinal: true });
    expect(String(mainOf(rows)["cybs_agenttext"]).length).toBeGreaterThan(20);
    expect(String(mainOf(rows)["cybs_customertext"])).not.toMatch(/risk|stolen|fraud/i);
    expect(await effects(`${amount}.00`)).toEqual([]);
  });

  test.each([[6001, "AVS_FAILED"], [6002, "CV_FAILED"]] as const)("%i is a soft decline that waits for a person, with the amount held", async (amount, reason) => {
    const { rows } = await take(amount);
    expect(mainOf(rows)).toMatchObject({ cybs_status: CHOICE + 2, cybs_reason: reason, cybs_isfinal: false });
    expect(await effects(`${amount}.00`)).toMatchObject([{ state: "review" }]);
  });

  test.each([6020, 6021])("%i is declined for risk and its hold is released at once", async (amount) => {
    const { rows, id } = await take(amount);
    expect(statusOf(rows)).toBe(4);
    await eventually(async () => ((await effects(`${amount}.00`)).some((line) => line.kind === "sale" && line.state === "reversed") ? true : undefined));
    const after = await eventually(async () => { const found = (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === id && row["cybs_isfinal"] === true); return found.length === 2 ? found : undefined; });
    expect(after.map((row) => Number(row["cybs_type"]) - CHOICE).sort()).toEqual([2, 5]);
  });

  test("a partial authorization is taken back", async () => {
    await take(6003);
    await eventually(async () => ((await stage.ledger()).some((line) => line.amount === "3001.50" && line.kind === "sale" && line.state === "reversed") ? true : undefined));
  });

  test("a case review waits and is not reversed", async () => {
    const { rows } = await take(6022);
    expect(statusOf(rows)).toBe(2);
    expect(await effects("6022.00")).toMatchObject([{ state: "review" }]);
  });

  describe("a case that people at Cybersource decide", () => {
    const decide = async (body: unknown): Promise<void> => {
      const answer = await fetch(`${stage.cybersource.browserUrl}/_sandbox/cases`, { method: "POST", body: JSON.stringify(body) });
      if (!answer.ok) throw new Error(await answer.text());
    };
    const becomes = (requestId: string, status: number) => eventually(async () => {
      const main = mainOf((await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === requestId));
      return main["cybs_status"] === CHOICE + status ? main : undefined;
    });

    test("accepted: approved within the hour, and it can be captured", async () => {
      const { id, rows } = await take(6022);
      await decide({ id: mainOf(rows)["cybs_requestid"], decision: "ACCEPT" });
      await stage.clock.advance("PT61M");
      const main = await becomes(id, 1);
      const payment = (await stage.rows("cybs_payment")).find((row) => row["cybs_paymentid"] === main["cybs_paymentid"]);
      expect(payment).toMatchObject({ cybs_status: CHOICE + 1, cybs_authorizedamount: 6022, cybs_capturedamount: 0, cybs_riskstatus: CHOICE + 2 });
    });

    test("rejected: declined, and its hold is released", async () => {
      const { id, rows } = await take(6022);
      const caseId = mainOf(rows)["cybs_requestid"];
      await decide({ id: caseId, decision: "REJECT" });
      await stage.clock.advance("PT61M");
      await becomes(id, 4);
      await eventually(async () => ((await stage.ledger()).some((line) => line.id === caseId && line.state === "reversed") ? true : undefined));
    });
  });

  test("6035 is refused by Cybersource with INVALID_DATA and nothing is charged", async () => {
    const { rows } = await take(6035);
    expect(mainOf(rows)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "INVALID_DATA" });
    expect(await effects("6035.00")).toEqual([]);
  });

  test("a detail that Cybersource cannot read is named, and a request with it mended is approved", async () => {
    const orderId = await stage.order(6_050);
    const unreadable = { id: "7000000000000000006050", status: "INVALID_REQUEST", reason: "INVALID_DATA", message: "Declined - One or more fields in the request contains invalid data.", details: [{ field: "orderInformation.billTo.locality", reason: "INVALID_DATA" }] };
    await stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/payments$" }, fault: "status", times: 1, value: { status: 400, body: unreadable } });
    const { rows } = await take(6_050, 6_050, { orderId, more: { cybs_billto_city: "?" } });
    expect(mainOf(rows)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "INVALID_DATA", cybs_isfinal: true });
    expect(String(mainOf(rows)["cybs_agenttext"])).toContain("the city of the billing address");
    expect(await effects("6050.00")).toEqual([]);
    const mended = await take(6_050, 6_050, { orderId, more: { cybs_billto_city: "San Francisco" } });
    expect(statusOf(mended.rows)).toBe(1);
    expect(await effects("6050.00")).toHaveLength(1);
  });

  test("6033, a processor that is away, is looked for after two minutes, asked again, and ends without a charge when the request's time is over", async () => {
    const pays = async () => (await stage.calls()).filter((call) => call.method === "POST" && call.path === "/pts/v2/payments").length;
    const before = await pays();
    const { id, rows } = await take(6033, 6033, { minutes: 4 });
    expect(statusOf(rows)).toBe(6);
    expect(await pays()).toBe(before + 1);
    await stage.clock.advance("PT2M");
    await eventually(async () => ((await stage.rows("cybs_paymenttransaction")).some((row) => row["cybs_paymentrequestid"] === id && row["cybs_attempt"] === 2 && row["cybs_status"] === CHOICE + 6) ? true : undefined));
    await stage.clock.advance("PT2M30S");
    const ended = await settled(stage, id);
    expect(mainOf(ended)).toMatchObject({ cybs_status: CHOICE + 9, cybs_reason: "request_expired" });
    expect(await pays()).toBe(before + 2);
    expect(await effects("6033.00")).toEqual([]);
  });

  test.each([6030, 6031, 6040])("%i is an answer nobody can be sure of: unknown, never declined", async (amount) => {
    const { rows } = await take(amount);
    expect(statusOf(rows)).toBe(6);
    expect(String(mainOf(rows)["cybs_agenttext"])).toContain("Do not take another payment");
  });

  test("JPY and KWD keep their digits", async () => {
    const yen = await stage.order(68_000, "JPY");
    const [account] = await stage.as("sysadmin").find("cybs_merchantaccounts?$select=cybs_merchantaccountid&$filter=cybs_name eq 'Fabrikam Group JPY'");
    const yenCard = await stage.savedCard();
    await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${yenCard})`, { "cybs_MerchantAccountId@odata.bind": `/cybs_merchantaccounts(${String(account?.["cybs_merchantaccountid"])})` });
    const id = await request(stage, { orderId: yen, amount: 68_000, cardId: yenCard });
    await poke(id);
    expect(statusOf(await settled(stage, id))).toBe(1);
    expect((await stage.ledger()).filter((line) => line.currency === "JPY")).toMatchObject([{ amount: "68000" }]);
  });
});

describe("what is refused before anything is sent", () => {
  const refused = async (rows: readonly Readonly<Record<string, unknown>>[], reason: string) => {
    expect(mainOf(rows)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: reason });
  };

  test("more than is open on the order", async () => {
    const { rows } = await take(50, 60);
    await refused(rows, "amount_above_open");
    expect(await effects("60.00")).toEqual([]);
  });

  test("a second full payment of a paid order", async () => {
    const { orderId } = await take(77);
    const second = await request(stage, { orderId, amount: 77, cardId: card });
    await poke(second);
    await refused(await settled(stage, second), "amount_above_open");
    expect(await effects("77.00")).toHaveLength(1);
  });

  test("a payment while the first one's outcome is unknown, in words", async () => {
    const { orderId } = await take(6031);
    const second = await request(stage, { orderId, amount: 6031, cardId: card });
    await poke(second);
    await refused(await settled(stage, second), "payment_in_progress");
  });

  test("a saved card of another customer", async () => {
    const other = await stage.savedCard({ account: "Contoso Coffee" });
    const { rows } = await take(88, 88, { cardId: other });
    await refused(rows, "saved_card_of_other_customer");
  });

  test("a fulfilled order", async () => {
    const orderId = await stage.order(66);
    await stage.as("sysadmin").send("POST", "salesorders/Microsoft.Dynamics.CRM.FulfillSalesOrder", { OrderClose: { subject: "done", "salesorderid@odata.bind": `/salesorders(${orderId})` }, Status: -1 });
    const id = await request(stage, { orderId, amount: 66, cardId: card, by: "sysadmin" });
    await poke(id);
    await refused(await settled(stage, id), "document_closed");
  });

  test("a request past its validity ends with no money moved", async () => {
    const { rows } = await take(55, 55, { minutes: -1 });
    expect(mainOf(rows)).toMatchObject({ cybs_status: CHOICE + 9, cybs_reason: "request_expired" });
    expect(await effects("55.00")).toEqual([]);
  });

  test("a draft is never executed", async () => {
    const orderId = await stage.order(44);
    const id = await request(stage, { orderId, amount: 44, cardId: card, state: CHOICE });
    await poke(id);
    await new Promise((resolve) => { setTimeout(resolve, 2_500); });
    expect((await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === id)).toEqual([]);
    expect(await effects("44.00")).toEqual([]);
  });
});

describe("what people write afterwards changes nothing", () => {
  test("a row edited after it was submitted is carried out as it was", async () => {
    const { id } = await take(33);
    await stage.as("salesrep").send("PATCH", `cybs_paymentrequests(${id})`, { cybs_amount: 3300 });
    await poke(id);
    await new Promise((resolve) => { setTimeout(resolve, 1_500); });
    expect(await effects("33.00")).toHaveLength(1);
    expect(await effects("3300.00")).toEqual([]);
  });

  test("people cannot write what the relay owns", async () => {
    const { rows } = await take(22);
    const id = String(mainOf(rows)["cybs_paymenttransactionid"]);
    await expect(stage.as("salesrep").send("PATCH", `cybs_paymenttransactions(${id})`, { cybs_reason: "mine" })).rejects.toThrow("403");
    await expect(stage.as("salesrep").create("cybs_payments", { cybs_name: "mine" })).rejects.toThrow("403");
  });
});

describe("a decision on a soft decline", () => {
  const decide = (rows: readonly Readonly<Record<string, unknown>>[], decision: number, amount: number) => stage.as("salesrep").create("cybs_paymentdecisions", {
    "cybs_PaymentId@odata.bind": `/cybs_payments(${String(mainOf(rows)["cybs_paymentid"])})`, "cybs_PaymentTransactionId@odata.bind": `/cybs_paymenttransactions(${String(mainOf(rows)["cybs_paymenttransactionid"])})`,
    cybs_decision: CHOICE + decision, cybs_amount: amount, "transactioncurrencyid@odata.bind": `/transactioncurrencies(${String(mainOf(rows)["transactioncurrencyid"])})`,
  });

  test("accepted, it is approved", async () => {
    const { rows, id } = await take(6001);
    await decide(rows, 0, 6001);
    expect(statusOf(await settled(stage, id))).toBe(1);
  });

  test("released, its hold is given back", async () => {
    const { rows, id } = await take(6002);
    await decide(rows, 1, 6002);
    expect(statusOf(await settled(stage, id))).toBe(8);
    expect((await effects("6002.00")).filter((line) => line.kind === "sale" && line.state === "reversed")).toHaveLength(1);
  });

  test("accepted in part, where the account asks: what the bank approved is taken, and the rest is open", async () => {
    await account(stage, { cybs_partialpolicy: CHOICE + 1 });
    const { rows, id } = await take(6003);
    await account(stage, { cybs_partialpolicy: CHOICE });
    expect(mainOf(rows)).toMatchObject({ cybs_status: CHOICE + 3, cybs_isfinal: false, cybs_amount: 3001.5 });
    // The answer to another question is none to this one.
    await decide(rows, 0, 3001.5);
    await new Promise((resolve) => { setTimeout(resolve, 2_500); });
    expect(statusOf((await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === id))).toBe(3);
    await decide(rows, 2, 3001.5);
    expect(mainOf(await settled(stage, id))).toMatchObject({ cybs_status: CHOICE + 1, cybs_amount: 3001.5 });
  });

  test("with another amount it counts for nothing", async () => {
    const { rows, id } = await take(6001);
    await decide(rows, 0, 1);
    await new Promise((resolve) => { setTimeout(resolve, 2_500); });
    expect(statusOf((await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === id))).toBe(2);
  });
});
