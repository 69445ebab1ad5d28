// What has gone out or may still go out, for the limits per person and day and per customer and 30 days.
// Every refund request that was frozen counts from then on, until it is known not to have moved money.
import type { OrganizationId, PaymentRequestId } from "../ids.ts";
import type { Instant } from "../time.ts";

export interface RefundUse {
  readonly organizationId: OrganizationId;
  readonly refundRequestId: PaymentRequestId;
  readonly authorId: string;
  readonly customerId: string;
  readonly currency: string;
  readonly minor: bigint;
  readonly at: Instant;
}

/** Start of the day of `at` in a time zone (IANA): limits per day follow the merchant account's own calendar. Unknown zones count as UTC. */
export function startOfDay(at: Instant, timeZone: string | undefined): Instant {
  const offsetMs = offsetOf(at, timeZone);
  const local = at + offsetMs;
  const midnightLocal = local - (((local % 86_400_000) + 86_400_000) % 86_400_000);
  // The offset at midnight may be another one (summer time changed since).
  return midnightLocal - offsetOf(midnightLocal - offsetMs, timeZone);
}

const calendars = new Map<string, Intl.DateTimeFormat>();
const CALENDARS_MAX = 100;

/** A calendar is made once a zone: to make one costs a hundred times what it answers. Throws for unknown zones. */
function calendarOf(timeZone: string): Intl.DateTimeFormat {
  const known = calendars.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-US", { timeZone, hourCycle: "h23", year: "numeric", month: "numeric", day: "numeric", hour: "numeric", minute: "numeric", second: "numeric" });
  if (calendars.size >= CALENDARS_MAX) calendars.clear();
  calendars.set(timeZone, made);
  return made;
}

function offsetOf(at: Instant, timeZone: string | undefined): number {
  if (timeZone === undefined) return 0;
  try {
    const parts = calendarOf(timeZone).formatToParts(at);
    const of = (type: string): number => Number(parts.find((part) => part.type === type)?.value);
    return Date.UTC(of("year"), of("month") - 1, of("day"), of("hour"), of("minute"), of("second")) - Math.floor(at / 1_000) * 1_000;
  } catch {
    return 0;
  }
}
