// What a row on an invoice may give back of a payment that pays several: never what the others hold.
import { describe, expect, test } from "@jest/globals";
import type { Allocation } from "../../plugin-proxy/src/domain/allocation/plan-allocations.ts";
import { freeForInvoice } from "../../plugin-proxy/src/domain/allocation/free-for-invoice.ts";
import { voidsOf } from "../../plugin-proxy/src/domain/allocation/shares-of.ts";
import type { ChangeCommand } from "../../plugin-proxy/src/domain/payment/command.ts";
import type { Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { authorized, claimed, decided, done, row, sold } from "../support/changes.ts";
import { T0 } from "../support/intents.ts";

const CLOSED = { settlement: "closed", at: T0 + 2 * 86_400_000 } as const;
const on = (id: string): Pick<ChangeCommand, "document"> => ({ document: { kind: "invoice", id } });
const applied = (invoiceId: string, amountMinor: bigint, refundedMinor = 0n): Allocation => ({ invoiceId, amountMinor, refundedMinor });
const standing = [applied("i1", 6_000n), applied("i2", 4_000n)];
const free = (intent: Intent, invoiceId: string, rows: readonly Allocation[] = standing): bigint => {
  const wish = row("give_back", 1n, on(invoiceId));
  return freeForInvoice(claimed(intent, wish), { invoiceId, commandId: wish.commandId, standing: rows });
};
const given = (intent: Intent, amount: bigint, invoiceId?: string): Intent => done(intent, row("refund", amount, invoiceId === undefined ? {} : on(invoiceId)), CLOSED);

describe("of a sale that two invoices share", () => {
  const sale = sold(10_000n);
  test.each<[string, bigint, bigint]>([
    ["each its own", free(sale, "i1"), 6_000n],
    ["each its own, the other way round", free(sale, "i2"), 4_000n],
    ["an invoice that it does not pay, nothing", free(sale, "i3"), 0n],
    ["what no invoice has yet, too", free(sale, "i1", [applied("i2", 4_000n)]), 6_000n],
    ["all of it before anything was applied", free(sale, "i1", []), 10_000n],
    ["less what it gave back, also before its allocation shows it", free(given(sale, 2_500n, "i1"), "i1"), 3_500n],
    ["no less for what the other gave back", free(given(sale, 4_000n, "i2"), "i1"), 6_000n],
    ["a refund that names none is the last invoice's", free(given(sale, 1_000n), "i1"), 6_000n],
    ["and what waits counts like what went out", free(decided(sale, row("refund", 4_000n, on("i2")), CLOSED), "i1"), 6_000n],
    ["for the invoice that it waits for", free(decided(sale, row("refund", 4_000n, on("i2")), CLOSED), "i2"), 0n],
  ])("%s", (_name, actual, expected) => { expect(actual).toBe(expected); });
});

test("a voided capture is named for the invoice that the void names, else for the one that it was captured for", () => {
  const both = done(done(authorized(10_000n), row("capture", 6_000n, on("i1"))), row("capture", 4_000n, on("i2")));
  const voided = (invoiceId?: string) => voidsOf(done(both, row("void", 6_000n, invoiceId === undefined ? {} : on(invoiceId))));
  expect(voided("i3")).toEqual([{ minor: 6_000n, invoiceId: "i3" }]);
  expect(voided()).toEqual([{ minor: 6_000n, invoiceId: "i1" }]);
  expect(free(done(both, row("void", 6_000n, on("i1"))), "i2")).toBe(4_000n);
});
