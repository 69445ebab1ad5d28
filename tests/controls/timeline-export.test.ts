// The timeline as a file: oldest first, amounts as decimal text, words instead of keys, no cell that a spreadsheet would run.
import { expect, test } from "@jest/globals";
import type { Words } from "@cybs/controls-shared";
import { toCsv, toJson } from "../../pcf-controls/payment-timeline/PaymentTimeline/export.ts";
import { initialState, type TimelineEvent, type TimelineState } from "../../pcf-controls/payment-timeline/PaymentTimeline/state.ts";
import { readTrail } from "../../pcf-controls/payment-timeline/PaymentTimeline/trail.ts";

const WORDS: Readonly<Record<string, string>> = { K_2: "Sale", K_3: "Capture", W_called: "Cybersource was called", W_approved: "Approved", S_gateway: "Cybersource" };
const words = { t: (key: string) => WORDS[key] ?? key, locale: "en-US" } as Words;
const event = (change: Partial<TimelineEvent>): TimelineEvent => ({ id: "e", kind: "transaction", at: "2026-11-25T10:00:00Z", who: "", what: "K_3", name: "T-1", tone: "success", amount: 12_345n, text: undefined, details: {}, ...change });
const state: TimelineState = { ...initialState, phase: "ready", currency: "USD", paymentName: "P-1", events: [event({ id: "b", at: "2026-11-25T11:00:00Z", text: "=cmd(\"x\")" }), event({ id: "a", details: { cybs_requestid: "42" } })] };

test("JSON holds everything, oldest first", () => {
  const file = JSON.parse(toJson(state, "2026-11-26T00:00:00Z", words)) as { payment: string; events: { id: string; what: string; amount: string; details: object }[] };
  expect(file.payment).toBe("P-1");
  expect(file.events.map(({ id, what, amount }) => [id, what, amount])).toEqual([["a", "Capture", "123.45"], ["b", "Capture", "123.45"]]);
  expect(file.events[0]?.details).toEqual({ cybs_requestid: "42" });
});

test("CSV quotes what must be quoted, and disarms formulas", () => {
  const [head, first, second] = toCsv(state, words).split("\r\n");
  expect(head).toBe("at,kind,what,name,who,amount,currency,text,details");
  expect(first).toBe("2026-11-25T10:00:00Z,transaction,Capture,T-1,,123.45,USD,,cybs_requestid=42");
  expect(second).toContain("\"'=cmd(\"\"x\"\")\"");
});

test("both hold every step of the relay, also while the form shows fewer", () => {
  const step = { at: "2026-11-25T10:00:00.250Z", source: "gateway", what: "called", kind: "sale", answer: "approved", detail: { requestId: "7" } };
  const all = { ...state, events: [...state.events, ...readTrail(JSON.stringify([step]))] };
  expect(all.hasEveryStep).toBe(false);
  expect(toCsv(all, words).split("\r\n")[1]).toBe("2026-11-25T10:00:00.250Z,step,Cybersource was called,Sale → approved,Cybersource,,,,answer=approved; requestId=7");
  expect((JSON.parse(toJson(all, "now", words)) as { events: object[] }).events[0]).toMatchObject({ kind: "step", what: "Cybersource was called", name: "Sale → approved" });
});
