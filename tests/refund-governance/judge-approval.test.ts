// An approval counts only if it repeats the frozen request and comes from somebody who had no hand in it.
import { describe, expect, test } from "@jest/globals";
import { asPaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { judgeApproval, type ApprovalRow, type FrozenRefund } from "../../plugin-proxy/src/domain/refund-governance/judge-approval.ts";
import { handsOn } from "../../plugin-proxy/src/domain/refund-governance/refund-request.ts";

const id = asPaymentRequestId("r-1");
const frozen: FrozenRefund = { refundRequestId: id, paymentId: "p-1", amount: { minor: 5_000n, currency: "USD" }, reasonCode: "goodwill", createdOn: 1_000, hands: ["carla", "flow"] };
const approval = (more: Partial<ApprovalRow> = {}): ApprovalRow => ({
  approvalId: "a-1", refundRequestId: id, decision: "approved", paymentId: "p-1", amount: { minor: 5_000n, currency: "USD" }, reasonCode: "goodwill",
  author: { userId: "dmitri", fullName: "Dmitri Orlov", isInteractivePerson: true }, isOnBehalf: false, createdOn: 2_000, ...more,
});

describe("counts", () => {
  test.each(["approved", "rejected"] as const)("%s", (decision) => { expect(judgeApproval(frozen, approval({ decision }))).toEqual({ kind: decision }); });
});

describe("does not count", () => {
  const person = approval().author;
  test.each<[string, Partial<ApprovalRow>, string]>([
    ["copied to another request", { refundRequestId: asPaymentRequestId("r-2") }, "of_another_request"],
    ["written on somebody's behalf", { isOnBehalf: true }, "approver_on_behalf"],
    ["written by an application, a flow or a disabled user", { author: { ...person, isInteractivePerson: false } }, "approver_not_a_person"],
    ["written by the requester", { author: { ...person, userId: "carla" } }, "approver_had_a_hand_in_it"],
    ["written by the person behind the flow", { author: { ...person, userId: "flow" } }, "approver_had_a_hand_in_it"],
    ["older than the request", { createdOn: 999 }, "older_than_request"],
    ["of another payment", { paymentId: "p-2" }, "payment_differs"],
    ["of no payment", { paymentId: undefined }, "payment_differs"],
    ["of one cent more", { amount: { minor: 5_001n, currency: "USD" } }, "amount_differs"],
    ["of another currency", { amount: { minor: 5_000n, currency: "EUR" } }, "amount_differs"],
    ["without an amount", { amount: undefined }, "amount_differs"],
    ["for another reason", { reasonCode: "duplicate" }, "reason_differs"],
    ["without a reason", { reasonCode: undefined }, "reason_differs"],
  ])("%s", (_name, more, why) => {
    for (const decision of ["approved", "rejected"] as const) expect(judgeApproval(frozen, approval({ ...more, decision }))).toEqual({ kind: "does_not_count", why });
  });
});

test("author, impersonator, last modifier and owner all had a hand in it, each once", () => {
  expect(handsOn({ createdById: "carla", onBehalfById: "flow", modifiedById: "carla", ownerId: "team" })).toEqual(["carla", "flow", "team"]);
});
