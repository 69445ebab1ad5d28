// The commands on invoice, payment, customer and view: what they open, with which values, and what they say instead. None saves a read-only form.
import { describe, expect, test } from "@jest/globals";
import { bulkCapture, bulkRefund, canCapture, canChangePayments, canGiveBack, canShowCards, canTakeInvoicePayment, capturePayment, createByControlForm, giveBack, recordPayment, savedCards, takePayment } from "../../webresources/src/index.ts";
import { formOf, installXrm } from "./xrm.ts";

const ID = "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee";
const PAYMENT = "22222222-2222-4333-8444-555555555555";
const CURRENCY = "99999999-2222-4333-8444-555555555555";
const invoice = { totalamount: 1240, statecode: 0, _transactioncurrencyid_value: CURRENCY, transactioncurrencyid: { isocurrencycode: "USD" }, _salesorderid_value: "33333333-2222-4333-8444-555555555555" };
const captured = { cybs_paymentid: PAYMENT, cybs_capturedamount: 800, cybs_refundedamount: 100 };

describe("give money back", () => {
  test.each([["invoice", "cybs_invoiceid"], ["salesorder", "cybs_salesorderid"], ["cybs_payment", "cybs_paymentid"]])("on %s opens a new refund request that names it", async (table, column) => {
    const calls = installXrm({});
    await giveBack(formOf(calls, { table }));
    expect(calls.opened[0]).toMatchObject({ pageType: "entityrecord", entityName: "cybs_refundrequest", data: { [column]: ID, [`${column}name`]: "The record", [`${column}type`]: table } });
    expect(calls.opened[0]).not.toHaveProperty("entityId");
    expect([calls.created.length, calls.titles[0]]).toEqual([0, "Give money back"]);
  });

  test("a paid, read-only invoice is never saved, even where the form says that it was changed", async () => {
    const calls = installXrm({});
    await giveBack(formOf(calls, { table: "invoice", formType: 3, isDirty: true }));
    expect([calls.saved.length, calls.opened.length]).toEqual([0, 1]);
  });
});

describe("take payment on an invoice", () => {
  test("makes a draft for the invoice, not for its order", async () => {
    const calls = installXrm(invoice);
    await takePayment(formOf(calls, { table: "invoice" }));
    expect(calls.created[0]?.row).toMatchObject({ cybs_state: 727000000, "cybs_InvoiceId@odata.bind": `invoices(${ID})` });
    expect(calls.created[0]?.row).not.toHaveProperty("cybs_SalesOrderId@odata.bind");
  });

  test("offers what the order has already captured, and asks the relay to apply it", async () => {
    const calls = installXrm(invoice, { confirms: true, rows: { cybs_payment: [captured], cybs_paymentallocation: [{ _cybs_paymentid_value: PAYMENT, cybs_amount: 200, cybs_refundedamount: 50 }] } });
    await takePayment(formOf(calls, { table: "invoice" }));
    expect(calls.questions[0]).toMatch(/\$550\.00 was already captured/);
    expect(calls.created[0]?.row).toMatchObject({ cybs_action: 727000010, cybs_amount: 550, cybs_state: 727000001, "cybs_PaymentId@odata.bind": `cybs_payments(${PAYMENT})`, "cybs_InvoiceId@odata.bind": `invoices(${ID})` });
    expect(calls.opened).toEqual([]);
  });

  test("both ways on stand on the buttons, with the amount as the user's language writes it", async () => {
    const calls = installXrm(invoice, { languageId: 1031, rows: { cybs_payment: [captured], cybs_paymentallocation: [{ _cybs_paymentid_value: PAYMENT, cybs_amount: 200, cybs_refundedamount: 50 }] } });
    await takePayment(formOf(calls, { table: "invoice" }));
    expect(calls.questions[0]?.replaceAll("\u00a0", " ")).toMatch(/^550,00 \$ wurden bereits .* \[550,00 \$ anrechnen\] \[Neue Zahlung annehmen\]$/);
  });

  test("never applies more than the invoice's total", async () => {
    const calls = installXrm({ ...invoice, totalamount: 300 }, { confirms: true, rows: { cybs_payment: [captured] } });
    await takePayment(formOf(calls, { table: "invoice" }));
    expect(calls.created.map(({ row }) => row["cybs_amount"])).toEqual([300]);
  });

  test("who does not want that takes a new payment", async () => {
    const calls = installXrm(invoice, { confirms: false, rows: { cybs_payment: [captured] } });
    await takePayment(formOf(calls, { table: "invoice" }));
    expect(calls.opened[0]).toMatchObject({ entityName: "cybs_paymentrequest" });
  });

  test("a paid invoice is refused with the way on", async () => {
    const calls = installXrm({ ...invoice, statecode: 2 });
    await takePayment(formOf(calls, { table: "invoice", formType: 3 }));
    expect(calls.alerts[0]).toMatch(/paid or cancelled.*still be given back/);
    expect(calls.created).toEqual([]);
  });
});

describe("capture, record, cards", () => {
  test("a payment is captured on its own row; an order's on the authorization that expires first", async () => {
    const calls = installXrm({}, { rows: { cybs_payment: [{ cybs_paymentid: PAYMENT }] } });
    await capturePayment(formOf(calls, { table: "cybs_payment" }));
    await capturePayment(formOf(calls, { table: "salesorder" }));
    expect(calls.opened.map((page) => page["entityId"])).toEqual([ID, PAYMENT]);
  });

  test("an order without an authorization says so", async () => {
    const calls = installXrm({});
    await capturePayment(formOf(calls));
    expect([calls.opened.length, calls.alerts[0]]).toEqual([0, "No authorization on this record waits to be captured."]);
  });

  test("a manual payment opens with document, amount and currency filled in", async () => {
    const calls = installXrm(invoice);
    await recordPayment(formOf(calls, { table: "invoice", formType: 3 }));
    expect(calls.opened[0]).toMatchObject({ entityName: "cybs_manualpayment", data: { cybs_invoiceid: ID, cybs_amount: "1240", transactioncurrencyid: CURRENCY } });
    // Others may have received what this person may not read.
    expect(calls.titles[0]).toBe("Record payment (amount: what you can see as open)");
  });

  test("the amount is what is still owed: cards that paid or hold and what was received count, what was taken back does not", async () => {
    const calls = installXrm(invoice, { rows: {
      cybs_payment: [{ cybs_authorizedamount: 500, cybs_reversedamount: 100, cybs_refundedamount: 50, cybs_unknownamount: 0 }, { cybs_unknownamount: 40.1 }],
      cybs_manualpayment: [{ cybs_manualpaymentid: "a", cybs_amount: 200 }, { cybs_manualpaymentid: "b", cybs_amount: 300 }, { cybs_manualpaymentid: "c", cybs_amount: 300, _cybs_reversesid_value: "b" }],
    } });
    await recordPayment(formOf(calls, { table: "invoice", formType: 3 }));
    expect(calls.opened[0]).toMatchObject({ data: { cybs_amount: "649.9" } });
  });

  test("where nothing is open the person is asked first, and the amount is left to him", async () => {
    const paid = { rows: { cybs_payment: [{ cybs_authorizedamount: 1240 }] } };
    const refusing = installXrm(invoice, { ...paid, languageId: 1031 });
    await recordPayment(formOf(refusing, { table: "invoice", formType: 3 }));
    expect([refusing.opened, refusing.questions]).toEqual([[], ["Hier ist nichts offen: Es ist bezahlt, oder eine Zahlung läuft noch. Trotzdem eine Zahlung erfassen? [Zahlung erfassen] [Abbrechen]"]]);
    const agreeing = installXrm(invoice, { ...paid, confirms: true });
    await recordPayment(formOf(agreeing, { table: "invoice", formType: 3 }));
    expect(agreeing.opened[0]?.["data"]).not.toHaveProperty("cybs_amount");
  });

  describe("on an invoice", () => {
    const ORDER = invoice._salesorderid_value;
    const amountOf = async (options: Parameters<typeof installXrm>[1]): Promise<unknown> => {
      const calls = installXrm(invoice, { ...options, records: { salesorder: { totalamount: 1240, _transactioncurrencyid_value: CURRENCY } } });
      await recordPayment(formOf(calls, { table: "invoice", formType: 3 }));
      return (calls.opened[0]?.["data"] as Record<string, unknown> | undefined)?.["cybs_amount"];
    };
    const ofOrder = (query: string): boolean => query.includes(ORDER);
    const others = (rows: readonly Record<string, unknown>[]) => (query: string) => (ofOrder(query) ? rows : []);

    test("what its order's card payments have paid of it is not asked for again", async () => {
      expect(await amountOf({ rows: { cybs_paymentallocation: [{ _cybs_paymentid_value: "other", cybs_amount: 800, cybs_refundedamount: 100 }] } })).toBe("540");
    });

    test("a payment of its own counts once, also where it is allocated", async () => {
      expect(await amountOf({ rows: { cybs_payment: (query) => (ofOrder(query) ? [] : [{ cybs_paymentid: "own", cybs_authorizedamount: 500 }]), cybs_paymentallocation: [{ _cybs_paymentid_value: "own", cybs_amount: 500 }] } })).toBe("740");
    });

    test("cash on its order pays for it, too; a hold on the order does not", async () => {
      expect(await amountOf({ rows: { invoice: [{ totalamount: 1240 }], cybs_manualpayment: others([{ cybs_manualpaymentid: "a", cybs_amount: 200 }]), cybs_payment: others([{ _cybs_salesorderid_value: ORDER, cybs_authorizedamount: 900, cybs_capturedamount: 40 }]) } })).toBe("1000");
    });

    test("cash that more invoices leave room for takes nothing from this one", async () => {
      expect(await amountOf({ rows: { invoice: [{ totalamount: 1240 }, { totalamount: 300 }], cybs_manualpayment: others([{ cybs_manualpaymentid: "a", cybs_amount: 200 }]) } })).toBe("1240");
    });

    test("an order that may not be read leaves the invoice's own figures", async () => {
      expect(await amountOf({ rows: { invoice: () => { throw new Error("403"); }, cybs_manualpayment: [{ cybs_manualpaymentid: "a", cybs_amount: 40 }] } })).toBe("1200");
    });
  });

  test("saved cards open on one of the customer's cards; without one there is a sentence", async () => {
    const calls = installXrm({}, { rows: { cybs_paymentmethod: [{ cybs_paymentmethodid: PAYMENT }] } });
    await savedCards(formOf(calls, { table: "account" }));
    expect(calls.opened[0]).toMatchObject({ entityName: "cybs_paymentmethod", entityId: PAYMENT });
    const none = installXrm({});
    await savedCards(formOf(none, { table: "account" }));
    expect(none.alerts[0]).toMatch(/no saved card/);
  });
});

describe("bulk commands", () => {
  test("the selection becomes the content of a new run", async () => {
    const calls = installXrm({});
    await bulkCapture([`{${ID.toUpperCase()}}`], "cybs_payment");
    expect(calls.opened[0]).toMatchObject({ entityName: "cybs_bulkrun", data: { cybs_plan: JSON.stringify({ action: "capture", paymentIds: [ID] }) } });
  });

  test("selected invoices stand for their payments", async () => {
    const calls = installXrm({}, { rows: { cybs_payment: [{ cybs_paymentid: PAYMENT }] } });
    await bulkRefund([ID], "invoice");
    expect(calls.opened[0]).toMatchObject({ data: { cybs_plan: JSON.stringify({ action: "refund", paymentIds: [PAYMENT] }) } });
  });

  test.each([[[], /Select one or more/], [Array.from({ length: 101 }, () => ID), /at most 100/]] as const)("%#: a selection that cannot be previewed is refused", async (ids, words) => {
    const calls = installXrm({});
    await bulkCapture(ids, "cybs_payment");
    expect(calls.alerts[0]).toMatch(words);
    expect(calls.opened).toEqual([]);
  });
});

test("a German user is spoken to in German", async () => {
  const calls = installXrm({}, { languageId: 1031 });
  await capturePayment(formOf(calls));
  expect(calls.alerts[0]).toMatch(/keine Autorisierung/);
});

test.each([
  [canGiveBack, ["invoice", "salesorder", "cybs_payment"]], [canTakeInvoicePayment, ["invoice"]], [canChangePayments, ["salesorder", "invoice"]], [canCapture, ["cybs_payment"]], [canShowCards, ["account", "contact"]],
] as const)("%p holds on its tables only, read-only or not, never on a new row", (rule, tables) => {
  const calls = installXrm({});
  const on = (table: string, formType: number): boolean => rule(formOf(calls, { table, formType }));
  const all = ["salesorder", "invoice", "cybs_payment", "account", "contact", "quote"];
  expect(all.filter((table) => on(table, 2))).toEqual(all.filter((table) => (tables as readonly string[]).includes(table)));
  expect(all.filter((table) => on(table, 3))).toEqual(all.filter((table) => on(table, 2)));
  expect(all.filter((table) => on(table, 1))).toEqual([]);
});

test("a form whose control creates the row never saves by itself", () => {
  const prevented: number[] = [];
  createByControlForm.onSave({ getEventArgs: () => ({ preventDefault: () => { prevented.push(1); } }) } as unknown as Xrm.Events.SaveEventContext);
  expect(prevented).toHaveLength(1);
});
