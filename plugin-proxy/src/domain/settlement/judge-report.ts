// What a line of a day's report means for a payment, and what it means that a payment is in none (recovery rules §3 rows 16 and 17, §4 refund, §5).
// A report moves nothing by itself: it makes the relay look, except that settled is noted, and a rejection counts once the look does not contradict it.
import type { EffectId, RequestId } from "../ids.ts";
import { isSameMoney, type Money } from "../money.ts";
import { batchClosesAt } from "../payment/batch-window.ts";
import { isMoneyOut, isRunning, isTaken, isUndo, type Effect } from "../payment/effect.ts";
import type { EffectEvent } from "../payment/events.ts";
import { disputesOf, firstSentAt, type HeardDispute, type Intent } from "../payment/intent.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, type Instant } from "../time.ts";
import type { DisputeLine, ReportDay, ReportReading, SettlementLine } from "./day-report.ts";

export type LineVerdict =
  | { readonly kind: "nothing" }
  /** Unknown or on watch, and named by a report: look now. */
  | { readonly kind: "look"; readonly effect: Effect }
  | { readonly kind: "settled"; readonly effect: Effect }
  /** Turned down at settlement: once a look does not contradict it. */
  | { readonly kind: "rejected"; readonly effect: Effect }
  /** Only an alarm: a person compares. */
  | { readonly kind: "contradiction"; readonly effect: Effect };

const NOTHING: LineVerdict = { kind: "nothing" };
/** The part of our references that no processor cuts (recovery rules §1). */
export const REFERENCE_LENGTH_MIN = 15;

/** By Cybersource's id first; by our reference, whole or cut, where no effect carries that id. */
export function effectOfLine(intent: Intent, line: Pick<SettlementLine, "requestId" | "merchantReference">): Effect | undefined {
  const byId = intent.effects.find((effect) => effect.facts?.requestId === line.requestId && line.requestId !== "");
  if (byId !== undefined || line.merchantReference.length < REFERENCE_LENGTH_MIN) return byId;
  return intent.effects.find((effect) => effect.attempts.some((attempt) => attempt.merchantReference === line.merchantReference))
    ?? onlyOne(intent.effects.filter((effect) => effect.attempts.some((attempt) => attempt.merchantReference.startsWith(line.merchantReference))));
}

const onlyOne = (effects: readonly Effect[]): Effect | undefined => (effects.length === 1 ? effects[0] : undefined);

/** What a settlement line asks for. */
export function judgeSettlement(intent: Intent, line: SettlementLine): LineVerdict {
  const effect = effectOfLine(intent, line);
  if (effect === undefined || line.outcome === "unclear") return NOTHING;
  if (effect.state === "unknown" || isWatched(effect)) return { kind: "look", effect };
  // What is on its way has its own answer to come, and is looked for without one.
  if (isRunning(effect) || isUndo(effect)) return NOTHING;
  if (effect.state === "approved") return judgeApproved(effect, line);
  const isKnownRejection = line.outcome === "rejected" && effect.state === "refused";
  return isKnownRejection || effect.facts?.requestId !== line.requestId ? NOTHING : { kind: "contradiction", effect };
}

/** Settled is noted of money out alone; turned down may be what went out and what was taken. */
function judgeApproved(effect: Effect, line: SettlementLine): LineVerdict {
  const amount = effect.facts?.amount ?? effect.amount;
  if (isOther(amount, line.amount)) return { kind: "contradiction", effect };
  if (line.outcome === "rejected") return isMoneyOut(effect) || isTaken(effect) ? { kind: "rejected", effect } : { kind: "contradiction", effect };
  return isMoneyOut(effect) && line.outcome === "settled" && effect.isSettled !== true ? { kind: "settled", effect } : NOTHING;
}

const isOther = (ours: Money | undefined, theirs: Money | undefined): boolean => ours !== undefined && theirs !== undefined && !isSameMoney(ours, theirs);
const isWatched = (effect: Effect): boolean => effect.watchUntil !== undefined && (effect.state === "absent" || effect.state === "undone");

/** A clock that is off, or a call that took long, may put an attempt into the batch after the one of its first send. */
const SENT_SKEW_MS = 10 * MINUTE_MS;
/** How long after its cut-off a batch may be submitted. */
const SUBMISSION_MS = 6 * HOUR_MS;

/** From when on a report that is without an effect says anything: its batch has been submitted by then. */
export function submittedBy(intent: Intent, effect: Effect): Instant {
  const sentAt = Math.max(firstSentAt(intent, effect), ...effect.attempts.map((attempt) => attempt.sentAt ?? 0));
  return batchClosesAt(intent.command?.merchantAccount ?? {}, sentAt + SENT_SKEW_MS) + SUBMISSION_MS;
}

const isWeekend = (day: ReportDay): boolean => [0, 6].includes(new Date(day.from).getUTCDay());

/**
 * The captures, refunds and credits without an answer that a day's report should have named and has not (recovery rules §5: a partial capture
 * needs its day's report, money out those of two business days). Counts only where no day since the send was left out.
 */
export function missingInReport(intent: Intent, read: { readonly day: ReportDay; readonly reading: ReportReading; readonly at: Instant }): readonly EffectEvent[] {
  const { day, reading, at } = read;
  return intent.effects.flatMap((effect): readonly EffectEvent[] => {
    const isAsked = effect.state === "unknown" && effect.reportedAs === undefined && !isUndo(effect) && (effect.kind === "capture" || isMoneyOut(effect));
    if (!isAsked || day.to <= submittedBy(intent, effect) || firstSentAt(intent, effect) < reading.readFrom) return [];
    if (isMoneyOut(effect) && isWeekend(day)) return [];
    return [{ kind: "not_in_report", effectId: effect.effectId, attempt: effect.attempts.length, evidence: "report", at, reportUntil: day.to }];
  });
}

/** A report has named it without an answer: it is looked for by that id as well, and no report without it proves anything. */
export function withNamed(intent: Intent, { effectId, requestId }: { readonly effectId: EffectId; readonly requestId: RequestId }): Intent {
  const effect = intent.effects.find((one) => one.effectId === effectId);
  if (effect === undefined || requestId === "" || effect.reportedAs === requestId) return intent;
  return { ...intent, revision: intent.revision + 1, effects: intent.effects.map((one) => (one === effect ? { ...one, reportedAs: requestId } : one)) };
}

/** Two business days' reports, and looks a day apart, have not shown it (recovery rules §5, refund and credit). */
export const isMissingForPerson = ({ looks, reportedAs }: Effect): boolean =>
  reportedAs === undefined && (looks.reportsWithout ?? 0) >= 2 && looks.firstEmptyAt !== undefined && looks.lastEmptyAt !== undefined && looks.lastEmptyAt - looks.firstEmptyAt >= DAY_MS;

/** The payment under dispute, or no longer; undefined when the line is about nothing of it, or no newer than what was heard of that transaction (days are read twice). */
export function withDispute(intent: Intent, line: DisputeLine): Intent | undefined {
  const effect = effectOfLine(intent, line);
  const heard = disputesOf(intent);
  const isSame = (one: HeardDispute): boolean => one.effectId === undefined || one.effectId === effect?.effectId;
  if (effect === undefined || heard.some((one) => isSame(one) && line.at <= one.at)) return undefined;
  const { isDisputed: _disputed, disputeDueAt: _due, disputeHeardAt: _heard, ...rest } = intent;
  // One that is won says nothing of another: two captures of a payment may both be disputed.
  const disputes = [...heard.filter((one) => !isSame(one)), { effectId: effect.effectId, at: line.at, isOpen: !line.isWon, dueAt: line.responseDueAt }];
  const open = disputes.filter((one) => one.isOpen);
  const dueAt = open.map((one) => one.dueAt).filter((at) => at !== undefined).sort((left, right) => left - right)[0];
  return { ...rest, disputes, revision: intent.revision + 1, ...(open.length === 0 ? {} : { isDisputed: true as const }), ...(dueAt === undefined ? {} : { disputeDueAt: dueAt }) };
}
