// The order may change while the window is open: what is a surprise to the person, and what is not.
import { expect, test } from "@jest/globals";
import { changeOf, openInSession, stillKnown } from "../../pcf-controls/card-picker/CardPicker/order-now.ts";
import { amountToOffer, inProgressAmount, initialState, openAmount, paidAmount, type OrderFacts } from "../../pcf-controls/card-picker/CardPicker/state.ts";

const order = (more: Partial<OrderFacts> = {}): OrderFacts => ({ table: "salesorder", id: "o", number: "ORD-1", customerName: "Fabrikam", customerId: "c", total: 100_00n, paid: 0n, inProgress: 0n, currency: "USD", currencyId: "u", isClosed: false, ...more });

test.each<[string, Partial<OrderFacts>, bigint, ReturnType<typeof changeOf>]>([
  ["nothing changed", {}, 100_00n, undefined],
  ["the total fell below the amount", { total: 80_00n }, 100_00n, "amount"],
  ["the total rose and the whole was to be taken", { total: 120_00n }, 100_00n, "amount"],
  ["the total rose and a part was to be taken", { total: 120_00n }, 50_00n, undefined],
  ["a colleague took a part, and the rest is enough", { paid: 30_00n }, 50_00n, undefined],
  ["a colleague took a part, and the rest is too little", { paid: 60_00n }, 50_00n, "amount"],
  ["everything was paid", { paid: 100_00n }, 50_00n, "nothing_open"],
  ["everything is held or unknown", { inProgress: 100_00n }, 50_00n, "nothing_open"],
  ["it was closed", { isClosed: true }, 100_00n, "closed"],
])("%s", (_name, now, amount, change) => { expect(changeOf(order(), order(now), amount)).toBe(change); });

test.each<[string | undefined, number | undefined, string]>([
  [undefined, undefined, "100.00"], [undefined, 60, "60.00"], [undefined, 160, "100.00"], ["60", 90, "60"], ["160", undefined, "100.00"], ["not an amount", undefined, "not an amount"],
])("typed %p, on the row %p: %p is offered", (typed, onRow, offered) => { expect(amountToOffer(order(), { typed, onRow }, "en-US")).toBe(offered); });

test("an invoice offers what the relay leaves open of it, and counts the rest as paid", () => {
  const known = openInSession({ ...initialState, order: order({ table: "invoice" }), amountText: "100.00" }, "20.00", "en-US");
  expect([known.amountText, known.order && openAmount(known.order), known.order && paidAmount(known.order)]).toEqual(["20.00", 20_00n, 80_00n]);
  expect(openInSession({ ...initialState, order: order({ table: "invoice" }), amountText: "15" }, "20.00", "en-US").amountText).toBe("15");
});

test("what has no answer on the order of an invoice is in progress and not paid, as far as it closes the invoice", () => {
  const figures = (more: Partial<OrderFacts>): readonly bigint[] => { const one = order({ table: "invoice", ...more }); return [paidAmount(one), inProgressAmount(one), openAmount(one)]; };
  expect(figures({ openAtRelay: 0n, unknownOnOrder: 100_00n })).toEqual([0n, 100_00n, 0n]);
  expect(figures({ openAtRelay: 10_00n, unknownOnOrder: 60_00n })).toEqual([30_00n, 60_00n, 10_00n]);
  expect(figures({ openAtRelay: 100_00n, unknownOnOrder: 60_00n })).toEqual([0n, 0n, 100_00n]);
  expect(figures({ openAtRelay: 0n, unknownOnOrder: 60_00n, paid: 20_00n, inProgress: 30_00n })).toEqual([20_00n, 80_00n, 0n]);
});

test("what the form itself knows to be paid is never offered, and an order is as the form reads it", () => {
  const known = openInSession({ ...initialState, order: order({ table: "invoice", paid: 90_00n }), amountText: "100.00" }, "100.00", "en-US");
  expect([known.amountText, known.order && openAmount(known.order), known.order && paidAmount(known.order)]).toEqual(["10.00", 10_00n, 90_00n]);
  expect(openInSession({ ...initialState, order: order(), amountText: "100.00" }, "20.00", "en-US")).toEqual({});
});

test("what the relay said of an invoice moves with its total", () => {
  const before = order({ table: "invoice", openAtRelay: 20_00n });
  expect(openAmount(stillKnown(before, order({ table: "invoice", total: 130_00n })))).toBe(50_00n);
  expect(openAmount(stillKnown(before, order({ table: "invoice", total: 70_00n })))).toBe(0n);
  expect(openAmount(stillKnown(order(), order({ total: 130_00n })))).toBe(130_00n);
});
