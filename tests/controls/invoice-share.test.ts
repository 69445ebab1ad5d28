// What an invoice is offered of a payment that it shares: its allocation, less what its own requests still want back.
import { describe, expect, test } from "@jest/globals";
import { shareOf } from "../../pcf-controls/refund-panel/RefundPanel/invoice-share.ts";
import { askedOn } from "../../pcf-controls/shared/src/payment-facts.ts";
import type { PaymentFacts, Row } from "../../pcf-controls/shared/src/index.ts";

const payment = (change: Partial<PaymentFacts> = {}): PaymentFacts => ({ id: "p", currency: "USD", invoiceId: undefined, askedOn: new Map(), ...change }) as PaymentFacts;
const allocation = (paymentId: string, amount: number, refunded: number): Row => ({ _cybs_paymentid_value: paymentId, cybs_amount: amount, cybs_refundedamount: refunded });
const rows = [allocation("p", 60, 10), allocation("other", 500, 0)];

test.each<[string, PaymentFacts, readonly Row[], bigint | undefined]>([
  ["what was applied to it and not given back", payment(), rows, 5_000n],
  ["less what a request on it still wants", payment({ askedOn: new Map([["i", 2_000n], ["another", 3_000n]]) }), rows, 3_000n],
  ["nothing when all of it is asked for", payment({ askedOn: new Map([["i", 9_000n]]) }), rows, 0n],
  ["nothing of a payment that is applied elsewhere", payment(), [], 0n],
  ["no bound for a payment that was taken on it", payment({ invoiceId: "i" }), rows, undefined],
])("%s", (_name, of, allocations, expected) => { expect(shareOf(of, "i", allocations)).toBe(expected); });

describe("a request on an invoice still wants", () => {
  const request: Row = { cybs_refundrequestid: "r", _cybs_invoiceid_value: "i", cybs_amount: 20 };
  const step = (change: Row): Row => ({ _cybs_refundrequestid_value: "r", cybs_type: 727_000_007, cybs_status: 727_000_000, cybs_amount: 20, cybs_isfinal: false, ...change });
  test.each<[string, readonly Row[], bigint]>([
    ["its amount before anybody took it up", [], 2_000n],
    ["its amount while it waits for a second person", [step({ cybs_type: 727_000_000 })], 2_000n],
    ["what is on its way", [step({ cybs_amount: 15 })], 1_500n],
    ["nothing once it went out: then the allocation shows it", [step({ cybs_status: 727_000_001, cybs_isfinal: true })], 0n],
    ["nothing once it was refused", [step({ cybs_status: 727_000_005, cybs_isfinal: true })], 0n],
  ])("%s", (_name, transactions, expected) => { expect(askedOn([request], transactions, "USD").get("i")).toBe(expected); });
});
