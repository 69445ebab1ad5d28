// Click and Enter at once send one row; a row that was sent already only asks for its outcome; what Dataverse refuses is said in words.
import { afterEach, expect, test } from "@jest/globals";
import { Picker } from "../../pcf-controls/card-picker/CardPicker/actions.ts";

type Context = ConstructorParameters<typeof Picker>[0];
const pickers: Picker[] = [];
afterEach(() => { for (const picker of pickers.splice(0)) picker.destroy(); });

const order = { totalamount: 12.5, ordernumber: "ORD-1", _customerid_value: "c", transactioncurrencyid: { isocurrencycode: "USD" } };
const card = { cybs_paymentmethodid: "m1", cybs_lastfour: "1111", cybs_expirymonth: 12, cybs_expiryyear: 2099, cybs_isdefault: true, cybs_state: 727000000 };
const tables: Readonly<Record<string, readonly object[]>> = { cybs_paymentmethod: [card], organization: [{ organizationid: "org" }], environmentvariabledefinition: [{ schemaname: "cybs_relayurl", defaultvalue: "https://relay.example" }] };

function open(state: number, options: { readonly readFails?: string; readonly total?: number } = {}): { picker: Picker; updates: Record<string, unknown>[] } {
  const updates: Record<string, unknown>[] = [];
  const webAPI = {
    retrieveRecord: async (table: string) => {
      if (options.readFails !== undefined) throw new Error(options.readFails);
      return table === "salesorder" ? { ...order, totalamount: options.total ?? order.totalamount } : table === "cybs_paymentrequest" ? { cybs_state: state, _cybs_salesorderid_value: "o" } : {};
    },
    retrieveMultipleRecords: async (table: string) => ({ entities: tables[table] ?? [] }),
    updateRecord: async (_table: string, _id: string, row: Record<string, unknown>) => { updates.push(row); },
  };
  const context = { webAPI, mode: { contextInfo: { entityId: "r", entityTypeName: "cybs_paymentrequest" } }, resources: { getString: (key: string) => key }, userSettings: { languageId: 1033 }, utils: { hasEntityPrivilege: () => true } };
  const picker = new Picker((() => context) as unknown as Context);
  pickers.push(picker);
  return { picker, updates };
}

test("click and Enter together submit the saved card once, with amount, method and 15 minutes", async () => {
  const { picker, updates } = open(727000000);
  await picker.start();
  await Promise.all([picker.pay(), picker.pay()]);
  expect(updates).toHaveLength(1);
  expect(updates[0]).toMatchObject({ cybs_state: 727000001, cybs_amount: 12.5, cybs_method: 727000000, cybs_savecard: false, "cybs_PaymentMethodId@odata.bind": "/cybs_paymentmethods(m1)" });
  const life = Date.parse(String(updates[0]?.["cybs_validuntil"])) - Date.now();
  expect(life).toBeGreaterThan(14 * 60_000);
  expect(picker.store.get().phase).toBe("asking");
});

test("a row that was sent already is not sent again", async () => {
  const { picker, updates } = open(727000001);
  await picker.start();
  await picker.pay();
  expect([updates.length, picker.store.get().phase]).toEqual([0, "asking"]);
});

test.each([["missing prvReadcybs_paymentrequest privilege", "NoPrivilege", "none"], ["the server is busy", "ReadFailed", "retry"]])("%p stops with %s", async (message, words, way) => {
  const { picker } = open(727000000, { readFails: message });
  await picker.start();
  expect(picker.store.get().stop).toEqual({ message: words, way });
});

test("a total with more digits than its currency is said to be that, not to be paid", async () => {
  const { picker } = open(727000000, { total: 10.005 });
  await picker.start();
  expect(picker.store.get().stop).toEqual({ message: "TotalUnfit", way: "none" });
});
