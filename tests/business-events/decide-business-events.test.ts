// What a fulfilled, invoiced or cancelled order asks for, and what a changed total means. The same state always asks for the same rows.
import { describe, expect, test } from "@jest/globals";
import fc from "fast-check";
import { decideBusinessEvents, type WatchedInvoice, type WatchedOrder, type WatchedPayment } from "../../plugin-proxy/src/domain/business-events/decide-business-events.ts";
import { adviseOnTotal } from "../../plugin-proxy/src/domain/business-events/total-changed.ts";

const payment = (more: Partial<WatchedPayment> = {}): WatchedPayment => ({ paymentId: "p1", capturableMinor: 100n, capturedMinor: 0n, refundedMinor: 0n, authorizedAt: 1, capturePolicy: "on_fulfilment", documentTotalMinor: 100n, canIncrement: true, isBusy: false, askedInvoiceIds: [], ...more });
const order = (more: Partial<WatchedOrder> = {}): WatchedOrder => ({ orderId: "o1", state: "active", statusCode: 1, totalMinor: 100n, receivedMinor: 0n, invoices: [], payments: [payment()], ...more });
const invoice = (invoiceId: string, totalMinor: bigint, more: Partial<WatchedInvoice> = {}): WatchedInvoice => ({ invoiceId, totalMinor, isCancelled: false, paidOtherwiseMinor: 0n, createdOn: Number(invoiceId.slice(1)), ...more });
const amounts = (of: WatchedOrder) => decideBusinessEvents(of).map((request) => [request.kind, request.paymentId, request.minor]);

describe("cancelled", () => {
  test("what is authorized and not captured is released, each payment of it", () => {
    expect(amounts(order({ state: "cancelled", statusCode: 4, payments: [payment(), payment({ paymentId: "p2", capturableMinor: 30n, capturedMinor: 20n })] }))).toEqual([["release", "p1", 100n], ["release", "p2", 30n]]);
  });
  test("what is busy waits for its end", () => {
    expect(amounts(order({ state: "cancelled", payments: [payment({ isBusy: true })] }))).toEqual([]);
  });
});

describe("fulfilled", () => {
  test.each<[string, Partial<WatchedOrder>, unknown]>([
    ["captures what was authorized", {}, [["capture", "p1", 100n]]],
    ["captures less when the total fell", { totalMinor: 70n }, [["capture", "p1", 70n]]],
    ["captures from the oldest authorization on", { totalMinor: 120n, payments: [payment({ paymentId: "p2", authorizedAt: 2 }), payment()] }, [["capture", "p1", 100n], ["capture", "p2", 20n]]],
    ["captures no more than cash has left to pay", { receivedMinor: 40n }, [["capture", "p1", 60n]]],
    ["captures nothing that its invoice was paid with otherwise", { invoices: [invoice("i1", 100n, { paidOtherwiseMinor: 70n }), invoice("i2", 100n, { paidOtherwiseMinor: 30n, isCancelled: true })] }, [["capture", "p1", 30n]]],
    ["leaves its share to a payment that is busy", { totalMinor: 70n, payments: [payment({ capturableMinor: 60n, isBusy: true }), payment({ paymentId: "p2", authorizedAt: 2, capturableMinor: 40n })] }, [["capture", "p2", 10n]]],
    ["captures nothing that is paid already", { payments: [payment(), payment({ paymentId: "p2", capturableMinor: 0n, capturedMinor: 100n })] }, []],
    ["leaves other policies alone", { payments: [payment({ capturePolicy: "authorize_only" }), payment({ paymentId: "p2", capturePolicy: "on_invoice" })] }, []],
  ])("%s", (_name, more, expected) => { expect(amounts(order({ state: "fulfilled", statusCode: 100_001, ...more }))).toEqual(expected); });

  test("an active order asks for nothing", () => { expect(amounts(order())).toEqual([]); });
  test("a partial and a later complete fulfilment are two changes", () => {
    const changes = [100_001, 100_002].map((statusCode) => decideBusinessEvents(order({ state: "fulfilled", statusCode }))[0]?.change);
    expect(new Set(changes).size).toBe(2);
  });
});

describe("invoiced", () => {
  const onInvoice = payment({ capturePolicy: "on_invoice" });
  test.each<[string, Partial<WatchedOrder>, unknown]>([
    ["each invoice captures its own total", { invoices: [invoice("i2", 30n), invoice("i1", 60n)] }, [["capture", "p1", 60n], ["capture", "p1", 30n]]],
    ["not more than is authorized", { invoices: [invoice("i1", 160n)] }, [["capture", "p1", 100n]]],
    ["not what is captured for it already", { payments: [payment({ capturePolicy: "on_invoice", capturableMinor: 40n, capturedMinor: 60n })], invoices: [invoice("i1", 60n), invoice("i2", 40n)] }, [["capture", "p1", 40n]]],
    ["nothing of another payment while one is being captured for it", { payments: [payment({ capturePolicy: "on_invoice", capturableMinor: 60n, isBusy: true, askedInvoiceIds: ["i1"] }), payment({ paymentId: "p2", authorizedAt: 2, capturePolicy: "on_invoice", capturableMinor: 40n })], invoices: [invoice("i1", 60n)] }, []],
    ["of another payment what the first could not", { payments: [payment({ capturePolicy: "on_invoice", capturableMinor: 60n, askedInvoiceIds: ["i1"] }), payment({ paymentId: "p2", authorizedAt: 2, capturePolicy: "on_invoice", capturableMinor: 40n })], invoices: [invoice("i1", 60n)] }, [["capture", "p2", 40n]]],
    ["the next one in full, although something of the first was given back", { payments: [payment({ capturePolicy: "on_invoice", capturableMinor: 40n, capturedMinor: 60n, refundedMinor: 60n, askedInvoiceIds: ["i1"] })], invoices: [invoice("i1", 60n), invoice("i2", 40n)] }, [["capture", "p1", 40n]]],
    ["not what cash or a card of its own has paid of it", { invoices: [invoice("i1", 60n, { paidOtherwiseMinor: 60n }), invoice("i2", 40n, { paidOtherwiseMinor: 10n })] }, [["capture", "p1", 30n]]],
    ["not what cash has paid of the order", { receivedMinor: 70n, invoices: [invoice("i1", 60n), invoice("i2", 40n)] }, [["capture", "p1", 30n]]],
    ["nothing for a cancelled one", { invoices: [invoice("i1", 60n, { isCancelled: true })] }, []],
  ])("%s", (_name, more, expected) => { expect(amounts(order({ payments: [onInvoice], ...more }))).toEqual(expected); });
});

test("never more than can be captured, never more than the order costs", () => {
  const amount = fc.bigInt({ min: 0n, max: 300n });
  fc.assert(fc.property(amount, fc.array(fc.tuple(amount, amount), { maxLength: 4 }), fc.constantFrom("active" as const, "fulfilled" as const, "cancelled" as const), (totalMinor, given, state) => {
    const payments = given.map(([capturableMinor, capturedMinor], index) => payment({ paymentId: `p${index}`, capturableMinor, capturedMinor, authorizedAt: index }));
    const requests = decideBusinessEvents(order({ state, totalMinor, payments }));
    for (const request of requests) expect(request.minor > 0n && request.minor <= (payments.find((one) => one.paymentId === request.paymentId)?.capturableMinor ?? 0n)).toBe(true);
    const captured = payments.reduce((sum, one) => sum + one.capturedMinor, 0n) + requests.filter((request) => request.kind === "capture").reduce((sum, request) => sum + request.minor, 0n);
    if (requests.some((request) => request.kind === "capture")) expect(captured <= totalMinor).toBe(true);
    expect(new Set(requests.map((request) => `${request.paymentId} ${request.change}`)).size).toBe(requests.length);
  }));
});

describe("a total that changed after the authorization", () => {
  test.each([
    [100n, 100n, true, { kind: "none" }], [100n, 70n, true, { kind: "capture_less", minor: 30n }], [100n, 130n, true, { kind: "increment", minor: 30n }],
    [100n, 130n, false, { kind: "gap", minor: 30n }], [0n, 130n, true, { kind: "none" }],
  ] as const)("authorized %s, total %s, increments %s", (authorizedMinor, totalMinor, canIncrement, advice) => {
    expect(adviseOnTotal({ authorizedMinor, totalMinor, canIncrement })).toEqual(advice);
  });

  test.each<[string, Partial<WatchedOrder>, unknown]>([
    ["what it has grown by is asked for", { totalMinor: 130n, coveredMinor: 100n }, [["increment", "p1", 30n]]],
    ["the newest authorization is raised", { totalMinor: 130n, coveredMinor: 100n, payments: [payment({ capturableMinor: 40n }), payment({ paymentId: "p2", authorizedAt: 2, capturableMinor: 60n })] }, [["increment", "p2", 30n]]],
    ["where none can be raised, the gap is told", { totalMinor: 130n, coveredMinor: 100n, payments: [payment({ canIncrement: false })] }, [["gap", "p1", 30n]]],
    ["what cash has paid since is not asked for", { totalMinor: 130n, coveredMinor: 130n }, []],
    ["one that was paid in part from the beginning is left to people", { totalMinor: 130n, coveredMinor: 60n, payments: [payment({ capturableMinor: 60n })] }, []],
    ["while a payment is under way nothing is asked for", { totalMinor: 130n, coveredMinor: undefined }, []],
    ["a fulfilled order is not raised any more", { state: "fulfilled", totalMinor: 130n, coveredMinor: 100n, payments: [payment({ capturePolicy: "authorize_only" })] }, []],
    ["what is captured in part is not raised", { totalMinor: 130n, coveredMinor: 100n, payments: [payment({ capturableMinor: 50n, capturedMinor: 50n })] }, []],
  ])("%s", (_name, more, expected) => { expect(amounts(order(more))).toEqual(expected); });

  test("each new total is a change of its own", () => {
    const changes = [130n, 150n].map((totalMinor) => decideBusinessEvents(order({ totalMinor, coveredMinor: 100n }))[0]?.change);
    expect(new Set(changes).size).toBe(2);
  });
});
