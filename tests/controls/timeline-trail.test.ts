// What the relay tells on the payment's row, as the form reads it: every word in both languages, nothing that breaks the form.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import type { Words } from "@cybs/controls-shared";
import type { chooseInvoiceState } from "../../plugin-proxy/src/domain/allocation/choose-invoice-state.ts";
import type { EventRequest } from "../../plugin-proxy/src/domain/business-events/decide-business-events.ts";
import type { NewRow } from "../../plugin-proxy/src/domain/notify/rows.ts";
import type { OperatorVerb } from "../../plugin-proxy/src/domain/operator/operator-decision.ts";
import type { GatewayAnswer } from "../../plugin-proxy/src/ports/gateway.ts";
import type { Written } from "../../plugin-proxy/src/ports/surroundings.ts";
import { TRAIL_TEXT } from "../../plugin-proxy/src/domain/timeline/build-timeline.ts";
import { EVENT_TEXT } from "../../plugin-proxy/src/domain/timeline/event-text.ts";
import { initialState, shownEvents, type TimelineEvent } from "../../pcf-controls/payment-timeline/PaymentTimeline/state.ts";
import { aboutIn, readTrail, whatIn, whoIn } from "../../pcf-controls/payment-timeline/PaymentTimeline/trail.ts";

const folder = join(import.meta.dirname, "..", "..", "pcf-controls", "payment-timeline", "PaymentTimeline", "strings");
const textsOf = (language: number): ReadonlyMap<string, string> => new Map([...readFileSync(join(folder, `PaymentTimeline.${language}.resx`), "utf8").matchAll(/<data name="([^"]+)"[^>]*><value>([\s\S]*?)<\/value>/g)].map((match) => [match[1] ?? "", match[2] ?? ""]));
const wordsOf = (language: number): Words => ({ t: (key: string) => textsOf(language).get(key) ?? key, locale: language === 1031 ? "de-DE" : "en-US" }) as Words;
// Lists that the types of the relay must agree with: a word more there does not compile here.
const ROWS = Object.keys({ capture_request: 1, increment_request: 1, reauthorize_request: 1, release_request: 1, task: 1, app_notification: 1, email_draft: 1 } satisfies Record<NewRow["table"], 1>);
const INVOICES = Object.keys({ complete: 1, partial: 1 } satisfies Record<NonNullable<ReturnType<typeof chooseInvoiceState>>, 1>);
const POLICIES = Object.keys({ on_fulfilment: 1, on_invoice: 1, on_cancellation: 1, on_growth: 1 } satisfies Record<EventRequest["policy"], 1>);
const VERBS = Object.keys({ ask_again_now: 1, accept_answer: 1, declare_absent: 1, reverse: 1, accept_merge: 1 } satisfies Record<Exclude<OperatorVerb, "void">, 1>);
const ANSWERS = Object.keys({ approved: 1, partial: 1, review: 1, declined: 1, refused: 1, not_sent: 1, unknown: 1, written: 1, stands: 1, rejected: 1, unavailable: 1 } satisfies Record<GatewayAnswer["kind"] | Written["kind"], 1>);
const NONE: TimelineEvent = { id: "", kind: "step", at: "", who: "", what: "", name: "", tone: "quiet", amount: undefined, text: undefined, details: {} };
const line = (change: object): TimelineEvent => readTrail(JSON.stringify([{ at: "2026-11-25T10:00:00.250Z", source: "relay", what: "send", kind: "sale", detail: {}, ...change }]))[0] ?? NONE;

describe.each([[1033, "Sent to Cybersource", "Sale"], [1031, "An Cybersource gesendet", "Verkauf"]])("in language %i", (language, sent, sale) => {
  const words = wordsOf(language);
  test.each([...Object.keys(EVENT_TEXT), ...Object.keys(TRAIL_TEXT), "claimed"])("%s has its words", (what) => {
    expect(textsOf(language).get(`W_${what}`)).toMatch(/^\p{Lu}/u);
  });
  test.each([...ROWS, ...INVOICES, ...POLICIES, ...VERBS])("%s, which a line is about, has its words", (kind) => {
    expect(textsOf(language).get(`N_${kind}`) ?? "").not.toBe("");
  });
  test.each(ANSWERS)("%s, as an answer, has its words", (answer) => {
    expect(textsOf(language).get(`W_${answer}`) ?? "").not.toBe("");
  });
  test("a step says what happened, to what, and where it comes from", () => {
    expect([whatIn(words, line({})), aboutIn(words, line({})), whoIn(words, line({}))]).toEqual([sent, sale, "Relay"]);
  });
});

test("a word of a later version is shown as the relay wrote it", () => {
  const words = wordsOf(1033);
  expect([whatIn(words, line({ what: "moved_elsewhere" })), aboutIn(words, line({ kind: "new_kind" })), whoIn(words, line({ source: "somewhere" }))]).toEqual(["moved elsewhere", "new kind", "somewhere"]);
});

test.each([undefined, "", "{", "null", "{}", "[1, null, \"x\"]", "[{\"at\": 7, \"detail\": [1]}]"])("what cannot be read breaks nothing: %s", (text) => {
  for (const event of readTrail(text)) expect(event).toMatchObject({ kind: "step", at: "", details: {} });
});

test("values of a line are texts and numbers, nothing else", () => {
  expect(line({ reason: "expired_card", detail: { attempt: 2, requestId: "7", nested: { a: 1 }, empty: "" } }).details).toEqual({ reason: "expired_card", attempt: "2", requestId: "7" });
});

test("people's rows are shown first, every step when it is asked for, in the order of their moments", () => {
  const row = (kind: "transaction" | "request"): TimelineEvent => ({ ...line({}), id: kind, kind, at: "2026-11-25T10:00:00Z" });
  const events = [...readTrail(JSON.stringify([{ at: "2026-11-25T10:00:00.250Z", what: "send" }, { at: "2026-11-25T10:00:00.250Z", what: "approved" }])), row("transaction"), row("request")];
  const seen = (change: object): readonly string[] => shownEvents({ ...initialState, events, ...change }).map(({ kind, what }) => (kind === "step" ? what : kind));
  expect(seen({})).toEqual(["transaction", "request"]);
  expect(seen({ hasEveryStep: true, newestFirst: false })).toEqual(["request", "send", "approved", "transaction"]);
  expect(seen({ hasEveryStep: true })).toEqual(["transaction", "approved", "send", "request"]);
});
