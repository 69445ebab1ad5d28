// "What happened to this payment": its events, calls, writes, deliveries and people's decisions in one list, oldest first. Text for a reader,
// the same as JSON for a file. Nothing is in here that the ledger does not show: no body, no header, no name, no number of a card.
import { toDecimalText } from "../money.ts";
import type { EffectEvent } from "../payment/events.ts";
import { findEffect, type Intent } from "../payment/intent.ts";
import { toIsoText, type Instant } from "../time.ts";
import { EVENT_TEXT } from "./event-text.ts";
import type { Happenings, TrailEntry, TrailSource } from "./trail.ts";

export interface TimelineLine {
  readonly at: string;
  readonly source: TrailSource;
  /** What happened, as a word: of an event its kind, of the trail its own. */
  readonly what: string;
  /** To what: kind of effect, of request, of delivery, of row. */
  readonly kind?: string | undefined;
  readonly answer?: string | undefined;
  readonly reason?: string | undefined;
  /** All of it as a sentence. */
  readonly text: string;
  readonly detail: Readonly<Record<string, string | number>>;
}

export interface Timeline {
  readonly organizationId: string;
  readonly paymentRequestId: string;
  readonly paymentId: string;
  readonly document: string | undefined;
  readonly amount: string | undefined;
  readonly lines: readonly TimelineLine[];
}

export interface TimelineInput extends Happenings {
  readonly intent: Intent;
}

/** The whole story of one payment. */
export function buildTimeline({ intent, events, trail }: TimelineInput): Timeline {
  const lines = [...claims(intent), ...events.map((event, index) => eventLine(intent, event, index)), ...trail.filter((entry) => !isAskedHere(intent, entry)).map((entry) => trailLine(entry, events))];
  const { command } = intent;
  return {
    organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, paymentId: intent.paymentId, document: command?.documentNumber,
    amount: command === undefined ? undefined : `${toDecimalText(command.amount)} ${command.amount.currency}`,
    lines: lines.toSorted((left, right) => left.order - right.order || left.rank - right.rank).map(({ line }) => line),
  };
}

interface Ordered {
  readonly order: Instant;
  /** Among what happened at one moment. */
  readonly rank: number;
  readonly line: TimelineLine;
}

function claims(intent: Intent): readonly Ordered[] {
  const founding: Ordered = { order: intent.claimedAt, rank: -1, line: { at: toIsoText(intent.claimedAt), source: "relay", what: "claimed", text: `Request ${intent.command?.requestName ?? intent.paymentRequestId} was claimed.`, detail: compact({ paymentRequestId: intent.paymentRequestId, name: intent.command?.requestName }) } };
  return [founding, ...intent.commands.map((command): Ordered => ({
    order: command.claimedAt, rank: -1,
    line: {
      at: toIsoText(command.claimedAt), source: "relay", what: "asked", kind: command.action, text: `${command.name === "" ? command.commandId : command.name} asked for ${command.action.replaceAll("_", " ")} of ${toDecimalText(command.amount)} ${command.amount.currency}.`,
      detail: { commandId: command.commandId, userId: command.author.userId, name: command.name, amount: `${toDecimalText(command.amount)} ${command.amount.currency}` },
    },
  }))];
}

const compact = (detail: Readonly<Record<string, string | number | undefined>>): Readonly<Record<string, string | number>> =>
  Object.fromEntries(Object.entries(detail).filter((entry): entry is [string, string | number] => entry[1] !== undefined));

function eventLine(intent: Intent, event: EffectEvent, index: number): Ordered {
  const effect = findEffect(intent, event.effectId);
  const attempt = effect?.attempts.find((one) => one.attempt === event.attempt);
  const amount = event.facts?.amount;
  const source: TrailSource = event.evidence === "person" ? "person" : event.evidence === "webhook" ? "webhook" : "relay";
  return {
    order: event.at, rank: index,
    line: {
      at: toIsoText(event.at), source, what: event.kind, kind: effect?.kind, reason: event.reason, text: `${effect?.kind.replaceAll("_", " ") ?? "effect"}: ${EVENT_TEXT[event.kind]}${event.reason === undefined ? "" : ` (${event.reason})`}.`,
      detail: compact({
        effectId: event.effectId, attempt: event.attempt === 0 ? undefined : event.attempt, evidence: event.evidence, merchantReference: attempt?.merchantReference, requestId: event.facts?.requestId,
        amount: amount === undefined ? undefined : `${toDecimalText(amount)} ${amount.currency}`,
      }),
    },
  };
}

/** What the trail tells, beside the events. */
export const TRAIL_TEXT: Readonly<Record<string, string>> = {
  called: "Cybersource was called", projected: "Rows were written to Dataverse", duplicate_ignored: "A repeated delivery was ignored", received: "A delivery arrived", business_event: "A business event asked for a request row",
  told: "Somebody was told", invoice_paid: "The invoice was set to paid", refund_approved: "A second person approved", refund_rejected: "A second person rejected", approval_does_not_count: "An approval did not count",
  dispute_opened: "The bank's report named a dispute", dispute_won: "The dispute was decided in our favour", operator_decided: "An operator decided", operator_decision_does_not_count: "An operator's decision did not count",
  restored: "Rows that somebody else had changed were put right", left_as_it_is: "Rows that somebody else had changed were left until the payment has been found out", invoice_not_paid: "The invoice could not be set to paid", not_told: "Somebody could not be told", request_not_made: "A request row could not be made", recalled: "What an earlier ledger told was taken over", request_made: "A request row was made", asked: "Asked for",
};

/** A lost ledger told it, and this one has taken it up since. */
const isAskedHere = (intent: Intent, { what, name }: TrailEntry): boolean => what === "asked" && intent.commands.some((command) => command.name === name);

/** Of a ledger that was lost: its events are told by its trail. */
const EVENTS: Readonly<Record<string, string | undefined>> = EVENT_TEXT;

/** A call is noted together with the event that its answer is, and comes before it; anything else comes after the events of its moment. */
function rankOf({ at, what, effectId }: TrailEntry, events: readonly EffectEvent[]): number {
  const answer = what === "called" ? events.findLastIndex((event) => event.at === at && event.effectId === effectId && event.kind !== "send") : -1;
  return answer === -1 ? events.length : answer - 0.5;
}

function trailLine(entry: TrailEntry, events: readonly EffectEvent[]): Ordered {
  const { organizationId: _organization, paymentRequestId: _request, at, source, what, ...rest } = entry;
  const words = [rest.kind?.replaceAll("_", " "), rest.answer === undefined ? undefined : `→ ${rest.answer.replaceAll("_", " ")}`, rest.reason === undefined ? undefined : `(${rest.reason})`].filter((word) => word !== undefined);
  return { order: at, rank: rankOf(entry, events), line: { at: toIsoText(at), source, what, kind: rest.kind, answer: rest.answer, reason: rest.reason, text: `${[TRAIL_TEXT[what] ?? EVENTS[what] ?? what.replaceAll("_", " "), ...words].join(" ")}.`, detail: compact(rest) } };
}

/** One line a happening, for a terminal or a text file. */
export function toTimelineText(timeline: Timeline): string {
  const head = `Payment ${timeline.paymentId}${timeline.document === undefined ? "" : ` for ${timeline.document}`}${timeline.amount === undefined ? "" : `, ${timeline.amount}`}`;
  const width = Math.max(0, ...timeline.lines.map((line) => line.source.length));
  const lines = timeline.lines.map((line) => `${line.at}  ${line.source.padEnd(width)}  ${line.text}${detailText(line.detail)}`);
  return `${[head, ...lines].join("\n")}\n`;
}

const SHOWN = ["attempt", "merchantReference", "requestId", "amount", "durationMs", "revision"];
function detailText(detail: TimelineLine["detail"]): string {
  const shown = SHOWN.filter((name) => detail[name] !== undefined).map((name) => `${name}=${String(detail[name])}`);
  return shown.length === 0 ? "" : `  [${shown.join(" ")}]`;
}
