// Saved cards that the relay would refuse are shown with the reason and cannot be chosen.
import { expect, test } from "@jest/globals";
import { paymentMethodTable } from "@cybs/schema";
import { readCards } from "../../pcf-controls/card-picker/CardPicker/rows.ts";

const { mergeState, state } = paymentMethodTable.choices;
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
