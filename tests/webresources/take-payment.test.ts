// The command on the order: saves first, makes one draft, opens it, refreshes; says every refusal in words.
import { describe, expect, test } from "@jest/globals";
import { canTakePayment, takePayment } from "../../webresources/src/index.ts";
import { formOf, installXrm } from "./xrm.ts";

const active = { totalamount: 1240, statecode: 0, _transactioncurrencyid_value: "99999999-2222-4333-8444-555555555555" };

describe("take payment", () => {
  test("a changed form is saved, one draft is made for the order, opened as a dialog, and the form refreshed", async () => {
    const calls = installXrm(active);
    await takePayment(formOf(calls, { isDirty: true }));
    expect(calls.alerts).toEqual([]);
    expect(calls.saved).toHaveLength(1);
    expect(calls.created.map(({ table }) => table)).toEqual(["cybs_paymentrequest"]);
    expect(calls.created[0]?.row).toMatchObject({ cybs_state: 727000000, cybs_action: 727000000, cybs_amount: 1240, "cybs_SalesOrderId@odata.bind": "salesorders(aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee)" });
    expect(calls.opened[0]).toMatchObject({ pageType: "entityrecord", entityName: "cybs_paymentrequest", entityId: "11111111-2222-4333-8444-555555555555" });
    expect(calls.refreshed).toHaveLength(1);
  });

  test("two clicks at once make one draft", async () => {
    const calls = installXrm(active);
    await Promise.all([takePayment(formOf(calls)), takePayment(formOf(calls))]);
    expect(calls.created).toHaveLength(1);
  });

  test.each([
    ["a fulfilled order", { ...active, statecode: 3 }, {}, {}, /closed/],
    ["an order without an amount", { ...active, totalamount: 0 }, {}, {}, /no amount/],
    ["a form that cannot be saved", active, { isDirty: true, saveFails: true }, {}, /required value/],
    ["a user without the privilege", active, {}, { createFails: { message: "Principal user is missing prvCreatecybs_paymentrequest privilege" } }, /role Cybersource Payments/],
  ])("%s is refused in words, and nothing is opened", async (_name, order, form, options, words) => {
    const calls = installXrm(order, options);
    await takePayment(formOf(calls, form));
    expect(calls.alerts).toHaveLength(1);
    expect(calls.alerts[0]).toMatch(words);
    expect(calls.opened).toHaveLength(0);
  });
});

test.each([[{ formType: 2 }, true], [{ formType: 3 }, true], [{ formType: 1 }, false], [{ formType: 2, table: "quote" }, false]])("the command is enabled on %p: %p", (form, expected) => {
  expect(canTakePayment(formOf(installXrm(active), form))).toBe(expected);
});
