// Payment × invoice: what is applied, what refunds take away, and the laws that hold whatever the numbers.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { allocationState, planAllocations, type AllocationInput, type InvoiceFacts } from "../../plugin-proxy/src/domain/allocation/plan-allocations.ts";
import { chooseInvoiceState } from "../../plugin-proxy/src/domain/allocation/choose-invoice-state.ts";

const invoice = (invoiceId: string, totalMinor: bigint, more: Partial<InvoiceFacts> = {}): InvoiceFacts => ({ invoiceId, createdOn: Number(invoiceId.slice(1)), totalMinor, isCancelled: false, takenByOthersMinor: 0n, ...more });
const plan = (more: Partial<AllocationInput>) => planAllocations({ capturedMinor: 100n, invoices: [], standing: [], refunds: [], ...more });

describe("what is captured is applied", () => {
  test.each<[string, Partial<AllocationInput>, [string, bigint, bigint][]]>([
    ["to its own invoice, whole", { ownInvoiceId: "i1", invoices: [invoice("i1", 60n)] }, [["i1", 100n, 0n]]],
    ["to the invoice created from its order, up to its total", { invoices: [invoice("i1", 60n)] }, [["i1", 60n, 0n]]],
    ["to several invoices, oldest first", { invoices: [invoice("i2", 80n), invoice("i1", 60n)] }, [["i1", 60n, 0n], ["i2", 40n, 0n]]],
    ["not to a cancelled one", { invoices: [invoice("i1", 60n, { isCancelled: true }), invoice("i2", 80n)] }, [["i2", 80n, 0n]]],
    ["not where others have paid", { invoices: [invoice("i1", 60n, { takenByOthersMinor: 50n }), invoice("i2", 80n)] }, [["i1", 10n, 0n], ["i2", 80n, 0n]]],
    ["to the invoice that it was captured for, before older ones", { capturedMinor: 40n, captures: [{ invoiceId: "i2", minor: 40n }], invoices: [invoice("i1", 60n), invoice("i2", 80n)] }, [["i2", 40n, 0n]]],
    ["not where a payment of the invoice's own is on its way", { capturedMinor: 90n, invoices: [invoice("i1", 60n, { keptMinor: 60n }), invoice("i2", 80n)] }, [["i2", 80n, 0n]]],
    ["once: what stands stays", { capturedMinor: 90n, standing: [{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 0n }], invoices: [invoice("i1", 60n), invoice("i2", 80n)] }, [["i1", 60n, 0n], ["i2", 30n, 0n]]],
  ])("%s", (_name, more, rows) => {
    expect(plan(more)).toEqual(rows.map(([invoiceId, amountMinor, refundedMinor]) => ({ invoiceId, amountMinor, refundedMinor })));
  });
});

// So it is not even read there (flows/apply-to-invoices.ts).
test.each<[string, Partial<AllocationInput>, Partial<InvoiceFacts>]>([
  ["its own invoice", { ownInvoiceId: "i1" }, {}],
  ["an invoice that is cancelled", {}, { isCancelled: true }],
  ["an invoice when all is applied", { standing: [{ invoiceId: "i1", amountMinor: 100n, refundedMinor: 0n }] }, {}],
  ["an invoice when captures were voided since", { standing: [{ invoiceId: "i1", amountMinor: 120n, refundedMinor: 0n }] }, {}],
])("what other payments keep of %s decides nothing", (_name, more, facts) => {
  expect(plan({ ...more, invoices: [invoice("i1", 120n, { ...facts, keptMinor: 110n })] })).toEqual(plan({ ...more, invoices: [invoice("i1", 120n, facts)] }));
});

test("what was applied and then voided pays no invoice any more, and a capture after that pays it again", () => {
  const standing = [{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 0n }, { invoiceId: "i2", amountMinor: 40n, refundedMinor: 0n }];
  const invoices = [invoice("i1", 60n), invoice("i2", 40n)];
  const voided = plan({ capturedMinor: 30n, standing, invoices });
  expect(voided).toEqual([{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 30n }, { invoiceId: "i2", amountMinor: 40n, refundedMinor: 40n }]);
  expect(plan({ capturedMinor: 0n, standing, invoices }).map(allocationState)).toEqual(["reversed", "reversed"]);
  expect(plan({ capturedMinor: 100n, standing: voided, invoices })).toEqual(standing);
});

test("a void takes from the invoice that it names, and from no other more than it was", () => {
  const standing = [{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 0n }, { invoiceId: "i2", amountMinor: 40n, refundedMinor: 0n }];
  expect(plan({ capturedMinor: 40n, standing, voids: [{ invoiceId: "i1", minor: 60n }] }).map((row) => row.refundedMinor)).toEqual([60n, 0n]);
  expect(plan({ capturedMinor: 70n, standing, voids: [{ minor: 10n }, { invoiceId: "i1", minor: 20n }] }).map((row) => row.refundedMinor)).toEqual([20n, 10n]);
  expect(plan({ capturedMinor: 100n, standing, voids: [{ invoiceId: "i1", minor: 60n }] }).map((row) => row.refundedMinor)).toEqual([0n, 0n]);
});

describe("a refund reduces", () => {
  const invoices = [invoice("i1", 60n), invoice("i2", 40n)];
  test.each<[string, AllocationInput["refunds"], [bigint, bigint]]>([
    ["the invoice that it names", [{ invoiceId: "i1", minor: 20n }], [20n, 0n]],
    ["else the last that was applied to", [{ minor: 20n }], [0n, 20n]],
    ["and the ones before it for the rest", [{ minor: 50n }], [10n, 40n]],
    ["what it names first, then the others", [{ invoiceId: "i2", minor: 60n }], [20n, 40n]],
  ])("%s", (_name, refunds, [first, second]) => {
    expect(plan({ invoices, refunds }).map((row) => row.refundedMinor)).toEqual([first, second]);
  });

  test("of what no invoice has yet, no invoice", () => {
    expect(plan({ invoices: [invoice("i1", 60n)], refunds: [{ minor: 40n }] })).toEqual([{ invoiceId: "i1", amountMinor: 60n, refundedMinor: 0n }]);
  });

  test("all of it reverses the row", () => {
    expect(allocationState({ invoiceId: "i1", amountMinor: 60n, refundedMinor: 60n })).toBe("reversed");
    expect(allocationState({ invoiceId: "i1", amountMinor: 60n, refundedMinor: 59n })).toBe("applied");
  });
});

test("never more than was captured, never more than an invoice's total, never more back than applied, and planning again changes nothing", () => {
  const amount = fc.bigInt({ min: 0n, max: 500n });
  fc.assert(fc.property(amount, fc.array(fc.tuple(amount, amount), { maxLength: 4 }), fc.array(amount, { maxLength: 3 }), (captured, totals, refunded) => {
    const invoices = totals.map(([total, others], index) => invoice(`i${index + 1}`, total, { takenByOthersMinor: others }));
    let budget = captured;
    const refunds = refunded.map((minor) => { const share = minor < budget ? minor : budget; budget -= share; return { minor: share }; });
    const rows = planAllocations({ capturedMinor: captured, invoices, standing: [], refunds });
    const sum = (pick: (row: (typeof rows)[number]) => bigint): bigint => rows.reduce((total, row) => total + pick(row), 0n);
    expect(sum((row) => row.amountMinor) <= captured).toBe(true);
    for (const row of rows) {
      const of = invoices.find((one) => one.invoiceId === row.invoiceId);
      expect(row.amountMinor + (of?.takenByOthersMinor ?? 0n) <= (of?.totalMinor ?? 0n)).toBe(true);
      expect(row.refundedMinor >= 0n && row.refundedMinor <= row.amountMinor).toBe(true);
    }
    expect(sum((row) => row.refundedMinor) <= refunds.reduce((total, refund) => total + refund.minor, 0n)).toBe(true);
    expect(planAllocations({ capturedMinor: captured, invoices, standing: rows, refunds })).toEqual(rows);
  }));
});

describe("an invoice is closed", () => {
  test.each([
    [100n, 100n, "when_fully_allocated", "complete"], [100n, 120n, "when_fully_allocated", "complete"], [100n, 99n, "when_fully_allocated", undefined],
    [100n, 100n, "never", undefined], [100n, 99n, "also_partial", "partial"], [100n, 0n, "also_partial", undefined], [0n, 0n, "also_partial", undefined], [100n, 100n, "also_partial", "complete"],
  ] as const)("total %s, paid %s, policy %s: %s", (totalMinor, paidMinor, policy, state) => {
    expect(chooseInvoiceState({ isOpen: true, totalMinor, paidMinor }, policy)).toBe(state);
    expect(chooseInvoiceState({ isOpen: false, totalMinor, paidMinor }, policy)).toBeUndefined();
  });
});
