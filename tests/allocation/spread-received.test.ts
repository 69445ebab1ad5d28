// What an order received in cash pays its invoices: the oldest first, and only what cards leave open.
import { expect, test } from "@jest/globals";
import fc from "fast-check";
import { spreadReceived, type OpenInvoice } from "../../plugin-proxy/src/domain/allocation/spread-received.ts";

const invoice = (invoiceId: string, openMinor: bigint, isCancelled = false): OpenInvoice => ({ invoiceId, createdOn: Number(invoiceId.slice(1)), openMinor, isCancelled });

test.each<[string, bigint, readonly OpenInvoice[], readonly (readonly [string, bigint])[]]>([
  ["the oldest first", 40n, [invoice("i2", 50n), invoice("i1", 30n)], [["i1", 30n], ["i2", 10n]]],
  ["none that cards have paid", 40n, [invoice("i1", 0n), invoice("i2", 50n)], [["i1", 0n], ["i2", 40n]]],
  ["none that was cancelled", 40n, [invoice("i1", 50n, true), invoice("i2", 30n)], [["i1", 0n], ["i2", 30n]]],
])("%s", (_name, received, invoices, shares) => {
  expect([...spreadReceived(received, invoices)]).toEqual(shares);
});

test("never more than was received, never more than is open, and nothing is kept while something is open", () => {
  const amount = fc.bigInt({ min: -50n, max: 500n });
  fc.assert(fc.property(fc.bigInt({ min: 0n, max: 500n }), fc.array(amount, { maxLength: 5 }), (received, opens) => {
    const invoices = opens.map((open, index) => invoice(`i${index + 1}`, open));
    const shares = [...spreadReceived(received, invoices).values()];
    const given = shares.reduce((sum, minor) => sum + minor, 0n);
    const open = opens.reduce((sum, minor) => sum + (minor > 0n ? minor : 0n), 0n);
    expect(given).toBe(received < open ? received : open);
    shares.forEach((share, index) => { expect(share >= 0n && share <= ((opens[index] ?? 0n) > 0n ? opens[index] ?? 0n : 0n)).toBe(true); });
  }));
});
