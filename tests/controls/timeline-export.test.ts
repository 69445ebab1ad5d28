// The timeline as a file: oldest first, amounts as decimal text, no cell that a spreadsheet would run.
import { expect, test } from "@jest/globals";
import { toCsv, toJson } from "../../pcf-controls/payment-timeline/PaymentTimeline/export.ts";
import { initialState, type TimelineEvent, type TimelineState } from "../../pcf-controls/payment-timeline/PaymentTimeline/state.ts";

const event = (change: Partial<TimelineEvent>): TimelineEvent => ({ id: "e", kind: "transaction", at: "2026-11-25T10:00:00Z", who: "", what: "K_3", name: "T-1", tone: "success", amount: 12_345n, text: undefined, details: {}, ...change });
const state: TimelineState = { ...initialState, phase: "ready", currency: "USD", paymentName: "P-1", events: [event({ id: "b", at: "2026-11-25T11:00:00Z", text: "=cmd(\"x\")" }), event({ id: "a", details: { cybs_requestid: "42" } })] };

test("JSON holds everything, oldest first", () => {
  const file = JSON.parse(toJson(state, "2026-11-26T00:00:00Z")) as { payment: string; events: { id: string; amount: string; details: object }[] };
  expect(file.payment).toBe("P-1");
  expect(file.events.map(({ id, amount }) => [id, amount])).toEqual([["a", "123.45"], ["b", "123.45"]]);
  expect(file.events[0]?.details).toEqual({ cybs_requestid: "42" });
});

test("CSV quotes what must be quoted, and disarms formulas", () => {
  const [head, first, second] = toCsv(state).split("\r\n");
  expect(head).toBe("at,kind,what,name,who,amount,currency,text,details");
  expect(first).toBe("2026-11-25T10:00:00Z,transaction,K_3,T-1,,123.45,USD,,cybs_requestid=42");
  expect(second).toContain("\"'=cmd(\"\"x\"\")\"");
});
