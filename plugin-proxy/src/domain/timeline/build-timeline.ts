// "What happened to this payment": its events, calls, writes, deliveries and people's decisions in one list, oldest first. Text for a reader,
// the same as JSON for a file. Nothing is in here that the ledger does not show: no body, no header, no name, no number of a card.
import { toDecimalText } from "../money.ts";
import type { EffectEvent } from "../payment/events.ts";
import { findEffect, type Intent } from "../payment/intent.ts";
import { toIsoText, type Instant } from "../time.ts";
import type { TrailEntry, TrailSource } from "./trail.ts";

export interface TimelineLine {
  readonly at: string;
  readonly source: TrailSource;
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

export interface TimelineInput {
  readonly intent: Intent;
  readonly events: readonly EffectEvent[];
  readonly trail: readonly TrailEntry[];
}

/** The whole story of one payment. */
export function buildTimeline({ intent, events, trail }: TimelineInput): Timeline {
  const lines = [...claims(intent), ...events.map((event) => eventLine(intent, event)), ...trail.map(trailLine)];
  const { command } = intent;
  return {
    organizationId: intent.organizationId, paymentRequestId: intent.paymentRequestId, paymentId: intent.paymentId, document: command?.documentNumber,
    amount: command === undefined ? undefined : `${toDecimalText(command.amount)} ${command.amount.currency}`,
    lines: lines.toSorted((left, right) => left.order - right.order).map(({ line }) => line),
  };
}

interface Ordered { readonly order: Instant; readonly line: TimelineLine }

function claims(intent: Intent): readonly Ordered[] {
  const founding: Ordered = { order: intent.claimedAt, line: { at: toIsoText(intent.claimedAt), source: "relay", text: `Request ${intent.command?.requestName ?? intent.paymentRequestId} was claimed.`, detail: { paymentRequestId: intent.paymentRequestId } } };
  return [founding, ...intent.commands.map((command): Ordered => ({
    order: command.claimedAt,
    line: {
      at: toIsoText(command.claimedAt), source: "relay", text: `${command.name === "" ? command.commandId : command.name} asked for ${command.action.replaceAll("_", " ")} of ${toDecimalText(command.amount)} ${command.amount.currency}.`,
      detail: { commandId: command.commandId, userId: command.author.userId },
    },
  }))];
}

const compact = (detail: Readonly<Record<string, string | number | undefined>>): Readonly<Record<string, string | number>> =>
  Object.fromEntries(Object.entries(detail).filter((entry): entry is [string, string | number] => entry[1] !== undefined));

function eventLine(intent: Intent, event: EffectEvent): Ordered {
  const effect = findEffect(intent, event.effectId);
  const attempt = effect?.attempts.find((one) => one.attempt === event.attempt);
  const amount = event.facts?.amount;
  const source: TrailSource = event.evidence === "person" ? "person" : event.evidence === "webhook" ? "webhook" : "relay";
  return {
    order: event.at,
    line: {
      at: toIsoText(event.at), source, text: `${effect?.kind.replaceAll("_", " ") ?? "effect"}: ${event.kind.replaceAll("_", " ")}${event.reason === undefined ? "" : ` (${event.reason})`}.`,
      detail: compact({
        effectId: event.effectId, attempt: event.attempt === 0 ? undefined : event.attempt, evidence: event.evidence, merchantReference: attempt?.merchantReference, requestId: event.facts?.requestId,
        amount: amount === undefined ? undefined : `${toDecimalText(amount)} ${amount.currency}`,
      }),
    },
  };
}

const TRAIL_TEXT: Readonly<Record<string, string>> = {
  called: "Cybersource was called", projected: "Rows were written to Dataverse", duplicate_ignored: "A repeated delivery was ignored", received: "A delivery arrived", business_event: "A business event asked for a request row",
  told: "Somebody was told", invoice_paid: "The invoice was set to paid", refund_approved: "A second person approved", refund_rejected: "A second person rejected", approval_does_not_count: "An approval did not count",
  dispute_opened: "The bank's report named a dispute", dispute_won: "The dispute was decided in our favour", operator_decided: "An operator decided", operator_decision_does_not_count: "An operator's decision did not count",
};

function trailLine({ organizationId: _organization, paymentRequestId: _request, at, source, what, ...rest }: TrailEntry): Ordered {
  const words = [rest.kind?.replaceAll("_", " "), rest.answer === undefined ? undefined : `→ ${rest.answer.replaceAll("_", " ")}`, rest.reason === undefined ? undefined : `(${rest.reason})`].filter((word) => word !== undefined);
  return { order: at, line: { at: toIsoText(at), source, text: `${[TRAIL_TEXT[what] ?? what.replaceAll("_", " "), ...words].join(" ")}.`, detail: compact(rest) } };
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
