// Saved cards without money: removed in token management and in Dynamics 365, renamed, preferred; what they authorized goes on working.
import { afterAll, beforeAll, describe, expect, test } from "@jest/globals";
import { account, rowsWhere, severalRounds, take } from "../support/deeds.ts";
import { draft, openSession, storeToken, submitDraft, tokenFor, type Draft } from "../support/card-entry.ts";
import { CHOICE, eventually, request, settled, signedCall, startStage, type Row, type Stage } from "../support/stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await startStage();
  await stage.startRelay();
}, 180_000);
afterAll(async () => { await stage.close(); }, 30_000);

const card = async (id: string): Promise<Row> => (await stage.rows("cybs_paymentmethod")).find((row) => row["cybs_paymentmethodid"] === id) ?? {};
/** A request row that names a card and no document. */
const ask = (cardId: string, action: number, more: Readonly<Record<string, unknown>> = {}) => stage.as("salesrep").create("cybs_paymentrequests", {
  cybs_action: CHOICE + action, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, "cybs_PaymentMethodId@odata.bind": `/cybs_paymentmethods(${cardId})`, cybs_validuntil: new Date(stage.clock.now().getTime() + 900_000).toISOString(), ...more,
});
const ended = (requestId: string): Promise<Row> => eventually(async () => (await stage.rows("cybs_paymenttransaction")).find((row) => row["cybs_paymentrequestid"] === requestId && row["cybs_isfinal"] === true), 20_000);
const inTokenManagement = async (row: Row): Promise<number> => (await signedCall(stage.cybersource, stage.caFile, { method: "GET", path: `/tms/v2/customers/${String(row["cybs_tmscustomerid"])}/payment-instruments/${String(row["cybs_paymentinstrumentid"])}` })).status;

describe("removing a card", () => {
  test("removes it on both sides, and again changes nothing; it pays no more, and what it authorized is captured all the same", async () => {
    await account(stage, { cybs_capturepolicy: CHOICE + 1 });
    const id = await stage.savedCard();
    const authorized = await take(stage, id, 710);
    expect(await ended(await ask(id, 6))).toMatchObject({ cybs_status: CHOICE + 1, cybs_reason: "card_removed" });
    expect(await card(id)).toMatchObject({ cybs_state: CHOICE + 3 });
    expect(await inTokenManagement(await card(id))).toBeGreaterThanOrEqual(404);
    expect(await ended(await ask(id, 6))).toMatchObject({ cybs_status: CHOICE + 1 });
    const refused = await request(stage, { orderId: await stage.order(720), amount: 720, cardId: id });
    expect(await ended(refused)).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "saved_card_unusable" });
    await stage.as("salesrep").create("cybs_paymentrequests", {
      cybs_action: CHOICE + 3, cybs_method: CHOICE + 2, cybs_state: CHOICE + 1, cybs_amount: 710, "cybs_PaymentId@odata.bind": `/cybs_payments(${authorized.paymentId})`, "cybs_SalesOrderId@odata.bind": `/salesorders(${authorized.orderId})`,
      "transactioncurrencyid@odata.bind": `/transactioncurrencies(${authorized.currencyId})`, cybs_validuntil: new Date(stage.clock.now().getTime() + 900_000).toISOString(),
    });
    await eventually(async () => ((await stage.ledger()).some((line) => line.kind === "capture" && line.amount === "710.00") ? true : undefined), 20_000);
  });
});

describe("of an account that takes no payments any more", () => {
  test("a card is removed on both sides all the same, and pays nothing", async () => {
    const id = await stage.savedCard();
    await account(stage, { cybs_isenabled: false });
    const [refused, removed] = [await ended(await request(stage, { orderId: await stage.order(721), amount: 721, cardId: id })), await ended(await ask(id, 6))];
    await account(stage, { cybs_isenabled: true });
    expect(refused).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "no_merchant_account" });
    expect(removed).toMatchObject({ cybs_status: CHOICE + 1, cybs_reason: "card_removed" });
    expect(await inTokenManagement(await card(id))).toBeGreaterThanOrEqual(404);
  });
});

describe("preferring and naming", () => {
  test("one card of a customer is the default, and a name is kept", async () => {
    const [first, second] = [await stage.savedCard(), await stage.savedCard()];
    await ended(await ask(first, 7));
    await ended(await ask(second, 7));
    expect((await card(first))["cybs_isdefault"]).toBe(false);
    expect((await card(second))["cybs_isdefault"]).toBe(true);
    await ended(await ask(second, 8, { cybs_newname: "Company card" }));
    expect(await card(second)).toMatchObject({ cybs_nickname: "Company card" });
    expect(await ended(await ask(second, 8))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "card_name_missing" });
  });
});

describe("a merge of customers", () => {
  test("leaves a card that a person has to confirm", async () => {
    const id = await stage.savedCard();
    await severalRounds();
    await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${id})`, { "cybs_CustomerId_account@odata.bind": `/accounts(${String(stage.demo.accounts["Contoso Coffee"])})` });
    await rowsWhere(stage, "cybs_paymentmethod", (row) => row["cybs_paymentmethodid"] === id && row["cybs_mergestate"] === CHOICE + 1);
  });

  test("leaves it neither preferred nor renamed until then, and says why; it can be removed", async () => {
    const id = await stage.savedCard();
    await severalRounds();
    await stage.as("sysadmin").send("PATCH", `cybs_paymentmethods(${id})`, { "cybs_CustomerId_account@odata.bind": `/accounts(${String(stage.demo.accounts["Contoso Coffee"])})` });
    // Perhaps before a sweep has seen the merge.
    const preferred = await ended(await ask(id, 7));
    expect(preferred).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "saved_card_to_confirm", cybs_agenttext: expect.stringContaining("Ask an operator to confirm it") });
    await rowsWhere(stage, "cybs_paymentmethod", (row) => row["cybs_paymentmethodid"] === id && row["cybs_mergestate"] === CHOICE + 1);
    expect(await ended(await ask(id, 8, { cybs_newname: "Theirs" }))).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "saved_card_to_confirm" });
    const left = await card(id);
    expect([left["cybs_isdefault"] ?? false, left["cybs_nickname"] ?? null]).toEqual([false, null]);
    expect(await ended(await ask(id, 6))).toMatchObject({ cybs_status: CHOICE + 1, cybs_reason: "card_removed" });
  });
});

describe("a new card that was to be saved", () => {
  const consent = { cybs_savecard: true, cybs_consenttextversion: "2026-01" };
  const tokens = async (requestId: string): Promise<readonly Row[]> => (await stage.rows("cybs_paymenttransaction")).filter((row) => row["cybs_paymentrequestid"] === requestId && row["cybs_type"] === CHOICE + 11);
  const deletions = async (): Promise<number> => (await stage.calls()).filter((call) => call.method === "DELETE" && call.path.includes("/payment-instruments/")).length;
  async function pay(price: number): Promise<Draft> {
    const of = await draft(stage, price, { extra: consent });
    const session = await openSession(stage, of);
    await storeToken(stage, session, of.nonce, await tokenFor(stage, session));
    await submitDraft(stage, of);
    return of;
  }
  const cardsOf = async (): Promise<number> => (await stage.rows("cybs_paymentmethod")).length;

  test("is, as a step of its own", async () => {
    const [before, gone] = [await cardsOf(), await deletions()];
    const of = await pay(731);
    expect((await settled(stage, of.id)).some((row) => row["cybs_status"] === CHOICE + 1)).toBe(true);
    await rowsWhere(stage, "cybs_paymentmethod", () => true, before + 1);
    expect(await tokens(of.id)).toMatchObject([{ cybs_status: CHOICE + 1, cybs_isfinal: true }]);
    expect(await deletions()).toBe(gone);
  });

  test("and could not be: the payment stands, and saving it later is offered", async () => {
    const before = await cardsOf();
    await stage.settings({ tokensBesidePayments: false });
    const of = await pay(732);
    const rows = await settled(stage, of.id);
    await stage.settings({ tokensBesidePayments: true });
    expect(rows.find((row) => row["cybs_type"] !== CHOICE + 11)).toMatchObject({ cybs_status: CHOICE + 1 });
    const [token] = await tokens(of.id);
    expect(token).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "card_not_saved" });
    expect(String(token?.["cybs_agenttext"])).toContain("can be saved with the customer's next payment");
    expect(await cardsOf()).toBe(before);
  });

  const loseAnswer = (): Promise<void> => stage.fault("cybersource", { match: { method: "POST", path: "^/pts/v2/payments$" }, fault: "drop-after", times: 1 });
  const isUnknown = (of: Draft) => rowsWhere(stage, "cybs_paymenttransaction", (row) => row["cybs_paymentrequestid"] === of.id && row["cybs_status"] === CHOICE + 6);

  test("while the answer was lost: found with its payment, and on file", async () => {
    const before = (await stage.rows("cybs_paymentmethod")).map((row) => row["cybs_paymentmethodid"]);
    await loseAnswer();
    const of = await pay(733);
    await isUnknown(of);
    await stage.clock.advance("PT1M");
    expect((await settled(stage, of.id)).some((row) => row["cybs_status"] === CHOICE + 1)).toBe(true);
    const [card] = await rowsWhere(stage, "cybs_paymentmethod", (row) => !before.includes(row["cybs_paymentmethodid"]));
    expect(await tokens(of.id)).toMatchObject([{ cybs_status: CHOICE + 1, cybs_isfinal: true }]);
    expect(card).toMatchObject({ cybs_paymentinstrumentid: expect.stringMatching(/^[0-9A-F]{32}$/), cybs_expirymonth: 12, cybs_lastfour: "1111", cybs_state: CHOICE });
  });

  test("while the answer was lost, and its detail does not show it: the payment stands, and the row says that nobody knows", async () => {
    const before = await cardsOf();
    await loseAnswer();
    await stage.settings({ detailShowsTokens: false });
    const of = await pay(734);
    await isUnknown(of);
    await stage.clock.advance("PT1M");
    expect((await settled(stage, of.id)).some((row) => row["cybs_status"] === CHOICE + 1)).toBe(true);
    const [token] = await eventually(async () => { const found = await tokens(of.id); return found.length > 0 ? found : undefined; });
    await stage.settings({ detailShowsTokens: true });
    expect(token).toMatchObject({ cybs_status: CHOICE + 5, cybs_reason: "card_not_shown" });
    expect(await cardsOf()).toBe(before);
  });

  test("by a payment that was declined for risk and whose answer was lost: found, released, and deleted again", async () => {
    const [before, gone] = [await cardsOf(), await deletions()];
    await loseAnswer();
    const of = await pay(6_021);
    await isUnknown(of);
    await stage.clock.advance("PT1M");
    await eventually(async () => ((await tokens(of.id))[0]?.["cybs_status"] === CHOICE + 8 ? true : undefined), 20_000);
    expect([await deletions(), await cardsOf()]).toEqual([gone + 1, before]);
  });

  test.each([6020, 6003])("of %i, which comes to nothing (declined for risk, approved in part and released): its card is deleted again", async (price) => {
    const [before, gone] = [await cardsOf(), await deletions()];
    const of = await pay(price);
    const [token] = await eventually(async () => { const found = await tokens(of.id); return found[0]?.["cybs_status"] === CHOICE + 8 ? found : undefined; }, 20_000);
    expect(String(token?.["cybs_agenttext"])).toContain("was deleted again");
    expect([await deletions(), await cardsOf()]).toEqual([gone + 1, before]);
    expect((await stage.ledger()).filter((line) => line.state === "live" && line.amount === price.toFixed(2) && line.kind !== "reversal")).toEqual([]);
  });
});
