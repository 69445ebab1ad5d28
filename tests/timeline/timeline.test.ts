// What happened to a payment, as a list that a person can read and a file can keep.
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "@jest/globals";
import { openLedger } from "../../plugin-proxy/src/db/open-ledger.ts";
import { asEffectId, asPaymentRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { lostLines } from "../../plugin-proxy/src/domain/timeline/lost-lines.ts";
import { toShownTrail, trailText, SHOWN_LINES_MAX } from "../../plugin-proxy/src/domain/timeline/shown-trail.ts";
import { buildTimeline, toTimelineText } from "../../plugin-proxy/src/domain/timeline/build-timeline.ts";
import type { TrailEntry } from "../../plugin-proxy/src/domain/timeline/trail.ts";
import { runTimelineCommand } from "../../plugin-proxy/src/timeline-command.ts";
import { command, effect, event, facts, intent, organizationId, paymentRequestId, T0 } from "../support/intents.ts";

const trail: readonly TrailEntry[] = [
  { organizationId, paymentRequestId, at: T0 + 2_000, source: "gateway", what: "called", kind: "sale", attempt: 1, answer: "approved", durationMs: 312, requestId: "7000000000000000000001" },
  { organizationId, paymentRequestId, at: T0 + 5_000, source: "webhook", what: "duplicate_ignored", kind: "payments.captured" },
];
const paid = intent(effect("approved", { kind: "sale", facts: facts() }), { revision: 4 });

test("events, calls and deliveries stand in one order, with ids to look them up by", () => {
  const { lines } = buildTimeline({ intent: paid, events: [event("send", { at: T0 + 1_000 }), event("approved", { at: T0 + 2_500, facts: facts() })], trail });
  expect(lines.map((line) => [line.source, line.text])).toEqual([
    ["relay", "Request PR-000001 was claimed."], ["relay", "sale: sent to Cybersource."], ["gateway", "Cybersource was called sale → approved."],
    ["relay", "sale: approved."], ["webhook", "A repeated delivery was ignored payments.captured."],
  ]);
  expect(lines[2]?.detail).toMatchObject({ durationMs: 312, requestId: "7000000000000000000001", attempt: 1 });
});

test("a call stands before its answer and after it was sent, also when all of it is one moment", () => {
  const at = T0 + 1_000;
  const called: TrailEntry = { organizationId, paymentRequestId, at, source: "gateway", what: "called", effectId: event("send").effectId, answer: "approved" };
  const { lines } = buildTimeline({ intent: paid, events: [event("send", { at }), event("approved", { at })], trail: [called, { ...called, what: "projected", source: "dataverse", effectId: undefined }] });
  expect(lines.map(({ what }) => what)).toEqual(["claimed", "send", "called", "approved", "projected"]);
});

test("later rows say who asked for what", () => {
  const later = { ...paid, commands: [{ commandId: asPaymentRequestId("r-1"), table: "refundrequest", name: "RR-000007", action: "give_back", amount: { minor: 500n, currency: "USD" }, isRefundAccepted: true, author: command().author, createdOn: T0 + 9, validUntil: T0 + 99, claimedAt: T0 + 9, deal: "on" } as const] };
  expect(buildTimeline({ intent: later, events: [], trail: [] }).lines.at(-1)).toMatchObject({ text: "RR-000007 asked for give back of 5.00 USD.", detail: { userId: "user-1" } });
});

test("the text has a line for each happening and no detail that is not allow-listed", () => {
  const text = toTimelineText(buildTimeline({ intent: paid, events: [], trail }));
  expect(text.split("\n")[0]).toBe("Payment payment-1 for ORD-01, 124.00 USD");
  expect(text).toContain("[attempt=1 requestId=7000000000000000000001 durationMs=312]");
  expect(text).not.toMatch(/Ann|Weiler|billTo|4111/);
});

describe("on the payment's row", () => {
  const shown = toShownTrail(buildTimeline({ intent: paid, events: [event("send", { at: T0 + 1_000 })], trail }).lines);

  test("a line names what happened by its word, with the references a bank asks for and no id of a row or a person", () => {
    expect(shown.map(({ source, what, kind, answer }) => [source, what, kind, answer])).toEqual([
      ["relay", "claimed", undefined, undefined], ["relay", "send", "sale", undefined], ["gateway", "called", "sale", "approved"], ["webhook", "duplicate_ignored", "payments.captured", undefined],
    ]);
    expect(shown[2]?.detail).toEqual({ attempt: 1, requestId: "7000000000000000000001", durationMs: 312 });
    expect(JSON.stringify(shown)).not.toMatch(/effectId|rowId|userId|commandId/);
  });

  test.each([[100_000, 4], [400, 2], [20, 0]])("what does not fit %i characters goes, the oldest first", (lengthMax, count) => {
    const text = trailText(shown, lengthMax);
    expect(text.length).toBeLessThanOrEqual(lengthMax);
    expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(shown.slice(shown.length - count))));
  });

  test("the newest lines are shown of a payment with very many", () => {
    const many = Array.from({ length: SHOWN_LINES_MAX + 50 }, (_, index): TrailEntry => ({ organizationId, paymentRequestId, at: T0 + index, source: "webhook", what: "duplicate_ignored", revision: index }));
    const lines = toShownTrail(buildTimeline({ intent: paid, events: [], trail: many }).lines);
    expect([lines.length, lines[0]?.detail["revision"], lines.at(-1)?.detail["revision"]]).toEqual([SHOWN_LINES_MAX, 50, SHOWN_LINES_MAX + 49]);
  });
});

describe("a ledger that was lost", () => {
  const { lines } = buildTimeline({ intent: paid, events: [event("send", { at: T0 + 1_000 })], trail });
  const standing = toShownTrail(lines);

  test("takes over what stands on the row and what it does not know, and nothing twice", () => {
    const own = buildTimeline({ intent: paid, events: [], trail: [] }).lines;
    const taken = lostLines(paid, own, standing);
    expect(taken.map(({ what }) => what)).toEqual(["send", "called", "duplicate_ignored"]);
    const told = buildTimeline({ intent: paid, events: [], trail: taken }).lines;
    expect(toShownTrail(told)).toEqual(standing);
    expect(told.map(({ text }) => text)).toContain("sent to Cybersource sale.");
    expect(lostLines(paid, told, standing)).toEqual([]);
  });

  test("takes nothing that has no moment", () => {
    expect(lostLines(paid, [], [{ at: "yesterday", source: "relay", what: "send", detail: {} }])).toEqual([]);
  });
});

test("the command finds a payment by any of its ids, as text and as JSON, and says when there is none", async () => {
  const directory = mkdtempSync(join(tmpdir(), "cybs-timeline-"));
  const id = asPaymentRequestId(randomUUID());
  const stored = intent({ ...paid.effects[0], effectId: asEffectId(randomUUID()) } as never, { paymentRequestId: id, paymentId: randomUUID(), command: command({ paymentRequestId: id, document: { kind: "salesorder", id: randomUUID() } }) });
  const ledger = await openLedger({ directory });
  await ledger.transaction(async (tx) => { await tx.insertIntent(stored); await tx.appendEvents(stored, [event("approved")]); });
  await ledger.close();
  const run = async (...args: readonly string[]): Promise<readonly [number, string]> => { let said = ""; const code = await runTimelineCommand({ directory }, args, (text) => { said += text; }); return [code, said]; };
  const [code, text] = await run(stored.paymentId);
  expect([code, text.split("\n")[0]]).toEqual([0, `Payment ${stored.paymentId} for ORD-01, 124.00 USD`]);
  const [, json] = await run(stored.effects[0]?.effectId ?? "", "--json");
  expect(JSON.parse(json)).toMatchObject({ paymentRequestId: id, lines: expect.arrayContaining([expect.objectContaining({ source: "relay" })]) as unknown });
  expect(await run(randomUUID())).toMatchObject([1, expect.stringContaining("No payment")]);
  expect(await run()).toMatchObject([2, expect.stringContaining("Usage")]);
  rmSync(directory, { recursive: true, force: true });
}, 60_000);
