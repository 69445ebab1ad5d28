// What a day's reports of a merchant account say, in our words, and which days are to be read. Days are UTC days of submission to the processor:
// one account may close its batches in any time zone, and a batch is submitted after its cut-off.
import type { Money } from "../money.ts";
import type { RequestId } from "../ids.ts";
import { DAY_MS, type Instant } from "../time.ts";

/** submitted: in a batch. settled, rejected: what became of it at the processor. unclear: a word that nobody knows. */
export type SettlementOutcome = "submitted" | "settled" | "rejected" | "unclear";

export interface SettlementLine {
  readonly requestId: RequestId;
  /** Some processors cut it to 15 to 17 characters (recovery rules §1): requestId first. */
  readonly merchantReference: string;
  /** Without a sign: what goes back is written with a minus by some reports and without by others. */
  readonly amount?: Money | undefined;
  readonly outcome: SettlementOutcome;
  /** The report's own word and reason, for people. */
  readonly word?: string | undefined;
}

export interface DisputeLine {
  readonly requestId: RequestId;
  readonly merchantReference: string;
  /** Decided for the merchant: the money may be given back again. Everything else opens a dispute, or keeps it open. */
  readonly isWon: boolean;
  readonly at: Instant;
  readonly responseDueAt?: Instant | undefined;
}

export interface DayReport {
  readonly settlements: readonly SettlementLine[];
  readonly disputes: readonly DisputeLine[];
}

/** One day: `from` is in it, `to` is not. */
export interface ReportDay {
  readonly from: Instant;
  readonly to: Instant;
}

/** How far the reports of a merchant account were read, without a gap. */
export interface ReportReading {
  readonly readFrom: Instant;
  readonly readUntil: Instant;
}

/** A settlement's word may come days after its batch was submitted: each day is read a second time, this many days later. */
export const LATER_DAYS = 3;

export const startOfDay = (at: Instant): Instant => Math.floor(at / DAY_MS) * DAY_MS;
export const nextDayOf = (reading: ReportReading): ReportDay => ({ from: reading.readUntil, to: reading.readUntil + DAY_MS });
/** The earlier day that is read once more together with `day`; undefined when this ledger did not watch yet. */
export function againDayOf(reading: ReportReading, day: ReportDay): ReportDay | undefined {
  const from = day.from - LATER_DAYS * DAY_MS;
  return from < reading.readFrom ? undefined : { from, to: from + DAY_MS };
}
