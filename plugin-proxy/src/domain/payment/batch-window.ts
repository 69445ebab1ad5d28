// When a merchant account's daily batch closes: what is in a closed batch can no longer be voided, and is refunded instead.
// The cut-off is a wall-clock time ("18:00") in the account's own zone; without one the cautious guess is midnight UTC.
import { DAY_MS, HOUR_MS, MINUTE_MS, type Instant } from "../time.ts";
import type { MerchantAccount } from "./command.ts";

type Window = Pick<MerchantAccount, "batchCutOff" | "timeZone">;
const formats = new Map<string, Intl.DateTimeFormat>();

function formatFor(timeZone: string): Intl.DateTimeFormat {
  const known = formats.get(timeZone);
  if (known !== undefined) return known;
  const made = new Intl.DateTimeFormat("en-CA", { timeZone, year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  formats.set(timeZone, made);
  return made;
}

/** A zone that nobody knows is UTC: the window then closes at another hour, which the look before a void finds out. */
function wallClock(at: Instant, timeZone: string): { readonly day: Instant; readonly minutes: number } {
  const format = isZone(timeZone) ? formatFor(timeZone) : formatFor("UTC");
  const parts = Object.fromEntries(format.formatToParts(new Date(at)).map(({ type, value }) => [type, Number(value)]));
  return { day: Date.UTC(parts["year"] ?? 1970, (parts["month"] ?? 1) - 1, parts["day"] ?? 1), minutes: (parts["hour"] ?? 0) * 60 + (parts["minute"] ?? 0) };
}

function isZone(timeZone: string): boolean {
  try { formatFor(timeZone); return true; } catch { return false; }
}

function cutOffMinutes(text: string | undefined): number {
  const match = /^(\d{2}):(\d{2})$/.exec(text ?? "");
  return match === null ? 0 : Number(match[1]) * 60 + Number(match[2]);
}

/** The business day (a UTC midnight standing for the date) whose batch takes what happens at `at`: from the cut-off on it is the next day's. */
export function batchDayOf(account: Window, at: Instant): Instant {
  const { day, minutes } = wallClock(at, account.timeZone ?? "UTC");
  return minutes >= cutOffMinutes(account.batchCutOff) ? day + DAY_MS : day;
}

/** The first instant at which the batch of `at` is closed. Found by quarters of an hour, so that a change of clocks in between is counted. */
export function batchClosesAt(account: Window, at: Instant): Instant {
  const own = batchDayOf(account, at);
  const step = 15 * MINUTE_MS;
  let low = Math.floor(at / step) * step;
  for (let count = 0; count < (2 * DAY_MS) / HOUR_MS && batchDayOf(account, low + HOUR_MS) === own; count++) low += HOUR_MS;
  let closes = low;
  while (batchDayOf(account, closes) === own) closes += MINUTE_MS;
  return closes;
}
