// Whether a second person will be asked: the narrowest limit wins, duplicates count by their smaller numbers, no limit at all always asks.
import { describe, expect, test } from "@jest/globals";
import { judgeLimit, limitFor, type RefundLimit } from "../../pcf-controls/shared/src/index.ts";

const who = { userId: "ann", businessUnitIds: ["emea", "root"] };
const asked = { amount: 5_000n, today: 0n, forCustomer: 0n };
const everybody: RefundLimit = { perRefund: 10_000n };

describe("which limit", () => {
  test.each<[string, readonly RefundLimit[], RefundLimit | undefined]>([
    ["a person's own before all others", [everybody, { userId: "ann", perRefund: 1n }, { businessUnitId: "emea", perRefund: 2n }], { perRefund: 1n }],
    ["the nearest unit before one above", [everybody, { businessUnitId: "root", perRefund: 3n }, { businessUnitId: "emea", perRefund: 2n }], { perRefund: 2n }],
    ["a unit above before everybody's", [everybody, { businessUnitId: "root", perRefund: 3n }], { perRefund: 3n }],
    ["everybody's", [everybody, { userId: "bob", perRefund: 1n }], { perRefund: 10_000n }],
    ["of two rows for one person the smaller number of each kind", [{ userId: "ann", perRefund: 9n, perDay: 5n }, { userId: "ann", perRefund: 4n }], { perRefund: 4n, perDay: 5n }],
    ["none", [{ userId: "bob", perRefund: 1n }], undefined],
  ])("%s", (_name, limits, expected) => { expect(limitFor(limits, who)).toEqual(expected === undefined ? undefined : expect.objectContaining(expected)); });
});

describe("the verdict", () => {
  test.each<[string, RefundLimit | undefined, Partial<typeof asked>, unknown]>([
    ["no limit at all asks somebody", undefined, {}, { needsApproval: true, kind: "none" }],
    ["exactly at the limit does not", { perRefund: 5_000n }, {}, { needsApproval: false }],
    ["one cent above does", { perRefund: 4_999n }, {}, { needsApproval: true, kind: "perRefund", limit: 4_999n }],
    ["what was given back today counts", { perDay: 6_000n }, { today: 1_001n }, { needsApproval: true, kind: "perDay", limit: 6_000n }],
    ["what this customer got counts", { perCustomer: 6_000n }, { forCustomer: 1_001n }, { needsApproval: true, kind: "perCustomer", limit: 6_000n }],
    ["an empty column is no limit of that kind", {}, { amount: 999_999_999n }, { needsApproval: false }],
  ])("%s", (_name, limit, change, expected) => { expect(judgeLimit(limit, { ...asked, ...change })).toEqual(expected); });
});
