// Saved cards that the relay would refuse are shown with the reason and cannot be chosen.
import { expect, test } from "@jest/globals";
import { paymentMethodTable } from "@cybs/schema";
import { readCards } from "../../pcf-controls/card-picker/CardPicker/rows.ts";
import { checkInput, choiceIn, initialState, obstacleOf, type OrderFacts } from "../../pcf-controls/card-picker/CardPicker/state.ts";

const { mergeState, state, consentScope } = paymentMethodTable.choices;
const [usd, eur] = ["currency-usd", "currency-eur"];
const good = { cybs_paymentmethodid: "m", cybs_lastfour: "1111", cybs_expirymonth: 12, cybs_expiryyear: 2099, cybs_state: state.active, cybs_mergestate: mergeState.none, cybs_MerchantAccountId: { _transactioncurrencyid_value: usd } };

test.each<[string, object, boolean, string | undefined]>([
  ["of the order's currency", {}, true, undefined],
  ["whose account cannot be read", { cybs_MerchantAccountId: null }, true, undefined],
  ["that nobody has confirmed after a merge", { cybs_mergestate: mergeState.toConfirm }, false, "ToConfirm"],
  ["kept at an account of another currency", { cybs_MerchantAccountId: { _transactioncurrencyid_value: eur } }, false, "OtherCurrency"],
  ["that was blocked", { cybs_state: state.blocked }, false, undefined],
])("a card %s: usable %p", async (_name, row, isUsable, obstacle) => {
  const api = { retrieveMultipleRecords: async () => ({ entities: [{ ...good, ...row }] }) } as unknown as ComponentFramework.WebApi;
  expect(await readCards(api, "customer", usd)).toMatchObject([{ isUsable, obstacle }]);
});

const [PHONE, ABSENT] = [0, 2];
const cardOf = async (row: object) => {
  const [card] = await readCards({ retrieveMultipleRecords: async () => ({ entities: [{ ...good, ...row }] }) } as unknown as ComponentFramework.WebApi, "customer", usd);
  if (card === undefined) throw new Error("no card was read");
  return card;
};

test("a card whose holder has not agreed cannot be chosen while he is not there: the choice gives way, and paying with it is refused", async () => {
  const [agreed, notAgreed] = [await cardOf({ cybs_paymentmethodid: "agreed", cybs_consentscope: consentScope.alsoMerchantInitiated }), await cardOf({ cybs_consentscope: consentScope.laterOrders, cybs_isdefault: true })];
  expect([obstacleOf(notAgreed, PHONE), obstacleOf(notAgreed, ABSENT), obstacleOf(agreed, ABSENT)]).toEqual([undefined, "NotAgreed", undefined]);
  const cards = [notAgreed, agreed];
  expect([choiceIn(PHONE, { cards, choice: "m" }), choiceIn(ABSENT, { cards, choice: "m" }), choiceIn(ABSENT, { cards: [notAgreed], choice: "m" }), choiceIn(ABSENT, { cards, choice: "new" })]).toEqual(["m", "agreed", "new", "new"]);
  const order: OrderFacts = { table: "salesorder", id: "o", number: "O", customerName: "", customerId: "c", total: 100n, paid: 0n, inProgress: 0n, currency: "USD", currencyId: usd, isClosed: false };
  const state = { ...initialState, order, cards, choice: "m", amountText: "1.00" };
  expect(checkInput({ ...state, channel: PHONE }, new Date(0), "en")).toEqual({ ok: true, amount: 100n });
  expect(checkInput({ ...state, channel: ABSENT }, new Date(0), "en")).toMatchObject({ ok: false, key: "CardNotAgreed" });
});
