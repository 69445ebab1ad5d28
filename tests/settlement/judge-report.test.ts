// What a line of a day's report means for a payment, and what silence means (recovery rules §3 rows 16 and 17, §4 refund, §5).
import { describe, expect, test } from "@jest/globals";
import { asMerchantReference, asRequestId, asTransactionId } from "../../plugin-proxy/src/domain/ids.ts";
import { tasksFor } from "../../plugin-proxy/src/domain/notify/notices.ts";
import { judgeOperatorDecision } from "../../plugin-proxy/src/domain/operator/operator-decision.ts";
import { decide } from "../../plugin-proxy/src/domain/payment/decide.ts";
import { derivePaymentStatus } from "../../plugin-proxy/src/domain/payment/derive-status.ts";
import { deriveSums } from "../../plugin-proxy/src/domain/payment/derive-sums.ts";
import type { Effect, EffectState } from "../../plugin-proxy/src/domain/payment/effect.ts";
import { freeToRefund } from "../../plugin-proxy/src/domain/payment/free-amounts.ts";
import { findEffect, mainEffect, type Intent } from "../../plugin-proxy/src/domain/payment/intent.ts";
import { planChange } from "../../plugin-proxy/src/domain/payment/plan-change.ts";
import { againDayOf, nextDayOf, startOfDay, type DisputeLine, type ReportReading, type SettlementLine, type SettlementOutcome } from "../../plugin-proxy/src/domain/settlement/day-report.ts";
import { isMissingForPerson, judgeSettlement, missingInReport, submittedBy, withDispute, withNamed } from "../../plugin-proxy/src/domain/settlement/judge-report.ts";
import { able, authorized, claimEffect, claimed, decided, done, happens, on, row, settlementOf, sold, stepFor, underway } from "../support/changes.ts";
import { context, T0, usd } from "../support/intents.ts";

const DAY = 86_400_000;
const HOUR = 3_600_000;
const REFUND = asRequestId("7000000000000000000012");
const wish = row("refund", 2_000n);
const flying = underway(sold(), wish, { settlement: "closed" });
const { effectId } = claimEffect(flying, wish);
const refunded = happens(flying, on(effectId, "approved", { facts: { requestId: REFUND, amount: usd(2_000n) } }));
const line = (outcome: SettlementOutcome, more: Partial<SettlementLine> = {}): SettlementLine => ({ requestId: REFUND, merchantReference: "", amount: usd(2_000n), outcome, ...more });
const in_ = (state: EffectState, more: Partial<Effect> = {}): Intent => ({ ...refunded, effects: refunded.effects.map((effect) => (effect.effectId === effectId ? { ...effect, state, ...more } : effect)) });

describe("a line about a refund", () => {
  test.each<[string, Intent, SettlementLine, string]>([
    ["that is approved: submitted tells nothing new", refunded, line("submitted"), "nothing"],
    ["that is approved: settled is noted", refunded, line("settled"), "settled"],
    ["that is settled already: once is enough", in_("approved", { isSettled: true }), line("settled"), "nothing"],
    ["that is approved: turned down", refunded, line("rejected"), "rejected"],
    ["that is approved, of another amount: a person compares", refunded, line("rejected", { amount: usd(1n) }), "contradiction"],
    ["by a word nobody knows", refunded, line("unclear"), "nothing"],
    ["without an answer: looked for now", in_("unknown"), line("submitted"), "look"],
    ["on its way: its own answer is still to come", in_("sent"), line("submitted"), "nothing"],
    ["declared absent, on watch: looked for now", in_("absent", { watchUntil: T0 + 7 * DAY }), line("submitted"), "look"],
    ["that was refused, and is named all the same", in_("refused"), line("submitted"), "contradiction"],
    ["that was turned down already", in_("refused"), line("rejected"), "nothing"],
    ["of somebody else", refunded, line("rejected", { requestId: asRequestId("1"), merchantReference: "ANOTHERS-REFERENCE" }), "nothing"],
  ])("%s", (_what, of, said, verdict) => { expect(judgeSettlement(of, said).kind).toBe(verdict); });

  test("is found by a reference that the processor has cut, when only one effect begins so, and never by less than 15 characters", () => {
    const long = in_("unknown", { facts: undefined, attempts: [{ attempt: 1, merchantReference: asMerchantReference("ABCDEFGHJKLMNPQR-R1"), transactionId: asTransactionId("TX") }] });
    const cut = (merchantReference: string) => judgeSettlement(long, line("submitted", { requestId: asRequestId("9"), merchantReference })).kind;
    expect([cut("ABCDEFGHJKLMNPQR-R1"), cut("ABCDEFGHJKLMNPQ"), cut("ABCDEFGHJKLMNP")]).toEqual(["look", "look", "nothing"]);
  });

  test("a sale that took its money may be turned down; an authorization has nothing to turn down", () => {
    const said = line("rejected", { requestId: asRequestId("7000000000000000000001"), amount: usd(12_400n) });
    expect([judgeSettlement(sold(), said).kind, judgeSettlement(authorized(), said).kind]).toEqual(["rejected", "contradiction"]);
  });
});

describe("settled and turned down", () => {
  const say = (kind: "settled" | "settlement_rejected") => on(effectId, kind, { evidence: "report", at: T0 + 2 * DAY });

  test("settled changes nothing but that", () => {
    const after = happens(refunded, say("settled"));
    expect(findEffect(after, effectId)).toEqual({ ...findEffect(refunded, effectId), isSettled: true });
    expect(happens(after, say("settled"))).toBe(after);
  });

  test("turned down: refused, an incident, and its amount is free to be given back again, also after it was called settled", () => {
    for (const before of [refunded, happens(refunded, say("settled"))]) {
      const after = happens(before, say("settlement_rejected"));
      expect(findEffect(after, effectId)).toMatchObject({ state: "refused", reason: "settlement_rejected", isSettled: undefined });
      expect([deriveSums(before).refunded, deriveSums(after).refunded]).toEqual([2_000n, 0n]);
      expect([freeToRefund(before, mainEffect(before)), freeToRefund(after, mainEffect(after))]).toEqual([10_400n, 12_400n]);
    }
  });

  const turnedDown = (of: Intent, id = mainEffect(of).effectId): Intent => happens(of, on(id, "settlement_rejected", { evidence: "report", at: T0 + 2 * DAY }));

  test("a sale turned down is out of the sums, and its payment is declined; told again, nothing changes", () => {
    const after = turnedDown(sold());
    expect([deriveSums(after), derivePaymentStatus(after)]).toMatchObject([{ authorized: 0n, captured: 0n, capturable: 0n, onHold: 0n }, "declined"]);
    expect(mainEffect(after)).toMatchObject({ state: "refused", reason: "turned_down_at_settlement", evidence: "report" });
    expect(turnedDown(after)).toBe(after);
  });

  test("a capture turned down is out of what was captured, and is neither held nor capturable; others stand", () => {
    const [first, second] = [row("capture", 4_000n), row("capture", 1_000n)];
    const both = done(done(authorized(), first), second);
    const after = turnedDown(both, claimEffect(both, first).effectId);
    expect(deriveSums(after)).toMatchObject({ authorized: 12_400n, captured: 1_000n, reversed: 4_000n, capturable: 7_400n });
  });

  test("money in is not noted as settled, and an authorization is not turned down", () => {
    const [sale, authorization] = [sold(), authorized()];
    expect(happens(sale, on(mainEffect(sale).effectId, "settled", { evidence: "report" }))).toBe(sale);
    expect(turnedDown(authorization)).toBe(authorization);
  });
});

describe("a report without it", () => {
  const part = row("capture", 4_000n);
  const capturing = underway(authorized(), part);
  const lostPart = happens(capturing, on(claimEffect(capturing, part).effectId, "no_answer", { at: T0 + 5_000 }));
  const lostRefund = happens(flying, on(effectId, "no_answer", { at: T0 + 5_000 }));
  // T0 is a Tuesday, 10:00 UTC; its batch closes at midnight UTC, and is submitted within hours.
  const reading: ReportReading = { readFrom: startOfDay(T0), readUntil: startOfDay(T0) };
  const dayAfter = (days: number) => ({ from: startOfDay(T0) + days * DAY, to: startOfDay(T0) + (days + 1) * DAY });
  const counts = (of: Intent, days: number, from = reading): number => missingInReport(of, { day: dayAfter(days), reading: from, at: T0 }).length;

  test("counts from the day on which its batch was submitted", () => {
    expect(submittedBy(lostPart, claimEffect(capturing, part))).toBe(startOfDay(T0) + DAY + 6 * HOUR);
    expect([0, 1, 2, 3].map((day) => counts(lostPart, day))).toEqual([0, 1, 1, 1]);
  });

  test("of money out only on business days", () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((day) => counts(lostRefund, day))).toEqual([0, 1, 1, 1, 0, 0, 1]);
  });

  test("proves nothing where a day since its send was left out", () => { expect(counts(lostPart, 2, { readFrom: startOfDay(T0) + DAY, readUntil: startOfDay(T0) + 2 * DAY })).toBe(0); });
  test("proves nothing of what an earlier day's report has named: it is there, whatever search shows", () => {
    const named = (of: Intent, wished: typeof wish): Intent => withNamed(of, { effectId: claimEffect(of, wished).effectId, requestId: REFUND });
    expect([counts(named(lostPart, part), 2), counts(named(lostRefund, wish), 2)]).toEqual([0, 0]);
    // What had been counted before it was named proves nothing any more, either.
    const looks = { count: 9, emptyCount: 9, reportsWithout: 2, firstEmptyAt: T0 + HOUR, lastEmptyAt: T0 + 30 * HOUR };
    const looked = (of: Intent): Intent => ({ ...of, effects: of.effects.map((effect) => (effect.state === "unknown" ? { ...effect, looks, nextLookAt: T0 + 80 * HOUR } : effect)) });
    const next = (of: Intent) => stepFor(looked(of), claimEffect(of, part).effectId, 78 * 60)?.kind;
    expect([next(lostPart), next(named(lostPart, part))]).toEqual(["prove_absent", "look"]);
    const isMissing = (of: Intent) => isMissingForPerson(claimEffect(looked(of), wish));
    expect([isMissing(lostRefund), isMissing(named(lostRefund, wish))]).toEqual([true, false]);
  });

  test("is nothing to what has an answer, and to money in", () => { expect([counts(refunded, 1), counts(happens(sold()), 1)]).toEqual([0, 0]); });

  test("counts once a day, and makes the relay look at once", () => {
    const id = claimEffect(capturing, part).effectId;
    const say = (day: number) => on(id, "not_in_report", { evidence: "report", at: T0 + (day + 1) * DAY, reportUntil: dayAfter(day).to });
    const once = happens(lostPart, say(1));
    expect(findEffect(once, id)).toMatchObject({ nextLookAt: T0 + 2 * DAY, looks: { reportsWithout: 1 } });
    expect(happens(once, say(1), say(0))).toBe(once);
    expect(findEffect(happens(once, say(2)), id)?.looks.reportsWithout).toBe(2);
  });

  test("two of them and looks a day apart let a person declare money out absent; before day 7 nothing else does", () => {
    const missing = (reports: number, hours: number, sentDaysAgo = 3) => {
      const effect: Effect = { ...claimEffect(lostRefund, wish), looks: { count: 9, emptyCount: 9, reportsWithout: reports, firstEmptyAt: T0, lastEmptyAt: T0 + hours * HOUR } };
      const decision = { decisionId: "d", verb: "declare_absent" as const, amountText: "20.00", note: "looked", author: { userId: "u", fullName: "Pia", isInteractivePerson: true }, createdOn: (effect.attempts[0]?.sentAt ?? 0) + sentDaysAgo * DAY };
      return { isMissing: isMissingForPerson(effect), step: judgeOperatorDecision(decision, effect, true) };
    };
    expect(missing(2, 24)).toMatchObject({ isMissing: true, step: { kind: "event", decidedState: "absent" } });
    for (const [reports, hours] of [[1, 24], [2, 23], [0, 48]] as const) expect(missing(reports, hours)).toMatchObject({ isMissing: false, step: { kind: "nothing", why: "reports_missing" } });
    expect(missing(0, 1, 7).step).toMatchObject({ kind: "event", decidedState: "absent" });
  });

  test("what was sent again after a person had declared it absent is nothing that he has looked for", () => {
    const { attempts: [first], ...effect } = claimEffect(lostRefund, wish);
    if (first?.sentAt === undefined) throw new Error("it was not sent");
    const decidedOn = first.sentAt + 8 * DAY;
    const decision = { decisionId: "d", verb: "declare_absent" as const, amountText: "20.00", note: "looked", author: { userId: "u", fullName: "Pia", isInteractivePerson: true }, createdOn: decidedOn };
    const sentAgainAt = (sentAt: number): Effect => ({ ...effect, attempts: [first, { ...first, attempt: 2, sentAt }] });
    expect(judgeOperatorDecision(decision, sentAgainAt(decidedOn + HOUR), true)).toMatchObject({ kind: "nothing", why: "sent_again" });
    expect(judgeOperatorDecision(decision, sentAgainAt(decidedOn - HOUR), true)).toMatchObject({ kind: "event", decidedState: "absent" });
  });
});

describe("a dispute", () => {
  const said = (day: number, more: Partial<DisputeLine> = {}): DisputeLine => ({ requestId: asRequestId("7000000000000000000001"), merchantReference: "", isWon: false, at: T0 + day * DAY, ...more });
  const refusal = (of: Intent) => { const asked = row("refund", 100n); return planChange(claimed(of, asked), asked, { settlement: settlementOf(of, "closed"), at: T0 + 9 * DAY }); };

  test("holds money back until it is won; a hold may still be let go", () => {
    const sale = sold(12_400n, able());
    const disputed = withDispute(sale, said(1, { responseDueAt: T0 + 20 * DAY }));
    expect(disputed).toMatchObject({ isDisputed: true, disputeDueAt: T0 + 20 * DAY, revision: sale.revision + 1 });
    expect(refusal(disputed ?? sale)).toEqual({ ok: false, error: "payment_disputed" });
    const won = withDispute(disputed ?? sale, said(9, { isWon: true }));
    expect(won?.isDisputed).toBeUndefined();
    expect(refusal(won ?? sale).ok).toBe(true);
  });

  test("an older line, read a second time, does not open it again", () => {
    const won = withDispute(withDispute(sold(), said(1)) ?? sold(), said(9, { isWon: true }));
    expect(withDispute(won ?? sold(), said(1))).toBeUndefined();
    expect(withDispute(won ?? sold(), said(12))).toMatchObject({ isDisputed: true });
  });

  test("that opens while a refund waits to be sent, or to be sent again, ends it; what is on the wire has its own answer to come", () => {
    const waiting = decided(sold(), wish, { settlement: "closed" });
    const disputed = withDispute(waiting, said(1)) ?? waiting;
    expect(stepFor(waiting, effectId, 0)?.kind).toBe("send");
    expect(stepFor(disputed, effectId, 0)?.kind).toBe("refuse_disputed");
    // Overdue, a ledger that is lost may have sent it: looked for.
    expect(stepFor(disputed, effectId, 60)?.kind).toBe("give_up_owner");
    // Told between the look at the payment and the send: the compare-and-set is lost.
    const send = on(effectId, "send", { evidence: "rule", signatureExpiresAt: T0 + 120_000 });
    expect([decide(waiting, send, context).ok, decide(disputed, send, context).ok]).toEqual([true, false]);
    const ended = happens(disputed, on(effectId, "refused_by_rule", { evidence: "rule", reason: "payment_disputed" }));
    expect(findEffect(ended, effectId)).toMatchObject({ state: "refused", reason: "payment_disputed" });
    expect(stepFor(withDispute(flying, said(1)) ?? flying, effectId, 0)?.kind).toBe("note_crash");
  });

  test("of one capture that is won leaves another's open, whichever the report names first", () => {
    const [first, second] = [row("capture", 4_000n), row("capture", 1_000n)];
    const both = done(done(authorized(), first), second);
    const about = (wish: typeof first, day: number, more: Partial<DisputeLine> = {}) => said(day, { requestId: claimEffect(both, wish).facts?.requestId ?? asRequestId(""), ...more });
    const hears = (...lines: readonly DisputeLine[]) => lines.reduce((of, one) => withDispute(of, one) ?? of, both);
    const [dueSoon, dueLater] = [T0 + 12 * DAY, T0 + 20 * DAY];
    const opened = hears(about(first, 1, { responseDueAt: dueLater }), about(second, 1, { responseDueAt: dueSoon }));
    expect(opened).toMatchObject({ isDisputed: true, disputeDueAt: dueSoon });
    expect(tasksFor(opened).map((task) => task.dueAt).toSorted((left, right) => left - right)).toEqual([dueSoon, dueLater]);
    expect(refusal(hears(about(first, 1), about(second, 2), about(first, 9, { isWon: true })))).toEqual({ ok: false, error: "payment_disputed" });
    expect(refusal(hears(about(first, 9, { isWon: true }), about(second, 2)))).toEqual({ ok: false, error: "payment_disputed" });
    expect(refusal(hears(about(first, 1), about(second, 2), about(first, 9, { isWon: true }), about(second, 9, { isWon: true }))).ok).toBe(true);
  });

  test("heard of by an older version is decided by the next line about the payment", () => {
    const older: Intent = { ...sold(), isDisputed: true, disputeDueAt: T0 + 20 * DAY, disputeHeardAt: T0 + DAY };
    expect(withDispute(older, said(1))).toBeUndefined();
    expect(tasksFor(older)).toMatchObject([{ key: `dispute ${older.paymentId} ${T0 + 20 * DAY}`, dueAt: T0 + 20 * DAY }]);
    expect(refusal(withDispute(older, said(9, { isWon: true })) ?? older).ok).toBe(true);
  });

  test("about somebody else's transaction changes nothing", () => { expect(withDispute(sold(), said(1, { requestId: asRequestId("5") }))).toBeUndefined(); });
});

test("days are read one after the other, and each again three days later, but never one from before the beginning", () => {
  const reading = { readFrom: 0, readUntil: 3 * DAY };
  expect(nextDayOf(reading)).toEqual({ from: 3 * DAY, to: 4 * DAY });
  expect(againDayOf(reading, nextDayOf(reading))).toEqual({ from: 0, to: DAY });
  expect(againDayOf({ ...reading, readFrom: DAY }, nextDayOf(reading))).toBeUndefined();
});
