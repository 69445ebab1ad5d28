// Which decision on a refund request counts, as the panel says it: the same answers as the relay's own rule.
import { describe, expect, test } from "@jest/globals";
import { frozenOf, isEdited, verdictOn, type Approval, type Request } from "../../pcf-controls/refund-panel/RefundPanel/approvals.ts";

const approval = (change: Partial<Approval> = {}): Approval => ({ by: "Dmitri Orlov", byId: "dmitri", isOnBehalf: false, decision: "approved", paymentId: "p", amount: 8_000n, reason: 4, ...change });
const request = (...approvals: readonly Approval[]): Request => ({ paymentId: "p", amount: 8_000n, reason: 4, hands: ["carla", "flow"], approvals });
const DOES_NOT = (why: string, by = "Dmitri Orlov") => ({ kind: "does_not_count", by, why });

describe("the verdict", () => {
  test.each<[string, readonly Approval[], object]>([
    ["of nobody yet", [], { kind: "none" }],
    ["of another person on exactly this", [approval()], { kind: "counts", decision: "approved", by: "Dmitri Orlov" }],
    ["a rejection counts by the same rules", [approval({ decision: "rejected" })], { kind: "counts", decision: "rejected", by: "Dmitri Orlov" }],
    ["of who asked", [approval({ byId: "carla", by: "Carla Mendes" })], DOES_NOT("N_Hand", "Carla Mendes")],
    ["of who changed it since", [approval({ byId: "flow" })], DOES_NOT("N_Hand")],
    ["in somebody else's name", [approval({ isOnBehalf: true })], DOES_NOT("N_OnBehalf")],
    ["of another amount", [approval({ amount: 7_999n })], DOES_NOT("N_Differs")],
    ["for another reason", [approval({ reason: 1 })], DOES_NOT("N_Differs")],
    ["of another payment", [approval({ paymentId: "q" })], DOES_NOT("N_Differs")],
    ["one that counts outweighs newer ones that do not", [approval({ amount: 1n }), approval({ by: "Elif Kaya", byId: "elif" })], { kind: "counts", decision: "approved", by: "Elif Kaya" }],
  ])("%s", (_name, approvals, expected) => { expect(verdictOn(request(...approvals))).toEqual(expected); });
});

test("a request is edited when it says another amount than the one that was frozen", () => {
  expect([isEdited({ amount: 8_000n }, 8_000n), isEdited({ amount: 7_000n }, 8_000n), isEdited({ amount: 8_000n }, undefined)]).toEqual([false, true, false]);
});

test.each<[string, readonly (readonly [number, bigint | undefined, boolean])[], bigint | undefined]>([
  ["one void", [[6, 8_000n, false]], 8_000n],
  ["a split over two captures counts whole: an approver of it was told that it was edited", [[6, 33_000n, false], [7, 17_000n, false]], 50_000n],
  ["the release of the hold after a void is the same money", [[6, 8_000n, false], [5, 8_000n, false]], 8_000n],
  ["a hold that is let go", [[5, 8_000n, false]], 8_000n],
  ["nothing is open", [[6, 8_000n, true]], undefined],
  ["an amount that is not known", [[6, undefined, false]], undefined],
])("what was frozen: %s", (_name, effects, frozen) => { expect(frozenOf(effects.map(([type, amount, isFinal]) => ({ type, amount, isFinal })))).toBe(frozen); });
