// The payment status' words: the state in one word, and what can be done next, from the sums alone.
import { describe, expect, test } from "@jest/globals";
import { paymentTable } from "@cybs/schema";
import { readStatus } from "../../pcf-controls/payment-status/PaymentStatus/rows.ts";
import { actionsOf, EMPTY, headOf, nextSteps, NOTHING_AROUND, openOf, paidOf, type AroundInvoice, type Line, type StatusState } from "../../pcf-controls/payment-status/PaymentStatus/state.ts";
import { wordOf } from "../../pcf-controls/payment-status/PaymentStatus/StatusView.tsx";

const line: Line = { id: "t", paymentId: "p", type: 2, status: 1, amount: 1n, card: "", at: "", reason: undefined, agentText: undefined, expiresOn: undefined, nextLookOn: undefined, waitsForDecision: false };
const of = (change: Partial<StatusState>): StatusState => ({ ...EMPTY, phase: "ready", total: 124_000n, ...change });

const onInvoice = (around: Partial<AroundInvoice>, more: Partial<StatusState> = {}): Partial<StatusState> => ({ kind: "invoice", around: { ...NOTHING_AROUND, ...around }, ...more });

describe("one word, and the next step", () => {
  test.each<[string, Partial<StatusState>, string, readonly string[]]>([
    ["nothing yet", {}, "Unpaid", ["Take"]],
    ["in progress", { lines: [{ ...line, status: 0 }] }, "InProgress", ["Take"]],
    ["authorized", { authorized: 124_000n, held: 124_000n }, "Authorized", ["NothingOpen", "NotCaptured"]],
    ["partly paid", { captured: 80_000n }, "PartlyPaid", ["Take"]],
    ["paid", { captured: 124_000n }, "Paid", ["NothingOpen"]],
    ["given back", { captured: 124_000n, refunded: 124_000n }, "Refunded", ["Take"]],
    ["closed order", { isClosed: true }, "Unpaid", ["Closed"]],
    ["unknown", { isUnknown: true, held: 124_000n }, "UnknownStatus", ["Wait"]],
    ["waiting for a decision", { isWaiting: true, held: 124_000n }, "NeedsAttention", ["WaitDecision", "NotCaptured"]],
    ["an invoice", { kind: "invoice" }, "Unpaid", ["Take"]],
    ["an invoice that its order's payment was applied to", { kind: "invoice", applied: 124_000n }, "Paid", ["NothingOpen"]],
    ["an invoice whose order was paid in cash in part", onInvoice({ open: 50_000n }), "PartlyPaid", ["Take"]],
    ["an invoice whose order was paid already", onInvoice({ open: 0n }), "Paid", ["NothingOpen"]],
    ["an invoice whose order has a payment without an answer", onInvoice({ open: 0n, unknown: 124_000n, isUnknown: true }), "UnknownStatus", ["WaitOrder"]],
    ["the same once the invoice is paid", onInvoice({ isUnknown: true }, { applied: 124_000n, isClosed: true }), "Paid", ["Closed"]],
    ["an invoice whose order holds an authorization", onInvoice({ open: 124_000n, held: 124_000n }), "Unpaid", ["HeldOnOrder"]],
    ["paid half in cash", { manual: 62_000n }, "PartlyPaid", ["Take"]],
    ["one payment, all captured", { kind: "payment", captured: 124_000n }, "Paid", []],
  ])("%s", (_name, change, word, steps) => {
    expect(wordOf(of(change)).key).toBe(word);
    expect(nextSteps(of(change))).toEqual(steps);
  });

  test.each<[string, Partial<StatusState>, readonly string[]]>([
    ["a hold can be captured", { payments: [{ id: "p", card: "", held: 5n, returnable: 0n }] }, ["capture 5"]],
    ["what was captured can be given back", { payments: [{ id: "p", card: "", held: 0n, returnable: 7n }, { id: "q", card: "", held: 0n, returnable: 3n }] }, ["giveBack 10"]],
    ["the largest hold first", { payments: [{ id: "p", card: "", held: 5n, returnable: 0n }, { id: "q", card: "", held: 9n, returnable: 0n }] }, ["capture 9"]],
    ["what payments of its order pay of an invoice can be given back there", { kind: "invoice", applied: 4n }, ["giveBack 4"]],
    ["nothing while an answer is missing", { isUnknown: true, payments: [{ id: "p", card: "", held: 5n, returnable: 5n }] }, []],
    ["nothing while somebody has to decide", { isWaiting: true, payments: [{ id: "p", card: "", held: 5n, returnable: 0n }] }, []],
  ])("%s", (_name, change, actions) => { expect(actionsOf(of(change)).map(({ kind, amount }) => `${kind} ${amount}`)).toEqual(actions); });

  test.each<[string, Partial<StatusState>, string, readonly bigint[]]>([
    ["an order says what is open", { captured: 80_000n }, "Open", [44_000n]],
    ["one that was cancelled says what was paid: nothing is open on it", { isClosed: true }, "PaidOf", [0n, 124_000n]],
    ["so does an invoice that is closed as paid", { kind: "invoice", isClosed: true, applied: 124_000n }, "PaidOf", [124_000n, 124_000n]],
    ["a payment says what was captured of it", { kind: "payment", captured: 62_000n }, "CapturedOf", [62_000n, 124_000n]],
  ])("%s", (_name, change, key, sums) => { expect(headOf(of(change))).toEqual({ key, sums }); });

  test.each<[string, Partial<StatusState>, readonly bigint[]]>([
    ["no more is open than order and invoices leave open together", onInvoice({ open: 28_000n }), [28_000n, 96_000n]],
    ["what its own payments pay counts once", onInvoice({ open: 90_000n }, { captured: 34_000n }), [90_000n, 34_000n]],
    ["more room on the order opens no more of it", onInvoice({ open: 900_000n }), [124_000n, 0n]],
    ["what has no answer is not open and not paid", onInvoice({ open: 24_000n, unknown: 80_000n, isUnknown: true }), [24_000n, 20_000n]],
  ])("on an invoice: %s", (_name, change, sums) => { expect([openOf(of(change)), paidOf(of(change))]).toEqual(sums); });

  test("an unknown amount counts as taken", () => { expect(openOf(of({ held: 24_000n, captured: 80_000n, refunded: 5_000n }))).toBe(25_000n); });
});

describe("what is added up", () => {
  const document = { table: "salesorder", id: "o" };
  /** Honours `$top`, newest first, as Dataverse would. */
  function api(tables: Readonly<Record<string, readonly object[]>>): ComponentFramework.WebApi {
    const retrieveMultipleRecords = async (table: string, query: string) => ({ entities: (tables[table] ?? []).slice(0, Number(/\$top=(\d+)/.exec(query)?.[1] ?? 5_000)) });
    return { retrieveMultipleRecords, retrieveRecord: async () => ({ ordernumber: "O", totalamount: 1_000, statecode: 0, transactioncurrencyid: { isocurrencycode: "USD" } }) } as unknown as ComponentFramework.WebApi;
  }
  const payment = (index: number, more: object = {}) => ({ cybs_paymentid: `p${index}`, cybs_status: paymentTable.choices.status.captured, cybs_authorizedamount: 2, cybs_capturedamount: 2, ...more });
  const many = (count: number) => Array.from({ length: count }, (_, index) => payment(index));

  test("is every payment of the document, not the latest twenty", async () => {
    expect(await readStatus(api({ cybs_payment: many(45) }), document)).toMatchObject({ captured: 9_000n, held: 0n, isCut: false });
  });

  test("an unknown one counts however old it is, and stands in the timeline", async () => {
    let asked = "";
    const of = api({ cybs_payment: [...many(30), payment(99, { cybs_status: paymentTable.choices.status.unknown })] });
    const seen = { ...of, retrieveMultipleRecords: async (table: string, query: string) => { if (table === "cybs_paymenttransaction") asked = query; return of.retrieveMultipleRecords(table, query); } };
    expect(await readStatus(seen, document)).toMatchObject({ isUnknown: true });
    expect(asked).toContain("eq p99");
  });

  test("every receipt counts", async () => {
    expect(await readStatus(api({ cybs_manualpayment: Array.from({ length: 70 }, (_, index) => ({ cybs_manualpaymentid: `m${index}`, cybs_amount: 1 })) }), document)).toMatchObject({ manual: 7_000n, isCut: false });
  });

  test("where there is more than is read, that is said", async () => {
    expect(await readStatus(api({ cybs_payment: many(700) }), document)).toMatchObject({ isCut: true });
  });
});
