// The recovery rules, row by row: what an answer means (§3, §4), how an unknown is resolved (§5), and what a lost ledger does (§6). Each answer
// goes the whole pure way: reply → classification → event → decision → next step.
import { describe, expect, test } from "@jest/globals";
import { toChangeAnswer } from "../../plugin-proxy/src/cybersource/operations/change.ts";
import { toPayAnswer } from "../../plugin-proxy/src/cybersource/operations/pay.ts";
import { toUndoAnswer } from "../../plugin-proxy/src/cybersource/operations/undo.ts";
import type { WireReply } from "../../plugin-proxy/src/cybersource/transport.ts";
import type { Found } from "../../plugin-proxy/src/domain/payment/adopt.ts";
import { judgeChangeLook } from "../../plugin-proxy/src/domain/payment/adopt-change.ts";
import { currentAttempt, type Effect } from "../../plugin-proxy/src/domain/payment/effect.ts";
import type { EffectEvent } from "../../plugin-proxy/src/domain/payment/events.ts";
import { mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { lookDelayMs, RECOVERY_DEFAULTS } from "../../plugin-proxy/src/domain/payment/settings.ts";
import { asRequestId } from "../../plugin-proxy/src/domain/ids.ts";
import { answerToEvent } from "../../plugin-proxy/src/flows/answer-to-event.ts";
import type { GatewayAnswer } from "../../plugin-proxy/src/ports/gateway.ts";
import { binding, payCall } from "../relay-cybersource/calls.ts";
import { able, authorized, changesOf, claimed, claimEffect, effectNow, happens, on, row, sold, stepFor, underway } from "../support/changes.ts";
import { account, command, effect, event, intent, T0, usd } from "../support/intents.ts";
import { COMMON_ANSWERS, COVERAGE_CELLS, OPERATIONS, OWN_ANSWERS, type AnswerRow, type Operation } from "./recovery-answers.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const parentRequestId = asRequestId("7000000000000000000001");

/** On the wire, of $124.00. */
function sent(operation: Operation): { readonly of: Intent; readonly effect: Effect } {
  const wish = (of: Intent, action: Parameters<typeof row>[0], amount = 12_400n, more: Parameters<typeof underway>[2] = {}) => {
    const asked = row(action, amount);
    const flying = underway(of, asked, more);
    return { of: flying, effect: claimEffect(flying, asked) };
  };
  switch (operation) {
    case "authorization": case "sale": {
      const of = intent(effect("sent", { kind: operation }), { command: command({ action: operation, merchantAccount: able() }) });
      return { of, effect: mainEffect(of) };
    }
    case "capture": return wish(authorized(), "capture");
    case "incremental_authorization": return wish(authorized(), "incremental_authorization", 2_000n);
    case "refund": return wish(sold(), "refund", 12_400n, { settlement: "closed" });
    case "credit": return wish(sold(), "credit");
    case "void": return wish(sold(), "void");
    case "authorization_reversal": return wish(authorized(), "authorization_reversal");
  }
}

function classify(operation: Operation, of: Effect, reply: WireReply): GatewayAnswer {
  const attempt = currentAttempt(of);
  if (attempt === undefined) throw new Error("not sent");
  const base = { binding, merchantReference: attempt.merchantReference, transactionId: attempt.transactionId };
  const amount = usd(12_400n);
  switch (operation) {
    case "authorization": case "sale": return toPayAnswer({ ...payCall(), ...base, kind: operation, amount }, reply);
    case "capture": return toChangeAnswer({ ...base, kind: "capture", parentRequestId, amount, lines: [], documentNumber: "O", hasLevelThree: false }, reply);
    case "incremental_authorization": return toChangeAnswer({ ...base, kind: operation, parentRequestId, additionalAmount: usd(2_000n) }, reply);
    case "refund": return toChangeAnswer({ ...base, kind: "refund", parentRequestId, parentKind: "sale", amount, documentNumber: "O" }, reply);
    case "credit": return toChangeAnswer({ ...base, kind: "credit", amount, instrument: { kind: "saved_card", paymentInstrumentId: "PI1" }, billTo: {}, documentNumber: "O" }, reply);
    case "void": return toUndoAnswer({ ...base, kind: "void", parentRequestId, parentKind: "sale" }, reply);
    case "authorization_reversal": return toUndoAnswer({ ...base, kind: "authorization_reversal", parentRequestId, amount }, reply);
  }
}

describe.each(OPERATIONS)("answers to %s", (operation) => {
  const rows: readonly AnswerRow[] = [...COMMON_ANSWERS, ...OWN_ANSWERS].filter((one) => one.operation === operation);
  test.each(rows)("$rule $answer → $state, then $next", ({ reply, state, next, undo, holds }) => {
    const { of, effect: flying } = sent(operation);
    const after = happens(of, answerToEvent(flying, classify(operation, flying, reply), T0 + 3_000));
    const now = effectNow(after, flying.effectId);
    expect(now.state).toBe(state);
    expect(now.holds).toBe(holds === true);
    expect(stepFor(after, flying.effectId, 1)?.kind).toBe(next);
    const follow = after.effects.slice(of.effects.length);
    expect(follow.map((one) => one.kind)).toEqual(undo === undefined ? [] : [undo]);
  });
});

test("every operation meets every kind of answer, and the cells can be counted", () => {
  expect(COVERAGE_CELLS.length).toBeGreaterThan(250);
  for (const operation of OPERATIONS) expect(COVERAGE_CELLS.filter((cell) => cell.startsWith(`${operation} ×`)).length).toBeGreaterThan(30);
});

/** Without an answer, and looked for in vain at these minutes. */
function lost(operation: Operation, emptyAtMinutes: readonly number[] = []): { readonly of: Intent; readonly effect: Effect } {
  const { of, effect: flying } = sent(operation);
  const unknown = happens(of, on(flying.effectId, "no_answer", { at: T0 + 3_000 }), ...emptyAtMinutes.map((minute): EffectEvent => on(flying.effectId, "found_nothing", { evidence: "search", at: T0 + minute * MINUTE })));
  return { of: unknown, effect: effectNow(unknown, flying.effectId) };
}
/** The first looks of the schedule, when they are due. */
const onSchedule = (count: number): readonly number[] => Array.from({ length: count }, (_, index) => T0 + 2_000 + lookDelayMs(index));
const withdrawn = (of: Intent, effectId: Effect["effectId"]): Intent => happens(of, on(effectId, "withdrawn", { evidence: "person", at: T0 + 5 * MINUTE }));

describe("§5 an unknown is looked for on schedule, whatever it is", () => {
  test.each(OPERATIONS)("%s: after 30 seconds", (operation) => {
    const { of, effect: unknown } = lost(operation);
    const step = stepFor(of, unknown.effectId, 0);
    expect(step?.kind).toBe("look");
    expect(step?.inMinutes).toBeLessThan(0.6);
  });
});

describe("§5 when absence may be written, and what is sent again", () => {
  test("a full capture: an hour and two empty looks; then it is captured again by machine", () => {
    const early = lost("capture", [15, 30]);
    expect(stepFor(early.of, early.effect.effectId, 31)?.kind).toBe("look");
    const proved = lost("capture", [15, 30, 61]);
    expect(stepFor(proved.of, proved.effect.effectId, 61)?.kind).toBe("prove_absent");
    const again = happens(proved.of, on(proved.effect.effectId, "absent_proved", { evidence: "rule", at: T0 + 61 * MINUTE }));
    expect(effectNow(again, proved.effect.effectId)).toMatchObject({ state: "planned", attempts: [{ attempt: 1 }, { attempt: 2 }] });
  });

  test("a partial capture: a day and that day's batch report, and then only a person sends it again", () => {
    const wish = row("capture", 4_000n);
    const flying = underway(authorized(), wish);
    const { effectId } = claimEffect(flying, wish);
    const empty = [15, 30, 24 * 60 + 1].map((minute) => on(effectId, "found_nothing", { evidence: "search", at: T0 + minute * MINUTE }));
    const unreported = happens(flying, on(effectId, "no_answer"), ...empty);
    expect(stepFor(unreported, effectId, 25 * 60)?.kind).not.toBe("prove_absent");
    const reported = happens(unreported, on(effectId, "not_in_report", { evidence: "report", at: T0 + DAY }));
    expect(stepFor(reported, effectId, 25 * 60)?.kind).toBe("prove_absent");
    expect(effectNow(happens(reported, on(effectId, "absent_proved", { evidence: "rule", at: T0 + 25 * HOUR })), effectId)).toMatchObject({ state: "absent", attempts: [{ attempt: 1 }] });
  });

  test.each(["refund", "credit"] as const)("a %s is never absent by machine: a person is asked after a day, and only a person ends it", (operation) => {
    const empty = lost(operation, [15, 30, 61, 24 * 60, 48 * 60, 72 * 60]);
    const reported = happens(empty.of, ...[1, 2].map((day) => on(empty.effect.effectId, "not_in_report", { evidence: "report", at: T0 + day * DAY })));
    for (const minutes of [25 * 60, 72 * 60, 8 * 24 * 60]) expect(["look", "ask_operator"]).toContain(stepFor(reported, empty.effect.effectId, minutes)?.kind);
    expect(stepFor(empty.of, empty.effect.effectId, 73 * 60)?.kind).toBe("ask_operator");
    const told = happens(empty.of, on(empty.effect.effectId, "escalated", { evidence: "rule", at: T0 + DAY }));
    expect(changesOf(empty.of, on(empty.effect.effectId, "escalated", { evidence: "rule", at: T0 + DAY }))).toContainEqual({ type: "incident", kind: "operator_needed" });
    const ended = happens(told, on(empty.effect.effectId, "operator_decided", { evidence: "person", decidedState: "absent", at: T0 + 2 * DAY }));
    expect(effectNow(ended, empty.effect.effectId).state).toBe("absent");
    expect(effectNow(ended, empty.effect.effectId).attempts).toHaveLength(1);
  });

  test.each(["capture", "refund", "credit"] as const)("a %s that a person cancelled is voided by its transactionId before its batch closes, after the fence, once", (operation) => {
    const { of, effect: unknown } = lost(operation, [0.5, 2]);
    expect(stepFor(of, unknown.effectId, 6)?.kind).toBe("look");
    const off = withdrawn(of, unknown.effectId);
    expect(stepFor(off, unknown.effectId, 6)?.kind).toBe("plan_timeout_undo");
    expect(stepFor(off, unknown.effectId, 6, 4)?.kind).toBe("look");
    expect(stepFor(off, unknown.effectId, 15 * 60)?.kind).not.toBe("plan_timeout_undo");
  });

  test("an increment: two looks after the lag that show the authorization as it was; never again by machine", () => {
    const { of, effect: unknown } = lost("incremental_authorization", [16, 30]);
    expect(stepFor(of, unknown.effectId, 31)?.kind).toBe("prove_absent");
    expect(effectNow(happens(of, on(unknown.effectId, "absent_proved", { evidence: "rule", at: T0 + 31 * MINUTE })), unknown.effectId)).toMatchObject({ state: "absent", attempts: [{ attempt: 1 }] });
  });

  test.each(["void", "authorization_reversal"] as const)("a %s is sent again once its parent shows that it did not happen", (operation) => {
    const { of, effect: unknown } = lost(operation);
    expect(effectNow(happens(of, on(unknown.effectId, "retry_undo", { evidence: "detail", at: T0 + 6 * MINUTE })), unknown.effectId)).toMatchObject({ state: "planned", attempts: [{ attempt: 1 }, { attempt: 2 }] });
  });

  test("a partial reversal could happen twice: two looks at the parent's amounts after the lag, then a person", () => {
    const wish = row("authorization_reversal", 400n);
    const flying = underway(authorized(), wish);
    const { effectId } = claimEffect(flying, wish);
    const empty = happens(flying, on(effectId, "no_answer"), ...[16, 31].map((minute) => on(effectId, "found_nothing", { evidence: "detail", at: T0 + minute * MINUTE })));
    expect(stepFor(empty, effectId, 32)?.kind).toBe("prove_absent");
    expect(effectNow(happens(empty, on(effectId, "absent_proved", { evidence: "rule", at: T0 + 32 * MINUTE })), effectId).state).toBe("absent");
  });

  test("a capture whose authorization ends within a day is a person's business", () => {
    const wish = row("capture", 4_000n);
    const flying = underway(authorized(), wish);
    const { effectId } = claimEffect(flying, wish);
    const searched = happens(flying, on(effectId, "no_answer"), ...onSchedule(16).map((at) => on(effectId, "found_nothing", { evidence: "search", at })));
    expect(stepFor(searched, effectId, 6 * 24 * 60 + 1)).toEqual({ kind: "ask_operator", inMinutes: 6 * 24 * 60 });
  });

  test.each(["authorization", "sale"] as const)("%s: a person is asked on day 7", (operation) => {
    const { of, effect: unknown } = lost(operation);
    const searched = happens({ ...of, isToldApproved: true }, ...onSchedule(17).map((at) => on(unknown.effectId, "found_nothing", { evidence: "search", at })));
    const step = stepFor(searched, unknown.effectId, 7 * 24 * 60 + 1);
    expect(step?.kind).toBe("ask_operator");
    expect(step?.inMinutes).toBeCloseTo(7 * 24 * 60, 0);
  });

  test("found live on watch: a capture is voided, a refund waits for a person, and both count", () => {
    for (const [operation, undo] of [["capture", "void"], ["refund", undefined]] as const) {
      const { of, effect: unknown } = lost(operation);
      const gone = happens(of, on(unknown.effectId, "operator_decided", { evidence: "person", decidedState: "absent", at: T0 + DAY }));
      expect(stepFor(gone, unknown.effectId, 2 * 24 * 60)?.kind).toBe("watch");
      const found = on(unknown.effectId, "found_live", { evidence: "search", at: T0 + 2 * DAY, facts: { requestId: asRequestId("7000000000000000000088"), amount: usd(12_400n) } });
      expect(changesOf(gone, found)).toContainEqual({ type: "incident", kind: "found_live" });
      const after = happens(gone, found);
      expect(after.effects.slice(gone.effects.length).map((one) => one.kind)).toEqual(undo === undefined ? [] : [undo]);
      expect(effectNow(after, unknown.effectId).holds).toBe(true);
    }
  });
});

describe("§5 what a look proves of a change", () => {
  const foundAs = (of: Effect, more: Partial<Found> = {}): Found => ({
    requestId: "7000000000000000000077", merchantReference: of.attempts[0]?.merchantReference ?? "", merchantId: account().merchantId, kind: of.kind === "credit" ? "refund" : of.kind, amount: of.amount, verdict: "approved",
    settlement: "open", holds: false, isUndone: false, isReversed: false, facts: { requestId: asRequestId("7000000000000000000077"), amount: of.amount }, ...more,
  });
  const judge = (operation: Operation, found: (of: Effect) => readonly Found[], more: { readonly isComplete?: boolean; readonly atMinute?: number } = {}) => {
    const { of, effect: unknown } = lost(operation);
    return judgeChangeLook(of, unknown, { found: found(unknown), isComplete: more.isComplete ?? true, at: T0 + (more.atMinute ?? 20) * MINUTE }, RECOVERY_DEFAULTS);
  };
  test.each(["capture", "refund", "credit"] as const)("%s: the same reference, kind and amount is adopted; another amount or kind is an incident", (operation) => {
    expect(judge(operation, (of) => [foundAs(of)])).toMatchObject({ kind: "event", event: { kind: "found_approved" } });
    expect(judge(operation, (of) => [foundAs(of, { amount: usd(1n) })])).toMatchObject({ kind: "incident", why: "contradicts_intent", shown: { requestId: "7000000000000000000077" } });
    expect(judge(operation, (of) => [foundAs(of, { kind: "void" })])).toEqual({ kind: "incident", why: "contradicts_intent" });
    expect(judge(operation, (of) => [foundAs(of, { merchantId: "somebody" })])).toEqual({ kind: "incident", why: "contradicts_intent" });
  });
  test.each(["capture", "refund", "credit"] as const)("%s: voided, declined, twice there, not there, and not all to be seen", (operation) => {
    expect(judge(operation, (of) => [foundAs(of, { isUndone: true })])).toMatchObject({ event: { kind: "undone_proved" } });
    expect(judge(operation, (of) => [foundAs(of, { verdict: "declined" })])).toMatchObject({ event: { kind: "found_declined" } });
    expect(judge(operation, (of) => [foundAs(of), foundAs(of, { requestId: "7000000000000000000078" })])).toMatchObject({ surplus: [{ requestId: "7000000000000000000078" }] });
    expect(judge(operation, () => [])).toMatchObject({ event: { kind: "found_nothing" } });
    expect(judge(operation, () => [], { isComplete: false })).toEqual({ kind: "nothing" });
  });
  test("an increment: grown by exactly it, as it was, or by something else", () => {
    const parent = (minor: bigint) => (of: Effect): readonly Found[] => [foundAs(of, { requestId: parentRequestId, kind: "authorization", merchantReference: "REF-claim-1", authorized: usd(minor) })];
    expect(judge("incremental_authorization", parent(14_400n))).toMatchObject({ event: { kind: "found_approved", facts: { amount: usd(14_400n) } } });
    expect(judge("incremental_authorization", parent(12_400n))).toMatchObject({ event: { kind: "found_nothing" } });
    expect(judge("incremental_authorization", parent(13_000n))).toEqual({ kind: "incident", why: "contradicts_intent" });
  });
  // Used up by a part that took the rest with it, it is called reversed; used up and lapsed since, missing.
  test.each(["EXCEEDS_AUTH_AMOUNT", "AUTH_ALREADY_REVERSED", "MISSING_AUTH"])("a capture that is sent again and refused as used up (%s) was carried out the first time: an empty look does not settle it, a find does", (reason) => {
    const { of, effect: flying } = sent("capture");
    const again = happens(of, on(flying.effectId, "no_answer", { at: T0 }), on(flying.effectId, "absent_proved", { evidence: "rule", at: T0 + 70 * MINUTE }));
    const twice = effectNow(again, flying.effectId);
    const refused = happens(again, on(flying.effectId, "send", { evidence: "rule", at: T0 + 71 * MINUTE, attempt: 2, signatureExpiresAt: T0 + 73 * MINUTE }), on(flying.effectId, "refused_pending_look", { reason, at: T0 + 71 * MINUTE, attempt: 2 }));
    const look = (found: readonly Found[]) => judgeChangeLook(refused, effectNow(refused, flying.effectId), { found, isComplete: true, at: T0 + 80 * MINUTE }, RECOVERY_DEFAULTS);
    expect(twice.attempts).toHaveLength(2);
    expect(look([])).toMatchObject({ event: { kind: "found_nothing" } });
    expect(look([foundAs(effectNow(refused, flying.effectId))])).toMatchObject({ event: { kind: "found_approved" } });
  });
  test("after a refusal nothing found settles it; after one that may have been executed only two looks after the lag do", () => {
    const { of, effect: flying } = sent("refund");
    const refusedFor = (kind: EffectEvent["kind"], reason: string) => happens(of, on(flying.effectId, kind, { reason, at: T0 + 3_000 }));
    const look = (current: Intent, minute: number) => judgeChangeLook(current, effectNow(current, flying.effectId), { found: [], isComplete: true, at: T0 + minute * MINUTE }, RECOVERY_DEFAULTS);
    expect(look(refusedFor("refused_pending_look", "CAPTURE_ALREADY_VOIDED"), 16)).toMatchObject({ event: { kind: "found_refused", reason: "CAPTURE_ALREADY_VOIDED" } });
    const busy = refusedFor("refused_transient", "TOO_MANY_REQUESTS");
    expect(look(busy, 16)).toMatchObject({ event: { kind: "found_nothing" } });
    const twice = happens(busy, ...[0.1, 2, 5, 15, 16].map((minute) => on(flying.effectId, "found_nothing", { evidence: "search", at: T0 + minute * MINUTE })));
    expect(look(twice, 30)).toMatchObject({ event: { kind: "not_executed" } });
    expect(effectNow(happens(twice, on(flying.effectId, "not_executed", { evidence: "search", at: T0 + 30 * MINUTE })), flying.effectId)).toMatchObject({ state: "planned", attempts: [{ attempt: 1 }, { attempt: 2 }] });
  });
});

test.each([["TOO_MANY_REQUESTS", undefined, 10_000], ["TOO_MANY_REQUESTS", 60_000, 60_000], ["PROCESSOR_UNAVAILABLE", 120_000, 120_000]] as const)("a payment refused with %s (again after %p ms) is looked for first, after %i ms, and sent again only when it is not there", (reason, retryAfterMs, waitsMs) => {
  const { of, effect: flying } = sent("sale");
  const refused = happens(of, on(flying.effectId, "refused_transient", { reason, retryAfterMs, at: T0 }));
  expect(effectNow(refused, flying.effectId)).toMatchObject({ state: "unknown", nextLookAt: T0 + waitsMs, attempts: [{ attempt: 1 }] });
  const at = T0 + waitsMs;
  expect(effectNow(happens(refused, on(flying.effectId, "not_executed", { evidence: "search", at })), flying.effectId)).toMatchObject({ state: "planned", retryAt: at, attempts: [{ attempt: 1 }, { attempt: 2 }] });
  expect(effectNow(happens(refused, on(flying.effectId, "found_approved", { evidence: "search", at })), flying.effectId)).toMatchObject({ state: "approved", attempts: [{ attempt: 1 }] });
});

test.each(["TOO_MANY_REQUESTS", "PROCESSOR_UNAVAILABLE"])("a payment that a notification has made unknown, and then its own late %s, is looked for like one that was only sent", (reason) => {
  const { of, effect: flying } = sent("sale");
  const late = happens(of, on(flying.effectId, "crash", { evidence: "rule", at: T0 }), on(flying.effectId, "refused_transient", { reason, at: T0 + 1_000 }));
  expect(effectNow(late, flying.effectId)).toMatchObject({ state: "unknown", refusal: { reason, isTransient: true }, nextLookAt: T0 + 11_000 });
});

describe("§6 restored, copied, doubled", () => {
  const claim = intent(effect("sent"));
  const { effectId } = mainEffect(claim);
  const looked = happens(claim, on(effectId, "refused_transient", { reason: "PROCESSOR_UNAVAILABLE", retryAfterMs: 2 * MINUTE }));
  test("a transient refusal that is looked for in time and not found is sent again as the next attempt", () => {
    expect(effectNow(happens(looked, on(effectId, "not_executed", { evidence: "search", at: T0 + 3 * MINUTE })), effectId)).toMatchObject({ state: "planned", attempts: [{ attempt: 1 }, { attempt: 2 }] });
  });
  test("looked for long after it was due, it is not sent again: a lost ledger may have sent the next attempt", () => {
    const after = effectNow(happens(looked, on(effectId, "not_executed", { evidence: "search", at: T0 + 12 * MINUTE })), effectId);
    expect(after).toMatchObject({ state: "unknown", refusal: undefined, looks: { count: 0, emptyCount: 0 } });
    expect(after.attempts.map((attempt) => attempt.attempt)).toEqual([1, 2, 3, 4, 5]);
    expect(after.attempts[0]).toEqual(mainEffect(claim).attempts[0]);
  });
  test("money out, an increment and a capture wait for their look, and a late one does not send them again either", () => {
    const { of, effect: flying } = sent("refund");
    const busy = happens(of, on(flying.effectId, "refused_transient", { reason: "TOO_MANY_REQUESTS", at: T0 + 3_000 }));
    expect(effectNow(happens(busy, on(flying.effectId, "found_nothing", { evidence: "search", at: T0 + 16 * MINUTE })), flying.effectId)).toMatchObject({ state: "unknown", refusal: undefined, attempts: { length: 5 } });
  });
  test.each([["owner_gone", "planned", 3], ["crash", "sent", 8]] as const)("%s in %s, long overdue: every id it may have had is looked for", (kind, state, minutes) => {
    const of = intent(effect(state));
    expect(effectNow(happens(of, on(effectId, kind, { evidence: "rule", at: T0 + minutes * MINUTE })), effectId)).toMatchObject({ state: "unknown", attempts: { length: 5 } });
  });
  test("a crash that is noted in time is looked for by what was sent", () => {
    expect(effectNow(happens(claim, on(effectId, "crash", { evidence: "rule", at: T0 + 1.1 * MINUTE })), effectId).attempts).toHaveLength(1);
  });
  test.each(["capture", "incremental_authorization", "refund", "credit"] as const)("a %s that another ledger claimed is unknown and looked for by every id it may have had", (action) => {
    const wish = row(action, 2_000n, { isForeign: true });
    const of = claimed(action === "capture" || action === "incremental_authorization" ? authorized() : sold(), wish);
    const { effectId } = claimEffect(of, wish);
    expect(stepFor(of, effectId, 1)?.kind).toBe("adopt_command");
    const adopted = happens(of, on(effectId, "foreign_claim", { evidence: "rule" }));
    expect(effectNow(adopted, effectId)).toMatchObject({ state: "unknown", attempts: [{ attempt: 1 }, { attempt: 2 }, { attempt: 3 }, { attempt: 4 }, { attempt: 5 }] });
    expect(stepFor(adopted, effectId, 1)?.kind).toBe("look");
  });

  test("a payment withdrawn before its row was read waits for whose claim stands there: another's is looked for, its own ends", () => {
    const off = happens(intent(effect("claiming")), event("withdrawn", { evidence: "person" }));
    expect(off).toMatchObject({ deal: "withdrawn", effects: [{ state: "claiming" }] });
    const foreign = happens(off, event("foreign_claim", { evidence: "rule" }));
    expect(foreign).toMatchObject({ deal: "withdrawn", effects: [{ state: "unknown" }] });
    expect(stepFor(foreign, mainEffect(foreign).effectId, 1)?.kind).toBe("look");
    expect(happens(off, event("read_ok", { evidence: "rule" })).effects).toMatchObject([{ state: "withdrawn", reason: "request_withdrawn", attempts: [] }]);
    expect(happens(off, event("withdrawn", { evidence: "rule" })).effects).toMatchObject([{ state: "withdrawn" }]);
  });

  test("a change that another ledger claimed is looked for, withdrawn or not", () => {
    const wish = row("capture", 2_000n, { isForeign: true });
    const of = claimed(authorized(), wish);
    const { effectId } = claimEffect(of, wish);
    const off = withdrawn(of, effectId);
    expect(off.commands).toMatchObject([{ deal: "withdrawn" }]);
    expect(stepFor(off, effectId, 6)?.kind).toBe("adopt_command");
    expect(effectNow(happens(off, on(effectId, "foreign_claim", { evidence: "rule" })), effectId).state).toBe("unknown");
  });

  test("and what is newer waits until it is known", () => {
    const [foreign, newer] = [row("capture", 2_000n, { isForeign: true }), row("capture", 2_000n)];
    const of = claimed(claimed(authorized(), foreign), newer);
    expect(stepFor(of, claimEffect(of, newer).effectId, 1)?.kind).toBe("expire_command");
  });
});
