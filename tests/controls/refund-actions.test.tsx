// The refund panel's rows: one request however often the button is pressed, an approval that repeats exactly what was asked, nothing a second time
// after an answer that got lost.
import { afterEach, describe, expect, test } from "@jest/globals";
import { RefundActions, type RefundPlace } from "../../pcf-controls/refund-panel/RefundPanel/actions.ts";

type Host = ReturnType<ConstructorParameters<typeof RefundActions>[0]>;
const PAYMENT = "11111111-2222-4333-8444-555555555555";
const USER = "aaaaaaaa-2222-4333-8444-555555555555";
const open: RefundActions[] = [];
afterEach(() => { for (const actions of open.splice(0)) actions.destroy(); });

const payment = { cybs_paymentid: PAYMENT, cybs_name: "P-1", cybs_status: 727000003, cybs_authorizedamount: 80, cybs_capturedamount: 80, cybs_refundedamount: 0, cybs_reversedamount: 0, cybs_unknownamount: 0, cybs_brand: "Visa", cybs_lastfour: "1111", cybs_revision: 3, _transactioncurrencyid_value: "usd", _cybs_salesorderid_value: "order", transactioncurrencyid: { isocurrencycode: "USD" } };
const capture = { cybs_paymenttransactionid: "c", cybs_type: 727000002, cybs_status: 727000001, cybs_amount: 80, cybs_isfinal: true, cybs_occurredon: new Date().toISOString() };
const request = { cybs_name: "RR-1", cybs_amount: 80, cybs_reasoncode: 727000002, cybs_note: "half price", createdon: "2026-11-25T10:00:00Z", _createdby_value: "somebody", "_createdby_value@OData.Community.Display.V1.FormattedValue": "Carla Mendes", _cybs_paymentid_value: PAYMENT, transactioncurrencyid: { isocurrencycode: "USD" } };

interface Options { readonly place?: RefundPlace; readonly fails?: { message: string }; readonly may?: (table: string) => boolean }
function start({ place = { paymentId: PAYMENT }, fails, may = () => true }: Options = {}): { actions: RefundActions; created: { table: string; row: Record<string, unknown> }[] } {
  const created: { table: string; row: Record<string, unknown> }[] = [];
  const webAPI = {
    retrieveRecord: async (table: string) => (table === "cybs_payment" ? payment : table === "cybs_refundrequest" ? request : {}),
    retrieveMultipleRecords: async (table: string) => ({ entities: table === "cybs_paymenttransaction" ? [capture] : [] }),
    createRecord: async (table: string, row: Record<string, unknown>) => { if (fails !== undefined) throw new Error(fails.message); created.push({ table, row }); return { id: "22222222-2222-4333-8444-555555555555" }; },
  };
  const host = { webAPI, resources: { getString: (key: string) => key }, userSettings: { languageId: 1033, isRTL: false, userId: `{${USER.toUpperCase()}}`, userName: "Dmitri Orlov" }, utils: { hasEntityPrivilege: may }, navigation: {} };
  const actions = new RefundActions(() => host as unknown as Host, place);
  open.push(actions);
  return { actions, created };
}

describe("a new request", () => {
  test("click and Enter at once create one row, with payment, order, amount, currency, reason and note", async () => {
    const { actions, created } = start();
    await actions.start();
    actions.edit({ reason: 2, note: " half price " });
    await Promise.all([actions.send(), actions.send()]);
    expect(created).toEqual([{ table: "cybs_refundrequest", row: {
      cybs_action: 727000000, cybs_amount: 80, cybs_reasoncode: 727000002, cybs_note: "half price", cybs_isrefundaccepted: true,
      "cybs_PaymentId@odata.bind": `/cybs_payments(${PAYMENT})`, "cybs_SalesOrderId@odata.bind": "/salesorders(order)", "transactioncurrencyid@odata.bind": "/transactioncurrencies(usd)",
    } }]);
    expect(actions.store.get().phase).toBe("sent");
  });

  test.each([[{ amountText: "80.01" }, "AboveMost"], [{ amountText: "eighty" }, "AmountWrong"], [{}, "ReasonMissing"]])("%p is refused with %s before anything is sent", async (change, key) => {
    const { actions, created } = start();
    await actions.start();
    actions.edit(change);
    await actions.send();
    expect([created.length, actions.store.get().errorKey]).toEqual([0, key]);
  });

  test("after an answer that got lost it does not offer the button again: the row may exist", async () => {
    const { actions } = start({ fails: { message: "network" } });
    await actions.start();
    actions.edit({ reason: 0 });
    await actions.send();
    expect(actions.store.get()).toMatchObject({ phase: "stopped", stop: { key: "SendUnknown" } });
  });

  test("who may not ask is told the role, and sees no form", async () => {
    const { actions } = start({ may: (table) => table !== "cybs_refundrequest" });
    await actions.start();
    expect(actions.store.get()).toMatchObject({ phase: "stopped", stop: { key: "NoPrivilege" } });
  });
});

describe("a second person", () => {
  test.each([[true, 727000000], [false, 727000001]])("decides (%p) on exactly this payment, amount, currency and reason, once", async (isApproved, decision) => {
    const { actions, created } = start({ place: { requestId: "rr" } });
    await actions.start();
    await Promise.all([actions.decide(isApproved), actions.decide(isApproved)]);
    expect(created).toEqual([{ table: "cybs_refundapproval", row: {
      cybs_decision: decision, cybs_amount: 80, cybs_reasoncode: 727000002, "cybs_RefundRequestId@odata.bind": "/cybs_refundrequests(rr)", "cybs_PaymentId@odata.bind": `/cybs_payments(${PAYMENT})`, "transactioncurrencyid@odata.bind": "/transactioncurrencies(usd)",
    } }]);
  });

  test("is not the author", async () => {
    const { actions } = start({ place: { requestId: "rr" } });
    await actions.start();
    expect(actions.store.get().isOwn).toBe(false);
  });
});
